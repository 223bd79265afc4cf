"""How much weight the open reports on a comment have, and when its case is therefore due."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from moderation.cases import deadlines, queries
from moderation.cases.models import LANE_DANGER, LANE_LEGAL, LANE_REST, Report, Track
from moderation.comments.models import Comment
from moderation.comments.status import Status
from moderation.database import db
from moderation.policy.models import Clause
from moderation.sites.settings import Settings


def precisions(reports: Sequence[Report]) -> dict[int, float]:
    """report id → how often its sender was right before."""
    people = {r.reporter_id for r in reports if r.reporter_id is not None}
    addresses = {r.email for r in reports if r.email and r.email_confirmed_at}
    known: dict[int | str, float] = {}
    for site_id, checkers in _checkers(reports).items():
        for checker, upheld, not_upheld in db.session.execute(
            queries.checkers_records(site_id, checkers)
        ):
            known[f"checker:{checker}"] = deadlines.precision(upheld, not_upheld)
    if people or addresses:
        for reporter_id, email, upheld, not_upheld in db.session.execute(
            queries.records(people, addresses)
        ):
            known[reporter_id or email or 0] = deadlines.precision(upheld, not_upheld)
    fresh = deadlines.precision(0, 0)
    return {r.id: known.get(_sender(r), fresh) for r in reports}


def _checkers(reports: Sequence[Report]) -> dict[int, set[str]]:
    """site id → the machines among the reporters."""
    found: dict[int, set[str]] = defaultdict(set)
    for report in reports:
        if report.checker is not None and report.site_id is not None:
            found[report.site_id].add(report.checker)
    return found


def _sender(report: Report) -> int | str:
    if report.checker is not None:
        return f"checker:{report.checker}"
    return report.reporter_id or report.email or -1


def target(clause: Clause, settings: Settings) -> timedelta:
    """How long a case under `clause` may take with ordinary evidence."""
    if clause.target_minutes is not None:
        return timedelta(minutes=clause.target_minutes)
    return settings.target_by_severity[clause.severity]


def lane(report: Report) -> int:
    """Danger first, then the law, then the rest; a notice from nowhere waits with the rest."""
    if report.danger:
        return LANE_DANGER
    if report.track is Track.ILLEGAL:
        return LANE_LEGAL if report.is_confirmed else LANE_REST
    return report.clause.lane if report.clause else LANE_REST


def due_at(
    opened_at: datetime, comment: Comment, reports: Sequence[Report], settings: Settings
) -> datetime:
    """The deadline that reports and the comment's state make. `report.clause` is loaded."""
    return deadlines.due_at(
        opened_at,
        _alleged(reports, settings),
        exposure=(deadlines.PUBLISHED if comment.status is Status.PUBLISHED else deadlines.HELD),
        held_until=held_until(comment, settings),
    )


def held_until(comment: Comment, settings: Settings) -> datetime | None:
    """Whoever waits for a first look waits no longer than this."""
    return comment.created_at + settings.held_target if comment.status is Status.PENDING else None


def _alleged(reports: Sequence[Report], settings: Settings) -> list[deadlines.Alleged]:
    """One entry per clause, with its own reporters only."""
    weight = precisions(reports)
    by_target: dict[tuple[str, timedelta], list[float]] = defaultdict(list)
    for report in reports:
        by_target[_allegation(report, settings)].append(weight[report.id])
    return [deadlines.Alleged(goal, found) for (_, goal), found in by_target.items()]


def _allegation(report: Report, settings: Settings) -> tuple[str, timedelta]:
    if report.danger:
        return "danger", settings.danger_target
    if report.track is Track.ILLEGAL or report.clause is None:
        return "illegal", settings.illegal_target
    return report.clause.code, target(report.clause, settings)
