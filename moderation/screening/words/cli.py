"""`moderation words`: word lists from the terminal."""

from typing import TextIO

import click

from moderation.database import db
from moderation.errors import Missing
from moderation.screening.words import queries, service
from moderation.screening.words.entry import Kind
from moderation.screening.words.models import WordList
from moderation.sites import service as sites

site_option = click.option("--site", "site_slug", help="The publication; by default the only one.")


@click.group("words")
def words_group() -> None:
    """Word lists: what may break a clause."""


@words_group.command("import")
@click.argument("file", type=click.File("r", encoding="utf-8", errors="replace"))
@click.option("--clause", required=True, help="The clause that the words may break.")
@click.option("--name", help="The list's name; by default the file's.")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in Kind]),
    help="What every entry is; by default its look tells.",
)
@site_option
def import_file(
    *, file: TextIO, clause: str, name: str | None, kind: str | None, site_slug: str | None
) -> None:
    """Put a file's entries on a list: one a line, `#` begins a comment.

    `word` is a whole word or a phrase, `stem*` a word that begins so, `"lol"` the whole comment.
    What is read is kept step by step: stopped halfway, the same command again does the rest.
    """
    site = sites.by_slug(site_slug)
    words = service.open_list(site, name or _name_of(file), clause=clause)
    report = service.import_lines(
        words,
        file,
        site=site,
        by=None,
        kind=Kind(kind) if kind else None,
        progress=_tell,
    )
    db.session.commit()
    _tell_all(report, words)


def _tell(read: int) -> None:
    """Commits: a comment may be written between two steps."""
    db.session.commit()
    click.echo(f"\r{read:,} lines read", nl=False, err=True)


def _tell_all(report: service.Imported, words: WordList) -> None:
    click.echo(err=True)
    click.echo(
        f"{report.added:,} entries are new on “{words.name}” ({words.clause_code}), "
        f"{report.known:,} were there already, {sum(report.skipped.values()):,} skipped."
    )
    for reason, count in report.skipped.most_common():
        click.echo(f"  {count:,} × {reason}")
        for number, line in report.examples[reason]:
            click.echo(f"      line {number}: {line}")


@words_group.command("starter")
@site_option
def starter(*, site_slug: str | None) -> None:
    """Give a site the lists that new sites begin with, or what is new on them."""
    site = sites.by_slug(site_slug)
    service.give_starter(site)
    db.session.commit()
    for words, count in db.session.execute(queries.lists(site.id)):
        click.echo(f"{words.name:40} {words.clause_code:16} {count:>9,}")


@words_group.command("list")
@site_option
def show(*, site_slug: str | None) -> None:
    """The site's lists."""
    for words, count in db.session.execute(queries.lists(sites.by_slug(site_slug).id)):
        click.echo(f"{words.name:40} {words.clause_code:16} {count:>9,}")


@words_group.command("remove")
@click.argument("name")
@site_option
def remove(*, name: str, site_slug: str | None) -> None:
    """Remove a list and what is on it."""
    site = sites.by_slug(site_slug)
    words = db.session.scalar(queries.one_list(site.id, name))
    if words is None:
        raise Missing(f"There is no list “{name}”. See `moderation words list`.")
    service.remove_list(words, site=site, by=None)
    db.session.commit()
    click.echo(f"“{name}” is removed.")


def _name_of(file: TextIO) -> str:
    """Its name without folder and ending."""
    return file.name.rpartition("/")[2].rpartition(".")[0][: service.LONGEST_NAME] or "imported"
