"""`GET /healthz`: may requests be sent here? For machines, so without session, cookie or page."""

from flask import Blueprint, Response
from sqlalchemy.exc import SQLAlchemyError

from moderation import replicas
from moderation.migrations import service as migrations
from moderation.people.guard import for_machines
from moderation.screening.health import page as checks

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@for_machines
def healthz() -> Response:
    """200 if the database answers and has the newest schema, else 503 and why.

    Further lines say which checks fail on which site, and which replicas: comments are taken and
    pages drawn without them, so that is no reason to send requests elsewhere.
    """
    try:
        if not migrations.is_current():
            return _said(503, "The database needs `moderation db upgrade`.")
        return _said(200, "ok", *checks.plain_lines(), *replicas.plain_lines())
    except SQLAlchemyError:
        return _said(503, "The database does not answer.")


def _said(code: int, *lines: str) -> Response:
    return Response("".join(f"{line}\n" for line in lines), code, content_type="text/plain")
