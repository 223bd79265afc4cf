"""What is learned from: other people's files, read with care, and our own sentences."""

from pathlib import Path

import pytest

from moderation.errors import Refused
from moderation.screening.risk import challenge, sources
from moderation.screening.risk.sources import Kind, fold


def test_a_folder_without_the_data_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="Name the folder that holds the data"):
        sources.read(tmp_path)


@pytest.mark.parametrize("line", ["no json", '{"text": "a"}', "[1]"])
def test_a_damaged_file_is_refused_by_its_name(tmp_path: Path, line: str) -> None:
    first = sources.SOURCES[0]
    (tmp_path / first.file).write_text(line, "utf-8")
    with pytest.raises(Refused, match=f"{first.file} is not as expected"):
        sources.read(tmp_path)


def test_every_fold_has_its_fifth_and_a_text_stays_in_its_own() -> None:
    folds = [fold(f"text {number}") for number in range(1000)]
    assert all(150 < folds.count(number) < 250 for number in range(5))
    assert fold("text 1") == folds[1]


def test_a_line_is_filled_the_same_every_time() -> None:
    line = "{Good|Bad} {day|night}, S and GS and G"
    assert sources.filled(line, 5) == sources.filled(line, 5)
    assert len(set(sources.filled(line, 5))) == 5
    assert sources.filled("{only} one", 5) == ["only one"]


def test_nothing_that_measures_is_among_what_is_learned_from() -> None:
    learned = {example.text.casefold().rstrip(".!") for example in sources.own()}
    measured = {text.casefold().rstrip(".!") for text, _, _ in challenge.cases()}
    assert not learned & measured


def test_raters_marks_are_kept_with_their_kind(data_folder: Path) -> None:
    civil = list(sources._read(data_folder, sources.SOURCES[0]))
    assert {mark[3] for example in civil for mark in example.marks} == set(Kind)
    assert all(mark[2] < example.raters for example in civil for mark in example.marks)
    assert any(example.part == "threat" for example in civil)
