"""Rules proposed, tried and saved, and comments that people have judged, for tests."""

from typing import Any

from sqlalchemy import update

from moderation import clock
from moderation.comments.models import Comment, Revision
from moderation.comments.status import Action
from moderation.database import db
from moderation.screening.rulebook import dryrun, service
from moderation.screening.rulebook.models import DryRun, Rule
from moderation.screening.rulebook.service import Proposal
from moderation.screening.verdict import PhaseMode
from moderation.sites.models import Site
from tests import factories

LANTERN = "comment.normal.contains('blue lantern')"


def proposal(**given: Any) -> Proposal:
    return Proposal(**{"name": "blue-lantern", "expression": LANTERN, "clause": "spam", **given})


def propose(*, site: Site | None = None, days: int = 30, **given: Any) -> DryRun:
    return service.propose(site or factories.site(), proposal(**given), days=days, by=None)


def run_all() -> None:
    """What the worker does."""
    db.session.commit()
    dryrun.run_waiting(lambda: True)


def done(**given: Any) -> DryRun:
    """A dry run that is finished."""
    run = propose(**given)
    run_all()
    db.session.refresh(run)
    return run


def save(run: DryRun, mode: PhaseMode = PhaseMode.SHADOW) -> Rule:
    rule = service.save(run, mode, site=factories.site(), by=None)
    db.session.commit()
    return rule


def rule(mode: PhaseMode = PhaseMode.LIVE, **given: Any) -> Rule:
    """A rule in force."""
    return save(done(**given), mode)


def judged(body: str, action: Action) -> Comment:
    """A comment that a person approved or hid."""
    comment = factories.comment(body)
    factories.report(comment, "spam")
    factories.decision(comment, action, code="spam")
    return comment


def blank(comment: Comment) -> None:
    """As erasure leaves it."""
    db.session.execute(
        update(Revision)
        .where(Revision.id == comment.revision_id)
        .values(body="", html="", blanked_at=clock.now())
    )
