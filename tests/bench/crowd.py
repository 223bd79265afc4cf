"""People who are signed in already, each asking from a network of its own.

So the limits on what one person or one network may do stand, are counted, and stop nobody: no
setting of the product has to be switched off to measure it.
"""

import secrets
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from hashlib import sha256
from itertools import count
from urllib.parse import urlencode

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import Select, insert, select

from moderation import clock, ids
from moderation.database import db
from moderation.people.models import Person, SignIn
from moderation.people.roles import Role
from tests.bench.reading import SETTINGS

KEY = SETTINGS["SECRET_KEY"]
MODERATOR = 0  # of the crowd, this one
_networks = count()


def plant(people: int) -> None:
    """Accounts that are a year old, with a sign-in each; the caller commits."""
    then, until = clock.now() - timedelta(days=400), clock.now() + timedelta(days=1)
    rows = [
        {
            "id": ids.new(),
            "email": f"crowd{number}@example.org",
            "name": f"Reader {number}",
            "password_hash": "",
            "role": Role.MODERATOR if number == MODERATOR else Role.COMMENTER,
            "confirmed_at": then,
            "created_at": then,
        }
        for number in range(people)
    ]
    db.session.execute(insert(Person), rows)
    sign_ins = [
        {
            "id": ids.new(),
            "person_id": row["id"],
            "token_hash": sha256(_token(number).encode()).hexdigest(),
            "expires_at": until,
        }
        for number, row in enumerate(rows)
    ]
    db.session.execute(insert(SignIn), sign_ins)


def get(number: int, path: str) -> bytes:
    """Somebody signed in opens a page."""
    return _request("GET", path, _headers(number), "")


def post(number: int, path: str, **form: str) -> bytes:
    """Somebody signed in sends a form."""
    body = urlencode({"csrf_token": _csrf(), **form})
    headers = {
        **_headers(number),
        "Content-Type": "application/x-www-form-urlencoded",
        "Sec-Fetch-Site": "same-origin",
    }
    return _request("POST", path, headers, body)


def post_json(path: str, body: str) -> bytes:
    """Anybody sends JSON."""
    headers = {"X-Forwarded-For": _network(), "Content-Type": "application/json"}
    return _request("POST", path, headers, body)


def submissions(
    numbers: Iterator[int], slugs: Iterator[str], texts: Iterator[str]
) -> Iterator[bytes]:
    """Comments without end, each meant even if a check doubts it."""
    for number, slug, text in zip(numbers, slugs, texts, strict=False):
        said = {"body": text, "submission": secrets.token_urlsafe(18), "anyway": "1"}
        yield post(number, f"/articles/{slug}/comments", **said)


def _request(method: str, path: str, headers: dict[str, str], body: str) -> bytes:
    sent = body.encode()
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    length = f"Content-Length: {len(sent)}\r\n" if sent else ""
    return f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{lines}{length}\r\n".encode() + sent


def _headers(number: int) -> dict[str, str]:
    return {
        "Cookie": f"session={cookie(number)}",
        "X-Forwarded-For": _network(),
    }


def _network() -> str:
    number = next(_networks)
    return f"10.{number >> 8 & 255}.{number & 255}.1"


def _token(number: int) -> str:
    return f"crowd-{number}"


@cache
def cookie(number: int) -> str:
    """What this person's browser keeps."""
    app = Flask("crowd")
    app.secret_key = KEY
    signing = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signing is not None
    kept = {"_permanent": True, "sign_in": _token(number), "csrf_token": "crowd"}
    return str(signing.dumps(kept))


@cache
def _csrf() -> str:
    return str(URLSafeTimedSerializer(KEY, salt="wtf-csrf-token").dumps("crowd"))


def of_the_crowd() -> Select[int]:
    """Their ids, in the order of their numbers."""
    mine = Person.email.like("crowd%@example.org")
    return select(Person.id).where(mine).order_by(Person.id)
