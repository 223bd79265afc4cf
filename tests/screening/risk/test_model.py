"""The model that ships: small, steady, and it shows the words that drove it."""

from importlib import resources

import pytest
from hypothesis import given, settings

from moderation.screening.normal import normalised
from moderation.screening.risk import model
from moderation.screening.risk.model import DRIVERS, SHIPPED_BARS, Model, Score
from moderation.screening.risk.weights import HEADS
from tests.screening.phases.test_anything import TEXTS

HARMLESS = [
    "I am a gay man and I have lived in this town for twenty years.",
    "My neighbour is Muslim and she teaches at the school.",
    "The Jewish community invited everybody to the festival.",
    "Black students are under-represented in this programme.",
    "Transgender people should be treated like everybody else.",
    "He is a deaf Catholic priest from Nigeria.",
    "Refugees from Syria opened a bakery on our street.",
    "Lesbian couples can adopt here since 2015.",
    "Old women and young men were at the meeting.",
    "The Mexican restaurant next to the synagogue is closed on Mondays.",
]


def scores(text: str) -> dict[str, Score]:
    return Model.shipped().score(normalised(text))


def reported(text: str) -> set[str]:
    return {
        head
        for head, score in scores(text).items()
        if score.probability >= (SHIPPED_BARS[f"risk:{head}"][0] or 2)
    }


def test_the_file_is_small() -> None:
    packaged = resources.files(model.__package__).joinpath(model.FILE)
    assert len(packaged.read_bytes()) < 600_000


@settings(deadline=None, max_examples=200)
@given(TEXTS)
def test_every_score_is_sound_whatever_was_typed(text: str) -> None:
    found = scores(text)
    assert list(found) == list(HEADS)
    assert found == scores(text)
    for score in found.values():
        assert 0 <= score.probability <= 1
        assert len(score.words) <= DRIVERS
        assert bool(score.words) == bool(score.spans)
        assert all(0 <= span.start < span.end <= len(text) for span in score.spans)


@pytest.mark.parametrize("sign", ["a", "you ", ".", "a.", "\U0001f600", "1d10t ", "\u200b", "é"])
def test_the_longest_comments_are_scored_like_any(sign: str) -> None:
    text = (sign * 5000)[:5000]
    assert all(0 <= score.probability <= 1 for score in scores(text).values())


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("You are a complete moron and a liar.", "attack"),
        ("Nobody cares what this pathetic clown thinks.", "attack"),
        ("All those filthy muslims are vermin.", "hate"),
        ("Check out my channel and subscribe for a free gift card", "spam"),
    ],
)
def test_each_head_finds_its_own(text: str, head: str) -> None:
    assert head in reported(text)


@pytest.mark.parametrize(
    "text",
    [
        *HARMLESS,
        "Thank you for a thoughtful article.",
        "The court heard that he had threatened to kill his neighbour.",
        "I disagree with the writer: rents fell by three per cent last year.",
        "",
        "\U0001f600\U0001f600",
        "Guten Abend, wir treffen uns morgen im Garten.",
        "Доброе утро, соседи.",
        "おはようございます。",
    ],
)
def test_ordinary_sentences_are_left_alone(text: str) -> None:
    assert not reported(text)


def test_the_words_that_drove_it_are_shown_as_they_were_typed() -> None:
    text = "Well. You are such an I\N{ZERO WIDTH SPACE}D1OT, my friend."
    score = scores(text)["attack"]
    assert "idiot" in score.words
    assert any("D1OT" in text[span.start : span.end] for span in score.spans)


def test_a_disguise_changes_little() -> None:
    plain, hidden = (scores(t)["attack"].probability for t in ("You idiot.", "You 1 d 1 o t."))
    assert hidden == pytest.approx(plain, abs=0.1)
