"""Who may go where, as the product itself says: `python -m tests.security.matrix` writes it down.

Nothing in it is claimed: each line is what a running application answered.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from moderation.forms import LEFT_OPEN, PostForm
from moderation.people.roles import Role
from tests.security.world import Route, Visitor, World, build

DOCUMENT = Path(__file__).parents[2] / "docs" / "routes.md"
CLOSED = "This page was open for too long."
ELSEWHERE = {"Origin": "https://evil.example"}
HEAD = """\
# Every address

Made from the product by `make routes`; a test fails when this is not what the product does.

- *who*: the least role that may; whoever may less is answered 403, or led to sign in.
- *guard*: `origin`: a request that a page elsewhere sent is refused; `token`: signed in, a
  request without a good CSRF token is refused; `signature`: so is what our partner has not signed.
- *kept*: what the answer says about being kept, to whoever has the least role that may.

| address | method | who | signed out | writes | guard | kept |
|---|---|---|---|---|---|---|
"""


def written(app: Flask) -> str:
    """The document about a fresh application."""
    world = build(app)
    return HEAD + "".join(f"| {' | '.join(line(world, route))} |\n" for route in world.routes())


def line(world: World, route: Route) -> Iterator[str]:
    view = world.app.view_functions[route.endpoint]
    yield f"`{route.rule.rule}`"
    yield route.method
    yield ", ".join(role.value for role in route.roles) or Role.READER.value
    yield "yes" if Role.READER in route.who_may else "no"
    yield "yes" if route.method != "GET" or getattr(view, "writes", False) else "no"
    yield ", ".join(guards(world, route)) if route.method != "GET" else ""
    yield kept(world, route) if route.method == "GET" else ""


def guards(world: World, route: Route) -> Iterator[str]:
    """What stands before a form that somebody signed in sends."""
    visitor = world.whose(route)
    if not visitor.cookie:
        visitor = world.visitors[Role.COMMENTER]
    if ask(world, route, visitor, headers=ELSEWHERE).status_code == 403:
        yield "origin"
    with complaints() as heard:
        answer = ask(world, route, visitor)
    if LEFT_OPEN in heard or CLOSED in answer.text:
        yield "token"
    elif answer.is_json:
        yield "signature"


@contextmanager
def complaints() -> Iterator[list[str]]:
    """What forms as a whole complain about meanwhile."""
    heard: list[str] = []
    validate = PostForm.validate

    def listening(form: PostForm, *args: Any, **given: Any) -> bool:
        fine = validate(form, *args, **given)
        heard.extend(map(str, form.form_errors))
        return fine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PostForm, "validate", listening)
        yield heard


def kept(world: World, route: Route) -> str:
    return ask(world, route, world.whose(route)).headers.get("Cache-Control", "")


def ask(world: World, route: Route, visitor: Visitor, **given: Any) -> TestResponse:
    return world.browser(visitor).open(route.path(world.here), method=route.method, **given)


def main() -> None:
    from tests.conftest import make_app, prepare

    with tempfile.TemporaryDirectory() as folder:
        app = make_app(Path(folder))
        prepare(app)
        DOCUMENT.write_text(written(app), "utf-8")


if __name__ == "__main__":
    main()
