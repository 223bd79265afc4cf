"""A new version prepares the database, starts beside the old one, and takes its place."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path

import pytest

from moderation.database import db
from moderation.migrations import service as schema
from tests.bench.reading import SETTINGS
from tests.faults import killing, migrations, reckoning
from tests.parts.served import PATIENCE, begun, served, until
from tests.parts.smtp import Mailbox
from tests.parts.valkey import free_port

FILES = sorted(schema.FOLDER.glob("versions/[0-9]*.py"))
LATER = """
import sqlalchemy as sa
from alembic import op

revision = "{number}_{newest}"
down_revision = "{before}"


def upgrade():
    op.add_column("comment", sa.Column("mood", sa.Text(), nullable=True))
    op.add_column("report", sa.Column("weight", sa.Integer(), server_default="1", nullable=False))
    op.create_table("mood", sa.Column("id", sa.BigInteger(), primary_key=True))
"""
READY = b"GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n"


@contextmanager
def newer(folder: Path) -> Iterator[None]:
    """What is started in here is the next version of the program, with one migration more."""
    here = schema.FOLDER.parents[1]
    for name in ("moderation", "templates"):
        shutil.copytree(here / name, folder / name, ignore=shutil.ignore_patterns("*.pyc"))
    before = import_module(f"moderation.migrations.versions.{FILES[-1].stem}").revision
    number = f"{int(schema.newest()) + 1:04}"
    source = LATER.format(number=number, newest=schema.newest(), before=before)
    (folder / "moderation" / "migrations" / "versions" / f"{number}_later.py").write_text(source)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONSAFEPATH", "1")  # not what lies in the working folder
        patch.setenv("PYTHONPATH", str(folder))
        yield


@pytest.mark.parametrize("outgrown", ["postgres"], indirect=True)
def test_the_new_takes_the_place_of_the_old(
    outgrown: dict[str, str], tmp_path: Path, mailbox: Mailbox
) -> None:
    app = killing.opened(tmp_path, SMTP_URL=mailbox.url, **outgrown)
    settings = {**SETTINGS, "TRUSTED_PROXIES": "1", "SMTP_URL": mailbox.url, **outgrown}
    room = killing.Newsroom(app, tmp_path, free_port(), settings)
    beside = tmp_path / "beside"  # another host
    beside.mkdir()
    with ExitStack() as old, ExitStack() as new, ExitStack() as load:  # which ends first
        old.enter_context(served(tmp_path, room.port, "--workers", "1", **settings))
        load.enter_context(killing.at_work(room))
        killing.until_more(room)
        before, room_for_more = room.port, free_port()
        with newer(tmp_path / "newer"):
            done = begun(tmp_path, "upgrade-said", "db", "upgrade", **settings)
            assert done.wait(PATIENCE) == 0, (tmp_path / "upgrade-said").read_text()
            with app.app_context(), db.engine.connect() as connection:
                found = schema.revision_of(connection)
            assert schema.number_of(found) > schema.newest()
            assert room.ask(READY)[0] == 200
            killing.until_more(room)
            new.enter_context(served(beside, room_for_more, "--workers", "1", **settings))
        room.port = room_for_more  # as a proxy does, before the old one is stopped
        until(lambda: before not in {there for there, _ in room.under_way.copy()})
        old.close()
        killing.until_more(room)
        room.stop.set()
    assert reckoning.faults(reckoning.account(room, mailbox)) == {}
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    _were_answered(room)


def _were_answered(room: killing.Newsroom) -> None:
    """All but one: on a busy machine a connection may be closed, and a proxy sends it again."""
    assert room.answers.keys() <= {0, 200, 303, 400, 404, 409}, room.answers
    assert len(room.unanswered) <= 1, room.unanswered


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_says_that_it_only_adds_does(file: Path) -> None:
    module = import_module(f"moderation.migrations.versions.{file.stem}")
    number, _, oldest = module.revision.partition("_")
    assert number == file.name.partition("_")[0]
    if not oldest:
        return
    assert oldest < number
    assert migrations.trouble(file.read_text("utf-8")) == []
    # who can go on beside this one can beside the one before: all between are in the database too
    before, _, oldest_before = module.down_revision.partition("_")
    assert oldest >= (oldest_before or before)


BAD = [
    ('op.add_column("comment", sa.Column("mood", sa.Text(), nullable=False))', "be left out"),
    ('op.add_column("comment", sa.Column("mood", sa.Text()))', "be left out"),
    ('op.drop_column("comment", "lang")', "more than adding"),
    ('op.alter_column("comment", "lang", nullable=False)', "more than adding"),
    ('op.rename_table("comment", "word")', "more than adding"),
    ('op.create_index("ix", "comment", ["body"], unique=True)', "take no more"),
    ('op.create_unique_constraint("uq", "comment", ["body"])', "more than adding"),
    ('op.create_foreign_key("fk", "comment", "site", ["a"], ["id"])', "more than adding"),
    ('with op.batch_alter_table("comment") as batch:\n        batch.drop_column("a")', "adding"),
]


@pytest.mark.parametrize(("step", "why"), BAD)
def test_a_step_that_the_old_would_stumble_over_is_seen(step: str, why: str) -> None:
    (said,) = migrations.trouble(f"def upgrade():\n    {step}\n")
    assert why in said


def test_what_only_adds_is_no_trouble() -> None:
    source = LATER.replace(
        "op.create_table(",
        'op.create_index("ix", "mood", ["a"], unique=True)\n    op.create_table(',
        1,
    )
    assert migrations.trouble(source) == []


def test_it_could_say_so_already() -> None:
    """The fourth migration only added, by its own words."""
    (fourth,) = (file for file in FILES if file.name.startswith("0004_"))
    assert migrations.trouble(fourth.read_text("utf-8")) == []
