"""The next release, which knows one migration more, and its `moderation db upgrade`."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from moderation.migrations import service as migrations
from tests.parts.served import environment

NEXT = f"{int(migrations.newest()) + 1:04}"

# what a release may do while the one before goes on, and while everybody writes
MIGRATION = f'''
import sqlalchemy as sa
from alembic import op

revision = "{NEXT}{{goes_with}}"
down_revision = "{{before}}"

def upgrade():
    op.add_column("comment", sa.Column("later", sa.Text(), nullable=True))
    op.add_column(
        "decision", sa.Column("later_on", sa.Integer(), nullable=False, server_default="0")
    )
    op.create_table("of_a_later_time", sa.Column("id", sa.BigInteger(), primary_key=True))
    op.create_index("ix_report_later", "report", ["outcome", "id"])
    op.execute("INSERT INTO of_a_later_time SELECT id FROM comment")
'''

PROGRAM = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import event
from moderation.app import create_app
from moderation.cli import main
from moderation.database import db
from moderation.migrations import service as migrations

migrations.FOLDER = Path(sys.argv[1])
left = [int(sys.argv[2])]
patience = int(sys.argv[3])

def count(*_given):
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)

app = create_app()
with app.app_context():
    event.listen(db.engine, "before_cursor_execute", count)
    if patience:
        words = f"PRAGMA busy_timeout={patience}"
        event.listen(db.engine, "connect", lambda raw, _: raw.execute(words))
main(["db", "upgrade"], obj=app)
"""


def release(folder: Path, *, goes_with_this: bool = True) -> Path:
    """Its migrations. goes_with_this: whether the present release may go on meanwhile."""
    there = folder / "next"
    shutil.copytree(migrations.FOLDER, there, ignore=shutil.ignore_patterns("__pycache__"))
    words = MIGRATION.format(
        goes_with=f"_{migrations.newest()}" if goes_with_this else "", before=_last_revision()
    )
    (there / "versions" / f"{NEXT}_later.py").write_text(words, "utf-8")
    return there


def upgrade(
    release: Path,
    folder: Path,
    settings: Mapping[str, str],
    *,
    dies_after: int = 0,
    patience: int = 0,
) -> "subprocess.Popen[str]":
    """Its `moderation db upgrade`, begun.

    dies_after: so many statements, by SIGKILL. patience: milliseconds that it waits for others on
    SQLite, if not as long as everybody.
    """
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(release), str(dies_after), str(patience)],
        env=environment(folder, settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _last_revision() -> str:
    """As the last file spells it."""
    (file,) = migrations.FOLDER.glob(f"versions/{migrations.newest()}_*.py")
    (line,) = (each for each in file.read_text("utf-8").splitlines() if each[:10] == "revision =")
    return line.partition('"')[2].rstrip('"')
