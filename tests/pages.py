"""Open pages as a careful reader would."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

VOID_INPUTS = ("hidden", "submit", "button")


@dataclass
class Page:
    """A page, read."""

    text: str
    status: int
    title: str = ""
    headings: int = 0
    forms: list[dict[str, str]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    labelled: set[str] = field(default_factory=set)
    to_label: list[dict[str, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page = page
        self._in_title = False
        self._in_label = 0
        self._form: dict[str, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        match tag:
            case "title":
                self._in_title = not self.page.title
            case "h1":
                self.page.headings += 1
            case "a":
                self.page.links.append(given.get("href", ""))
            case "label":
                self._in_label += 1
                self.page.labelled.add(given.get("for", ""))
            case "form":
                self._form = {
                    "action": given.get("action", ""),
                    "method": given.get("method", "get"),
                }
                self.page.forms.append(self._form)
            case "input" | "textarea" | "select" | "button":
                self._field(tag, given)
        assert "style" not in given, f"an inline style: {tag} {given}"
        assert not any(name.startswith("on") for name in given), f"an inline script: {given}"

    def _field(self, tag: str, given: dict[str, str]) -> None:
        # "action" is where the form goes, even if it has a field of that name
        if self._form is not None and given.get("name", "action") != "action":
            self._form[given["name"]] = given.get("value", "")
        if tag == "button" or given.get("type") in VOID_INPUTS or self._in_label:
            return
        self.page.to_label.append(given)

    def handle_endtag(self, tag: str) -> None:
        match tag:
            case "title":
                self._in_title = False
            case "label":
                self._in_label -= 1
            case "form":
                self._form = None

    def handle_data(self, text: str) -> None:
        if self._in_title:
            self.page.title += text


def read(answer: TestResponse) -> Page:
    """Check what every page must have, and hand it over."""
    page = Page(text=answer.text, status=answer.status_code)
    _Reader(page).feed(answer.text)
    assert page.title.strip(), "a page without a title"
    assert page.headings == 1, f"{page.headings} h1 on one page"
    for form in page.forms:
        assert form["action"], f"a form without an action: {form}"
    for given in page.to_label:
        named = (
            given.get("id") in page.labelled or "aria-label" in given or "aria-labelledby" in given
        )
        assert named, f"a field without a label: {given}"
    return page


def page(client: FlaskClient, url: str, status: int = 200, **given: Any) -> Page:
    answer = client.get(url, **given)
    assert answer.status_code == status, f"{url}: {answer.status_code}"
    return read(answer)


def token(client: FlaskClient, url: str) -> str:
    """The CSRF token of the forms on a page for somebody signed in."""
    for form in page(client, url).forms:
        if form.get("csrf_token"):
            return form["csrf_token"]
    raise AssertionError(f"{url} has no form with a token")
