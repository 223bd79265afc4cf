"""The reports on a comment: by people and by machines, each with what its sender was worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from moderation.cases import queries as record
from moderation.cases.models import Report
from moderation.database import db
from moderation.reports.rules import law_in_words
from moderation.review import words
from moderation.review.why import Signal
from moderation.screening import checkers


@dataclass(frozen=True)
class Reported:
    """One report as it is listed. sender: a machine's name if `is_machine`."""

    report: Report
    title: str
    sender: str
    is_machine: bool
    record: str
    ago: str


def signals(reports: Sequence[Report], *, site_id: int) -> list[Signal]:
    """The open ones, each with what its sender's earlier ones were worth. One query."""
    pending = [report for report in reports if report.settled_at is None]
    people = {r.reporter_id for r in pending if r.reporter_id is not None}
    addresses = {r.email for r in pending if r.email and r.email_confirmed_at}
    checkers = {r.checker for r in pending if r.checker}
    known: dict[int | str | None, tuple[int, int]] = {}
    if people or addresses or checkers:
        asked = record.senders_records(people, addresses, checkers, site_id=site_id)
        for person, email, checker, upheld, not_upheld in db.session.execute(asked):
            known[person or email or _machine(checker)] = (int(upheld), int(not_upheld))
    return [Signal(r, *known.get(_sender(r), (0, 0))) for r in pending]


def listed(signal: Signal, now: datetime) -> Reported:
    report = signal.report
    title = report.clause.title if report.clause else law_in_words(report.law) or "It is illegal"
    return Reported(
        report=report,
        title=title,
        sender=_called(report),
        is_machine=report.checker is not None,
        record=words.record(signal.upheld, signal.not_upheld),
        ago=words.ago(report.created_at, now),
    )


def _called(report: Report) -> str:
    if report.checker is not None:
        return checkers.called(report.checker)
    if report.reporter is not None:
        return report.reporter.name
    return f"{report.name or 'somebody'} (no account)"


def _sender(report: Report) -> int | str | None:
    if report.checker is not None:
        return _machine(report.checker)
    return report.reporter_id or report.email


def _machine(checker: str) -> str:
    """No address looks like that."""
    return f"machine {checker}"
