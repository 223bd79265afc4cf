"""Rules about accounts."""

from datetime import timedelta
from hashlib import sha256

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from moderation import clock
from moderation.database import db
from moderation.errors import Conflict, NotAllowed, Refused, Throttled
from moderation.events.models import Event
from moderation.outbox.models import Message
from moderation.people import links, passwords, queries, service
from moderation.people.models import Person, SignIn
from moderation.people.roles import POWERS, Role, has_power
from tests import factories

pytestmark = pytest.mark.usefixtures("context")

GOOD = "plum jam on Tuesdays"


def happened() -> list[str]:
    """To people."""
    about_people = select(Event.kind).where(Event.site_id.is_(None)).order_by(Event.id)
    return list(db.session.scalars(about_people))


def letters() -> list[tuple[str, str]]:
    """To whom, and which."""
    rows = db.session.scalars(select(Message).order_by(Message.id))
    return [(row.to, row.key.split(":")[0]) for row in rows]


def sign_up(email: str = "ann@example.org", name: str = "Ann") -> None:
    service.sign_up(email, name, GOOD, site=factories.site())


def ann() -> Person:
    return db.session.scalars(queries.with_address("ann@example.org")).one()


def test_somebody_new_is_a_commenter_who_is_not_confirmed() -> None:
    person = service.register(" Ann@Example.ORG ", "  Ann   Ash ", GOOD)
    assert (person.email, person.name) == ("ann@example.org", "Ann Ash")
    assert person.role is Role.COMMENTER
    assert person.confirmed_at is None
    assert passwords.matches(person.password_hash, GOOD)
    assert happened() == ["person-added"]
    with pytest.raises(NotAllowed, match="Confirm your e-mail address first"):
        service.must_be_confirmed(person)
    service.confirm(person)
    service.must_be_confirmed(person)
    service.confirm(person)
    assert happened() == ["person-added", "person-confirmed"]


def test_two_people_cannot_have_one_address() -> None:
    service.register("ann@example.org", "Ann", GOOD)
    with pytest.raises(service.AddressTaken, match="already"):
        service.register("ANN@example.org", "Another", GOOD)
    with pytest.raises(Refused):
        service.add("ann@example.org", name="A", role=Role.ADMIN, password=GOOD)


def test_two_people_cannot_have_one_address_even_at_the_same_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    service.register("ann@example.org", "Ann", GOOD)
    real = db.session.scalar
    monkeypatch.setattr(db.session, "scalar", lambda *_args, **_given: None)
    with pytest.raises(service.AddressTaken):
        service.register("ann@example.org", "Another", GOOD)
    monkeypatch.setattr(db.session, "scalar", real)
    db.session.commit()
    assert ann().name == "Ann"


@pytest.mark.parametrize(
    "email",
    ["", "ann", "ann@", "@example.org", "ann@example", "a b@example.org", "ann@exa mple.org",
     "ann@[127.0.0.1]", '"a\nb"@example.org', "ann@example.org, bob@example.org", "ä@example.org",
     "x" * 250 + "@example.org", "ann@localhost", "Ann <ann@example.org>"],
)  # fmt: skip
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(Refused, match="cannot write to"):
        service.register(email, "Ann", GOOD)


def test_a_domain_has_one_spelling() -> None:
    person = service.register("ann@b\N{LATIN SMALL LETTER U WITH DIAERESIS}cher.example", "A", GOOD)
    assert person.email == "ann@xn--bcher-kva.example"
    assert db.session.scalars(queries.with_address("ANN@BÜCHER.example")).one() is person


@pytest.mark.parametrize("name", ["", "  ", "...", "\N{ZERO WIDTH SPACE}" * 3, "x" * 61])
def test_a_name_has_something_to_read(name: str) -> None:
    with pytest.raises(Refused, match="name"):
        service.register("ann@example.org", name, GOOD)


def test_signing_up_sends_the_link_and_nothing_the_sender_wrote() -> None:
    sign_up(name="Buy cheap boats")
    (letter,) = db.session.scalars(select(Message))
    assert letter.to == "ann@example.org"
    assert "boats" not in letter.subject + letter.body
    token = letter.body.split("/confirm/")[1].split()[0]
    assert links.whose_confirmation(token) is ann()


def test_signing_up_again_sends_at_most_one_letter_an_hour() -> None:
    with time_machine.travel(clock.now(), tick=False) as travel:
        sign_up()
        sign_up(name="Somebody else")
        assert letters() == [("ann@example.org", "confirm-address")]
        travel.shift(timedelta(minutes=61))
        sign_up()
        assert len(letters()) == 2
        service.confirm(ann())
        sign_up()
        sign_up()
        assert letters()[2:] == [("ann@example.org", "already-registered")]
        assert ann().name == "Ann"


def test_the_link_again_within_the_hour_is_refused_with_a_time() -> None:
    sign_up()
    with pytest.raises(Throttled, match="in one hour") as refused:
        service.send_confirmation(ann(), site=factories.site())
    assert 3500 < refused.value.retry_after <= 3600


def test_a_session_is_kept_as_a_hash() -> None:
    person = factories.person()
    token = service.start_session(person, "Firefox on Linux")
    (row,) = db.session.scalars(queries.open_sessions(person, at=clock.now()))
    assert row.token_hash == sha256(token.encode()).hexdigest()
    assert len(token) >= 43
    assert row.device == "Firefox on Linux"
    assert row.expires_at - row.created_at > timedelta(days=29)


def sessions_of(person: Person, number: int) -> list[SignIn]:
    for _ in range(number):
        service.start_session(person, "A browser")
    return list(db.session.scalars(queries.open_sessions(person, at=clock.now())))


def test_sessions_end_at_once_and_once() -> None:
    person = factories.person()
    first, second, third = sessions_of(person, 3)
    service.end_session(second)
    service.end_session(second)
    assert happened().count("signed-out") == 1
    assert service.end_sessions(person, but=third) == 1
    assert db.session.scalars(queries.open_sessions(person, at=clock.now())).all() == [third]
    assert first.revoked_at is not None


def test_a_new_password_ends_the_other_sessions_and_writes_to_the_owner() -> None:
    person = factories.person()
    others = sessions_of(person, 3)
    here, kept = others.pop(), person.password_hash
    fresh = passwords.hashed("a wholly new secret", email=person.email)
    service.change_password(person, kept, fresh, here=here, site=factories.site())
    assert person.password_hash == fresh
    assert all(row.revoked_at for row in others)
    assert here.revoked_at is None
    assert letters() == [(person.email, "password-changed")]
    assert "password-changed" in happened()
    with pytest.raises(Conflict, match="changed a moment ago"):
        service.change_password(person, kept, fresh, here=here, site=factories.site())


def test_a_link_for_a_new_password_works_once_and_for_an_hour() -> None:
    person = factories.person(confirmed_at=None)
    sessions_of(person, 2)
    token, other = links.new_password(person), links.new_password(person)
    assert links.whose_new_password(token) is person
    with time_machine.travel(clock.now() + timedelta(minutes=61)), pytest.raises(links.DeadLink):
        links.whose_new_password(token)
    service.reset_password(person, passwords.hashed(GOOD, email=""), site=factories.site())
    assert db.session.scalars(queries.open_sessions(person, at=clock.now())).all() == []
    assert person.confirmed_at is not None
    for used in (token, other):
        with pytest.raises(links.DeadLink, match="no longer good"):
            links.whose_new_password(used)


def test_a_link_is_good_for_its_own_purpose_only() -> None:
    person = factories.person()
    with pytest.raises(links.DeadLink):
        links.whose_new_password(links.confirmation(person))
    with pytest.raises(links.DeadLink):
        links.whose_confirmation(links.new_password(person))
    with pytest.raises(links.DeadLink):
        links.whose_confirmation(links.confirmation(person)[:-1])
    token = links.confirmation(person)
    person.email = "moved@example.org"
    with pytest.raises(links.DeadLink):
        links.whose_confirmation(token)


def test_a_link_shows_nothing_of_the_password_hash() -> None:
    person = factories.person()
    token = links.new_password(person)
    assert person.password_hash[-8:] not in token


def test_nobody_gets_a_link_for_an_unknown_address() -> None:
    service.offer_new_password("nobody@example.org", site=factories.site())
    assert letters() == []


def test_name_and_role_change_with_their_events() -> None:
    person = factories.person()
    service.rename(person, " New  Name ")
    service.rename(person, "New Name")
    service.change_role(person, Role.LEAD)
    service.change_role(person, Role.LEAD)
    assert (person.name, person.role) == ("New Name", Role.LEAD)
    assert happened() == ["person-renamed", "role-changed"]


def test_events_hold_ids_and_codes_only() -> None:
    sign_up()
    service.start_session(ann(), "Firefox")
    service.rename(ann(), "Annabel")
    recorded = db.session.scalars(select(Event).where(Event.site_id.is_(None)))
    values = [value for event in recorded for value in event.facts.values()]
    assert len(values) == 5
    assert all(value == "commenter" or value.isdigit() for value in values)


def test_what_is_over_is_cleared_away() -> None:
    person = factories.person()
    sessions_of(person, 2)
    with time_machine.travel(clock.now() + timedelta(days=31)):
        service.start_session(person, "A browser")
        assert service.clear_away() == 2


def test_roles_nest_and_the_lawyer_stands_beside() -> None:
    ladder = [Role.READER, Role.COMMENTER, Role.MODERATOR, Role.LEAD, Role.ADMIN]
    for rank, role in enumerate(ladder):
        for needed in ladder:
            assert has_power(role, needed) is (ladder.index(needed) <= rank)
        assert not has_power(role, Role.LAWYER)
    assert POWERS[Role.LAWYER] == {Role.READER, Role.COMMENTER, Role.LAWYER}
    assert has_power(Role.LAWYER, Role.MODERATOR, Role.LAWYER)
    assert set(POWERS) == set(Role)


def test_passwords_are_hashed_outside_any_transaction(context: Flask) -> None:
    db.session.rollback()
    service.hashed(GOOD)
    assert not db.session.registry().in_transaction()
