"""Anything at all, sent to every form: never a 500, and whoever is refused stored nothing.

The forms are those of the package and the addresses those of the URL map: new ones fall under it.
"""

import importlib
import pkgutil
from html import unescape
from typing import Any

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, Phase, given, settings
from werkzeug.test import TestResponse

import moderation
from moderation.forms import PostForm, one_line, tidy
from moderation.people import passwords, throttle
from moderation.people.roles import Role
from tests.security.matrix import ask
from tests.security.stored import Stored
from tests.security.typing_in import Door, Typed, body, doors
from tests.security.world import World

EXAMPLES = 6  # for each address, besides the plain ones
FORM = "application/x-www-form-urlencoded"
# what no form is
BODIES: tuple[tuple[bytes, str], ...] = (
    (b"", FORM),
    (b"\xff\xfe\x00=\xed\xa0\x80&%=%zz&&==", FORM),
    (b"body=" + b"%F0%9F%98%80" * 25_000, FORM),
    (b"a=1&" * 3_000, FORM),
    (b'{"body": ["x", {}], "name": null}', "application/json"),
    (b"{", "application/json"),
    (b"--x\r\nContent-Disposition: form-data; name=body; filename=a\r\n\r\nx\r\n--x--",
     "multipart/form-data; boundary=x"),
    (b"--x\r\nContent-Disposition: form-data; name=body", "multipart/form-data; boundary=x"),
    (b"x", "multipart/form-data"),
    (b"body=x", "text/plain; charset=utf-7"),
)  # fmt: skip


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is told to wait, and passwords are cheap."""
    monkeypatch.setattr(throttle, "_refuse", lambda *_: None)
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", cheap)


@pytest.fixture
def all_doors(world: World, stored: Stored) -> list[Door]:
    """With the forms that each address reads when it is sent what its page has."""
    stored.keep()
    found = doors(world)
    for door in found:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(PostForm, "__init__", listening(door))
            visitor = world.whose(door.route)
            ask(world, door.route, visitor, data={**door.page.values, **visitor.button})
        stored.put_back()
    return found


def listening(door: Door) -> Any:
    begin = PostForm.__init__

    def heard(form: PostForm, *args: Any, **more: Any) -> None:
        begin(form, *args, **more)
        if "formdata" not in more:  # one that is only drawn
            door.kinds.add(type(form))
            door.fields |= {one.name: one for one in form}

    return heard


def kinds_of(kind: type[PostForm]) -> set[type[PostForm]]:
    below = {each for one in kind.__subclasses__() for each in kinds_of(one)}
    # one made for a request, with fields of its own, is of a class that is tried
    is_ours = getattr(importlib.import_module(kind.__module__), kind.__name__, None) is kind
    return below | {kind} if is_ours and kind.__module__.startswith("moderation.") else below


def untried(all_doors: list[Door]) -> set[type[PostForm]]:
    """Forms of the package that no address has read; those that others are made of are."""
    for module in pkgutil.walk_packages(moderation.__path__, "moderation."):
        if not module.name.endswith("__main__") and "migrations" not in module.name:
            importlib.import_module(module.name)
    tried = {base for door in all_doors for kind in door.kinds for base in kind.__mro__}
    return kinds_of(PostForm) - tried


def test_whatever_is_sent(world: World, stored: Stored, all_doors: list[Door]) -> None:
    assert untried(all_doors) == set()
    for door in all_doors:
        check(stored, door, send(world, door, body(door.page.values), FORM), door.page.values)
        try_out(world, stored, door)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_good_form_without_its_token_does_nothing(
    world: World, stored: Stored, all_doors: list[Door]
) -> None:
    """And with it does what it is for: as its page has it, word for word."""
    done = set()
    for door in all_doors:
        if "csrf_token" not in door.page.values:
            continue
        right = door.page.values | {name: ["Some good words."] for name in door.words()}
        for token in ([], ["x"], [world.visitors[Role.COMMENTER].token + "x"]):
            answer = send(world, door, body(right | {"csrf_token": token}), FORM)
            assert not stored.changed(), f"{door.route.name} with {token}: {answer.status_code}"
        send(world, door, body(right), FORM)
        if stored.changed():
            done.add(door.route.name)
            stored.put_back()
    assert len(done) > 15, sorted(done)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_is_no_form(world: World, stored: Stored) -> None:
    stored.keep()
    for route in world.routes():
        if route.method == "POST":
            for content, kind in BODIES:
                door = Door(route)
                check(stored, door, send(world, door, content, kind), {})


def try_out(world: World, stored: Stored, door: Door) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @given(door.sent())
    def never_breaks(typed: Typed) -> None:
        check(stored, door, send(world, door, body(typed), FORM), typed)

    never_breaks()


def send(world: World, door: Door, content: bytes, kind: str) -> TestResponse:
    visitor = world.whose(door.route)
    return ask(world, door.route, visitor, data=content, content_type=kind)


def check(stored: Stored, door: Door, answer: TestResponse, typed: Typed) -> None:
    what = f"{door.route.name} with {typed}"
    assert answer.status_code < 500, what
    changed = stored.changed()
    if answer.status_code >= 400:
        assert not changed, f"{what} is answered {answer.status_code} and changed {changed}"
        assert answer.text.strip(), f"{what} is refused without a word"
        if answer.status_code == 422 and "</html>" in answer.text:
            kept(door, answer, typed)
    if changed:
        stored.put_back()


def kept(door: Door, answer: TestResponse, typed: Typed) -> None:
    """What was written stands there again, as far as a browser could have sent it."""
    for name, offered in door.page.offered.items():
        if not offered.issuperset(typed.get(name, ())):
            return
    shown = unescape(answer.text)
    for name in door.words():
        for value in typed.get(name, ())[:1]:
            if any("\ud800" <= character < "\ue000" for character in value):
                continue  # no such bytes are text
            forms = {one_line(value), tidy(value)}
            assert any(one in shown for one in forms), f"{door.route.name} lost {name}: {value!r}"
