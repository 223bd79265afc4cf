"""Links: counted, compared with what is known, and read for what they pretend."""

import pytest

from moderation.screening.phases import hosts, links
from moderation.screening.phases.links import domains_in
from moderation.screening.subject import Subject
from tests.screening.phases.reading import by_checker, marked


@pytest.mark.parametrize(
    ("text", "domains"),
    [
        ("See https://www.example.co.uk/a?b=c.", {"example.co.uk"}),
        ("www.example.ie, and http://news.example.org:8080/x!", {"example.ie", "example.org"}),
        ("Buy at cheap-things.shop now", {"cheap-things.shop"}),
        ("hxxp://bad[.]example[.]com/now", {"example.com"}),
        ("http://a.example.com,http://b.example.net", {"example.com", "example.net"}),
        ("my.blogspot.com and your.blogspot.com", {"my.blogspot.com", "your.blogspot.com"}),
        ("http://192.0.2.7/login", {"192.0.2.7"}),
        ("spam\u200bmer.\u200bcom", {"spammer.com"}),
        ("http://президент.рф", {"президент.рф"}),
        ("short.example/path", {"short.example"}),
    ],
)
def test_whose_sites_are_linked_to(text: str, domains: set[str]) -> None:
    assert domains_in(text) == domains


@pytest.mark.parametrize(
    "text",
    [
        "I went home.It was late. He said so.I agree.",
        "Write to ann.lee@example.com",
        "and/or, 3.14/2, U.S./Canada, a.m./p.m.",
        "http:// and www. and ://",
        "e.g. this, i.e. that, etc.",
    ],
)
def test_what_is_no_link(text: str) -> None:
    assert domains_in(text) == frozenset()


def test_a_card_says_how_many_and_how_new() -> None:
    text = "http://a.example.com http://example.org/1 https://example.net"
    subject = Subject(text, known_domains=frozenset({"example.com", "example.org"}))
    (found,) = links.find(subject)
    assert found.why == ["Three links, one to a site nobody has linked to before."]
    assert marked(subject, found)[1] == "http://example.org/1"
    assert found.clause is None
    (known,) = links.find(Subject(text, known_domains=domains_in(text)))
    assert known.why == ["Three links."]
    (unasked,) = links.find(Subject(text))
    assert unasked.why == ["Three links."]
    (new,) = links.find(Subject("http://example.com", known_domains=frozenset()))
    assert new.why == ["One link, to a site nobody has linked to before."]


def test_known_spam_is_held() -> None:
    spam = min(hosts.spam_domains())
    found = by_checker(links.find(Subject(f"Look: http://shop.{spam}/now and http://example.com")))
    assert (found["links:spam"].clause, found["links:spam"].score) == ("spam", 1.0)
    assert found["links:spam"].why == [f"Leads to {spam}, known for spam."]
    assert links.DEFAULT_BARS["links:spam"] == (1.0, 1.0)
    assert not hosts.is_spam("example.com")
    # the newspapers, and what everybody links to
    assert not hosts.spam_domains() & {"bbc.co.uk", "google.com", "github.com", "wikipedia.org"}


def test_shorteners_hide_where_they_lead() -> None:
    found = by_checker(links.find(Subject("https://bit.ly/3abc")))
    assert found["links:shortener"].why == ["Shortened by bit.ly: where it leads cannot be seen."]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[bbc.co.uk/news](http://evil.example/x)", "Shows bbc.co.uk and leads to evil.example."),
        ("http://bbc.co.uk@evil.example/", "Shows bbc.co.uk and leads to evil.example."),
    ],
)
def test_links_that_show_one_site_and_lead_to_another(text: str, why: str) -> None:
    found = by_checker(links.find(Subject(text)))
    assert found["links:misleading"].why == [why]
    assert found["links"].why == ["One link."]


def test_honest_words_on_a_link_are_honest() -> None:
    for text in ("[the report](http://example.com)", "[www.example.com](http://m.example.com/a)"):
        assert set(by_checker(links.find(Subject(text)))) == {"links"}


@pytest.mark.parametrize(
    "host", ["paypa1.com", "g00gle.com", "rnicrosoft.net", "аррӏе.com", "xn--80ak6aa92e.com"]
)
def test_hosts_that_look_like_others(host: str) -> None:
    found = by_checker(links.find(Subject(f"http://{host}/")))
    assert found["links:look-alike"].clause is None
    assert (
        "looks like" in found["links:look-alike"].why[0]
        or "letters" in (found["links:look-alike"].why[0])
    )


@pytest.mark.parametrize("host", ["paypal.com", "müller.de", "президент.рф", "modern.com"])
def test_hosts_that_look_like_themselves(host: str) -> None:
    assert set(by_checker(links.find(Subject(f"http://{host}/")))) == {"links"}
