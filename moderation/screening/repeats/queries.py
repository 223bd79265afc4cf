"""What may be alike: the newest of each band, and exact copies; bounded whatever is stored."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import Row, Select, bindparam, delete, select

from moderation.database import db
from moderation.screening.repeats.models import Band, StoredSignature

NEWEST = 50  # of one band, and of exact copies
LIKELIEST = 64  # whose signatures are compared
EXACT = 1000  # an exact copy goes before any number of bands in common

# Text, as the statement is short of nothing but time: built by SQLAlchemy from its parts it takes
# longer than the database does
_ONE = (
    "SELECT id, 1 AS weight FROM (SELECT comment_id AS id FROM band"
    " WHERE key = ? ORDER BY comment_id DESC LIMIT {newest}) AS one"
)
_COPIES = (
    "SELECT id, {exact} AS weight FROM (SELECT comment_id AS id FROM signature"
    " WHERE site_id = ? AND exact = ? ORDER BY comment_id DESC LIMIT {newest}) AS one"
)
_ALL = (
    "SELECT s.comment_id, s.author_id, s.article_id, s.exact, s.minhash FROM"
    " (SELECT id FROM ({parts}) AS part GROUP BY id"
    " ORDER BY sum(weight) DESC, id DESC LIMIT {likeliest}) AS likely"
    # SQLite keeps the order of a cross join; it would else go through the window to join these few
    " CROSS JOIN signature AS s WHERE s.comment_id = likely.id"
    " AND s.site_id = ? AND s.comment_id > ? AND s.comment_id <> ?"
)

FORGET_BAND = delete(Band).where(
    Band.key == bindparam("band_key"), Band.comment_id == bindparam("band_comment")
)

Known = Row[int, int, int | None, bytes]  # comment, site, exact copies' number, minhash
Candidate = Row[int, int, int, int | None, bytes]


def candidates(
    site_id: int, exact: int, keys: Sequence[int], *, after: int, but: int
) -> Sequence[Candidate]:
    """(comment, author, article, exact, minhash) of at most LIKELIEST comments.

    after: only comments with later ids; but: not this one.
    """
    connection = db.session.connection()
    statement = _statement(len(keys), connection.dialect.paramstyle)
    given = (*keys, site_id, exact, site_id, after, but)
    return connection.exec_driver_sql(statement, given).all()


@cache
def _statement(bands: int, style: str) -> str:
    one = _ONE.format(newest=NEWEST)
    copies = _COPIES.format(newest=NEWEST, exact=EXACT)
    parts = " UNION ALL ".join([one] * bands + [copies])
    statement = _ALL.format(parts=parts, likeliest=LIKELIEST)
    return statement if style == "qmark" else statement.replace("?", "%s")


def stored(comment_id: int) -> Select[int, int, int | None, bytes]:
    """As `Known`."""
    return _known().where(StoredSignature.comment_id == comment_id)


def oldest(site_id: int, *, until: int) -> Select[int, int, int | None, bytes]:
    """As `Known`: the oldest first, up to this id."""
    mine = StoredSignature.site_id == site_id
    return (
        _known()
        .where(mine, StoredSignature.comment_id <= until)
        .order_by(StoredSignature.comment_id)
    )


def newest(site_id: int) -> Select[int]:
    """Ids, the newest first."""
    return (
        select(StoredSignature.comment_id)
        .where(StoredSignature.site_id == site_id)
        .order_by(StoredSignature.comment_id.desc())
    )


def _known() -> Select[int, int, int | None, bytes]:
    return select(
        StoredSignature.comment_id,
        StoredSignature.site_id,
        StoredSignature.exact,
        StoredSignature.minhash,
    )
