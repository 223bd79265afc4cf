"""`moderation person` in the terminal."""

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select

from moderation.cli import main
from moderation.database import db
from moderation.events.models import Event
from moderation.people import passwords, queries
from moderation.people.models import Person, RoleLimit
from moderation.people.roles import Role
from moderation.sites import service as sites
from tests import factories

ANN = "ann@example.org"
GOOD = "plum jam on Tuesdays"


def run(app: Flask, *words: str, typed: str = "") -> Result:
    return CliRunner().invoke(main, ["person", *words], input=typed, obj=app)


def add(app: Flask, *more: str, email: str = ANN, role: str = "lead", typed: str = GOOD) -> Result:
    words = ("add", email, "--name", "Ann", "--role", role, "--password-stdin")
    return run(app, *words, *more, typed=typed + "\n")


def ann() -> Person:
    return db.session.scalars(queries.with_address(ANN)).one()


def test_somebody_added_can_sign_in_at_once(app: Flask) -> None:
    done = add(app, email="Ann@Example.org")
    assert (done.exit_code, done.output) == (0, "ann@example.org is added as lead.\n")
    with app.app_context():
        assert ann().role is Role.LEAD
        assert ann().confirmed_at is not None
        (event,) = db.session.scalars(select(Event).where(Event.kind == "person-added"))
        assert event.facts["role"] == "lead"
    client = app.test_client()
    factories.sign_in(client, ANN, GOOD)
    assert client.get("/me").status_code == 200


def test_the_password_is_asked_for_twice_and_not_shown(app: Flask) -> None:
    words = ("add", ANN, "--name", "Ann", "--role", "commenter")
    done = run(app, *words, typed=f"{GOOD}\n{GOOD}\n")
    assert done.exit_code == 0
    assert GOOD not in done.output
    with app.app_context():
        assert passwords.matches(ann().password_hash, GOOD)


@pytest.mark.parametrize("role", ["commenter", "moderator", "lead", "lawyer", "admin"])
def test_every_role_can_be_given(app: Flask, role: str) -> None:
    assert add(app, role="commenter").exit_code == 0
    done = run(app, "role", ANN, role)
    assert done.output == f"{ANN} is {role} now.\n"
    with app.app_context():
        assert ann().role is Role(role)


def test_mistakes_get_a_sentence_and_change_nothing(app: Flask) -> None:
    assert add(app).exit_code == 0
    for done, says in (
        (add(app), "There is an account with the address ann@example.org already."),
        (add(app, email="nonsense"), "We cannot write to this e-mail address."),
        (add(app, email="b@example.org", typed="short"), "Use 10 characters or more."),
        (add(app, email="b@example.org", typed="password123"), "among the first passwords"),
        (add(app, email="b@example.org", typed=""), "Use 10 characters or more."),
        (add(app, "--site", "nowhere", email="b@example.org"), "There is no site “nowhere”."),
        (run(app, "role", "b@example.org", "lead"), "Nobody has the address b@example.org."),
        (run(app, "revoke", "b@example.org"), "Nobody has the address b@example.org."),
    ):
        assert done.exit_code == 1, done.output
        assert says in done.output
        assert "Traceback" not in done.output
    assert add(app, role="reader").exit_code == 2
    assert run(app, "list").output == "lead\tann@example.org\tAnn\n"


def test_a_password_that_is_no_text_is_refused(app: Flask) -> None:
    words = ["person", "add", ANN, "--name", "Ann", "--role", "lead", "--password-stdin"]
    done = CliRunner().invoke(main, words, input=b"\xff\xfe\xfa\xfb secret words\n", obj=app)
    assert done.exit_code == 1
    assert "not text in UTF-8" in done.output


def test_a_role_may_be_limited_to_sites(app: Flask) -> None:
    with app.app_context():
        sites.add("north", name="North", url="http://north.example", host="north.example")
        db.session.commit()
    assert add(app, "--site", "north").exit_code == 0
    with app.app_context():
        assert len(db.session.scalars(select(RoleLimit)).all()) == 1


def test_the_list_shows_who_waits_and_obeys_no_name(app: Flask) -> None:
    with app.app_context():
        factories.person(email=ANN, name="Ann\N{CONTROL SEQUENCE INTRODUCER}2J", confirmed_at=None)
        db.session.commit()
    done = run(app, "list")
    assert done.output == f"commenter\t{ANN}\tAnn\N{REPLACEMENT CHARACTER}2J\tnot confirmed\n"


def test_signed_out_everywhere_from_the_terminal(app: Flask) -> None:
    add(app)
    clients = [app.test_client(), app.test_client()]
    for client in clients:
        factories.sign_in(client, ANN, GOOD)
    assert run(app, "revoke", ANN).output == "Signed out of 2 devices.\n"
    for client in clients:
        assert client.get("/me").status_code == 303
