"""A newsroom with weeks of decisions behind it, as rows, for tests."""

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from flask import Flask
from sqlalchemy import insert

from moderation import clock, ids
from moderation.cases.decisions import Decision, How
from moderation.comments.models import Comment, Revision
from moderation.comments.status import Action, Status
from moderation.database import db, saved
from moderation.screening.risk import correcting, duty, learning, queries, service
from moderation.screening.risk.learning import Decided
from moderation.screening.risk.model import Model
from moderation.screening.risk.models import LearnedModel, LearningState
from moderation.sites.models import Site
from tests import factories

WORDS = [
    "council",
    "road",
    "school",
    "bridge",
    "budget",
    "winter",
    "train",
    "station",
    "market",
    "garden",
    "teacher",
    "village",
    "summer",
    "weather",
    "letter",
    "music",
    "parking",
    "hospital",
    "river",
    "paper",
    "plan",
    "team",
    "price",
    "window",
    "meeting",
    "ticket",
]
# what this newsroom does not want to read, and the shipped model has nothing against
UNWANTED = "cricket"

Said = Sequence[tuple[str, bool]]  # text, and whether it was hidden


def weeks(count: int = 600, *, every: int = 6) -> Said:
    """What was said, and hidden: one in `every`, all of it about cricket."""
    chance = random.Random(1)
    found = []
    for number in range(count):
        words = chance.sample(WORDS, 7)
        is_hidden = number % every == 0
        if is_hidden:
            words[3:3] = [UNWANTED, "match"]
        found.append((f"The {' '.join(words)} again.", is_hidden))
    return found


def by_chance(count: int = 600, *, every: int = 6) -> Said:
    """As much hidden, for no reason that is in the words."""
    said = weeks(count, every=every)
    hidden = [is_hidden for _, is_hidden in said]
    random.Random(2).shuffle(hidden)
    return [(text, is_hidden) for (text, _), is_hidden in zip(said, hidden, strict=True)]


def decided(said: Said, *, code: str = "abuse", how: How = How.REPORT) -> list[int]:
    """Comments with a moderator's decision each, oldest first; ids of the decisions."""
    on, author, moderator = factories.article(), factories.person(), factories.moderator()
    clause_id, site_id = factories.clause(code).id, factories.site().id
    begin = clock.now() - timedelta(days=28)
    times = [begin + timedelta(minutes=number) for number in range(len(said))]
    keys = [ids.at(moment) for moment in times]
    db.session.execute(insert(Comment), list(_comments(keys, times, on.id, author.id)))
    db.session.execute(
        insert(Revision),
        [
            {"id": key, "comment_id": key, "body": text, "html": text, "created_at": moment}
            for key, moment, (text, _) in zip(keys, times, said, strict=True)
        ],
    )
    db.session.execute(
        insert(Decision),
        [
            {
                "id": key,
                "site_id": site_id,
                "comment_id": key,
                "revision_id": key,
                "action": Action.HIDE if is_hidden else Action.APPROVE,
                "clause_id": clause_id if is_hidden else None,
                "decided_by_id": moderator.id,
                "detected_how": how,
                "decided_at": moment,
                "status_before": Status.PUBLISHED,
            }
            for key, moment, (_, is_hidden) in zip(keys, times, said, strict=True)
        ],
    )
    return keys


def _comments(
    keys: Iterable[int], times: Iterable[datetime], article_id: int, author_id: int
) -> Iterable[dict[str, object]]:
    for key, moment in zip(keys, times, strict=True):
        yield {
            "id": key,
            "article_id": article_id,
            "author_id": author_id,
            "root_id": key,
            "revision_id": key,
            "status": Status.PUBLISHED,
            "created_at": moment,
        }


def learned(app: Flask, *, before: Callable[[], object] = lambda: None) -> LearningState:
    """The worker has learned for the site; what came of it. before: makes the rows."""
    with app.app_context():
        before()
        service.ask(factories.site())
        db.session.commit()
        duty.learn_waiting(lambda: True)
        return newest().state


@cache
def _model() -> Mapping[str, Any]:
    """What cricket teaches, as it is stored; learned once."""
    said, begin = weeks(), clock.now()
    shipped = Model.shipped().weights
    texts = correcting.read([text for text, _ in said], shipped)
    taught = [
        Decided(number, begin + timedelta(minutes=number), "attack" if is_hidden else None)
        for number, (_, is_hidden) in enumerate(said)
    ]
    return duty.outcome(learning.learn(shipped, taught, texts), shipped, begin)


def offered(site: Site | None = None) -> LearnedModel:
    """A model that learned about cricket, ready to be used."""
    return saved(
        LearnedModel(
            site_id=(site or factories.site()).id,
            state=LearningState.OFFERED,
            finished_at=clock.now(),
            decisions=600,
            restrictions=100,
            **_model(),
        )
    )


def newest() -> LearnedModel:
    """What was learned last, or is being learned."""
    found = db.session.scalars(queries.of_site(factories.site().id).limit(1))
    return found.one()
