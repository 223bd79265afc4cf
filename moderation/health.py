"""`GET /healthz`: may requests be sent here? For machines, so without session, cookie or page."""

from flask import Blueprint, Response
from sqlalchemy.exc import SQLAlchemyError

from moderation.migrations import service as migrations
from moderation.people.guard import for_machines

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@for_machines
def healthz() -> Response:
    """200 if the database answers and has the newest schema, else 503 and why."""
    why = _ailment()
    return Response(f"{why or 'ok'}\n", 503 if why else 200, content_type="text/plain")


def _ailment() -> str:
    try:
        return "" if migrations.is_current() else "The database needs `moderation db upgrade`."
    except SQLAlchemyError:
        return "The database does not answer."
