"""Each request has a number and a line in the log."""

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from moderation import logs
from moderation.people.roles import Role
from tests import factories, pages
from tests.conftest import make_app
from tests.seeing.looking import lines

OURS = re.compile(r"[0-9a-f]{12}")
FIELDS = {
    "event", "request_id", "method", "route", "status", "ms", "bytes", "statements",
    "database_ms", "role", "site", "level", "timestamp",
}  # fmt: skip


@pytest.fixture
def told(app: Flask) -> Flask:
    """The application with its access log on."""
    app.extensions["access_log"] = True
    logs.configure()
    return app


def test_every_answer_has_a_number_of_its_own(client: FlaskClient) -> None:
    answers = [client.get("/"), client.get("/nowhere"), client.post("/sign-in"), client.put("/")]
    called = [answer.headers["X-Request-ID"] for answer in answers]
    assert len(set(called)) == 4
    assert all(OURS.fullmatch(each) for each in called)


def test_a_line_says_what_and_never_who(told: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    client = factories.signed_in(told, Role.MODERATOR)
    lines(capsys, "request")
    answer = client.get("/articles/secret-name?q=secret", headers={"User-Agent": "secret"})
    (line,) = lines(capsys, "request")
    assert set(line) == FIELDS
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert (line["method"], line["route"], line["status"]) == ("GET", "/articles/<slug>", 404)
    assert (line["site"], line["role"]) == ("main", "moderator")
    assert line["bytes"] == len(answer.data)
    assert isinstance(line["statements"], int)
    assert line["statements"] >= 2
    assert "secret" not in str(line)


def test_probes_leave_no_line_while_all_is_well(
    told: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    client = told.test_client()
    for path in ("/healthz", "/readyz", "/metrics"):
        assert client.get(path).status_code == 200
    assert client.get("/metrics", headers={"Via": "1.1 proxy"}).status_code == 403
    assert [line["status"] for line in lines(capsys, "request")] == [403]


def test_no_route_has_a_sign_that_json_would_escape(app: Flask) -> None:
    assert all(re.fullmatch(r"[\w/<>:.-]+", rule.rule) for rule in app.url_map.iter_rules())


def test_the_demo_and_whoever_says_so_have_none(tmp_path: Path) -> None:
    choices: tuple[tuple[dict[str, Any], bool], ...] = (
        ({}, True),
        ({"DEMO": True}, False),
        ({"ACCESS_LOG": False}, False),
    )
    for settings, on in choices:
        app = make_app(tmp_path, **{"ACCESS_LOG": "on", **settings})
        assert app.extensions["access_log"] is on


def test_an_error_page_says_the_number(client: FlaskClient) -> None:
    answer = client.get("/nowhere")
    assert "If you write to us about this, tell us this number" in pages.read(answer).text
    assert answer.headers["X-Request-ID"] in answer.text


def test_what_breaks_is_found_by_its_number(
    app: Flask, client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> str:
        raise RuntimeError(request.args["q"])

    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.view_functions["people.sign_in"] = broken
    logs.configure()
    whole = client.get("/sign-in?q=secret")
    piece = client.get("/sign-in?q=secret", headers={"X-Piece": "true"})
    found = lines(capsys, "request failed")
    for answer, line in zip((whole, piece), found, strict=True):
        assert answer.status_code == 500
        assert answer.headers["X-Request-ID"] in answer.text
        assert line["request_id"] == answer.headers["X-Request-ID"]
        assert line["route"] == "/sign-in"
    assert "secret" not in str(found)


def test_a_proxy_that_we_trust_may_give_the_number(app: Flask) -> None:
    client = trusting(app)
    for given in ("7c1f0a9e-4f0e-4a70-8a3e-3f6e7e2b1c11", "a.b_c-1234", "x" * 64):
        answer = client.get("/nowhere", headers={"X-Request-ID": given})
        assert answer.headers["X-Request-ID"] == given
        assert given in answer.text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "given",
    ["short", "x" * 65, "x" * 100_000, "<script>alert(1)", "with space", '"quoted-quoted', "é" * 9,
     "১২৩৪৫৬৭৮৯", "\x00" * 9, "a-number\ttab", ""],
)  # fmt: skip
def test_a_strange_number_is_not_taken(app: Flask, given: str) -> None:
    client = trusting(app)
    answer = client.get("/nowhere", environ_overrides={"HTTP_X_REQUEST_ID": given})
    assert OURS.fullmatch(answer.headers["X-Request-ID"])


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("given", ["12345678\n", "12345678\r\nSet-Cookie: a=b", "\n12345678"])
def test_nobody_writes_lines_into_our_answers(app: Flask, given: str) -> None:
    """No server lets such a header through; should one, we do not."""
    client = trusting(app)
    answer = client.get("/nowhere", environ_overrides={"HTTP_X_REQUEST_ID": given})
    assert OURS.fullmatch(answer.headers["X-Request-ID"])
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_nobody_else_gives_numbers(client: FlaskClient) -> None:
    answer = client.get("/", headers={"X-Request-ID": "given-by-a-reader"})
    assert OURS.fullmatch(answer.headers["X-Request-ID"])


def trusting(app: Flask) -> FlaskClient:
    app.config["TRUSTED_PROXIES"] = 1
    return app.test_client()
