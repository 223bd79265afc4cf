"""Two publications in which every address of the house leads somewhere, and somebody of each role.

A new route whose address has a new part must be told here what lies there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from moderation.database import db
from moderation.people.models import Person, RoleLimit, SignIn
from moderation.people.roles import Role, has_power
from moderation.policy import service as policy
from moderation.sites import service as sites
from moderation.sites.models import Site
from tests import factories, pages
from tests.people.second_step import phone
from tests.security.publication import as_the_site, publication

OTHER = "other.example"
ROLES = (Role.READER, Role.COMMENTER, Role.MODERATOR, Role.LAWYER, Role.LEAD, Role.ADMIN)
# a route's own parts before those of all; "people.confirm.token"
Parts = Mapping[str, str]


@dataclass(frozen=True)
class Route:
    """One method of one rule. roles: who may; () for files that everybody gets."""

    method: str
    rule: Rule
    roles: tuple[Role, ...]

    @property
    def endpoint(self) -> str:
        return str(self.rule.endpoint)

    @property
    def name(self) -> str:
        return f"{self.method} {self.rule.rule}"

    @property
    def who_may(self) -> list[Role]:
        """Everybody whose role opens it, the least first."""
        return [role for role in ROLES if not self.roles or has_power(role, *self.roles)]

    def path(self, parts: Parts) -> str:
        """Where it leads in a world."""
        given = {
            name: parts.get(f"{self.endpoint}.{name}") or parts.get(name)
            for name in self.rule.arguments
        }
        lacking = [name for name, value in given.items() if value is None]
        assert not lacking, f"{self.name}: tests/security/world.py has nothing for {lacking}"
        built = self.rule.build(given, append_unknown=False)
        assert built is not None, f"{self.name} takes none of {given}"
        return str(built[1])


@dataclass(frozen=True)
class Visitor:
    """Somebody with a browser. cookie: empty if there is none; token: what their forms take."""

    role: Role
    cookie: str = ""
    token: str = ""

    @property
    def button(self) -> dict[str, str]:
        """The fields of a form with nothing to type."""
        return {"csrf_token": self.token} if self.token else {}


@dataclass
class World:
    """here: the parts of addresses on this site, there: on the other one.

    visitors: one of each role; on_the_way: endpoint → who has taken the steps that lead there.
    """

    app: Flask
    here: dict[str, str] = field(default_factory=dict)
    there: dict[str, str] = field(default_factory=dict)
    visitors: dict[Role, Visitor] = field(default_factory=dict)
    on_the_way: dict[str, Visitor] = field(default_factory=dict)

    def browser(self, visitor: Visitor) -> FlaskClient:
        """A fresh one, as it is after they signed in."""
        client = self.app.test_client()
        if visitor.cookie:
            client.set_cookie(self._cookie, visitor.cookie)
        return client

    def whose(self, route: Route) -> Visitor:
        """Who comes there: the least role that may."""
        return self.on_the_way.get(route.endpoint) or self.visitors[route.who_may[0]]

    def routes(self) -> list[Route]:
        return routes(self.app)

    def visitor(self, client: FlaskClient, role: Role, page: str = "/me") -> Visitor:
        """Whoever uses this browser, with a token from a page with a form."""
        token = pages.token(client, page)
        cookie = client.get_cookie(self._cookie)
        assert cookie is not None
        return Visitor(role, cookie.value, token)

    @property
    def _cookie(self) -> str:
        return str(self.app.config["SESSION_COOKIE_NAME"])


def routes(app: Flask) -> list[Route]:
    """Every method of every rule, in the order of their addresses."""
    found = []
    for rule in app.url_map.iter_rules():
        roles = getattr(app.view_functions[rule.endpoint], "required_roles", ())
        methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        found += [Route(method, rule, roles) for method in methods]
    return sorted(found, key=lambda route: (route.rule.rule, route.method))


def build(app: Flask) -> World:
    """Commits. Nobody has written anything before."""
    world = World(app)
    with app.app_context():
        people = {role: factories.person(role) for role in set(Role) - {Role.READER}}
        addresses = {role: person.email for role, person in people.items()}
        world.here = publication(factories.site(), people, name="here")
        other = sites.add("other", name="Other", url=f"http://{OTHER}", host=OTHER)
        policy.publish_starter(other)
        with as_the_site(other):
            world.there = publication(other, people, name="there")
        db.session.commit()
    world.visitors[Role.READER] = Visitor(Role.READER)
    for role, address in addresses.items():
        client = app.test_client()
        factories.sign_in(client, address)
        world.visitors[role] = world.visitor(client, role)
    with app.app_context():
        world.here["sign_in_id"] = _sign_in_of(addresses[Role.COMMENTER])
        world.there["sign_in_id"] = _sign_in_of(addresses[Role.LEAD])
        db.session.rollback()
    _take_steps(world)
    return world


def _sign_in_of(email: str) -> str:
    return str(
        db.session.scalars(select(SignIn.id).join(Person).where(Person.email == email)).one()
    )


def _take_steps(world: World) -> None:
    """Half way through signing in, with a second step and new codes, and with a new phone."""
    mine = phone.somebody(world.app)
    half = world.app.test_client()
    phone.password(half)
    half_way = world.visitor(half, Role.READER, phone.PAGE)
    client = phone.sign_in(world.app, mine.shows())
    renewed = {"password": factories.PASSWORD, "code": mine.recovery_codes[0]}
    page = "/me/second-step/renew"
    answer = client.post(page, data={"csrf_token": pages.token(client, page), **renewed})
    assert answer.status_code == 303, answer.text
    with_codes = world.visitor(client, Role.MODERATOR)
    with_phone = world.visitor(client, Role.MODERATOR, "/me/second-step/set-up")
    for visitor, endpoints in (
        (half_way, ("code.ask", "code.send")),
        (with_codes, ("second_step.mine", "second_step.off", "second_step.send_off")),
        (with_codes, ("recovery_codes.renew", "recovery_codes.send_renew")),
        (
            with_codes,
            ("recovery_codes.shown", "recovery_codes.download", "recovery_codes.put_away"),
        ),
        (with_phone, ("second_step.set_up", "second_step.send_set_up", "second_step.square")),
    ):
        world.on_the_way |= dict.fromkeys(endpoints, visitor)
    # who has reported reads the thanks for it; who is not signed in is led to sign in
    world.on_the_way["reports.thanks"] = world.visitors[Role.MODERATOR]
    world.on_the_way["appeals.appeal_form"] = world.visitors[Role.COMMENTER]
    world.on_the_way["appeals.appeal"] = world.visitors[Role.COMMENTER]
    world.on_the_way["reports.report"] = world.visitors[Role.LEAD]
    world.on_the_way["reports.report_form"] = world.visitors[Role.LEAD]
    world.on_the_way["people.sign_out"] = world.visitors[Role.COMMENTER]


def limited_to_other(world: World, role: Role) -> Visitor:
    """Somebody who holds `role` on the other site only."""
    with world.app.app_context():
        person = factories.person(role)
        other = db.session.scalars(select(Site).where(Site.host == OTHER)).one()
        person.limits = [RoleLimit(site_id=other.id)]
        email = person.email
        db.session.commit()
    client = world.app.test_client()
    factories.sign_in(client, email)
    return world.visitor(client, role)
