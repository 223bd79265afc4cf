"""Other people's lists of attacks on every page that shows words, in a real browser.

Nothing of it runs, and nothing of it even reaches the content security policy: no dialog, no call,
no request elsewhere, no report. New columns, pages and roles fall under it by themselves.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Dialog, Page
from sqlalchemy import update

from moderation.articles.models import Article
from moderation.comments.models import Comment
from moderation.database import db
from moderation.outbox import delivery
from moderation.people.roles import Role
from moderation.sites.models import Site
from moderation.sites.settings import WORDS
from tests import factories
from tests.conftest import make_app
from tests.parts import browser
from tests.parts.listening import listening
from tests.security import payloads, planting, publication
from tests.security.world import Route, Visitor, World, build

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

CALLS = """
  window.canary = () => told("canary");
  for (const name of ["alert", "confirm", "prompt", "print", "open"])
    window[name] = () => told(name);
  document.addEventListener("securitypolicyviolation", (event) =>
    told(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""
# files, and a picture that has no room for so long a name
NO_PAGES = {"static", "recovery_codes.download", "second_step.square"}


@dataclass
class Listener:
    """Where browsers tell what the policy stopped."""

    url: str = ""
    reports: list[str] = field(default_factory=list)


@pytest.fixture
def listener() -> Iterator[Listener]:
    found = Listener()

    def hear(_headers: dict[str, str], body: str) -> int:
        found.reports.append(body)
        return 204

    with listening(hear) as found.url:
        yield found


@pytest.fixture
def app(app: Flask, listener: Listener) -> Flask:
    """The one that is served, with the listener, and with the demo's page of mail."""
    return make_app(Path(app.instance_path), CSP_REPORT_URL=listener.url, DEMO=True)


@dataclass
class Watched:
    """A browser's page, and what went wrong in it."""

    page: Page
    told: list[str] = field(default_factory=list)

    def hear(self, what: str) -> None:
        self.told.append(what)

    def refuse(self, dialog: Dialog) -> None:
        self.hear(dialog.message)
        dialog.dismiss()

    def open(self, url: str) -> None:
        answer = self.page.goto(url)
        assert answer is not None
        assert answer.status < 500, url
        assert not self.told, f"{url}: {self.told[:5]}"


@contextmanager
def watched(context: BrowserContext, at: str) -> Iterator[Watched]:
    page = context.new_page()
    found = Watched(page)
    page.expose_function("told", found.hear)
    page.add_init_script(CALLS)
    page.on("dialog", found.refuse)
    page.on("pageerror", lambda error: found.hear(str(error)))
    page.on("popup", lambda popup: found.hear(f"popup {popup.url}"))
    page.on(
        "console",
        lambda said: found.hear(said.text) if is_bad(said.type, said.text) else None,
    )
    page.on(
        "request",
        lambda asked: None if asked.url.startswith((at, "data:")) else found.hear(asked.url),
    )
    yield found
    page.close()
    assert not found.told


def is_bad(kind: str, text: str) -> bool:
    """A page that is refused (403, 404) is told of in the console, and rightly."""
    return kind in {"error", "warning"} and "Failed to load resource" not in text


@contextmanager
def window(chromium: Browser, visitor: Visitor, at: str) -> Iterator[Watched]:
    with browser.context(chromium, base_url=at) as context:
        if visitor.cookie:
            context.add_cookies([{"name": "session", "value": visitor.cookie, "url": at}])
        with watched(context, at) as found:
            yield found


@pytest.fixture
def planted(app: Flask, data_folder: Path) -> World:
    """A world in which every text is an attack."""
    world = build(app)
    given = payloads.lines(data_folder)
    with app.app_context():
        article = db.session.query(Article).filter_by(slug=world.here["slug"]).one()
        with publication.as_the_site(db.session.get_one(Site, article.site_id)):
            for body in payloads.batches(given, most=2500):
                factories.comment(body, on=article)
        db.session.commit()
    columns = planting.plant(app, payloads.endless(given, most=600))
    assert {"person.name", "comment.body", "report.explanation", "clause.text"} - columns == {
        "comment.body"
    }
    with app.app_context():
        words = dict.fromkeys(WORDS, f"{payloads.CORE} {{here}}")
        db.session.execute(update(Site).values(stored_settings={"words": words}))
        db.session.commit()
        delivery.deliver()
    return world


def visits(world: World) -> Iterator[tuple[Visitor, Route]]:
    """Every page, seen by the least who may and by who may most; threads by everybody."""
    for route in world.routes():
        if route.method != "GET" or route.endpoint in NO_PAGES:
            continue
        who = {world.whose(route), world.visitors[route.who_may[-1]]}
        if route.endpoint in {"thread.article", "review.case", "policy.in_force"}:
            who |= {world.visitors[role] for role in route.who_may}
        for visitor in sorted(who, key=lambda one: (one.role.value, one.cookie)):
            yield visitor, route


def test_nothing_runs_on_any_page(
    chromium: Browser, planted: World, live: str, listener: Listener
) -> None:
    by_visitor: dict[Visitor, list[Route]] = {}
    under_attack: set[str] = set()
    for visitor, route in visits(planted):
        by_visitor.setdefault(visitor, []).append(route)
    for visitor, routes in by_visitor.items():
        with window(chromium, visitor, live) as seen:
            for route in routes:
                seen.open(live + route.path(planted.here))
                if "canary" in seen.page.content():
                    under_attack.add(route.endpoint)
    assert len(under_attack) > 40, sorted(under_attack)
    assert listener.reports == []


def test_every_line_as_a_comment(
    chromium: Browser, planted: World, live: str, listener: Listener
) -> None:
    """Page after page of the thread, to the last."""
    with planted.app.app_context():
        number = db.session.query(Comment).filter(Comment.parent_id.is_(None)).count()
    seen_ones: set[str] = set()
    with window(chromium, planted.visitors[Role.READER], live) as seen:
        url = f"{live}/articles/{planted.here['slug']}?sort=oldest"
        while url:
            seen.open(url)
            seen_ones |= set(
                seen.page.locator("article.comment").evaluate_all("all => all.map(one => one.id)")
            )
            more = seen.page.locator("a[rel=next].button")
            url = live + str(more.first.get_attribute("href")) if more.count() else ""
    assert len(seen_ones) > number * 0.8
    assert listener.reports == []


def test_words_that_scripts_put_into_the_page(
    chromium: Browser, planted: World, live: str, listener: Listener
) -> None:
    """A preview, a draft, replies in place; the desk's keys."""
    with window(chromium, planted.visitors[Role.COMMENTER], live) as seen:
        seen.open(f"{live}/articles/{planted.here['slug']}")
        seen.page.locator("textarea[name=body]").first.fill(payloads.CORE)
        seen.page.locator("[data-preview-words]").filter(has_text="canary").first.wait_for()
    with window(chromium, planted.visitors[Role.MODERATOR], live) as seen:
        seen.open(f"{live}/review/cases/{planted.here['case_id']}")
        for key in ("c", "n", "Escape", "h", "Escape", "e", "Escape", "?", "Escape", "j", "k"):
            seen.page.keyboard.press(key)
        seen.page.wait_for_timeout(300)
    assert listener.reports == []


def test_what_would_run_is_heard(
    chromium: Browser, app: Flask, live: str, listener: Listener
) -> None:
    """Or silence would prove nothing."""
    app.jinja_env.bytecode_cache = None  # what others have compiled escapes, and ours is not theirs
    app.jinja_env.autoescape = False
    with app.app_context():
        factories.article(title="<script>canary()</script><img src='//evil.example/x.png'>")
        db.session.commit()
    with browser.context(chromium, base_url=live) as context:
        page = context.new_page()
        seen = Watched(page)
        page.expose_function("told", seen.hear)
        page.add_init_script(CALLS)
        page.goto(live)
        page.evaluate("canary()")
        for _ in range(300):  # reports come when the browser finds time for them
            page.wait_for_timeout(100)
            if heard(seen, listener):
                return
    pytest.fail(f"{seen.told} {listener.reports}")


def heard(seen: Watched, listener: Listener) -> bool:
    return (
        any("script-src" in one for one in seen.told)
        and any("img-src" in one and "evil.example" in one for one in seen.told)
        and "canary" in seen.told
        and any("script-src" in report for report in listener.reports)
    )
