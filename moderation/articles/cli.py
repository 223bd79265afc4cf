"""`moderation article`: articles and how comments are taken, from the terminal."""

from datetime import UTC, datetime

import click

from moderation.articles import service
from moderation.articles.models import Mode, ModeReason
from moderation.articles.service import How
from moderation.database import db
from moderation.sites import service as sites

MODES = click.Choice([mode.value for mode in Mode])
REASONS = click.Choice([reason.value for reason in ModeReason])

reason_option = click.option("--reason", type=REASONS, help="Needed unless the mode is open.")
sentence_option = click.option(
    "--sentence", default="", help="Shown to readers; needed unless the mode is open."
)
until_option = click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]),
    help="When the thread is open again, in UTC.",
)
site_option = click.option("--site", "site_slug", help="The publication; by default the only one.")


@click.group("article")
def article_group() -> None:
    """Articles and how comments are taken under them."""


@article_group.command()
@click.argument("slug")
@click.option("--title", required=True, help="The headline.")
@click.option("--url", help="The article's canonical address.")
@click.option("--standfirst", default="", help="The paragraph under the headline.")
@click.option("--mode", type=MODES, default="open", show_default=True)
@reason_option
@sentence_option
@until_option
@site_option
def add(
    *,
    slug: str,
    title: str,
    url: str | None,
    standfirst: str,
    mode: str,
    reason: str | None,
    sentence: str,
    until: datetime | None,
    site_slug: str | None,
) -> None:
    """Add an article. SLUG is the publisher's own reference for it."""
    site = sites.by_slug(site_slug)
    how = _how(mode, reason, sentence, until)
    article = service.add(site, slug, title=title, url=url, standfirst=standfirst, how=how)
    db.session.commit()
    click.echo(f"{site.url}/articles/{article.slug} is added, {article.mode.value}.")


@article_group.command("mode")
@click.argument("slug")
@click.argument("mode", type=MODES)
@reason_option
@sentence_option
@until_option
@site_option
def set_mode(
    *,
    slug: str,
    mode: str,
    reason: str | None,
    sentence: str,
    until: datetime | None,
    site_slug: str | None,
) -> None:
    """Change how comments are taken; comments that are there stay as they are."""
    article = service.find(sites.by_slug(site_slug), slug)
    service.set_mode(article, _how(mode, reason, sentence, until), by=None)
    db.session.commit()
    click.echo(f"{article.slug} is {article.mode.value} now.")


@article_group.command("contempt")
@click.argument("slug")
@click.option("--term", "terms", multiple=True, help="May come several times; idiot* goes on.")
@click.option("--none", "is_over", is_flag=True, help="Empty the list.")
@site_option
def contempt(*, slug: str, terms: tuple[str, ...], is_over: bool, site_slug: str | None) -> None:
    """Show or replace what may not be said under an article while a court sits."""
    article = service.find(sites.by_slug(site_slug), slug)
    if terms or is_over:
        service.set_contempt_terms(article, () if is_over else terms, by=None)
        db.session.commit()
    for term in article.contempt_terms or ["No terms are kept with this article."]:
        click.echo(term)


def _how(mode: str, reason: str | None, sentence: str, until: datetime | None) -> How:
    return How(
        Mode(mode),
        ModeReason(reason) if reason else None,
        sentence,
        until.replace(tzinfo=UTC) if until else None,
    )
