"""The forms of a page, with what a browser would send of them, and what it offers to choose."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit


@dataclass
class Form:
    """values: as they stand; offered: every value of every choice and button; cookie: whose."""

    action: str = ""
    values: dict[str, list[str]] = field(default_factory=dict)
    offered: dict[str, set[str]] = field(default_factory=dict)
    cookie: str = ""


def forms_of(html: str) -> list[Form]:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.forms


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._select = ""
        self._area: tuple[str, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "textarea":
            self._area = (given.get("name", ""), [])
        elif self._form is not None and (there := given.get("formaction")):
            # the same form by another button
            form = self._form
            self.forms.append(Form(urlsplit(there).path, form.values, form.offered))
        elif tag == "form" and given.get("method", "").lower() == "post":
            self._form = Form(urlsplit(given.get("action", "")).path)
            self.forms.append(self._form)
        elif self._form is not None:
            name = given.get("name", self._select if tag == "option" else "")
            if name:
                self._field(self._form, tag, given, name)

    def _field(self, form: Form, tag: str, given: dict[str, str], name: str) -> None:
        kind, value = given.get("type", ""), given.get("value", "")
        match tag:
            case "select":
                self._select = name
            case "option":
                form.offered.setdefault(name, set()).add(value)
                if "selected" in given or name not in form.values:
                    form.values[name] = [value]
            case "input" if kind in {"radio", "checkbox"}:
                form.offered.setdefault(name, set()).add(value)
                if "checked" in given:
                    form.values.setdefault(name, []).append(value)
            case "button":
                form.offered.setdefault(name, set()).add(value)
                form.values.setdefault(name, [value])
            case "input":
                form.values.setdefault(name, []).append(value)

    def handle_data(self, text: str) -> None:
        if self._area is not None:
            self._area[1].append(text)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea" and self._area is not None and self._form is not None:
            name, text = self._area
            # a browser leaves out the line end right after the tag
            self._form.values[name] = ["".join(text).removeprefix("\r").removeprefix("\n")]
            self._area = None
