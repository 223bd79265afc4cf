"""`moderation outbox`: what waits to be sent, from the terminal."""

from datetime import datetime, timedelta

import click

from moderation import clock
from moderation.database import db, only_reading
from moderation.errors import Refused
from moderation.outbox import delivery, mail, queries, service


@click.group("outbox")
def outbox_group() -> None:
    """Mail that is still to be sent."""


@outbox_group.command()
@click.option("--limit", type=click.IntRange(1), help="Stop after this many messages.")
def deliver(limit: int | None) -> None:
    """Send what is due, oldest first."""
    try:
        done = delivery.deliver(limit=limit)
    except mail.ServerDown as error:
        raise Refused(f"{error.sentence}. What was not sent waits; nothing is lost.") from error
    click.echo(f"{done}.")


@outbox_group.command("list")
def list_() -> None:
    """How many messages wait, and how many were given up."""
    with only_reading():
        waiting, tried, oldest = db.session.execute(queries.waiting()).one()
        dead = db.session.execute(queries.dead()).all()
    since = f", the oldest for {_age(oldest)}" if waiting else ""
    failed = f", {tried} of them tried before" if tried else ""
    click.echo(f"{waiting} waiting{since}{failed}.")
    click.echo(f"{sum(count for _, count in dead)} given up.")
    for why, count in dead:
        click.echo(f"  {count}: {why}")


@outbox_group.command()
def retry() -> None:
    """Try again what was given up."""
    revived = service.revive()
    db.session.commit()
    click.echo(f"{revived} will be tried again.")


def _age(since: datetime) -> str:
    minutes = int((clock.now() - since) / timedelta(minutes=1))
    for unit, size in (("day", 24 * 60), ("hour", 60)):
        if minutes >= 2 * size:
            return f"{minutes // size} {unit}s"
    return "one minute" if minutes == 1 else f"{minutes} minutes"
