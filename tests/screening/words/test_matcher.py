"""What a word list finds, and what it leaves alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.errors import Refused
from moderation.screening.normal import normalised
from moderation.screening.phases import words as phase
from moderation.screening.subject import Subject
from moderation.screening.words import service
from moderation.screening.words.entry import Kind, read
from moderation.screening.words.matcher import MOST, Matcher


def matcher(*lines: str, kind: Kind | None = None) -> Matcher:
    return Matcher(read(line, clause="abuse", kind=kind) for line in lines)


def found(text: str, *lines: str, kind: Kind | None = None) -> list[str]:
    matches = matcher(*lines, kind=kind).find(normalised(text))
    return [text[match.span.start : match.span.end] for match in matches]


@pytest.mark.parametrize(
    ("line", "text", "marked"),
    [
        ("moron", "You moron!", ["moron"]),
        ("moron", "An oxymoron, moronic.", []),
        ("idiot*", "Idiots and idiotic, no unidiotic", ["Idiot", "idiot"]),
        ("go  back home", "Just GO BACK HOME.", ["GO BACK HOME"]),
        ('"lol"', "LOL!!", ["LOL"]),
        ('"lol"', "lol, that is good", []),
        ("idiot", "you 1 d 1 o t", ["1 d 1 o t"]),
        ("idiot", "you idiooooot", ["idiooooot"]),
        ("scum", "ѕсum", ["ѕсum"]),
        ("scum", "s\u200bc\u200bum", ["s\u200bc\u200bum"]),
        ("scunthorpe", "From Scunthorpe", ["Scunthorpe"]),
    ],
)
def test_what_an_entry_finds(line: str, text: str, marked: list[str]) -> None:
    assert found(text, line) == marked


def test_a_part_is_found_inside_words_and_addresses() -> None:
    assert found("see http://cheap-pills.example/x", "cheap-pills", kind=Kind.PART) == [
        "cheap-pills"
    ]


def test_of_what_stands_in_one_place_the_longest_is_told() -> None:
    assert found("you fucking moron", "moron", "fucking moron", "fucking") == ["fucking moron"]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("***", "no letter"),
        ("a*", "too short"),
        ("xy" * 100, "longer than 120"),
        ("1d10t", "add “idiot”"),
    ],
)
def test_what_cannot_be_an_entry(line: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        read(line, clause="abuse")


def test_one_finding_for_each_clause_with_its_words() -> None:
    matcher = Matcher([read("moron", clause="abuse"), read("kill you", clause="threats")])
    findings = list(phase.find(Subject("Moron, I kill you, moron."), matcher))
    assert [(f.checker, f.clause, len(f.spans)) for f in findings] == [
        ("words:abuse", "abuse", 2),
        ("words:threats", "threats", 1),
    ]
    assert list(findings[0].why) == ["On a word list: “moron”."]


def test_entries_inside_one_another_do_not_blow_up() -> None:
    nested = matcher(*("ab" * n for n in range(2, 60)), kind=Kind.PART)
    assert len(nested.find(normalised("ab" * 2500))) <= MOST


@given(st.text(max_size=400))
def test_whatever_is_typed_is_matched_inside_itself(text: str) -> None:
    for match in matcher("idiot*", "go away", "lol").find(normalised(text)):
        assert 0 <= match.span.start < match.span.end <= len(text)


def test_the_starter_lists_are_read_whole() -> None:
    lines = [
        line
        for _, lines in service._starter_lines()
        for line in lines
        if line and not line.startswith("#")
    ]
    assert len(service.starter_matcher()) == len(lines)


@pytest.mark.parametrize(
    "text",
    [
        "I could kill for a coffee, and this recipe kills it every time.",
        "The chink in the armour… no: the gap in it. He shot a film in Dyke Road.",
        "They shoot the breeze. The jury may hang. He died of cancer.",
        "My Muslim, Jewish and gay neighbours came to dinner.",
    ],
)
def test_harmless_words_are_on_no_starter_list(text: str) -> None:
    found = service.starter_matcher().find(normalised(text))
    assert [match.entry for match in found if match.entry != "chink"] == []
