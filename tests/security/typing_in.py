"""What anybody may send to a form's address: what its page offers, and everything else."""

from dataclasses import dataclass, field
from urllib.parse import quote_plus

from hypothesis import strategies as st
from wtforms import Field, HiddenField, PasswordField
from wtforms.fields.choices import SelectFieldBase

from moderation.forms import PostForm
from moderation.people.roles import Role
from tests.security.reading import Form, forms_of
from tests.security.world import Route, Visitor, World

# field → its values; none at all is a field that is missing
Typed = dict[str, list[str]]

NASTY = (
    "",
    " ",
    "\0",
    "a\0b",
    "\ud800",
    "a\udfffb",
    "\u202egnp",
    "\r\nSet-Cookie: a=b",
    "0",
    "-1",
    "1e309",
    "NaN",
    "٣",
    "²",
    str(2**31),
    str(2**63 - 1),
    str(2**63),
    "9" * 400,
    "1.1.1",
    "None",
    "true",
    "[]",
    "{}",
    "'; DROP TABLE person; --",
    '" OR 1=1 --',
    "%00",
    "%s%n{0}{{7*7}}",
    "<script>canary()</script>",
    "https://[",
    "//evil.example",
    "/\\evil.example",
    "x" * 6_000,
    "ß" * 20_000,
    "😀" * 3_000,
    "a b " * 2_000,
    "> " * 2_000,
    "((((" * 1_000,
)
ANYTHING = st.one_of(
    st.sampled_from(NASTY),
    st.text(max_size=60),
    st.text(st.characters(), max_size=12),
    st.integers().map(str),
    st.floats().map(str),
)


@dataclass
class Door:
    """An address that takes forms. kinds: the classes it reads; fields: what they are called."""

    route: Route
    page: Form = field(default_factory=Form)
    kinds: set[type[PostForm]] = field(default_factory=set)
    fields: dict[str, Field] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        return sorted({*self.fields, *self.page.values, "csrf_token"})

    def words(self) -> list[str]:
        """The fields that people write into, and find again when they are refused."""
        without = (HiddenField, PasswordField, SelectFieldBase)
        return [
            name
            for name, one in self.fields.items()
            if one.widget.__class__.__name__ in {"TextInput", "TextArea", "EmailInput", "URLInput"}
            and not isinstance(one, without)
        ]

    def sent(self) -> st.SearchStrategy[Typed]:
        """Mostly as the page has it, with a few fields changed."""
        return st.dictionaries(st.sampled_from(self.names), self._values(), max_size=4).map(
            lambda changed: {**self.page.values, **changed}
        )

    def _values(self) -> st.SearchStrategy[list[str]]:
        offered = sorted({value for values in self.page.offered.values() for value in values})
        one = st.one_of(ANYTHING, st.sampled_from(offered)) if offered else ANYTHING
        return st.one_of(one.map(lambda value: [value]), st.lists(one, max_size=3))


def body(typed: Typed) -> bytes:
    """As a browser sends it, halves of characters included."""
    pairs = [
        f"{quote_plus(name)}={quote_plus(value.encode('utf-8', 'surrogatepass'))}"
        for name, values in typed.items()
        for value in values
    ]
    return "&".join(pairs).encode("ascii")


def doors(world: World) -> list[Door]:
    """Every address that takes a POST, with the form that leads there."""
    found = [Door(route) for route in world.routes() if route.method == "POST"]
    pages = [route for route in world.routes() if route.method == "GET"]
    _look(world, found, [(route, world.whose(route)) for route in pages])
    (case,) = (route for route in pages if route.endpoint == "review.case")
    appeal = {"case_id": world.here["appeals.decide.case_id"]}
    _look(world, found, [(case, world.visitors[Role.MODERATOR])], appeal)
    for door in found:
        visitor = world.whose(door.route)
        if _is_anothers(world, door):
            near = [one for one in pages if _room(one) == _room(door.route)]
            may = [one for one in near if visitor.role in one.who_may]
            _look(world, [door], [(route, visitor) for route in may])
    return found


def _room(route: Route) -> str:
    return route.endpoint.partition(".")[0]


def _look(
    world: World,
    found: list[Door],
    pages: list[tuple[Route, Visitor]],
    parts: dict[str, str] | None = None,
) -> None:
    """On these pages for forms that lead to these doors; the one with most fields is it."""
    for route, visitor in pages:
        page = world.browser(visitor).get(route.path(parts or world.here))
        for form in forms_of(page.text):
            for door in found:
                if form.action != door.route.path(world.here):
                    continue
                if _is_anothers(world, door) or len(form.values) > len(door.page.values):
                    door.page = Form(form.action, form.values, form.offered, visitor.cookie)


def _is_anothers(world: World, door: Door) -> bool:
    """Its token would not fit."""
    return door.page.cookie != world.whose(door.route).cookie
