"""Shouting, runs, heaps of marks, hidden characters; and very short or long texts."""

import pytest

from moderation.screening.phases import length, noise
from moderation.screening.subject import Subject
from tests.screening.phases.reading import by_checker, marked


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            "THIS IS THE WORST PAPER IN IRELAND, AND YOU KNOW IT",
            "100% of the letters are capitals.",
        ),
        ("That is soooooooo bad, really", "“o” eight times in a row."),
        ("What is this????? I ask you", "“?” five times in a row."),
        ("Look 😀😃😄😁😆😅 here", "Six emoji."),
        ("H\u0301\u0302\u0303\u0304ello there", "Letters under heaps of marks."),
        ("$$$ ### @@@ %%% ^^^ &&& ***", "100% of it is neither letters nor digits."),
    ],
)
def test_noise_is_a_signal_in_words(text: str, why: str) -> None:
    (found,) = noise.find(Subject(text))
    assert found.why == [why]
    assert (found.checker, found.clause) == ("noise", None)
    assert 0 < found.score <= 1


@pytest.mark.parametrize(
    "text",
    [
        "NATO and the EU met. RTÉ said so.",
        "It cost 1,000,000,000 euro... well ----- more or less.",
        "Hmm... cool!!! Aaah",
        "Bhí an t-uachtarán ann: ár n-amhrán, más é do thoil é.",
        "هَٰذَا نَصٌّ عَرَبِيٌّ مُشَكَّلٌ بِالْكَامِلِ",
        "Tiếng Việt có nhiều dấu thanh điệu phức tạp",
        "",
    ],
)
def test_ordinary_writing_is_no_noise(text: str) -> None:
    assert not list(noise.find(Subject(text)))


@pytest.mark.parametrize(
    ("text", "word"),
    [("You id\u200biot there", "id\u200biot"), ("You іdіot there", "іdіot")],
)
def test_what_was_hidden_is_shown_where_it_stood(text: str, word: str) -> None:
    subject = Subject(text)
    found = by_checker(noise.find(subject))["hidden-characters"]
    assert marked(subject, found) == [word]
    assert found.clause is None


def test_accents_are_not_hiding() -> None:
    assert not list(noise.find(Subject("Müller, José and Øyvind ate crème brûlée — “fine”.")))


def test_very_short_and_very_long() -> None:
    assert not list(length.find(Subject("Nonsense.")))
    (short,) = length.find(Subject(" lol "))
    assert (short.why, short.clause) == (["Three letters: hardly a word."], None)
    (empty,) = length.find(Subject(""))
    assert empty.score == 1.0
    (long,) = length.find(Subject("word " * 700))
    assert long.why == ["3,499 characters: very long."]
    (block,) = length.find(Subject("word " * 400))
    assert block.why == ["1,999 characters without a paragraph."]
    assert not list(length.find(Subject("word\n" * 400)))
