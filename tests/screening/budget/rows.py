"""Comments that were screened, with what was said about them, for tests."""

from collections.abc import Mapping

from moderation import ids
from moderation.articles.models import Article
from moderation.cases import machines
from moderation.cases.verdicts import Screened, StoredVerdict
from moderation.comments.models import Comment
from moderation.comments.status import Status
from moderation.database import db
from moderation.people.models import Person
from moderation.screening.verdict import PhaseMode, Would
from tests import factories


def screened(
    on: Article,
    by: Person,
    scores: Mapping[str, float] | None = None,
    *,
    held_by: str | None = None,
) -> int:
    """A published comment as rows, without its history; its revision's id."""
    id_ = ids.new()
    db.session.add(
        Comment(
            id=id_,
            article_id=on.id,
            author_id=by.id,
            root_id=id_,
            revision_id=id_,
            status=Status.PUBLISHED,
        )
    )
    db.session.flush()
    db.session.connection().exec_driver_sql(
        "INSERT INTO revision (id, comment_id, body, html, created_at)"
        f" VALUES ({id_}, {id_}, 'x', 'x', '2031-01-01 00:00:00')"
    )
    note_screened(id_, id_, is_flagged=held_by is not None)
    for checker, score in (scores or {}).items():
        db.session.add(verdict(id_, id_, checker, score, Would.NOTHING))
    if held_by:
        db.session.add(verdict(id_, id_, held_by, 1.0, Would.HOLD))
    return id_


def note_screened(comment_id: int, revision_id: int, *, is_flagged: bool = False) -> None:
    db.session.add(
        Screened(
            revision_id=revision_id,
            comment_id=comment_id,
            site_id=factories.site().id,
            facts={},
            is_flagged=is_flagged,
        )
    )


def verdict(
    comment_id: int, revision_id: int, checker: str, score: float, would: Would
) -> StoredVerdict:
    return StoredVerdict(
        site_id=factories.site().id,
        comment_id=comment_id,
        revision_id=revision_id,
        phase=checker.partition(":")[0],
        checker=checker,
        mode=PhaseMode.LIVE.value,
        would=would.value,
        clause_code="abuse",
        score=score,
        spans=[],
        why=[],
    )


def said(about: Comment, checker: str, version: str = "1", code: str = "abuse") -> None:
    """A machine would have held it."""
    machines.shadow(
        about,
        checker=checker,
        version=version,
        clause=factories.clause(code),
        site=factories.site(),
    )
