"""Files of all kinds become lists: garbage is skipped and said, a broken import goes on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import func, select

from moderation.cli import main
from moderation.database import db
from moderation.errors import Missing
from moderation.people.roles import Role
from moderation.screening.normal import normalised
from moderation.screening.words import service
from moderation.screening.words.models import Word
from tests import factories, pages


def run(app: Flask, file: Path, *more: str) -> Result:
    words = ["words", "import", str(file), "--clause", "abuse", *more]
    return CliRunner().invoke(main, words, obj=app)


def count(app: Flask) -> int:
    with app.app_context():
        return db.session.execute(select(func.count()).select_from(Word)).scalar_one()


@pytest.mark.parametrize(
    ("content", "added", "said"),
    [
        (b"", 0, "0 entries are new"),
        ("moron\ncrétin*\n".encode("latin-1"), 1, "1 × It is not a line of text."),
        ("moron\r\ncrétin*\r\n".encode("utf-8-sig"), 2, "2 entries are new"),
        (bytes(range(256)) * 40, 0, "It is not a line of text."),
        (b"moron\n" + b"\x00" * 50_000 + b"\nidiot*\n", 2, "1 × It is not a line of text."),
        (b"x" * 300_000, 0, "1 × It is not a line of text."),
    ],
)
def test_a_file_of_any_kind(
    app: Flask, tmp_path: Path, content: bytes, added: int, said: str
) -> None:
    file = tmp_path / "list.txt"
    file.write_bytes(content)
    done = run(app, file)
    assert done.exit_code == 0, done.output
    assert said in done.output
    assert len(done.output) < 3_000
    assert count(app) == added


def test_what_cannot_be_imported_is_a_sentence(app: Flask, tmp_path: Path) -> None:
    gone = run(app, tmp_path / "none.txt")
    assert (gone.exit_code, "No such file" in gone.output) == (2, True)
    file = tmp_path / "list.txt"
    file.write_text("moron\n", encoding="utf-8")
    other = CliRunner().invoke(
        main, ["words", "import", str(file), "--clause", "telepathy"], obj=app
    )
    assert "The policy has no clause “telepathy”." in other.output
    assert count(app) == 0


@pytest.mark.usefixtures("context")
def test_an_import_that_is_broken_off_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "AT_ONCE", 2)
    site = factories.site()
    words = service.open_list(site, "Ours", clause="abuse")
    lines = ["moron", "idiot*", "cretin"]

    def broken() -> Iterator[str]:
        yield from lines[:2]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        service.import_lines(words, broken(), site=site, by=None)
    read: list[int] = []

    def step(number: int) -> None:
        read.append(number)
        db.session.commit()
        if number == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        service.import_lines(words, lines, site=site, by=None, progress=step)
    db.session.rollback()
    before, version = service.matcher(site), site.screening_version
    report = service.import_lines(words, lines, site=site, by=None, progress=read.append)
    assert (report.added, report.known, read) == (1, 2, [2, 2, 3])
    assert site.screening_version > version
    found = service.matcher(site)
    assert found is not before
    assert [m.entry for m in found.find(normalised("you cretin, you moron"))] == ["cretin", "moron"]


@pytest.mark.usefixtures("context")
def test_a_list_that_is_removed_meanwhile() -> None:
    site = factories.site()
    words = service.open_list(site, "Ours", clause="abuse")

    def remove(_read: int) -> None:
        service.remove_list(words, site=site, by=None)

    lines = (f"word{number}" for number in range(service.AT_ONCE + 1))
    with pytest.raises(Missing, match="Somebody may have removed it"):
        service.import_lines(words, lines, site=site, by=None, progress=remove)


@pytest.mark.usefixtures("context")
def test_what_finds_the_words_is_built_when_a_list_changes_and_not_else() -> None:
    site = factories.site()
    words = service.open_list(site, "Ours", clause="abuse")
    service.add(words, "moron", site=site, by=None)
    first = service.matcher(site)
    assert service.matcher(site) is first
    service.add(words, "cretin", site=site, by=None)
    second = service.matcher(site)
    assert len(second) == 2
    word = db.session.execute(select(Word.id).limit(1)).scalar_one()
    service.remove_word(words, word, site=site, by=None)
    assert len(service.matcher(site)) == 1
    service.remove_list(words, site=site, by=None)
    assert len(service.matcher(site)) == 0


@pytest.mark.parametrize(("length", "status"), [(100_001, 422), (300_000, 413)])
def test_a_list_too_long_to_paste_is_a_sentence(app: Flask, length: int, status: int) -> None:
    lead = factories.signed_in(app, Role.LEAD)
    form = {"csrf_token": pages.token(lead, "/rules/words"), "name": "Ours", "clause": "abuse"}
    answer = lead.post("/rules/words", data={**form, "lines": "x" * length})
    assert answer.status_code == status
    sentence = "moderation words import" if status == 422 else "too long for us to take"
    assert sentence in pages.read(answer).text
