"""`moderation site`: publications and their words, from the terminal."""

import json
from pathlib import Path

import click

from moderation.database import db
from moderation.errors import Refused
from moderation.sites import queries, service
from moderation.sites.settings import WORDS


@click.group("site")
def site_group() -> None:
    """Publications."""


@site_group.command()
@click.argument("slug")
@click.option("--name", required=True, help="As shown to readers.")
@click.option("--url", required=True, help="Where readers find it, for links in mail.")
@click.option("--host", help="The host, with :port if need be, of requests that mean this site.")
def add(*, slug: str, name: str, url: str, host: str | None) -> None:
    """Add a publication. Without --host it answers for every host no other site names."""
    site = service.add(slug, name=name, url=url, host=host)
    db.session.commit()
    click.echo(
        f"“{site.slug}” is added. Give it its rules: "
        f"moderation policy publish --starter --site {site.slug}"
    )


@site_group.command("set")
@click.argument("words", nargs=-1, metavar="[KEY=TEXT]...")
@click.option(
    "--words",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A JSON file: one object of keys and texts.",
)
@click.option("--site", "slug", help="The publication; by default the only one.")
def set_words(*, words: tuple[str, ...], file: Path | None, slug: str | None) -> None:
    """Change words of the pages; an empty TEXT brings back ours. Without any, show them all."""
    site = service.by_slug(slug)
    given = (_read(file) if file else {}) | dict(map(_pair, words))
    if given:
        service.set_words(site, given)
        db.session.commit()
    for key in given or WORDS:
        click.echo(f"{key}={site.settings.word(key)}")


@site_group.command()
@click.option("--name", help="As shown to readers.")
@click.option("--url", help="Where readers find it, for links in mail.")
@click.option("--site", "slug", help="The publication; by default the only one.")
def change(*, name: str | None, url: str | None, slug: str | None) -> None:
    """Give a publication another name or address."""
    site = service.by_slug(slug)
    service.change(site, name=name, url=url)
    db.session.commit()
    click.echo(f"{site.name} is at {site.url}.")


@site_group.command("list")
def list_sites() -> None:
    """Every publication."""
    for site in db.session.scalars(queries.everything()):
        click.echo(f"{site.slug}\t{site.name}\t{site.url}\t{site.host or 'any host'}")


def _pair(text: str) -> tuple[str, str]:
    key, sign, value = text.partition("=")
    if not sign:
        raise click.UsageError(f"Write “{text}” as KEY=TEXT.")
    return key, value


def _read(file: Path) -> dict[str, str]:
    try:
        found = json.loads(file.read_text("utf-8"))
    except (ValueError, OSError) as error:
        raise Refused(f"{file.name} is not JSON: {error}.") from error
    if not isinstance(found, dict):
        raise Refused(f'{file.name} must be one object: {{"key": "text"}}.')
    return found
