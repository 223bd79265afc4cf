"""`GET /metrics`: what it says of the service, to whom, and what it asks of the database."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from moderation import clock, config, events
from moderation.cases.models import LANE_DANGER
from moderation.comments.status import Action, Status
from moderation.database import db
from moderation.errors import Refused
from moderation.events.kinds import PersonConfirmed
from moderation.outbox.models import Message
from moderation.screening.health import service as health
from moderation.seeing import queries, service
from tests import factories
from tests.conftest import make_app
from tests.seeing.looking import grown, numbers, value
from tests.statements import counted, plan

TOKEN = "the numbers are for the newsroom only"


def test_the_queue_by_lane(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        with clock.at(clock.now() - timedelta(hours=30)):
            factories.report(factories.comment())
        factories.notice(factories.comment(), danger=True)
        db.session.commit()
    found = numbers(client)
    assert value(found, "open_cases", site="main", lane="2") == 1
    assert value(found, "overdue_cases", site="main", lane="2") == 1
    assert 30 * 3600 <= value(found, "oldest_case_seconds", lane="2") < 31 * 3600
    assert value(found, "open_cases", site="main", lane=str(LANE_DANGER)) == 1
    assert value(found, "overdue_cases", lane=str(LANE_DANGER)) == 0
    assert value(found, "open_cases", lane="1") == 0


def test_what_waits_in_the_background(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        ago = clock.now() - timedelta(hours=10)
        db.session.add(Message(key="k", to="a@example.org", subject="", body="", created_at=ago))
        with clock.at(ago):
            events.record(PersonConfirmed(person_id=1), site_id=None)
        db.session.commit()
    found = numbers(client)
    assert value(found, "mail_waiting") == 1
    assert 36_000 <= value(found, "mail_oldest_seconds") < 36_100
    assert value(found, "unsealed_events") == 2, "the policy's, and this one"
    assert 35_999 <= value(found, "unsealed_oldest_seconds") < 36_100


def test_a_check_that_fails(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        health.note(factories.site(), 1, well=(), failed=("risk",))
        db.session.commit()
    assert value(numbers(client), "check_failing", site="main", check="risk") == 1


def test_what_happened_is_counted_once_it_is_committed(app: Flask, client: FlaskClient) -> None:
    before = numbers(client)
    with app.app_context():
        comment = factories.comment()
        factories.comment(status=Status.PENDING)
        factories.report(comment)
        db.session.commit()
        factories.decision(comment, Action.HIDE)
        db.session.commit()
        factories.comment()
        db.session.rollback()
    after = numbers(client)
    assert grown(before, after, "comments_total") == 2
    assert grown(before, after, "comments_total", outcome="published") == 1
    assert grown(before, after, "comments_total", outcome="pending") == 1
    assert grown(before, after, "reports_total", track="policy", by="person") == 1
    assert grown(before, after, "decisions_total", action="hide", by="person") == 1
    assert grown(before, after, "happened_total", event="comment-submitted") == 2


def test_a_savepoint_taken_back_counts_nothing(app: Flask, client: FlaskClient) -> None:
    before = numbers(client)
    with app.app_context():
        events.record(PersonConfirmed(person_id=1), site_id=None)
        with db.session.begin_nested() as gone:
            events.record(PersonConfirmed(person_id=2), site_id=None)
            gone.rollback()
        with db.session.begin_nested():
            events.record(PersonConfirmed(person_id=3), site_id=None)
        assert grown(before, numbers(client), "happened_total") == 0
        db.session.commit()
    assert grown(before, numbers(client), "happened_total", event="person-confirmed") == 2


def test_requests_are_counted_by_route_and_never_by_path(app: Flask, client: FlaskClient) -> None:
    before = numbers(client)
    client.get("/confirm/a-token-that-opens-a-door")
    client.get("/nothing/of/ours")
    client.open("/sign-in", method="CHEW")
    client.post("/sign-in", data={})
    after = numbers(client)
    assert grown(before, after, "requests_total", route="/confirm/<token>", method="GET") == 1
    assert grown(before, after, "requests_total", route="none", status="4xx") >= 1
    assert grown(before, after, "requests_total", method="other", status="4xx") == 1
    assert grown(before, after, "requests_total", method="POST", route="/sign-in") == 1
    assert grown(before, after, "request_seconds_count", route="/confirm/<token>") == 1
    assert grown(before, after, "statements_total") > 0
    rules = {rule.rule for rule in app.url_map.iter_rules()} | {"none"}
    # others of this process have answered other applications' routes
    fresh = set(after["moderation_requests_total"]) - set(
        before.get("moderation_requests_total", {})
    )
    assert {dict(labels)["route"] for labels in fresh} <= rules


def test_pages_for_everybody(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        factories.article(slug="harbour")
        db.session.commit()
    before = numbers(client)
    first = client.get("/articles/harbour")
    assert "X-Request-ID" not in first.headers, "one reader's number for everybody"
    client.get("/articles/harbour")
    client.get("/articles/harbour", headers={"If-None-Match": first.headers["ETag"]})
    after = numbers(client)
    told = {name: grown(before, after, "shared_pages_total", answer=name) for name in ANSWERS}
    assert told == {"printed": 1, "sent": 2, "unchanged": 1}


ANSWERS = ("printed", "sent", "unchanged")


def test_looking_again_asks_the_database_nothing(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with counted(app) as first:
        numbers(client)
    with counted(app) as second:
        numbers(client)
    assert 0 < len(first) <= 5
    assert second == []
    monkeypatch.setattr(service, "KEPT", 0)
    app.extensions["stored_numbers"].__init__()
    with counted(app) as third:
        numbers(client)
        numbers(client)
    assert len(third) == 2 * len(first)


def test_only_open_cases_are_looked_at(app: Flask) -> None:
    with app.app_context():
        factories.report(factories.comment())
        db.session.commit()
        statement = queries.open_cases(clock.now())
        with counted(app) as seen:
            db.session.execute(statement)
        db.session.rollback()
    ((text, given),) = seen
    if db_is_sqlite(app):
        assert "ix_case_queue" in plan(app, text, given)
        return
    with app.app_context(), db.engine.connect() as connection:
        connection.exec_driver_sql("SET enable_seqscan = off")
        rows = connection.exec_driver_sql(f"EXPLAIN {text}", given)
        told = "\n".join(row[0] for row in rows)
    assert "ix_case_queue" in told or "uq_case_open" in told  # both hold the open ones only


def db_is_sqlite(app: Flask) -> bool:
    return str(app.config["SQLALCHEMY_DATABASE_URI"]).startswith("sqlite")


def test_a_database_that_does_not_answer_is_a_number(tmp_path: Path) -> None:
    client = make_app(tmp_path, "postgresql://127.0.0.1:1/x").test_client()
    found = numbers(client)
    assert value(found, "database_up") == 0
    assert "moderation_open_cases" not in found


def test_redis_up_and_down(tmp_path: Path, valkey_url: str) -> None:
    client = make_app(tmp_path, REDIS_URL=valkey_url).test_client()
    assert value(numbers(client), "redis_up") == 1
    gone = make_app(tmp_path, REDIS_URL="redis://127.0.0.1:1/0").test_client()
    assert numbers(gone)["moderation_redis_up"] == {frozenset(): 0.0}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("where", "headers"),
    [
        ("203.0.113.7", {}),
        ("", {}),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}),
        ("127.0.0.1", {"X-Real-IP": "127.0.0.1"}),
        ("127.0.0.1", {"Forwarded": "for=127.0.0.1"}),
        ("127.0.0.1", {"Via": "1.1 proxy"}),
        ("127.0.0.1", {"Host": "comments.example"}),
        ("127.0.0.1", {"Host": "localhost.example:80"}),
    ],
)
def test_nobody_else_may_look(
    app: Flask, client: FlaskClient, where: str, headers: dict[str, str]
) -> None:
    answer = client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": where})
    assert answer.status_code == 403
    assert "moderation_" not in answer.text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:9", "[::1]:8000"])
def test_this_machine_may_look(client: FlaskClient, host: str) -> None:
    assert client.get("/metrics", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("shown", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"bearer {TOKEN}", 200),
        (f"Basic {TOKEN}", 403),
        (f"Bearer {TOKEN[:-1]}", 403),
        ("Bearer ", 403),
        ("Bearer é", 403),
        ("", 403),
    ],
)
def test_with_a_token_it_is_asked_of_everybody(
    app: Flask, client: FlaskClient, shown: str, status: int
) -> None:
    app.config["METRICS_TOKEN"] = TOKEN
    for where in ("127.0.0.1", "203.0.113.7"):
        headers = {"Authorization": shown, "X-Forwarded-For": "203.0.113.9"}
        answer = client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": where})
        assert answer.status_code == status


def test_a_weak_token_is_not_served(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="METRICS_TOKEN"):
        config.refuse_weak(make_app(tmp_path, METRICS_TOKEN=12345))
    config.refuse_weak(make_app(tmp_path, METRICS_TOKEN=TOKEN))
