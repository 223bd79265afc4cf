"""The database cannot be had right now: a page that needs none of it, with what was typed.

It is too busy, restarting, out of room, or out of reach. Nothing was stored, and nothing is wrong
with what was sent.
"""

import re
from contextlib import suppress
from typing import Any

import structlog
from flask import Flask, Response, current_app, request
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnection

from moderation import access
from moderation.database import db

RETRY_AFTER = 5  # seconds
SENTENCE = (
    "We cannot reach our records right now, so nothing was stored or changed. "
    "Try again in a moment."
)
# never shown again; nor are tokens, which nobody typed
_SECRET = re.compile("password|code|token|secret|submission", re.IGNORECASE)
_WORDS = re.compile(r"\S\s+\S")  # what somebody wrote, and not a choice among several
# SQLite's words for what another database calls a mistake in a program
_OURS = re.compile("no such (table|column|function)")

log = structlog.get_logger()


def init_app(app: Flask) -> None:
    app.register_error_handler(OperationalError, _show)
    app.register_error_handler(NoConnection, _show)  # nobody gave a connection back in time
    app.teardown_appcontext(_let_go)


def _show(error: Exception) -> Response:
    # what the database said, and not what somebody wrote, which stands beside it
    if _OURS.search(str(getattr(error, "orig", None) or "")):
        raise error
    with suppress(SQLAlchemyError):
        db.session.rollback()
    log.error("database out of reach", exc_info=error)
    return answer(SENTENCE)


def answer(sentence: str) -> Response:
    """503, `sentence`, and what was typed."""
    is_piece = request.headers.get("X-Piece") == "true"
    name = "_notice.html" if is_piece else "unavailable.html"
    return Response(_drawn(name, sentence), 503, {"Retry-After": str(RETRY_AFTER)})


def _let_go(_error: BaseException | None) -> None:
    """A connection that was lost meanwhile breaks nothing that has already been done.

    Before Flask-SQLAlchemy does the same, and would leave its session to somebody else.
    """
    try:
        db.session.remove()
    except SQLAlchemyError as error:
        log.warning("connection lost at the end", exc_info=error)
        with suppress(SQLAlchemyError):
            db.session().invalidate()
        db.session.registry.clear()


def _drawn(name: str, sentence: str) -> str:
    """Past Flask, which would ask the database who is reading."""
    given: dict[str, Any] = {
        "kind": "error",
        "sentence": sentence,
        "typed": typed(),
        "number": access.number(),
    }
    return current_app.jinja_env.get_template(name).render(given)


def typed() -> list[str]:
    """The words of a form that was sent, in its order."""
    fields = request.form.items(multi=True) if request.method == "POST" else ()
    return [text for name, text in fields if not _SECRET.search(name) and _WORDS.search(text)]
