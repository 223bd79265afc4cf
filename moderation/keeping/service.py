"""Keep an installation in a file, bring it back, carry it to PostgreSQL.

All three are one road: rows as `rows` has them, out of one snapshot, into an empty database, in one
transaction that is committed when everything was read back and is the same.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

from flask import current_app
from sqlalchemy import Connection, Engine, text

from moderation import clock
from moderation.database import db, only_reading
from moderation.errors import Refused
from moderation.keeping import archive, filling, instance, rows, tables
from moderation.keeping.archive import Manifest
from moderation.keeping.filling import Source
from moderation.keeping.tables import Table
from moderation.migrations import service as migrations

HEADS = text(
    "SELECT chain || ':' || number || ':' || hash FROM seal AS last WHERE number = "
    "(SELECT max(number) FROM seal WHERE chain = last.chain) ORDER BY chain"
)


class Progress(Protocol):
    """Somebody who watches."""

    def expect(self, rows: int) -> None:
        """So many are to be handled."""

    def __call__(self, rows: int, /) -> None:
        """So many more were."""


def backup(file: Path, progress: Progress, *, overwrite: bool = False) -> Manifest:
    """Keep the installation in `file` while it goes on working; what the file says of itself.

    Everything committed before the call is in it, and nothing half.
    Refused if there is nothing to keep, or `file` cannot be written.
    """
    with archive.writing(file, overwrite=overwrite) as kept, _snapshot() as connection:
        manifest = Manifest(
            revision=_revision(connection),
            version=version("moderation"),
            taken_at=clock.now().isoformat(),
            taken_on=connection.dialect.name,
            heads=_heads(connection),
        )
        progress.expect(tables.count(connection))
        for table in tables.all_of(connection):
            manifest.note(table, kept.put_table(table, rows.read(connection, table), progress))
        # after the snapshot: a letter that the rows call sent is among them
        for name, letter in instance.letters():
            kept.put(f"mail/{name}", letter)
            manifest.letters.append(name)
        kept.put(archive.SECRET_KEY, str(current_app.config["SECRET_KEY"]).encode("utf-8"))
        kept.finish(manifest)
    return manifest


def restore(file: Path, progress: Progress) -> Manifest:
    """Bring back what `backup` kept, into an empty installation: all of it, or nothing.

    Refused if the installation is not empty, the file damaged, or its schema newer than ours.
    """
    with archive.reading(file) as kept, _filling(db.engine) as connection:
        manifest = kept.manifest()
        if migrations.number_of(manifest.revision) not in migrations.known():
            raise Refused(
                f"This backup was taken by a newer version ({manifest.version}). Install that one."
            )
        progress.expect(2 * manifest.rows())
        described, expected = manifest.described(), manifest.fingerprints()
        _carry(connection, manifest.revision, described, kept.table, progress)
        filling.prove(connection, expected, progress)
        _prove_heads(connection, manifest.heads)
        migrations.step(connection)
        instance.put_back(kept.secret_key(), kept.mail(manifest.letters))
    return manifest


def move(source: Engine, target: Engine, progress: Progress) -> dict[str, str]:
    """Carry everything from one database to another, empty one; the fingerprint of each table.

    Both sides are read again after the copy and compared; only then is the copy committed.
    source: nobody else writes to it meanwhile.
    """
    with source.connect() as here, _filling(target) as there:
        progress.expect(3 * tables.count(here))
        described = tables.all_of(here)
        _carry(there, _revision(here), described, lambda table: rows.read(here, table), progress)
        expected = rows.fingerprints(here, described, progress)
        filling.prove(there, expected, progress)
        _prove_heads(there, _heads(here))
        migrations.step(there)
    return expected


def _carry(
    connection: Connection,
    revision: str,
    described: list[Table],
    source: Source,
    progress: Progress,
) -> None:
    if filling.make_empty(connection, revision) != described:
        raise Refused(f"What is to be copied has other tables than schema {revision}.")
    filling.fill(connection, described, source, progress)


@contextmanager
def _snapshot() -> Iterator[Connection]:
    """The database as it is now, for as long as it takes; whoever writes does not wait."""
    with only_reading(), db.engine.connect() as connection:
        if connection.dialect.name != "sqlite":
            connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        with connection.begin():
            yield connection


@contextmanager
def _filling(engine: Engine) -> Iterator[Connection]:
    """One transaction in which SQLite does not look at each row's foreign keys."""
    with engine.connect() as connection:
        _heed_foreign_keys(connection, "OFF")
        try:
            with connection.begin():
                yield connection
        finally:
            _heed_foreign_keys(connection, "ON")


def _heed_foreign_keys(connection: Connection, whether: str) -> None:
    """Which SQLite only hears while no transaction is open."""
    raw = connection.connection.driver_connection
    if connection.dialect.name == "sqlite" and raw is not None:
        raw.execute(f"PRAGMA foreign_keys={whether}")


def _revision(connection: Connection) -> str:
    found = migrations.revision_of(connection)
    if found is None:
        raise Refused("There is no installation in the database: it has no tables.")
    return found


def _heads(connection: Connection) -> list[str]:
    return list(connection.scalars(HEADS))


def _prove_heads(connection: Connection, expected: list[str]) -> None:
    if _heads(connection) != expected:
        raise Refused("The chains of events end elsewhere than they did. It was undone.")
