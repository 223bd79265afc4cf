"""What every answer says to browsers, proxies and caches; and whom we believe about the host."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.http import parse_options_header
from werkzeug.test import TestResponse

from moderation.database import db
from moderation.errors import Refused
from moderation.outbox.models import Message
from moderation.people.roles import Role
from tests import factories
from tests.conftest import make_app
from tests.security import world as worlds
from tests.security.world import Visitor, World

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

EVIL = "evil.example"
REPORTS = "https://csp.example/report?of=us"
FORBIDDEN = ("unsafe-", "data:", "blob:", "*", "http:")
ERRORS = ("/nothing", "/comments/9", "/confirm/wrong", "/static/nothing", "/articles/nothing")


@pytest.fixture(params=["http", "https", "https behind a proxy"])
def served(app: Flask, request: pytest.FixtureRequest) -> tuple[World, str]:
    """A world, and the scheme that readers use."""
    by_https = request.param != "http"
    proxies = int(request.param.endswith("proxy"))
    other = make_app(
        Path(app.instance_path), HTTPS=by_https, TRUSTED_PROXIES=proxies, CSP_REPORT_URL=REPORTS
    )
    return worlds.build(other), "https" if by_https else "http"


def everywhere(world: World, scheme: str) -> Iterator[tuple[str, Visitor, TestResponse]]:
    """Every address, asked for by whoever may and by two others; and what goes wrong."""
    others = [world.visitors[Role.READER], world.visitors[Role.ADMIN]]
    for route in world.routes():
        for visitor in {world.whose(route), *(others if route.method == "GET" else ())}:
            path = route.path(world.here)
            yield route.name, visitor, ask(world, visitor, path, route.method, scheme)
    for path in ERRORS:
        yield path, others[0], ask(world, others[0], path, "GET", scheme)
        yield path, others[0], ask(world, others[0], path, "POST", scheme)


def ask(world: World, visitor: Visitor, path: str, method: str, scheme: str) -> TestResponse:
    behind = world.app.config["TRUSTED_PROXIES"]
    headers = {"X-Forwarded-Proto": scheme} if behind else {}
    return world.browser(visitor).open(
        path,
        method=method,
        data=visitor.button if method == "POST" else None,
        base_url=f"{'http' if behind else scheme}://localhost",
        headers=headers,
    )


def test_every_answer(served: tuple[World, str]) -> None:
    world, scheme = served
    shared: dict[str, TestResponse] = {}
    cookies: list[str] = []
    for name, visitor, answer in everywhere(world, scheme):
        told = f"{visitor.role.value} {name}"
        check_headers(answer, scheme, told)
        check_policy(answer.headers["Content-Security-Policy"], told)
        check_kept(answer, visitor, told)
        if "public" in answer.headers["Cache-Control"]:
            # whoever asks gets the same, or it would not be everybody's
            assert shared.setdefault(name, answer).data == answer.data, told
        cookies += answer.headers.getlist("Set-Cookie")
    assert {"GET /articles/<slug>", "GET /policy"} < shared.keys()
    assert cookies
    for cookie in cookies:
        check_cookie(cookie, scheme)


def check_headers(answer: TestResponse, scheme: str, told: str) -> None:
    said = answer.headers
    assert said["X-Content-Type-Options"] == "nosniff", told
    assert said["Referrer-Policy"] == "strict-origin-when-cross-origin", told
    assert said["Cross-Origin-Opener-Policy"] == "same-origin", told
    assert said["Cross-Origin-Resource-Policy"] == "same-origin", told
    assert "camera=()" in said["Permissions-Policy"], told
    lasting = said.get("Strict-Transport-Security", "")
    assert lasting == ("max-age=31536000" if scheme == "https" else ""), told
    assert not {"Server", "X-Powered-By"} & set(said.keys()), told
    kind, how = parse_options_header(said.get("Content-Type", "text/plain"))
    assert not kind.startswith("text/") or how.get("charset", "utf-8") == "utf-8", told


def check_policy(policy: str, told: str) -> None:
    rules = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    assert rules.pop("report-uri") == REPORTS, told
    assert rules == {
        "default-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "object-src": "'none'",
    }, told
    assert not [word for word in FORBIDDEN if word in " ".join(rules.values())], told


def check_kept(answer: TestResponse, visitor: Visitor, told: str) -> None:
    """What is somebody's is kept by nobody."""
    kept = answer.headers["Cache-Control"]
    if "public" not in kept:
        assert kept == "private, no-store", told
        return
    assert answer.status_code in {200, 304}, told
    assert "Set-Cookie" not in answer.headers, told
    assert not visitor.token or visitor.token not in answer.text, told
    if answer.mimetype == "text/html":
        assert "Cookie" in answer.headers["Vary"], told


def check_cookie(cookie: str, scheme: str) -> None:
    name, *flags = cookie.split("; ")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(flags), cookie
    assert not any(flag.startswith("Domain") for flag in flags), cookie
    assert ("Secure" in flags) == (scheme == "https"), cookie
    assert name.startswith("__Host-") == (scheme == "https"), cookie


def test_what_one_reader_is_told_is_on_no_page_for_everybody(client: FlaskClient) -> None:
    """A word about somebody's link waits in their session for the next page that is theirs."""
    told = "This address is confirmed already."
    with client.session_transaction() as session:
        session["_flashes"] = [("success", told)]
    answer = client.get("/policy")
    assert told not in answer.text
    assert "Set-Cookie" not in answer.headers
    assert told in client.get("/sign-in").text


@pytest.mark.parametrize("url", ["here", "https://a;b", "https://a b", "https://a\r\nb", "ftp://a"])
def test_no_setting_writes_headers_of_its_own(tmp_path: Path, url: str, database: str) -> None:
    assert database
    with pytest.raises(Refused, match="CSP_REPORT_URL"):
        make_app(tmp_path, CSP_REPORT_URL=url)


def test_no_page_leads_to_a_host_that_was_made_up(app: Flask) -> None:
    """Whatever a request says of itself: no link, no redirect, no form goes there."""
    world = worlds.build(app)
    forged = {
        "Host": EVIL,
        "X-Forwarded-Host": EVIL,
        "X-Original-URL": f"//{EVIL}",
        "Referer": EVIL,
    }
    for route in world.routes():
        visitor = world.whose(route)
        for query in ({}, {"next": f"https://{EVIL}/"}, {"next": f"//{EVIL}"}):
            client = world.app.test_client()
            client.set_cookie("session", visitor.cookie, domain=EVIL)
            answer = client.open(
                route.path(world.here),
                method=route.method,
                headers=forged,
                query_string=query,
                data={**visitor.button, **query},
            )
            told = f"{route.name} {query}"
            assert EVIL not in (answer.location or ""), told
            assert query or EVIL not in answer.text, told


def test_a_letter_leads_to_the_site_whoever_asked_for_it(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        factories.person(email="ann@example.org")
        db.session.commit()
    forged = {"Host": EVIL, "X-Forwarded-Host": EVIL, "Forwarded": f"host={EVIL}"}
    typed = {"email": "ann@example.org"}
    assert client.post("/forgotten-password", data=typed, headers=forged).status_code == 303
    with app.app_context():
        letter = db.session.scalars(select(Message.body)).one()
    assert EVIL not in letter
    assert "http://localhost/new-password/" in letter


def attempts(client: FlaskClient, header: str) -> list[int]:
    """Answers to more questions for a new password than one network may have."""
    return [
        client.post(
            "/forgotten-password",
            data={"email": f"a{number}@example.org"},
            headers={"X-Forwarded-For": header.format(number)},
        ).status_code
        for number in range(22)
    ]


def test_nobody_says_themselves_where_they_come_from(app: Flask, client: FlaskClient) -> None:
    assert attempts(client, "203.0.{}.1")[-1] == 429
    assert (
        client.get("/", headers={"X-Forwarded-Proto": "https"}).headers.get(
            "Strict-Transport-Security"
        )
        is None
    )
    other = make_app(Path(app.instance_path), TRUSTED_PROXIES=1)
    # the proxy's own word is the last one
    assert attempts(other.test_client(), "203.0.{}.1, 198.51.100.7")[-1] == 429
    assert 429 not in attempts(other.test_client(), "198.51.100.7, 203.0.{}.1")
