"""Articles are added once; a mode says why, and moves the thread's version."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from moderation import clock
from moderation.articles import service
from moderation.articles.models import Article, Mode, ModeReason
from moderation.articles.service import How
from moderation.comments.status import Status
from moderation.database import db
from moderation.errors import Conflict, Missing, Refused
from moderation.events.models import Event
from moderation.sites import service as sites
from tests import factories

pytestmark = pytest.mark.usefixtures("context")

CLOSED = How(Mode.CLOSED, ModeReason.LEGAL, "A court is hearing this case.")


def add(slug: str = "harbour-tram", **given: Any) -> Article:
    return service.add(factories.site(), slug, **{"title": "Trams", **given})


def facts(kind: str) -> list[dict[str, Any]]:
    found = select(Event).where(Event.kind == kind).order_by(Event.id)
    return [event.facts for event in db.session.scalars(found)]


def test_an_article_is_found_by_its_reference() -> None:
    article = add(url="https://news.example/trams", standfirst="At\r\nlast.", how=CLOSED)
    assert service.find(factories.site(), "harbour-tram") is article
    assert article.standfirst == "At\nlast."
    assert service.mode_of(article) == CLOSED
    assert facts("article-added") == [{"article_id": str(article.id), "mode": "closed"}]


def test_the_same_reference_or_address_is_not_added_twice() -> None:
    add(url="https://news.example/trams")
    with pytest.raises(Conflict, match="an article “harbour-tram” already"):
        add()
    with pytest.raises(Conflict, match=r"with the address https://news\.example/trams already"):
        add("other", url="https://news.example/trams")
    other = sites.add("other", name="Other", url="http://other.example", host="other.example")
    service.add(other, "harbour-tram", title="Trams", url="https://news.example/trams")


@pytest.mark.parametrize("slug", ["", "add", "a/b", "tram?", "ünder", "-a", "a" * 121])
def test_a_reference_that_cannot_be(slug: str) -> None:
    with pytest.raises(Refused, match="A reference has"):
        add(slug)
    with pytest.raises(Missing):
        service.find(factories.site(), slug)


@pytest.mark.parametrize(
    "given",
    [
        {"title": " "},
        {"title": "x" * 301},
        {"url": "javascript:alert(1)"},
        {"url": "https://"},
        {"url": "http://[::1"},
        {"url": "https://news.example/" + "x" * 500},
        {"how": How(Mode.CLOSED, None, "Enough.")},
        {"how": How(Mode.CLOSED, ModeReason.VOLUME, " ")},
        {"how": How(Mode.CLOSED, ModeReason.VOLUME, "x" * 501)},
    ],
)
def test_what_an_article_cannot_have(given: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        add(**given)


def test_a_mode_says_why_and_until_when_and_moves_the_thread_on() -> None:
    article, lead = add(), factories.person()
    version = article.version
    until = clock.now() + timedelta(hours=2)
    how = How(Mode.PREMODERATED, ModeReason.VOLUME, "We read\nfirst.", until)
    service.set_mode(article, how, by=lead)
    assert article.mode_sentence == "We read first."
    assert article.version == version + 1
    assert article.mode_at(clock.now()) is Mode.PREMODERATED
    assert article.mode_at(until) is Mode.OPEN
    (event,) = facts("article-mode-changed")
    assert event == {
        "article_id": str(article.id),
        "mode": "premoderated",
        "reason": "volume",
        "person_id": str(lead.id),
    }
    service.set_mode(article, how, by=lead)
    assert (article.version, len(facts("article-mode-changed"))) == (version + 1, 1)
    with pytest.raises(Refused, match="in the past"), clock.at(until):
        service.set_mode(article, how, by=None)


def test_open_needs_no_reason_and_keeps_none() -> None:
    article = add(how=CLOSED)
    service.set_mode(article, How(Mode.OPEN, ModeReason.LEGAL, "Old words."), by=None)
    assert service.mode_of(article) == How()


def test_a_mode_changes_no_comment() -> None:
    article = add()
    comment = factories.comment(on=article)
    service.set_mode(article, How(Mode.HIDDEN, ModeReason.LEGAL, "By order."), by=None)
    assert comment.status is Status.PUBLISHED
    assert article.comment_count == 1
