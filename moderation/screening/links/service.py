"""What a site's published comments have linked to. The caller commits."""

from collections.abc import Collection

from sqlalchemy.dialects import postgresql, sqlite

from moderation.comments.models import Comment
from moderation.database import db
from moderation.screening.links import queries
from moderation.screening.links.models import LinkDomain


def known(site_id: int, domains: Collection[str]) -> frozenset[str]:
    """Those of `domains`, as `phases.links.domains_in` gives them, that were linked to before."""
    if not domains:
        return frozenset()
    return frozenset(db.session.scalars(queries.known(site_id, domains)))


def remember(comment: Comment, site_id: int, domains: Collection[str]) -> None:
    """`comment` links to `domains`: they are known from when it is on the page."""
    fresh = frozenset(domains) - known(site_id, domains)
    if not fresh:
        return
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    # in one order, so that two writers wait for each other instead of both failing
    rows = insert(LinkDomain).values(
        [{"site_id": site_id, "name": name, "comment_id": comment.id} for name in sorted(fresh)]
    )
    # the comment remembered so far is not on the page
    db.session.execute(
        rows.on_conflict_do_update(
            index_elements=[LinkDomain.site_id, LinkDomain.name],
            set_={"comment_id": rows.excluded.comment_id},
        )
    )
