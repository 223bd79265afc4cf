"""Comments with what checks said about them."""

from typing import Any

from flask import Flask
from sqlalchemy import select

from moderation.articles.models import Article
from moderation.cases import reporting
from moderation.cases.models import Report
from moderation.cases.verdicts import StoredVerdict
from moderation.comments.models import Comment, Revision
from moderation.comments.status import Status
from moderation.database import db, saved
from moderation.people.models import Person
from moderation.screening.repeats import service as repeats
from tests import factories

TEXT = "Earn four thousand euros a week from home with my friend, write to me and I tell you how."


def verdict(about: Comment, checker: str, **given: Any) -> StoredVerdict:
    """Live, and over its threshold, unless told otherwise."""
    facts: dict[str, Any] = {
        "phase": checker.partition(":")[0],
        "mode": "live",
        "would": "report",
        "clause_code": "abuse",
        "score": 1.0,
        "report_at": 1.0,
        "spans": [],
        "why": ["Because."],
        **given,
    }
    return saved(
        StoredVerdict(
            site_id=factories.site().id,
            comment_id=about.id,
            revision_id=about.revision_id,
            checker=checker,
            **facts,
        )
    )


def signal(about: Comment, checker: str, **given: Any) -> StoredVerdict:
    """Names no clause."""
    nothing = {"would": "nothing", "clause_code": None, "report_at": None}
    return verdict(about, checker, **{**nothing, **given})


def by_machine(about: Comment, checker: str = "risk:attack", code: str = "abuse") -> Report:
    report = reporting.report_by_checker(
        about, checker=checker, clause=factories.clause(code), explanation="Says “clown”."
    )
    assert report is not None
    return report


def edited(about: Comment, body: str) -> None:
    """A new revision."""
    revision = saved(Revision(comment_id=about.id, body=body, html=f"<p>{body}</p>"))
    about.revision_id = revision.id
    db.session.flush()


def remembered(
    body: str = TEXT,
    *,
    by: Person | None = None,
    on: Article | None = None,
    status: Status = Status.PUBLISHED,
) -> Comment:
    """A comment whose copies are found."""
    comment = factories.comment(body, by=by, on=on, status=status)
    repeats.remember(comment, factories.site().id, repeats.signature(body.lower()))
    return comment


def copies(app: Flask, count: int, body: str = TEXT) -> tuple[int, list[int]]:
    """A reported comment and so many copies, each by an account of its own: (case, comments)."""
    with app.app_context():
        others = [remembered(body, by=factories.person(name=f"Copy {n}")) for n in range(count)]
        card = remembered(body, by=factories.person(name="First Poster"))
        factories.report(card, "spam")
        case_id, ids = factories.case_of(card).id, [other.id for other in others]
        db.session.commit()
    return case_id, ids


def statuses(app: Flask, ids: list[int]) -> set[Status]:
    """Of these comments."""
    with app.app_context():
        return set(db.session.scalars(select(Comment.status).where(Comment.id.in_(ids))))
