"""Anything at all in an address: whatever a page reads from its query, it never breaks."""

from typing import Any

import pytest
from flask import Request
from werkzeug.datastructures import ImmutableMultiDict

from moderation.people.roles import Role
from tests.security.stored import Stored
from tests.security.world import World

# what numbers, ids, cursors, dates, choices and text are not
ODD = ("", "\0", "\ud800", "-1", "٣", "²", "1e309", str(2**63), "9" * 400, "[]", "%00", "x" * 6000)


def raw(text: str) -> bytes:
    """Halves of characters are sent as they are."""
    return text.encode("utf-8", "surrogatepass")


class Asked(ImmutableMultiDict[str, str]):
    """The query of a request, which remembers what was looked for."""

    names: set[str] = set()  # noqa: RUF012  of all requests

    def __getitem__(self, name: Any) -> Any:
        self.names.add(name)
        return super().__getitem__(name)

    def get(self, name: Any, *args: Any, **given: Any) -> Any:  # type: ignore[override]
        self.names.add(name)
        return super().get(name, *args, **given)

    def getlist(self, name: Any, *args: Any, **given: Any) -> Any:  # type: ignore[override]
        self.names.add(name)
        return super().getlist(name, *args, **given)

    def __contains__(self, name: Any) -> bool:
        self.names.add(name)
        return super().__contains__(name)


def test_whatever_stands_in_a_query(
    world: World, stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Request, "parameter_storage_class", Asked)
    tried = 0
    for route in world.routes():
        view = world.app.view_functions[route.endpoint]
        if route.method != "GET" or getattr(view, "writes", False):
            continue
        client = world.browser(world.whose(route))
        path = route.path(world.here)
        monkeypatch.setattr(Asked, "names", set())
        client.get(path, query_string={"nothing": "1"})
        for name in sorted(Asked.names - {"nothing"}):
            for value in ODD:
                tried += 1
                with stored.nothing_stored(f"{path}?{name}={value!r}"):
                    answer = client.get(path, query_string={name: raw(value)})
                assert answer.status_code < 500, f"{path}?{name}={value!r}"
    assert tried > 300


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_whatever_stands_in_a_path(world: World) -> None:
    """In each of its parts, for who may see most."""
    client = world.browser(world.visitors[Role.ADMIN])
    for route in world.routes():
        for name in route.rule.arguments:
            for value in ODD[1:]:
                clean = value.encode("utf-8", "replace").decode()
                path = route.rule.rule.replace(f":{name}>", f"{name}>")
                for other in route.rule.arguments:
                    part = clean if other == name else world.here.get(other, "1")
                    path = path.replace(f"<int{other}>", part).replace(f"<path{other}>", part)
                    path = path.replace(f"<{other}>", part).replace(f"<int:{other}>", part)
                status = client.open(path, method=route.method).status_code
                assert status < 500, f"{route.method} {path}"
