"""A domain is new until a comment that links to it is on the page."""

import pytest

from moderation.comments.status import Action, Status
from moderation.database import db
from moderation.screening.links import service
from tests import factories

pytestmark = pytest.mark.usefixtures("context")


def test_what_a_published_comment_links_to_is_known() -> None:
    site, comment = factories.site(), factories.comment()
    assert service.known(site.id, {"example.com"}) == frozenset()
    service.remember(comment, site.id, {"example.com", "example.org"})
    assert service.known(site.id, {"example.com", "example.net"}) == {"example.com"}


def test_a_comment_that_waits_makes_nothing_known_until_it_is_approved() -> None:
    site, comment = factories.site(), factories.comment(status=Status.PENDING)
    service.remember(comment, site.id, {"example.com"})
    assert service.known(site.id, {"example.com"}) == frozenset()
    factories.decision(comment, Action.APPROVE)
    db.session.flush()
    assert service.known(site.id, {"example.com"}) == {"example.com"}


def test_what_was_hidden_is_forgotten_for_the_next_one_on_the_page() -> None:
    site, hidden = factories.site(), factories.comment(status=Status.PENDING)
    service.remember(hidden, site.id, {"example.com"})
    factories.decision(hidden, Action.HIDE)
    service.remember(factories.comment(), site.id, {"example.com", "müller.de"})
    assert service.known(site.id, {"example.com", "müller.de"}) == {"example.com", "müller.de"}


def test_each_site_has_its_own_memory() -> None:
    site = factories.site()
    service.remember(factories.comment(), site.id, {"example.com"})
    assert service.known(site.id + 1, {"example.com"}) == frozenset()


def test_no_links_ask_nothing() -> None:
    site = factories.site()
    service.remember(factories.comment(), site.id, frozenset())
    assert service.known(site.id, frozenset()) == frozenset()
