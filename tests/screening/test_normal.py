"""The copy that is matched: what was hidden is plain in it, and what is ordinary is as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.screening import normal
from moderation.screening.normal import normalised

ORDINARY = [
    "the 1990s were better, said 3 of 10 readers",
    "covid19, mp3, b2b, 10k, 3rd, r2d2",
    "it costs $100, €50 or £3.50 (50%) at 10:30am",
    "write to ann@example.org or see https://example.org/b4d?x=1d10t",
    "the u.s.a. and the f.b.i., e.g. there",
    "good, bookkeeper, all off",
    "@john_smith said so",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_what_is_ordinary_is_left_alone(text: str) -> None:
    found = normalised(text)
    assert (found.text, set(found.repairs)) == (text, set())


@pytest.mark.parametrize(
    ("typed", "meant", "repair"),
    [
        ("You 1D10T", "you idiot", normal.SIGNS),
        ("$hit, a$$hole and @ss", "shit, asshole and ass", normal.SIGNS),
        ("sh!t and k1ll", "shit and kill", normal.SIGNS),
        ("you i d i o t", "you idiot", normal.SPACED),
        ("you i.d.i.o.t now", "you idiot now", normal.SPACED),
        ("1 d 1 o t", "idiot", normal.SPACED),
        ("idioooot", "idioot", normal.STRETCHED),
        ("ѕсum and mоrоns", "scum and morons", normal.LOOKALIKES),
        ("𝓲𝓭𝓲𝓸𝓽 ｉｄｉｏｔ ⓘⓓⓘⓞⓣ", "idiot idiot idiot", normal.LOOKALIKES),
        ("🅸🅳🅸🅾🆃", "idiot", normal.LOOKALIKES),
        ("i\u200bdi\u00adot", "idiot", normal.HIDDEN),
    ],
)
def test_what_was_done_to_a_word_is_undone_and_named(typed: str, meant: str, repair: str) -> None:
    found = normalised(typed)
    assert found.text == meant
    assert repair in found.repairs


def test_words_of_other_alphabets_stay() -> None:
    assert normalised("Привет, мир. Καλημέρα").text == "привет, мир. καλημέρα".replace(
        "έ", "ε\u0301"
    )
    assert normalised("Привет").repairs == frozenset()


def test_emoji_and_joiners_where_they_belong_are_no_trick() -> None:
    assert normalised("👨\u200d👩\u200d👧 ❤️").repairs == frozenset()
    assert normalised("می\u200cخواهم").repairs == frozenset()


def test_a_match_is_shown_where_it_was_typed() -> None:
    typed = "Oh, you i\u200b d i o t!"
    found = normalised(typed)
    start = found.text.index("idiot")
    span = found.span(start, start + 5)
    assert typed[span.start : span.end] == "i\u200b d i o t"


def test_stretched_words_match_with_one_letter_or_two() -> None:
    assert normalised("idioooot").squeezed().text == "idiot"


signs = st.text(max_size=300) | st.text(alphabet="ab1@$!. \u200b\u0301é ѕо𝓲ⓘ🅸ss-*", max_size=300)


@given(signs)
def test_whatever_is_typed_has_a_copy_that_leads_back(typed: str) -> None:
    found = normalised(typed)
    assert len(found.text) == len(found.places)
    assert list(found.places) == sorted(found.places)
    assert all(0 <= place < len(typed) for place in found.places)
    squeezed = found.squeezed()
    assert len(squeezed.text) == len(squeezed.places)


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz ,.'", max_size=200))
def test_a_copy_of_a_copy_says_the_same(typed: str) -> None:
    once = normalised(typed).text
    assert normalised(once).text == once
