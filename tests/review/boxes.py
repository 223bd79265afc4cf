"""The boxes that a moderator ticks to decide others along, as they stand on a page."""

from dataclasses import dataclass
from html.parser import HTMLParser

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.pages import Page
from tests.review.desk import form_to


@dataclass(frozen=True)
class Box:
    """One of them. is_copy: ticked by the key for exact copies."""

    value: str
    checked: bool
    is_copy: bool

    @property
    def comment_id(self) -> int:
        return int(self.value.partition(".")[0])


class _Boxes(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Box] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("name") == "also":
            assert given.get("form") == "decide"
            self.found.append(
                Box(given.get("value") or "", "checked" in given, "data-copy" in given)
            )


def boxes(shown: Page) -> list[Box]:
    reader = _Boxes()
    reader.feed(shown.text)
    return reader.found


def hiding(client: FlaskClient, shown: Page, *ticked: Box | str, **typed: str) -> TestResponse:
    """Hide the comment, and those whose boxes are ticked, as spam unless `typed` says otherwise."""
    form = form_to(shown, "/decisions")
    hidden = {name: form[name] for name in ("csrf_token", "revision", "version", "shown")}
    also = [box.value if isinstance(box, Box) else box for box in ticked]
    sent = {**hidden, "action": "hide", "clause": "spam", **typed, "also": also}
    return client.post(form["action"], data=sent)
