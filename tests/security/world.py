"""Two publications in which every address of the house leads somewhere, and somebody of each role.

A new route whose address has a new part must be told here what lies there.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from moderation import signing
from moderation.appeals import service as appeals
from moderation.cases.models import CaseKind
from moderation.comments.status import Action, Status
from moderation.database import db, saved
from moderation.people import links
from moderation.people.models import Person, RoleLimit, SignIn
from moderation.people.roles import Role, has_power
from moderation.policy import service as policy
from moderation.screening.remote import secret
from moderation.screening.remote.models import RemoteAsk, RemoteChecker
from moderation.screening.rulebook import dryrun
from moderation.screening.rulebook import service as rulebook
from moderation.screening.rulebook.models import DryRun
from moderation.screening.rulebook.models import Rule as OwnRule
from moderation.screening.rulebook.service import Proposal
from moderation.screening.verdict import PhaseMode
from moderation.screening.words import service as words
from moderation.screening.words.models import Word, WordList
from moderation.sites import service as sites
from moderation.sites.models import Site
from tests import factories, pages
from tests.people.second_step import phone

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
        world.here = _publication(factories.site(), people, name="here")
        other = sites.add("other", name="Other", url=f"http://{OTHER}", host=OTHER)
        policy.publish_starter(other)
        with as_the_site(other):
            world.there = _publication(other, people, name="there")
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


@contextmanager
def as_the_site(site: Site) -> Iterator[None]:
    """The factories know of one site."""
    before = factories.site
    factories.site = lambda: site
    try:
        yield
    finally:
        factories.site = before


def _publication(site: Site, people: Mapping[Role, Person], *, name: str) -> dict[str, str]:
    author = people[Role.COMMENTER]
    article = factories.article(slug=f"harbour-{name}", url=f"https://news.example/{name}")
    shown = factories.comment("The harbour is full.", on=article, by=author)
    factories.comment("It is not.", on=article, to=shown)
    factories.report(shown, by=people[Role.MODERATOR], explanation="Not so full.")
    hidden = factories.comment("You herring.", on=article, by=author, status=Status.PENDING)
    decided = factories.decision(hidden, Action.HIDE, by=people[Role.MODERATOR])
    contested = factories.comment("You other herring.", on=article, by=author)
    factories.report(contested)
    first = factories.decision(contested, Action.HIDE)
    appeals.by_author(first, text="It is a fish, and a good one.")
    noticed = factories.comment("The mayor owns the harbour.", on=article)
    notice = factories.notice(noticed)
    waiting = factories.comment("Waiting words.", on=article, status=Status.PENDING)
    report = signing.signed("report", notice.id)
    new, locked = _letters(name)
    return {
        "slug": article.slug,
        "comment_id": str(shown.id),
        "decision_id": str(decided.id),
        "case_id": str(factories.case_of(waiting).id),
        "appeals.decide.case_id": str(factories.case_of(contested, CaseKind.APPEAL).id),
        "number": "1",
        "reference": notice.reference,
        "filename": "icon.svg",
        "people.confirm.token": new,
        "people.send_confirm.token": new,
        "people.new_password.token": locked,
        "people.send_new_password.token": locked,
        "reports.one.token": report,
        "reports.confirm_form.token": signing.signed("confirm", notice.id),
        "reports.confirm.token": signing.signed("confirm", notice.id),
        "phase": "links",
        **_rules(site, people[Role.LEAD], name=name),
        **_checker(site, shown.id, shown.revision_id or 0),
    }


def _letters(name: str) -> tuple[str, str]:
    """The tokens of somebody who has not confirmed yet, and of somebody who forgot a password."""
    new = factories.person(email=f"new-{name}@example.org", confirmed_at=None)
    forgetful = factories.person(email=f"forgetful-{name}@example.org")
    return links.confirmation(new), links.new_password(forgetful)


def _rules(site: Site, lead: Person, *, name: str) -> dict[str, str]:
    listed = words.open_list(site, f"Fish {name}", clause="abuse")
    words.add(listed, "herring", site=site, by=lead)
    proposal = Proposal(
        name=f"fish-{name}",
        expression='comment.text.contains("herring")',
        clause="abuse",
        hold=False,
        should_flag=["You herring."],
        should_pass=["You fish."],
    )
    kept = rulebook.propose(site, proposal, days=7, by=lead)
    another = replace(proposal, name=f"more-{proposal.name}")
    trial = rulebook.propose(site, another, days=7, by=lead)
    db.session.commit()
    dryrun.run_waiting(lambda: True)
    rulebook.save(db.session.get_one(DryRun, kept.id), PhaseMode.SHADOW, site=site, by=lead)
    rule = db.session.scalars(select(OwnRule).where(OwnRule.site_id == site.id)).one()
    word = db.session.scalars(select(Word.id).join(WordList).where(WordList.id == listed.id)).one()
    return {
        "list_id": str(listed.id),
        "word_id": str(word),
        "name": rule.name,
        "run_id": str(trial.id),
    }


def _checker(site: Site, comment_id: int, revision_id: int) -> dict[str, str]:
    saved(RemoteChecker(site_id=site.id, url="https://check.example/", salt=secret.new_salt()))
    ask = RemoteAsk(
        site_id=site.id, comment_id=comment_id, revision_id=revision_id, token=secret.new_salt()
    )
    return {"token": saved(ask).token}


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
