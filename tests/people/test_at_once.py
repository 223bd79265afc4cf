"""Several people, or one several times, at the same moment; and nobody waits for a hash."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from moderation.database import db
from moderation.people import links, passwords
from moderation.people.models import Person
from tests import factories, pages

ANN = "ann@example.org"
GOOD = "plum jam on Tuesdays"


def at_once(app: Flask, times: int, path: str, data: dict[str, str]) -> list[int]:
    """The statuses of the same form sent from `times` browsers."""
    together = Barrier(times)

    def send(_number: int) -> int:
        client = app.test_client()
        together.wait()
        return client.post(path, data=data).status_code

    with ThreadPoolExecutor(times) as pool:
        return sorted(pool.map(send, range(times)))


def count_people(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Person)) or 0


def test_one_address_signed_up_by_several_is_one_account(app: Flask) -> None:
    data = {"name": "Ann", "email": ANN, "password": GOOD}
    assert at_once(app, 4, "/sign-up", data) == [303] * 4
    assert count_people(app) == 1


def test_a_link_for_a_new_password_opened_twice_at_once_works_once(app: Flask) -> None:
    with app.app_context():
        token = links.new_password(factories.person(email=ANN))
        db.session.commit()
    first, *others = at_once(app, 4, f"/new-password/{token}", {"new_password": GOOD})
    assert first == 303
    assert set(others) <= {400, 409}


def test_failed_tries_at_once_are_all_counted(app: Flask) -> None:
    wrong = {"email": ANN, "password": "not the password"}
    answers = [status for _ in range(3) for status in at_once(app, 4, "/sign-in", wrong)]
    assert answers.count(422) == 10
    assert answers.count(429) == 2


def test_no_transaction_is_open_while_a_password_is_hashed(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    states: list[bool] = []
    matches, hashed = passwords.matches, passwords.hashed

    def noted_match(kept: str | None, password: str) -> bool:
        states.append(db.session.registry().in_transaction())
        return matches(kept, password)

    def noted_hash(password: str, *, email: str) -> str:
        states.append(db.session.registry().in_transaction())
        return hashed(password, email=email)

    with app.app_context():
        token = links.new_password(factories.person(email=ANN))
        db.session.commit()
    monkeypatch.setattr(passwords, "matches", noted_match)
    monkeypatch.setattr(passwords, "hashed", noted_hash)
    client = app.test_client()
    client.post("/sign-up", data={"name": "Bob", "email": "bob@example.org", "password": GOOD})
    client.post(f"/new-password/{token}", data={"new_password": GOOD})
    factories.sign_in(client, ANN, GOOD)
    data = {"csrf_token": pages.token(client, "/me")}
    data |= {"old_password": GOOD, "new_password": "yet another secret"}
    assert client.post("/me/password", data=data).status_code == 303
    assert states == [False] * 5
