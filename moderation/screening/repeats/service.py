"""Remember what was said, find what says nearly the same, forget what is old. Never commits."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from moderation import clock, database, ids, rows
from moderation.comments.models import Comment
from moderation.database import db
from moderation.screening.repeats import minhash, queries
from moderation.screening.repeats.minhash import Signature, signature
from moderation.screening.repeats.models import Band, StoredSignature
from moderation.screening.repeats.queries import Known
from moderation.screening.subject import Alike
from moderation.sites.models import Site

__all__ = ["alike", "alike_to", "clear_old", "forget", "remember", "signature"]

LASTS = timedelta(days=7)
MOST = 100_000  # comments of a site
ALIKE = 0.4  # least likeness; unrelated comments reach a quarter at most
AT_ONCE = 200  # forgotten in one transaction


def alike(
    site_id: int,
    signature: Signature | None,
    *,
    now: datetime,
    author_id: int,
    but: int = 0,
) -> list[Alike]:
    """What was said on this site within LASTS and is the same, or nearly; the newest first.

    At most `queries.LIKELIEST`. but: the comment at hand, if it is written already.
    """
    if signature is None or signature.exact is None:
        return []
    found = queries.candidates(
        site_id,
        signature.exact,
        minhash.keys(site_id, signature.minhash),
        after=ids.first_at(now - LASTS),
        but=but,
    )
    shares = minhash.likeness(signature.minhash, [row.minhash for row in found])
    similar = [
        Alike(
            comment_id=row.comment_id,
            author_id=row.author_id,
            article_id=row.article_id,
            minutes_ago=max(0.0, (now - ids.time_of(row.comment_id)) / timedelta(minutes=1)),
            likeness=1.0 if row.exact == signature.exact else share,
            is_exact=row.exact == signature.exact,
            is_own=row.author_id == author_id,
        )
        for row, share in zip(found, shares, strict=True)
        if row.exact == signature.exact or share >= ALIKE
    ]
    return sorted(similar, key=lambda one: -one.comment_id)


def alike_to(comment: Comment, site_id: int, *, now: datetime) -> list[Alike]:
    """The same for a comment that is remembered; nothing once it has left the window."""
    known = db.session.execute(queries.stored(comment.id)).one_or_none()
    if known is None:
        return []
    mine = Signature(known.exact, known.minhash)
    return alike(site_id, mine, now=now, author_id=comment.author_id, but=comment.id)


def remember(comment: Comment, site_id: int, signature: Signature | None) -> None:
    """`comment`, which is not remembered or forgotten again, says this."""
    if signature is None or signature.exact is None:
        return
    connection = db.session.connection()
    rows.insert_into(
        connection,
        StoredSignature,
        comment_id=comment.id,
        revision_id=comment.revision_id,
        site_id=site_id,
        author_id=comment.author_id,
        article_id=comment.article_id,
        exact=signature.exact,
        minhash=signature.minhash,
    )
    bands = minhash.keys(site_id, signature.minhash)
    rows.insert_all(connection, Band, [{"key": key, "comment_id": comment.id} for key in bands])


def forget(comment_id: int) -> None:
    """Nothing made from the comment's words is left here, as after their erasure."""
    _forget(db.session.execute(queries.stored(comment_id)).all())


def clear_old(keep_on: Callable[[], bool]) -> None:
    """Forget what has left the window, a little at a time, each with its own commit."""
    with database.only_reading():
        ends = [
            (site_id, _end_of_window(site_id)) for site_id in db.session.scalars(select(Site.id))
        ]
        db.session.rollback()
    for site_id, end in ends:
        found = AT_ONCE
        while found == AT_ONCE and keep_on():
            old = db.session.execute(queries.oldest(site_id, until=end).limit(AT_ONCE)).all()
            _forget(old)
            db.session.commit()
            found = len(old)


def _end_of_window(site_id: int) -> int:
    """The newest id that is too old, or one too many."""
    beyond = db.session.scalar(queries.newest(site_id).offset(MOST).limit(1))
    return max(beyond or 0, ids.first_at(clock.now() - LASTS))


def _forget(old: Sequence[Known]) -> None:
    """The keys follow from the signature, so that bands need no second index."""
    if not old:
        return
    bands = [
        {"band_key": key, "band_comment": row.comment_id}
        for row in old
        for key in minhash.keys(row.site_id, row.minhash)
    ]
    connection = db.session.connection()
    if bands:
        connection.execute(queries.FORGET_BAND, bands)
    gone = [row.comment_id for row in old]
    connection.execute(delete(StoredSignature).where(StoredSignature.comment_id.in_(gone)))
