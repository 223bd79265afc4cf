"""`moderation audit`: is what happened still written as it was?"""

from collections.abc import Sequence

import click

from moderation.database import db, only_reading
from moderation.events import audit
from moderation.events.audit import Head, Verdict


@click.group("audit")
def audit_group() -> None:
    """The sealed record of everything that happened."""


class HeadParam(click.ParamType[Head]):
    """A line of `moderation audit head`."""

    name = "chain:number:hash"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Head:
        """The head that `value` spells."""
        try:
            chain, number, hash_ = str(value).strip().split(":")
            return Head(int(chain), int(number), hash_.lower())
        except ValueError:
            self.fail("Give a line as `moderation audit head` prints it.", param, ctx)


@audit_group.command()
@click.option(
    "--head",
    "heads",
    multiple=True,
    type=HeadParam(),
    help="A line of `moderation audit head`, kept elsewhere, that must still hold. Repeatable.",
)
@click.pass_context
def verify(context: click.Context, heads: Sequence[Head]) -> None:
    """Check every chain: how many seals hold, how many events wait, where it breaks first."""
    sound = True
    with only_reading():
        for verdict in audit.verify(heads):
            sound = sound and not verdict.broken
            click.echo(_sentence(verdict))
        db.session.rollback()
    context.exit(0 if sound else 1)


@audit_group.command()
def head() -> None:
    """Print the last seal of every chain, to be kept where nobody here can change it."""
    with only_reading():
        for last in audit.heads():
            click.echo(last)


def _sentence(verdict: Verdict) -> str:
    name = f"Chain {verdict.chain}" + ("" if verdict.chain else " (the installation)")
    sentence = f"{name}: {verdict.held} hold"
    if verdict.waiting:
        sentence += f", {verdict.waiting} wait for their seal"
    if not verdict.broken:
        return f"{sentence}."
    place = "" if verdict.number is None else f" at number {verdict.number}"
    return f"{sentence}. BROKEN{place}: {verdict.broken}."
