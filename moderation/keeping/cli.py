"""`moderation backup`, `restore`, `check` and `move`."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click

from moderation.database import db, only_reading
from moderation.keeping import checks, instance, roads, service

AFTERWARDS = """
Now set, for the service and for every worker:

    MODERATION_DATABASE_URL={url}

and leave the instance folder as it is: the secret key stays the same. With PostgreSQL the
background work is done by `moderation worker`, or by `serve` with MODERATION_WORKER=on. Run
`moderation check`, start the service, and keep {old} until you are content."""

FILE = click.Path(dir_okay=False, path_type=Path)


class Bar:
    """How far we are, on standard error."""

    def __init__(self, stack: ExitStack, label: str) -> None:
        self._stack = stack
        self._label = label

    def expect(self, rows: int) -> None:
        self._bar = self._stack.enter_context(
            click.progressbar(length=rows, label=self._label, file=sys.stderr)
        )

    def __call__(self, rows: int, /) -> None:
        self._bar.update(rows)


@contextmanager
def shown(label: str) -> Iterator[Bar]:
    with ExitStack() as stack:
        yield Bar(stack, label)


@click.command("backup")
@click.argument("file", type=FILE)
@click.option(
    "--overwrite", is_flag=True, help="Replace FILE if it is there, once the new is whole."
)
def backup_command(file: Path, *, overwrite: bool) -> None:
    """Keep the whole installation in FILE, while it goes on working."""
    with shown("Backing up") as bar:
        kept = service.backup(file, bar, overwrite=overwrite)
    size = file.stat().st_size / 1_000_000
    click.echo(f"{file}: {kept.rows():,} rows of {len(kept.tables)} tables, {size:,.1f} MB.")


@click.command("restore")
@click.argument("file", type=FILE)
def restore_command(file: Path) -> None:
    """Bring back what `moderation backup` kept in FILE, into an empty installation."""
    named_elsewhere = instance.has_other_key()
    with shown("Restoring") as bar:
        kept = service.restore(file, bar)
    click.echo(
        f"{kept.rows():,} rows of {len(kept.tables)} tables are back, as of {kept.taken_at}. "
        "Each was read back and is what it was."
    )
    if named_elsewhere and instance.has_other_key():
        click.echo(
            "The settings name another SECRET_KEY than the backup's, which is now in "
            "the instance folder: remove the setting, or set it to what is in secret_key there."
        )


@click.command("check")
@click.pass_context
def check_command(context: click.Context) -> None:
    """Does the installation hold together? Exit code 1 if something does not."""
    wrong = 0
    with only_reading():
        for name, sentences in checks.everything():
            found = 0
            for found, sentence in enumerate(sentences, 1):  # noqa: B007
                click.echo(f"  {sentence}")
            click.echo(f"{name}: {f'{found} wrong' if found else 'all is well'}.")
            wrong += found
        db.session.rollback()
    context.exit(1 if wrong else 0)


@click.command("move")
@click.option(
    "--to",
    "url",
    required=True,
    envvar="MODERATION_MOVE_TO",
    help="postgresql://user:password@host/name, an empty database; or MODERATION_MOVE_TO.",
)
def move_command(url: str) -> None:
    """Carry the installation from SQLite to PostgreSQL. Stop the service first."""
    target = roads.to_postgresql(url)
    with roads.alone() as source, shown("Moving") as bar:
        proof = service.move(source, target, bar)
    for table, found in proof.items():
        rows, _, total = found.partition(":")
        click.echo(f"{table:<20} {int(rows):>12,} rows, the same on both sides: {total}")
    click.echo(
        AFTERWARDS.format(
            url=target.url.set(drivername="postgresql").render_as_string(), old=source.url.database
        )
    )
