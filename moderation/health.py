"""`GET /healthz` and `GET /readyz`: for machines, so without session, cookie or page."""

from pathlib import Path

from flask import Blueprint, Response, current_app
from sqlalchemy.exc import SQLAlchemyError

from moderation import around, replicas, stopping
from moderation.migrations import service as migrations
from moderation.people.guard import for_machines
from moderation.screening.health import page as checks

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@for_machines
def healthz() -> Response:
    """How is the service? 200 if the database answers and has the newest schema, else 503 and why.

    Further lines say which checks fail on which site, which replicas, and whether mail or Redis
    does: comments are taken and pages drawn without them, so that is no reason to send requests
    elsewhere.
    """
    return _trouble() or _said(
        200, "ok", *checks.plain_lines(), *replicas.plain_lines(), *around.plain_lines()
    )


@bp.get("/readyz")
@for_machines
def readyz() -> Response:
    """May requests be sent here? 503 too as soon as we were told to stop."""
    if stopping.is_told(Path(current_app.instance_path)):
        return _said(503, "It is about to stop.")
    return _trouble() or _said(200, "ready")


def _trouble() -> Response | None:
    try:
        if trouble := migrations.trouble():
            return _said(503, trouble)
    except SQLAlchemyError:
        return _said(503, "The database does not answer.")
    return None


def _said(code: int, *lines: str) -> Response:
    return Response("".join(f"{line}\n" for line in lines), code, content_type="text/plain")
