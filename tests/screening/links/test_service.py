"""A domain is new until a comment that links to it is on the page."""

import pytest

from moderation.database import db
from moderation.screening.links import service
from moderation.screening.links.models import LinkDomain
from tests import factories

pytestmark = pytest.mark.usefixtures("context")


def test_what_is_remembered_is_known_afterwards() -> None:
    site = factories.site()
    assert service.known(site.id, {"example.com"}) == frozenset()
    service.remember(site.id, {"example.com", "example.org"})
    assert service.known(site.id, {"example.com", "example.net"}) == {"example.com"}


def test_remembering_twice_keeps_the_first_time() -> None:
    site = factories.site()
    service.remember(site.id, {"example.com"})
    first = db.session.get_one(LinkDomain, (site.id, "example.com")).first_seen_at
    service.remember(site.id, {"example.com", "müller.de"})
    db.session.expire_all()
    assert db.session.get_one(LinkDomain, (site.id, "example.com")).first_seen_at == first
    assert service.known(site.id, {"müller.de"})


def test_each_site_has_its_own_memory() -> None:
    site = factories.site()
    service.remember(site.id, {"example.com"})
    assert service.known(site.id + 1, {"example.com"}) == frozenset()


def test_no_links_ask_nothing() -> None:
    site = factories.site()
    service.remember(site.id, frozenset())
    assert service.known(site.id, frozenset()) == frozenset()
