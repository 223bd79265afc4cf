"""`moderation policy`: the rules, from the terminal."""

import tomllib
from pathlib import Path
from typing import Any

import click

from moderation.database import db
from moderation.errors import Refused
from moderation.policy import queries, service
from moderation.sites import service as sites


@click.group("policy")
def policy_group() -> None:
    """The community policy and its versions."""


@policy_group.command()
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--starter", is_flag=True, help="Publish the policy a new installation begins with.")
@click.option("--site", "slug", help="The publication; by default the only one.")
def publish(*, file: Path | None, starter: bool, slug: str | None) -> None:
    """Publish FILE as the next version, in force at once and never changed again.

    `moderation policy show` prints what such a file looks like.
    """
    if (file is None) is not starter:
        raise click.UsageError("Name a file, or --starter.")
    site = sites.by_slug(slug)
    version = service.publish(site, _read(file or service.STARTER))
    done = f"Version {version.number} is in force on “{site.slug}”: {len(version.clauses)} clauses."
    db.session.commit()
    click.echo(done)


@policy_group.command()
def show() -> None:
    """Print the starter policy, as an example of the file to write."""
    click.echo(service.STARTER.read_text("utf-8"), nl=False)


@policy_group.command("list")
@click.option("--site", "slug", help="The publication; by default the only one.")
def list_versions(slug: str | None) -> None:
    """The versions so far, newest first."""
    for number, published_at, changes in db.session.execute(
        queries.numbers(sites.by_slug(slug).id)
    ):
        first = changes.splitlines()[0] if changes else ""
        click.echo(f"{number}\t{published_at:%Y-%m-%d %H:%M} UTC\t{first}")


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refused(f"{file.name} is not TOML: {error}.") from error
    except OSError as error:
        raise Refused(f"{file.name} cannot be read: {error.strerror}.") from error
