"""Every address against everybody: what is written down holds, and nothing else opens.

All of it walks the URL map: a new route falls under it by itself.
"""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from moderation import clock, signatures
from moderation.database import db
from moderation.people.roles import STAFF, Role
from moderation.screening.remote import secret
from moderation.screening.remote.models import RemoteChecker
from moderation.sites.models import Site
from tests.security import matrix
from tests.security.matrix import ELSEWHERE, ask
from tests.security.stored import Stored
from tests.security.world import OTHER, ROLES, Route, World, limited_to_other

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
# answered before anybody knows who asks
FOR_MACHINES = {"static"}
# only the demo has it, which refuses to be served for real
NOWHERE = {"demo.mail"}
# what everybody has in common, whatever the site, and what a request is not about a row of
ON_EVERY_SITE = {"number", "phase", "filename"}
# an account and its letters belong to the installation
OF_THE_INSTALLATION = {"sign_in_id", "people.confirm", "people.send_confirm"} | {
    "people.new_password",
    "people.send_new_password",
}


def posts(world: World) -> Iterator[Route]:
    return (route for route in world.routes() if route.method != "GET")


def shut_out(route: Route) -> list[Role]:
    return [role for role in ROLES if role not in route.who_may]


@on_sqlite
def test_the_document_is_what_the_product_does(world: World) -> None:
    lines = [f"| {' | '.join(matrix.line(world, route))} |\n" for route in world.routes()]
    assert matrix.DOCUMENT.read_text("utf-8") == matrix.HEAD + "".join(lines), "run `make routes`"


@on_sqlite
def test_every_route_says_whom_it_is_for(world: World) -> None:
    without = {route.endpoint for route in world.routes() if not route.roles}
    assert without == FOR_MACHINES


@on_sqlite
def test_every_page_opens_for_whom_it_is_for(world: World) -> None:
    """Or a refusal elsewhere would prove nothing: all these addresses lead to something."""
    for route in world.routes():
        if route.method == "GET" and route.endpoint not in NOWHERE:
            status = ask(world, route, world.whose(route)).status_code
            assert status in {200, 302}, f"{route.name}: {status}"


@on_sqlite
def test_nobody_gets_further_than_their_role(world: World, stored: Stored) -> None:
    """With rows that are there, and good tokens."""
    for route in world.routes():
        for role in shut_out(route):
            visitor = world.visitors[role]
            with stored.nothing_stored(f"{role.value} {route.name}"):
                answer = ask(world, route, visitor, data=visitor.button)
            led_away = answer.status_code == 303 and "/sign-in?" in str(answer.location)
            may_be_led = role is Role.READER and route.method == "GET"
            assert answer.status_code == 403 or (may_be_led and led_away), (
                f"{role.value} {route.name}: {answer.status_code}"
            )


@on_sqlite
def test_a_role_on_another_site_is_a_commenters_here(world: World, stored: Stored) -> None:
    for role in (Role.MODERATOR, Role.LAWYER, Role.LEAD, Role.ADMIN):
        visitor = limited_to_other(world, role)
        for route in world.routes():
            if Role.COMMENTER in route.who_may:
                continue
            with stored.nothing_stored(f"{role.value} of elsewhere: {route.name}"):
                answer = ask(world, route, visitor, data=visitor.button)
            assert answer.status_code == 403, f"{role.value} of elsewhere: {route.name}"


@on_sqlite
def test_whoever_owes_a_second_step_gets_nowhere_as_staff(world: World) -> None:
    world.app.config["STAFF_TWO_STEPS"] = "on"
    for role in (Role.MODERATOR, Role.LAWYER, Role.LEAD, Role.ADMIN):
        visitor = world.visitors[role]
        for route in world.routes():
            if set(route.roles).isdisjoint({*STAFF, Role.LEAD, Role.ADMIN}):
                continue
            answer = ask(world, route, visitor, data=visitor.button)
            led_away = answer.status_code == 303 and "/me/second-step" in str(answer.location)
            assert led_away or answer.status_code == 403, f"{role.value} {route.name}"


def is_about_a_row(route: Route) -> bool:
    if route.endpoint == "remote.take_answer":  # it asks for a signature before it looks
        return False
    if not route.rule.arguments - ON_EVERY_SITE - OF_THE_INSTALLATION:
        return False
    return route.endpoint not in OF_THE_INSTALLATION


def test_what_is_another_sites_is_not_here(world: World, stored: Stored) -> None:
    """The admin's roles count on both; each id belongs to one."""
    for route in filter(is_about_a_row, world.routes()):
        visitor = world.whose(route)
        for parts, host in ((world.there, "localhost"), (world.here, OTHER)):
            client = world.browser(visitor)
            client.set_cookie("session", visitor.cookie, domain=host)
            path = route.path(parts)
            with stored.nothing_stored(f"{route.name} of another site"):
                answer = client.open(
                    path, base_url=f"http://{host}", method=route.method, data=visitor.button
                )
            assert answer.status_code in {403, 404}, f"{host} {path}: {answer.status_code}"


@on_sqlite
def test_one_sites_checker_does_not_answer_for_another(world: World, stored: Stored) -> None:
    """Signed with its own secret, about a comment of the other publication."""
    body = b'{"verdicts": [{"clause": "abuse", "score": 1, "why": ["It insults."]}]}'
    with world.app.app_context():
        row = db.session.get_one(RemoteChecker, site_here())
        key = secret.key(str(world.app.config["SECRET_KEY"]), row)
        db.session.rollback()
    # a checker that is off is told so about its own
    for token, status in ((world.there["token"], 404), (world.here["token"], 409)):
        headers = signatures.headers([key], token, body, clock.now())
        path = f"/screening/answers/{token}"
        with stored.nothing_stored(path):
            answer = world.app.test_client().post(path, data=body, headers=headers)
        assert answer.status_code == status, answer.text


def site_here() -> int:
    """The site that answers on every host no other names."""
    return db.session.scalars(select(Site.id).where(Site.host.is_(None))).one()


@on_sqlite
def test_somebody_elses_device_is_not_signed_out(world: World, stored: Stored) -> None:
    (route,) = (one for one in world.routes() if "sign_in_id" in one.rule.arguments)
    visitor = world.visitors[Role.ADMIN]
    with stored.nothing_stored(route.name):
        assert ask(world, route, visitor, data=visitor.button).status_code == 404


@on_sqlite
def test_a_form_on_another_website_does_nothing(world: World, stored: Stored) -> None:
    """Whoever is signed in, or nobody, and whatever their token."""
    for route in posts(world):
        for visitor in (world.whose(route), world.visitors[Role.READER]):
            for headers in (
                ELSEWHERE,
                {"Origin": "null"},
                {"Sec-Fetch-Site": "cross-site"},
                {"Sec-Fetch-Site": "same-site"},
                {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
            ):
                with stored.nothing_stored(f"{route.name} with {headers}"):
                    answer = ask(world, route, visitor, headers=headers, data=visitor.button)
                assert answer.status_code == 403, f"{route.name} with {headers}"


def test_reading_stores_nothing(world: World, stored: Stored) -> None:
    """Except where a view says that it writes."""
    for route in world.routes():
        view = world.app.view_functions[route.endpoint]
        if route.method != "GET" or getattr(view, "writes", False):
            continue
        for visitor in {*world.visitors.values(), world.whose(route)}:
            for method in ("GET", "HEAD", "OPTIONS"):
                with stored.nothing_stored(f"{visitor.role.value} {method} {route.name}"):
                    world.browser(visitor).open(route.path(world.here), method=method)


@on_sqlite
def test_no_other_method_does_anything(world: World, stored: Stored) -> None:
    visitor = world.visitors[Role.ADMIN]
    for path in {route.path(world.here) for route in world.routes()}:
        for method in ("PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "X"):
            with stored.nothing_stored(f"{method} {path}"):
                assert world.browser(visitor).open(path, method=method).status_code == 405
