"""`moderation rules`: check rules, try them on the past, list them, from the terminal."""

import sys
from typing import TextIO

import click

from moderation import clock
from moderation.database import db, only_reading
from moderation.errors import Refused
from moderation.policy import service as policy
from moderation.screening.rulebook import checking, dryrun, queries, replay, tally
from moderation.screening.rulebook.refusal import BadRule
from moderation.screening.rulebook.replay import Period
from moderation.sites import service as sites

site_option = click.option("--site", "site_slug", help="The publication; by default the only one.")


@click.group("rules")
def rules_group() -> None:
    """The newsroom's own rules."""


@rules_group.command()
@click.argument("file", type=click.File("r", encoding="utf-8", errors="replace"), default="-")
def check(file: TextIO) -> None:
    """Check rules: one a line from FILE, or from a pipe. Needs no database.

    Empty lines, and lines that begin with #, are passed over. Says where a rule cannot be
    understood, and ends with 1 if there is one.
    """
    failed = False
    for number, line in enumerate(file, start=1):
        expression = line.strip()
        if not expression or expression.startswith("#"):
            continue
        try:
            checking.checked(expression)
        except BadRule as error:
            failed = True
            place = f"character {error.column}: " if error.place else ""
            click.echo(f"{number}: {place}{error.why}")
            if error.place:
                click.echo(f"    {expression}\n    {' ' * (error.column - 1)}^")
        else:
            click.echo(f"{number}: ok")
    if failed:
        sys.exit(1)


@rules_group.command("dry-run")
@click.argument("expression")
@click.option("--clause", required=True, help="The clause of the policy it would be under.")
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 3660))
@site_option
def dry_run(*, expression: str, clause: str, days: int, site_slug: str | None) -> None:
    """Ask EXPRESSION about the comments of the last days: how many it would have held, and what
    people decided about them. Nothing is saved.
    """
    with only_reading():
        site = sites.by_slug(site_slug)
        if clause not in policy.codes_in_force(site):
            raise Refused(f"The policy has no clause “{clause}”.")
        period = Period.before(site.id, clock.now(), days=days)
        db.session.rollback()
    checking.checked(expression)
    of = replay.total(period)
    with click.progressbar(length=of, label=f"{of:,} comments", file=sys.stderr) as bar:

        def progress(done: int, _of: int) -> bool:
            bar.update(done - bar.pos)
            return True

        found = dryrun.measure(expression, clause=clause, period=period, progress=progress)
    if found is not None:
        for sentence in tally.sentences(found, hold=True, days=days):
            click.echo(sentence)


@rules_group.command("list")
@site_option
def show(*, site_slug: str | None) -> None:
    """The site's rules in force."""
    for rule in db.session.scalars(queries.in_force(sites.by_slug(site_slug).id)):
        does = "hold" if rule.hold else "report"
        click.echo(
            f"{rule.name:40} {rule.mode.value:7} {does:7} {rule.clause_code:16} "
            f"version {rule.version}"
        )
        for line in rule.expression.splitlines():
            click.echo(f"    {line}")
