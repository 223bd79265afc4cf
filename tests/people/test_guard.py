"""Who is asking, and may they."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from moderation.database import db
from moderation.errors import NotAllowed
from moderation.people import guard
from moderation.people.models import RoleLimit
from moderation.people.roles import Role
from moderation.sites import service as sites
from tests import factories

NORTH = "http://north.example"


def role_at(app: Flask, client: FlaskClient, base_url: str) -> Role:
    """The role of whoever holds this browser's cookie, at one of the sites."""
    cookie = client.get_cookie("session")
    assert cookie is not None
    headers = {"Cookie": f"session={cookie.value}"}
    with app.test_request_context("/", base_url=base_url, headers=headers):
        return guard.role_here()


def limited(app: Flask, role: Role, *slugs: str) -> FlaskClient:
    with app.app_context():
        sites.add("north", name="North", url=NORTH, host="north.example")
        limits = [RoleLimit(site_id=sites.by_slug(slug).id) for slug in slugs]
        email = factories.person(role, limits=limits).email
        db.session.commit()
    client = app.test_client()
    factories.sign_in(client, email)
    return client


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.LEAD, Role.LAWYER, Role.ADMIN])
def test_a_limited_role_counts_where_it_is_given(app: Flask, role: Role) -> None:
    client = limited(app, role, "north")
    assert role_at(app, client, NORTH) is role
    assert role_at(app, client, "http://localhost") is Role.COMMENTER


def test_without_limits_a_role_counts_everywhere(app: Flask) -> None:
    client = limited(app, Role.LEAD)
    assert role_at(app, client, NORTH) is Role.LEAD
    assert role_at(app, client, "http://localhost") is Role.LEAD


def test_a_role_is_known_after_a_commit_too(app: Flask) -> None:
    client = limited(app, Role.LEAD, "north")
    cookie = client.get_cookie("session")
    assert cookie is not None
    headers = {"Cookie": f"session={cookie.value}"}
    with app.test_request_context("/", base_url=NORTH, headers=headers):
        assert guard.has_role(Role.LEAD)
        db.session.commit()
        assert guard.has_role(Role.LEAD)


def test_knowing_who_asks_is_one_query(app: Flask) -> None:
    client = limited(app, Role.LEAD, "north", "main")
    asked: list[str] = []
    with app.app_context():
        engine = db.engine
    cookie = client.get_cookie("session")
    assert cookie is not None
    headers = {"Cookie": f"session={cookie.value}"}
    with app.test_request_context("/", base_url=NORTH, headers=headers):
        sites.current()
        event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
        assert guard.role_here() is Role.LEAD
    assert len(asked) == 1


def test_nobody_signed_in_is_nobody(app: Flask) -> None:
    with app.test_request_context("/"):
        assert guard.current_person() is None
        assert guard.current_sign_in() is None
        with pytest.raises(NotAllowed):
            guard.somebody()


def test_a_role_can_be_too_small(app: Flask) -> None:
    with app.test_request_context("/"):
        for needed in (Role.COMMENTER, Role.MODERATOR):
            assert not guard.has_role(needed)
        assert guard.has_role(Role.READER)


def test_a_number_no_id_can_be_is_not_found(app: Flask) -> None:
    client = factories.signed_in(app)
    assert client.post(f"/me/sessions/{2**63}/revoke").status_code == 404
    assert client.post(f"/me/sessions/{10**40}/revoke").status_code == 404
