"""Two hosts with an instance folder each share PostgreSQL, Valkey and the key: one product."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from moderation.comments.models import Comment
from moderation.comments.status import Action, Status
from moderation.database import db
from tests import factories
from tests.conftest import SETTINGS
from tests.outgrown.visitor import reader
from tests.pages import page
from tests.parts.served import Served, served
from tests.parts.valkey import free_port

TIMES = 8  # a comment is hidden on one host and looked for on the other


@pytest.fixture
def redis(request: pytest.FixtureRequest, valkey_url: str) -> str:
    """What the hosts share besides the database: Valkey, or nothing if a test says so."""
    return "" if getattr(request, "param", None) == "" else valkey_url


@pytest.fixture
def hosts(app: Flask, redis: str, tmp_path: Path) -> Iterator[tuple[Served, Served]]:
    """Two `moderation serve`, as on two machines."""
    shared = {
        "DATABASE_URL": app.config["DATABASE_URL"],
        "REDIS_URL": redis,
        "SECRET_KEY": SETTINGS["SECRET_KEY"],
    }
    with ExitStack() as stack:
        both = []
        for name in ("one", "two"):
            folder = tmp_path / name
            folder.mkdir()
            both.append(
                stack.enter_context(served(folder, free_port(), "--workers", "1", **shared))
            )
        yield both[0], both[1]


def test_who_signs_in_on_one_host_is_known_on_the_other(
    app: Flask, hosts: tuple[Served, Served]
) -> None:
    with app.app_context():
        who = factories.person().email
        db.session.commit()
    one, two = hosts
    visitor = reader(one.port)
    factories.sign_in(visitor, who)

    visitor.at = two.port
    form = next(form for form in page(visitor, "/").forms if form["action"] == "/sign-out")
    assert visitor.post("/sign-out", data=form).status_code == 303

    visitor.at = one.port
    assert "Sign out" not in visitor.get("/").text


def test_a_limit_counts_on_both_together(app: Flask, hosts: tuple[Served, Served]) -> None:
    """Ten tries at one address, whichever host is asked."""
    guess = {"email": "somebody@example.org", "password": "a long enough guess"}
    visitor = reader(0)
    answers = []
    for number in range(12):
        visitor.at = hosts[number % 2].port
        answers.append(visitor.post("/sign-in", data=guess).status_code)

    assert 429 in answers
    first = answers.index(429)
    assert set(answers[:first]) == {422}
    assert set(answers[first:]) == {429}


@pytest.mark.parametrize("redis", ["shared", ""], indirect=True)
def test_what_is_hidden_on_one_host_is_gone_from_the_other_at_once(
    app: Flask, hosts: tuple[Served, Served]
) -> None:
    """While others read it there: no answer that begins after the acknowledgement shows it."""
    one, two = hosts
    with app.app_context():
        article = factories.article()
        words = [f"Words number {number}." for number in range(TIMES)]
        for said in words:
            factories.report(factories.comment(said, on=article))
        moderator = factories.moderator().email
        db.session.commit()
        here = f"/articles/{article.slug}"
    desk = reader(one.port)
    factories.sign_in(desk, moderator)
    over = threading.Event()
    crowd = [threading.Thread(target=read_on, args=(two.port, here, over)) for _ in range(3)]
    for thread in crowd:
        thread.start()
    try:
        for said in words:
            assert said in reader(two.port).get(here).text
        for _ in words:
            gone = hide_next(desk, words)
            for host in (two, one, two):
                assert gone not in reader(host.port).get(here).text
    finally:
        over.set()
        for thread in crowd:
            thread.join()
    with app.app_context():
        assert set(db.session.scalars(db.select(Comment.status))) == {Status.HIDDEN}


def read_on(port: int, path: str, over: threading.Event) -> None:
    """So that every version is kept there as soon as it is."""
    while not over.wait(0.002):
        reader(port).get(path)


def hide_next(desk: Any, words: list[str]) -> str:
    """Decide the case that is dealt; the words that were hidden."""
    shown = page(desk, "/review")
    (said,) = (text for text in words if text in shown.text)
    (form,) = (form for form in shown.forms if form["action"].endswith("/decisions"))
    there = form.pop("action")
    hide = {**form, "action": Action.HIDE.value, "clause": "abuse", "statement": "It insults."}
    assert desk.post(there, data=hide).status_code == 303
    return said
