"""The model a site uses: as shipped, or as its own newsroom's decisions corrected it.

Never commits. What changes it makes every process build its instruments anew.
"""

from collections.abc import Sequence

import structlog
from sqlalchemy import delete

from moderation import clock, events
from moderation.cases.decisions import How
from moderation.comments.status import Action
from moderation.database import db, saved
from moderation.errors import Conflict, Refused
from moderation.events.kinds import RiskModelReturned, RiskModelUsed
from moderation.people.models import Person
from moderation.screening import choices
from moderation.screening.phases.risk import CLAUSES
from moderation.screening.risk import queries
from moderation.screening.risk.learning import BY_MACHINE, DRAWN, Decided
from moderation.screening.risk.model import Model
from moderation.screening.risk.models import LearnedModel, LearningState
from moderation.screening.risk.weights import Weights
from moderation.sites import service as sites
from moderation.sites.models import Site

HEAD_OF = {clause: head for head, clause in CLAUSES.items()}
MEANWHILE = "Something newer was learned meanwhile, or somebody chose before you. Look again."

log = structlog.get_logger()


def model(site: Site) -> Model:
    """What the site uses. As shipped, unless a lead chose what was learned on top of it."""
    weights = learned_weights(site)
    return Model.shipped() if weights is None else Model(weights)


def learned_weights(site: Site) -> Weights | None:
    """Of the learned model in use, if it corrects what this program ships with."""
    base = Model.shipped().version
    stored = db.session.scalar(queries.weights_in_use(site.id, base=base))
    if stored is None:
        return None
    try:
        return Weights.read(stored)
    except (ValueError, KeyError, OSError):
        # comments go on being screened, by what ships
        log.exception("learned model unreadable", site_id=site.id)
        return None


def decided(site: Site) -> Sequence[Decided]:
    """What can be learned from, oldest first: each revision once, as a person decided last.

    A report that nobody has answered is not there, nor what was undone or blanked, nor what was
    restricted under a clause that no head alleges. An appeal's outcome is a newer decision.
    """
    found: dict[int, Decided | None] = {}
    for revision_id, action, clause, at, how, is_sample in db.session.execute(
        queries.judged(site.id)
    ):
        if revision_id in found:
            continue
        found[revision_id] = None
        head = HEAD_OF.get(clause) if action is Action.HIDE else None
        if action is Action.HOLD or (action is Action.HIDE and head is None):
            continue
        counts = DRAWN if is_sample else BY_MACHINE if how is How.RULE else 1.0
        found[revision_id] = Decided(revision_id, at, head, counts)
    return [one for one in reversed(found.values()) if one is not None]


def ask(site: Site) -> LearnedModel:
    """Have a worker learn as soon as it can. Twice is once."""
    choices.lock(site)
    for row in db.session.scalars(queries.of_site(site.id)):
        if row.state in queries.UNFINISHED:
            return row
    return saved(LearnedModel(site_id=site.id, state=LearningState.WAITING))


def use(site: Site, model_id: int, *, by: Person) -> LearnedModel:
    """From now on comments are screened with what was learned then. Twice is once.

    Raises Conflict if it is not there any more, Refused if it was never better or the shipped
    model has changed since.
    """
    row = _locked(site, model_id)
    if row.state is LearningState.IN_USE:
        return row
    if row.state not in {LearningState.OFFERED, LearningState.RETURNED}:
        raise Refused("It was not better than the shipped model, so it is not offered.")
    if row.base != Model.shipped().version:
        raise Refused("It corrects an older shipped model than this one. Let it learn again.")
    db.session.execute(
        delete(LearnedModel).where(
            LearnedModel.site_id == site.id, LearnedModel.state == LearningState.IN_USE
        )
    )
    row.state, row.used_at = LearningState.IN_USE, clock.now()
    _tell(site, RiskModelUsed(model_id=row.id, version=row.version, person_id=by.id))
    return row


def back_to_shipped(site: Site, model_id: int, *, by: Person) -> None:
    """From now on comments are screened as shipped. Twice is once.

    Raises Conflict if another model is in use than the one that was on the screen.
    """
    row = _locked(site, model_id)
    if row.state is LearningState.RETURNED:
        return
    if row.state is not LearningState.IN_USE:
        raise Conflict(MEANWHILE)
    row.state = LearningState.RETURNED
    _tell(site, RiskModelReturned(model_id=row.id, person_id=by.id))


def forget_older(row: LearnedModel) -> None:
    """The newest learning replaces what came of those before, but for what is in use.

    One that broke replaces nothing but others that did.
    """
    kept = {LearningState.IN_USE, *queries.UNFINISHED}
    gone = {LearningState.FAILED} if row.state is LearningState.FAILED else {*LearningState} - kept
    db.session.execute(
        delete(LearnedModel).where(
            LearnedModel.site_id == row.site_id,
            LearnedModel.id != row.id,
            LearnedModel.state.in_(gone),
        )
    )


def _locked(site: Site, model_id: int) -> LearnedModel:
    choices.lock(site)
    row = db.session.get(LearnedModel, model_id, populate_existing=True)
    if row is None or row.site_id != site.id:
        raise Conflict(MEANWHILE)
    return row


def _tell(site: Site, event: RiskModelUsed | RiskModelReturned) -> None:
    db.session.flush()
    events.record(event, site_id=site.id)
    sites.renew_screening(site)
