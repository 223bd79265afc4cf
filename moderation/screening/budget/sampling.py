"""Show the desk a few comments that no check named, so that what is missed is known.

Which ones is drawn from the comment's id: by chance, and always the same.
"""

from datetime import timedelta
from hashlib import sha256

from moderation import clock
from moderation.cases import queries
from moderation.cases import service as cases
from moderation.cases.models import LANE_REST, Case, CaseKind
from moderation.comments.models import Comment
from moderation.comments.status import Status
from moderation.database import db
from moderation.screening.settings import Screening
from moderation.sites.models import Site

DUE = timedelta(hours=24)


def consider(comment: Comment, *, site: Site, is_flagged: bool) -> Case | None:
    """Open the case of a published comment that nobody named, if it is drawn.

    Its card covers what machines said until it is decided, see `Case.is_sample`.
    """
    if is_flagged or comment.status is not Status.PUBLISHED:
        return None
    percent = Screening.from_stored(site.settings.screening).sampled
    if not is_drawn(comment.id, percent):
        return None
    if db.session.scalar(queries.open_case(comment.id, CaseKind.REVIEW)) is not None:
        return None
    case = cases.open_or_join(comment, site=site, lane=LANE_REST, due_at=clock.now() + DUE)
    case.is_sample = True
    return case


def is_drawn(comment_id: int, percent: float) -> bool:
    """Of all ids about `percent` in a hundred."""
    number = int.from_bytes(sha256(b"sample:%d" % comment_id).digest()[:8])
    return number < percent / 100 * 2**64
