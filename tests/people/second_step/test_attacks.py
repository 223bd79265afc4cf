"""Somebody who knows the password and has no phone; or has once seen a code."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from moderation import clock
from moderation.database import db
from moderation.people import service as people
from moderation.people.models import SignIn
from moderation.people.roles import Role
from moderation.people.second_step.models import RecoveryCode
from tests import factories, pages
from tests.parts.smtp import Mailbox
from tests.people import ann, mail
from tests.people.second_step import phone
from tests.people.second_step.phone import MO, PAGE
from tests.people.second_step.test_setting_up import SET_UP, scanned
from tests.test_routes import routes


def test_guessing_ends_after_five_whoever_guesses_and_the_owner_is_told(
    app: Flask, mailbox: Mailbox
) -> None:
    mine = phone.somebody(app)
    with time_machine.travel(clock.now(), tick=False) as travel:
        for number in range(5):
            thief = app.test_client()
            thief.environ_base["REMOTE_ADDR"] = f"198.51.{number}.1"
            phone.password(thief)
            assert phone.send(thief, mine.wrong()).status_code == 422
        other = app.test_client()
        phone.password(other)
        refused = phone.send(other, mine.shows())
        assert refused.status_code == 429
        assert refused.headers["Retry-After"] == "900"
        assert "use one of your recovery codes" in pages.read(refused).text
        assert phone.send(other, mine.shows()).status_code == 429
        (letter,) = mail.delivered(app, mailbox, MO)
        assert "somebody who knows your password" in letter
        assert phone.send(other, mine.recovery_codes[0]).status_code == 303, "the owner gets in"
        travel.shift(timedelta(minutes=16))
        phone.sign_in(app, mine.shows())


def test_guessing_slowly_ends_too(app: Flask) -> None:
    mine = phone.somebody(app)
    start = clock.now().replace(hour=0, minute=1)
    answers = []
    with time_machine.travel(start, tick=False) as travel:
        for _ in range(12):
            thief = app.test_client()
            phone.password(thief)
            answers += [phone.send(thief, mine.wrong()).status_code for _ in range(5)]
            travel.shift(timedelta(minutes=16))
    assert answers == [422] * 50 + [429] * 10


def test_guessing_recovery_codes_ends_as_well(app: Flask, client: FlaskClient) -> None:
    phone.somebody(app)
    phone.password(client)
    answers = [phone.send(client, "0000-0000-0000-0000").status_code for _ in range(21)]
    assert answers == [422] * 20 + [429]


def test_guessing_at_once_is_counted_one_by_one(app: Flask) -> None:
    mine = phone.somebody(app)
    answers = at_once(app, [mine.wrong()] * 8)
    assert answers == [422] * 5 + [429] * 3


def test_the_password_cannot_be_guessed_at_the_account_page(app: Flask) -> None:
    mine = phone.somebody(app)
    client = phone.sign_in(app, mine.shows())
    data = {"csrf_token": pages.token(client, "/me"), "password": "wrong", "code": "000000"}
    answers = [client.post("/me/second-step/off", data=data).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]


def test_a_code_seen_over_the_shoulder_opens_nothing(app: Flask) -> None:
    mine = phone.somebody(app)
    with time_machine.travel(clock.now(), tick=False) as travel:
        for ahead in (-1, 0, 1):
            phone.sign_in(app, mine.shows(ahead))
            thief = app.test_client()
            phone.password(thief)
            refused = phone.send(thief, mine.shows(ahead))
            assert refused.status_code == 422
            assert "used already" in pages.read(refused).text
            assert phone.send(thief, mine.shows(-1)).status_code == 422, "nor one from before"
        travel.shift(timedelta(seconds=30))
        thief = app.test_client()
        phone.password(thief)
        assert phone.send(thief, mine.shows()).status_code == 422, "used a little early"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_half_way_in_every_page_takes_one_for_a_reader(app: Flask) -> None:
    phone.somebody(app, Role.ADMIN)
    half, reader = app.test_client(), app.test_client()
    phone.password(half)
    cookie = half.get_cookie("session")
    assert cookie is not None
    for method, path, roles in routes(app):
        if path == PAGE:
            continue
        half.set_cookie("session", cookie.value)
        seen, plain = half.open(path, method=method), reader.open(path, method=method)
        assert seen.status_code == plain.status_code, f"{method} {path}"
        if Role.READER not in roles:
            turned_away = seen.status_code == 403 or "/sign-in?next=" in seen.headers["Location"]
            assert turned_away, f"{method} {path}"


def test_half_way_in_leaves_no_session(app: Flask, client: FlaskClient) -> None:
    phone.somebody(app)
    phone.password(client)
    assert ann.count(app, SignIn) == 0
    with client.session_transaction() as session:
        assert set(session) <= {"halfway", "csrf_token", "_permanent"}


def test_a_session_of_one_step_is_worth_nothing_to_who_has_two(app: Flask) -> None:
    """As when somebody signed in at the very moment at which the second step was set up."""
    phone.somebody(app)
    with app.app_context():
        token = people.start_session(phone.row(), "Firefox")
        db.session.commit()
    client = app.test_client()
    with client.session_transaction() as session:
        session["sign_in"] = token
    assert not phone.is_in(client)


def test_a_cookie_planted_before_is_worth_nothing(app: Flask, client: FlaskClient) -> None:
    mine = phone.somebody(app)
    with client.session_transaction() as session:
        session["sign_in"] = "chosen by a stranger"
        session["planted"] = "x"
    client.get("/me")  # where a token that nobody was given is thrown away
    phone.password(client)
    with client.session_transaction() as session:
        assert "planted" not in session
    half = client.get_cookie("session")
    assert phone.send(client, mine.shows()).status_code == 303
    with client.session_transaction() as session:
        assert set(session) <= {"sign_in", "_permanent", "_flashes", "csrf_token"}
        assert session["sign_in"] != "chosen by a stranger"
    old = app.test_client()
    assert half is not None
    old.set_cookie("session", half.value)
    assert not phone.is_in(old), "the cookie of before the second step opens nothing"


def test_a_new_password_or_a_reset_ends_what_was_half_way(app: Flask) -> None:
    mine = phone.somebody(app)
    for column, other in (("password_hash", "another"), ("second_step_at", None)):
        client = app.test_client()
        phone.password(client)
        token = pages.token(client, PAGE)
        before = changed(app, column, other)
        late = client.post(PAGE, data={"csrf_token": token, "code": mine.shows()})
        assert (late.status_code, late.location) == (303, "/sign-in")
        assert not phone.is_in(client)
        changed(app, column, before)


def changed(app: Flask, column: str, value: object) -> object:
    """Set a column of the person's row; what was in it."""
    with app.app_context():
        before: object = getattr(phone.row(), column)
        setattr(phone.row(), column, value)
        db.session.commit()
        return before


def test_another_website_cannot_send_the_code(app: Flask, client: FlaskClient) -> None:
    mine = phone.somebody(app)
    phone.password(client)
    assert client.post(PAGE, data={"code": mine.shows()}).status_code == 422
    data = {"csrf_token": pages.token(client, PAGE), "code": mine.shows()}
    for header in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert client.post(PAGE, data=data, headers=header).status_code == 403
    other = app.test_client()
    phone.password(other)
    stranger = {**data, "csrf_token": pages.token(other, PAGE)}
    assert client.post(PAGE, data=stranger).status_code == 422, "a token of another browser"
    assert client.post(PAGE, data=data).status_code == 303


def test_forms_of_the_account_need_their_token(app: Flask) -> None:
    mine = phone.somebody(app)
    client = phone.sign_in(app, mine.recovery_codes[0])
    client.get("/me/second-step/set-up")
    data = {"password": factories.PASSWORD, "code": mine.shows(), "new_code": mine.shows()}
    for path in ("renew", "off", "set-up"):
        assert client.post(f"/me/second-step/{path}", data=data).status_code == 422
    assert client.post("/me/second-step/recovery-codes").status_code == 403


def test_nobody_learns_who_has_one_before_the_password_is_right(app: Flask) -> None:
    phone.somebody(app)
    ann.add(app, "no@example.org", role=Role.MODERATOR)
    answers = []
    for email in (MO, "no@example.org", "nobody@example.org"):
        client = app.test_client()
        wrong = client.post("/sign-in", data={"email": email, "password": "not the password"})
        assert wrong.status_code == 422
        forgotten = client.post("/forgotten-password", data={"email": email})
        page = client.get(PAGE)
        answers.append(
            [
                (answer.status_code, sorted(answer.headers.keys()), answer.text.replace(email, ""))
                for answer in (wrong, forgotten, page)
            ]
        )
    assert answers[0] == answers[1] == answers[2]


def test_one_recovery_code_sent_by_four_at_once_opens_once(app: Flask) -> None:
    mine = phone.somebody(app)
    assert at_once(app, [mine.recovery_codes[0]] * 4) == [303, 422, 422, 422]
    with app.app_context():
        used = select(func.count()).where(RecoveryCode.used_at.is_not(None))
        assert db.session.scalar(used) == 1
    assert ann.count(app, SignIn) == 1


def test_one_code_sent_by_four_at_once_opens_once(app: Flask) -> None:
    mine = phone.somebody(app)
    assert at_once(app, [mine.shows()] * 4) == [303, 422, 422, 422]


def test_set_up_twice_at_once_is_set_up_once(app: Flask) -> None:
    ann.add(app, MO, role=Role.MODERATOR)
    client = app.test_client()
    factories.sign_in(client, MO)
    mine = scanned(client)
    data = {"csrf_token": pages.token(client, "/me"), "password": factories.PASSWORD}
    cookie = client.get_cookie("session")
    assert cookie is not None
    together = Barrier(3)

    def send(_number: int) -> int:
        browser = app.test_client()
        browser.set_cookie("session", cookie.value)
        together.wait()
        return browser.post(SET_UP, data={**data, "new_code": mine.shows()}).status_code

    with ThreadPoolExecutor(3) as pool:
        first, *others = sorted(pool.map(send, range(3)))
    assert first == 303
    assert set(others) <= {403, 409, 422}, "signed out by the first, or told that it is done"
    with app.app_context():
        assert phone.row().second_step_at is not None
        assert db.session.scalar(select(func.count()).select_from(RecoveryCode)) == 10


def test_somebody_elses_recovery_code_opens_nothing(app: Flask, client: FlaskClient) -> None:
    phone.somebody(app)
    other = phone.somebody(app, email="other@example.org")
    phone.password(client)
    assert phone.send(client, other.recovery_codes[0]).status_code == 422
    assert phone.send(client, other.shows()).status_code == 422


def test_nobody_is_led_off_the_site(app: Flask) -> None:
    mine = phone.somebody(app)
    client = app.test_client()
    phone.password(client, next="//evil.example/")
    assert phone.send(client, mine.recovery_codes[0]).location == "/"
    token = pages.token(client, "/me")
    data = {"csrf_token": token, "next": "https://evil.example/"}
    answer = client.post("/me/second-step/recovery-codes", data=data)
    assert answer.location == "/me/second-step"


def at_once(app: Flask, codes: list[str]) -> list[int]:
    """The statuses of codes sent from as many browsers at the same moment."""
    browsers = [app.test_client() for _ in codes]
    tokens = []
    for browser in browsers:
        phone.password(browser)
        tokens.append(pages.token(browser, PAGE))
    together = Barrier(len(codes))

    def send(number: int) -> int:
        together.wait()
        data = {"csrf_token": tokens[number], "code": codes[number]}
        return browsers[number].post(PAGE, data=data).status_code

    with ThreadPoolExecutor(len(codes)) as pool:
        return sorted(pool.map(send, range(len(codes))))
