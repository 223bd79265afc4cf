"""A new version prepares the database, starts beside the old one, and takes its place."""

import shutil
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path

import pytest

from moderation.database import db
from moderation.migrations import service as schema
from tests.bench.reading import SETTINGS
from tests.faults import killing, migrations, reckoning
from tests.parts.served import PATIENCE, PROJECT, begun, served, until
from tests.parts.smtp import Mailbox
from tests.parts.valkey import free_port

FILES = sorted(schema.FOLDER.glob("versions/[0-9]*.py"))
LATER = '''"""What is to come."""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{before}"


def upgrade() -> None:
    op.add_column("comment", sa.Column("mood", sa.Text(), nullable=True))
    op.add_column("report", sa.Column("weight", sa.Integer(), server_default="1", nullable=False))
    op.create_table("mood", sa.Column("id", sa.BigInteger(), primary_key=True))


def downgrade() -> None:
    op.drop_table("mood")
'''
READY = b"GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n"


def newer(folder: Path, *, goes_beside: bool) -> str:
    """The next version of the program, with one migration more."""
    for name in ("moderation", "templates"):
        shutil.copytree(Path(PROJECT) / name, folder / name, ignore=shutil.ignore_patterns("*.pyc"))
    before = import_module(f"moderation.migrations.versions.{FILES[-1].stem}").revision
    number = f"{int(schema.newest()) + 1:04}"
    revision = f"{number}.{schema.newest()}" if goes_beside else number
    source = LATER.format(revision=revision, before=before)
    (folder / "moderation" / "migrations" / "versions" / f"{number}_later.py").write_text(source)
    return str(folder)


def upgraded(folder: Path, code: str, settings: dict[str, str]) -> None:
    done = begun(folder, "upgrade-said", "db", "upgrade", code=code, **settings)
    assert done.wait(PATIENCE) == 0, (folder / "upgrade-said").read_text()


def test_the_new_takes_the_place_of_the_old(
    outgrown: dict[str, str], tmp_path: Path, mailbox: Mailbox
) -> None:
    app = killing.opened(tmp_path, SMTP_URL=mailbox.url, **outgrown)
    settings = {**SETTINGS, "TRUSTED_PROXIES": "1", "SMTP_URL": mailbox.url, **outgrown}
    settings["INSTANCE"] = str(tmp_path / "instance")
    room = killing.Newsroom(app, tmp_path, free_port(), settings)
    code, beside = newer(tmp_path / "newer", goes_beside=True), tmp_path / "beside"
    beside.mkdir()
    with ExitStack() as old, ExitStack() as new:
        old.enter_context(served(tmp_path, room.port, **settings))
        new.enter_context(killing.at_work(room))
        killing.until_more(room)
        upgraded(tmp_path, code, settings)
        assert room.ask(READY)[0] == 200
        killing.until_more(room)
        before, port = room.port, free_port()
        new.enter_context(served(beside, port, code=code, **settings))
        killing.until_more(room)
        room.port = port  # as a proxy does, before the old one is stopped
        until(lambda: before not in {there for there, _ in room.under_way.copy()})
        killing.until_more(room)
        old.close()
        killing.until_more(room)
        room.stop.set()
    found = reckoning.account(room, mailbox)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    assert reckoning.faults(found) == {}
    assert set(room.answers) <= {200, 303, 400, 404, 409}, room.answers


def test_beside_one_that_does_more_the_old_does_not_start(tmp_path: Path, free_port: int) -> None:
    upgraded(tmp_path, newer(tmp_path / "newer", goes_beside=False), SETTINGS)
    old = begun(tmp_path, "old", "serve", "--port", str(free_port), **SETTINGS)
    assert old.wait(PATIENCE) == 1
    assert "made by a newer version of this program" in (tmp_path / "old").read_text()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_says_that_it_only_adds_does(file: Path) -> None:
    module = import_module(f"moderation.migrations.versions.{file.stem}")
    number, _, oldest = module.revision.partition(".")
    assert number == file.name.partition("_")[0]
    if not oldest:
        return
    assert oldest < number
    assert migrations.trouble(file.read_text("utf-8")) == []
    # who can go on beside this one can beside the one before: all between are in the database too
    before, _, oldest_before = module.down_revision.partition(".")
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
