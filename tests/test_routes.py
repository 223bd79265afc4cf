"""Every route says whom it is for, and keeps everybody else out."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from moderation.database import db
from moderation.people.models import RoleLimit
from moderation.people.roles import Role, has_power
from moderation.sites import service as sites
from tests import factories

# answered before anybody knows who is asking
NOT_FOR_PEOPLE = {"static", "health.healthz"}


def routes(app: Flask) -> list[tuple[str, str, tuple[Role, ...]]]:
    """(method, a path, the roles that may) of every route."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint in NOT_FOR_PEOPLE:
            continue
        roles = getattr(app.view_functions[rule.endpoint], "required_roles", ())
        assert roles, f"{rule.endpoint} says no role"
        path = re.sub(r"<int:[^>]+>", "1", rule.rule)
        path = re.sub(r"<[^>]+>", "none", path)
        methods = (rule.methods or set()) & {"GET", "POST"}
        found += [(method, path, roles) for method in sorted(methods)]
    return found


def browsers(app: Flask) -> dict[Role, FlaskClient]:
    clients: dict[Role, FlaskClient] = {Role.READER: app.test_client()}
    for role in set(Role) - {Role.READER}:
        clients[role] = factories.signed_in(app, role)
    return clients


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_every_route_with_every_role(app: Flask) -> None:
    everybody = browsers(app)
    for method, path, roles in routes(app):
        for role, client in everybody.items():
            if path in {"/sign-out", "/me/sessions/revoke"} or "sign-out" in path:
                continue
            answer = client.open(path, method=method)
            assert answer.status_code < 500, f"{role.value} {method} {path}"
            if has_power(role, *roles):
                continue
            turned_away = answer.status_code == 403 or (
                answer.status_code == 303 and "/sign-in" in answer.headers["Location"]
            )
            assert turned_away, f"{role.value} {method} {path}: {answer.status_code}"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_role_limited_to_another_site_counts_for_nothing_here(app: Flask) -> None:
    with app.app_context():
        other = sites.add("other", name="Other", url="http://other.example", host="other.example")
        guest = factories.person(Role.LEAD)
        guest.limits = [RoleLimit(site_id=other.id)]
        email = guest.email
        db.session.commit()
    client = app.test_client()
    factories.sign_in(client, email)
    assert client.get("/review").status_code == 403
