"""`moderation model learn`: what a site's own decisions teach, from the terminal."""

import click

from moderation.database import db, only_reading
from moderation.errors import Conflict
from moderation.screening.risk import duty, sentences, service
from moderation.screening.risk.models import LearnedModel
from moderation.sites import service as sites


@click.command("learn")
@click.option("--site", "site_slug", help="The publication; by default the only one.")
def learn(*, site_slug: str | None) -> None:
    """Learn from a site's decisions now, compare, and offer what is better to its leads.

    Needs the database. What is in use stays in use: a lead changes it on the page Risk model.
    """
    asked = service.ask(sites.by_slug(site_slug))
    model_id = asked.id
    db.session.commit()
    click.echo("Reading the decisions, learning, measuring …", err=True)
    if not duty.learn(model_id, lambda: True):
        raise Conflict("A worker learns for this site already. Look at the page Risk model.")
    with only_reading():
        found = db.session.get_one(LearnedModel, model_id)
        for sentence in sentences.told(found):
            click.echo(sentence)
