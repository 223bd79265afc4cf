"""A site that has been talked on for a week: comments, decisions, and the repeat window, as rows.

Written in bulk, as the services would leave them.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlalchemy import insert

from moderation import clock, ids
from moderation.articles.models import Article
from moderation.cases.decisions import Decision, DecisionRole, How
from moderation.comments.models import Comment, Revision
from moderation.comments.status import Action, Status
from moderation.database import db
from moderation.screening.normal import normalised
from moderation.screening.repeats import minhash
from moderation.screening.repeats.models import Band, StoredSignature

AT_ONCE = 5000
LASTS = timedelta(days=6)
DECIDED_IN = 20  # one comment in so many was decided about by a person


def writers(people: Sequence[int], count: int) -> list[int]:
    """Who writes `count` comments: a few people write most of them (Zipf)."""
    weights = [1 / rank for rank in range(1, len(people) + 1)]
    return random.Random(4).choices(people, weights, k=count)


def planted(
    article: Article, texts: Sequence[str], authors: Sequence[int], *, moderator_id: int
) -> list[int]:
    """The ids of comments with these texts, the oldest first."""
    began = clock.now() - LASTS
    step = LASTS / len(texts)
    made = [ids.at(began + number * step) for number in range(len(texts))]
    bands: list[tuple[int, int]] = []
    for first in range(0, len(texts), AT_ONCE):
        part = slice(first, first + AT_ONCE)
        rows = list(_rows(article, made[part], texts[part], authors[part]))
        db.session.execute(insert(Comment), [row["comment"] for row in rows])
        db.session.execute(insert(Revision), [row["revision"] for row in rows])
        db.session.execute(insert(Decision), _decisions(rows, article.site_id, moderator_id))
        db.session.execute(insert(StoredSignature), [r["signature"] for r in rows if "bands" in r])
        bands += [pair for row in rows for pair in row.get("bands", ())]
    bands.sort()  # as the table has them: many times faster
    db.session.connection().exec_driver_sql(
        f"INSERT INTO {Band.__tablename__} (key, comment_id) VALUES (?, ?)", bands
    )
    article.comment_count += len(made)
    db.session.commit()
    return made


def _rows(
    article: Article, made: Sequence[int], texts: Sequence[str], authors: Sequence[int]
) -> Iterator[dict[str, Any]]:
    for id_, text, author_id in zip(made, texts, authors, strict=True):
        at = ids.time_of(id_)
        whose = {"article_id": article.id, "author_id": author_id}
        row: dict[str, Any] = {
            "comment": {
                **whose,
                "id": id_,
                "root_id": id_,
                "created_at": at,
                "status": Status.PUBLISHED,
                "revision_id": id_,
            },
            "revision": {
                "id": id_,
                "comment_id": id_,
                "body": text,
                "html": "",
                "created_at": at,
            },
        }
        said = minhash.signature(normalised(text).text)
        if said.exact is not None:
            row["bands"] = [(key, id_) for key in minhash.keys(article.site_id, said.minhash)]
            row["signature"] = {
                **whose,
                "comment_id": id_,
                "revision_id": id_,
                "site_id": article.site_id,
                **asdict(said),
            }
        yield row


def _decisions(
    rows: Sequence[dict[str, Any]], site_id: int, moderator_id: int
) -> list[dict[str, Any]]:
    """Every comment arrived; some were looked at, and half of those hidden."""
    made = []
    for number, row in enumerate(rows):
        about, at = row["comment"]["id"], row["comment"]["created_at"]
        common = {"site_id": site_id, "comment_id": about, "revision_id": about}
        arrived = {
            "id": ids.at(at),
            "role": DecisionRole.EFFECTIVE,
            "action": Action.APPROVE,
            "status_before": Status.NEW,
            "decided_how": How.MODE,
            "decided_by_id": None,
        }
        made.append(common | arrived)
        if number % DECIDED_IN == 0:
            judged = {
                "id": ids.at(at + timedelta(hours=1)),
                "action": Action.HIDE if number % (2 * DECIDED_IN) else Action.APPROVE,
                "status_before": Status.PUBLISHED,
                "decided_how": How.PERSON,
                "decided_by_id": moderator_id,
            }
            made.append(common | arrived | judged)
    return made
