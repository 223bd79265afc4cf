"""Streets: how they are written in several languages, word by word around a number."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

# one class of signs, nothing to go back to: linear in any engine, and this one costs less a word
_TOKEN = re.compile(r"\S+")
_EDGES = ",.;:()[]\"'“”!?|<>*"
MOST = 1200  # words looked at; a text has 900

# behind the name, and before it a number: 8 Wressle Road
_TYPES = frozenset(
    "street st road rd avenue ave av lane ln drive dr close court ct place pl terrace square sq"
    " crescent cres boulevard blvd gardens grove mews quay parade row walk rise green park view"
    " heights hill parkway pkwy circle cir trail highway hwy alley esplanade way".split()
)
# these are as often something else: "2 Supreme Court", "10 National Park"
_WEAK = frozenset("court ct park green row walk rise view hill way place circle close trail".split())
_NOT_BEFORE_WEAK = frozenset(
    "supreme high circuit district county crown criminal appeal appeals federal national state"
    " first one no only long wrong right other".split()
)
# joined to the name, and behind it a number: Ziegelgasse 26
_ENDINGS = (
    "straße strasse str gasse weg platz allee ufer damm steig gürtel straat laan plein kade dijk"
    " gracht singel stræde gade vej gata gatan vägen veien vegen gränd stigen katu kuja polku"
    " gaten brinken"
)
_JOINED = tuple(_ENDINGS.split())
_ALONE = frozenset(_JOINED) | {"tie", "allé", "väg", "gate"}
# before the name: 107 Rue Abdelaziz, Calle Mayor 5
_BEFORE = frozenset(
    "rue avenue boulevard bd chemin impasse allée quai via viale piazza piazzale corso vicolo calle"
    " c/ avenida avda plaza paseo carrer ronda rua praça travessa largo estrada ulica ul aleja al"
    " plac os ulice náměstí bulevardul strada πλατεία οδός λεωφόρος улица ул проспект sráid bóthar"
    " rúa r place".split()
)
_ENGLISH_TOO = frozenset("via place avenue boulevard al os plaza strada ronda quai c/ r".split())
# behind the name, and behind that a number: árpád fejedelem útja 45
_BEHIND = frozenset(
    "utca u út útja tér tere köz körút krt rkp sétány fasor sokak caddesi ulica cesta trg náměstí"
    " nábřeží třída tänav iela gatvė улица проспект dreef brink hof".split()
)
_PUBLIC = frozenset("downing wall fleet sesame pennsylvania main coronation k easy".split())
# small words inside a name: De la Providence Avenue
_SMALL = frozenset("de la le les du des d' of the von van der den do da dos di del y i e".split())
UNITS = frozenset("apt apartment suite ste flat unit room byt wohnung whg appt".split())


@dataclass(frozen=True, slots=True)
class Token:
    start: int
    end: int  # of the core
    core: str  # in small letters, without the signs around it
    is_capital: bool
    ends: str  # the signs behind it
    opens_line: bool

    @property
    def is_number(self) -> bool:
        """A house number: 8, 12a, 3/14, 221B."""
        core = self.core
        if not core[:1].isdigit() or len(core) > 7:
            return False
        return core.isdigit() and len(core) <= 5 or bool(_HOUSE.fullmatch(core))

    @property
    def is_year(self) -> bool:
        return self.core.isdigit() and 1850 <= int(self.core) <= 2035

    @property
    def stops(self) -> bool:
        """Whether a sentence or a part of it ends here; dots end abbreviations and numbers too."""
        return any(sign in self.ends for sign in ";:!?") or (
            "." in self.ends and len(self.core) > 4 and not self.core[-1:].isdigit()
        )


_HOUSE = re.compile(r"\d{1,4}(?:[a-z]|[-/]\d{1,4}[a-z]?)")


def tokens(text: str) -> list[Token]:
    found: list[Token] = []
    done = 0
    for match in _TOKEN.finditer(text):
        raw = match[0]
        core = raw.strip(_EDGES)
        if not core:
            continue
        start = match.start() + raw.index(core)
        end = start + len(core)
        found.append(
            Token(
                start,
                end,
                core.lower(),
                core[0].isupper() or (core[0].isdigit() and core[-1].isalpha()),
                text[end : match.end()],
                "\n" in text[done:start],
            )
        )
        done = end
        if len(found) == MOST:
            break
    return found


@dataclass(frozen=True, slots=True)
class Street:
    """first, last: tokens. sure: how much its words say by themselves."""

    first: int
    last: int
    sure: float


def street_at(words: Sequence[Token], place: int) -> Street | None:
    """The surest way to read a street around the number at `place`."""
    readings = [
        reading
        for read in (_english, _joined, _type_first, _type_behind)
        if (reading := read(words, place)) is not None
    ]
    return max(readings, key=lambda street: street.sure, default=None)


def _english(words: Sequence[Token], place: int) -> Street | None:
    """8 Wressle Road."""
    number = words[place]
    if number.stops:
        return None
    for last in range(place + 2, min(place + 6, len(words))):
        before = words[last - 1]
        if before.stops or before.opens_line and last - 1 > place + 1:
            return None
        if words[last].core not in _TYPES or words[last].opens_line:
            continue
        names = words[place + 1 : last]
        if any(name.core in _PUBLIC for name in names) or "," in before.ends:
            return None
        if words[last].core in _WEAK and before.core in _NOT_BEFORE_WEAK:
            return None
        sure = 0.6 if _is_name((*names, words[last])) else 0.25
        sure -= 0.3 if number.is_year else 0.0
        return Street(place, last, sure)
    return None


def _joined(words: Sequence[Token], place: int) -> Street | None:
    """Ziegelgasse 26, Weblinger Gürtel 92."""
    if place == 0 or words[place].is_year or words[place - 1].ends.strip(".,"):
        return None
    name = words[place - 1]
    core = name.core
    if core in _ALONE and place > 1:
        return Street(place - 2, place, 0.6) if name.is_capital or len(core) > 4 else None
    if core.endswith(_JOINED) and len(core) > 6 and not words[place].opens_line:
        return Street(place - 1, place, 0.6 if name.is_capital else 0.45)
    return None


def _type_first(words: Sequence[Token], place: int) -> Street | None:
    """107 Rue Abdelaziz Thâalbi; Calle Mayor, 5."""
    following = words[place + 1 : place + 4]
    if len(following) > 1 and following[0].core in _BEFORE and not words[place].stops:
        kind = following[0].core
        names = [word for word in following[1:] if word.is_capital or kind not in _ENGLISH_TOO]
        if names and not any(name.opens_line for name in names[:1]):
            return Street(place, place + 1 + following.index(names[-1]), 0.6)
    for first in range(place - 2, max(-1, place - 6), -1):
        kind = words[first]
        if kind.core in _BEFORE:
            names = words[first + 1 : place]
            if not _is_name(names) or any(name.stops for name in names):
                return None
            foreign = kind.core not in _ENGLISH_TOO or kind.is_capital
            return Street(first, place, 0.55) if foreign and not words[place].is_year else None
    return None


def _type_behind(words: Sequence[Token], place: int) -> Street | None:
    """árpád fejedelem útja 45."""
    if place < 2 or words[place - 1].core not in _BEHIND:
        return None
    first = place - 3 if place > 2 and not words[place - 2].opens_line else place - 2
    return Street(first, place, 0.5)


def _is_name(words: Sequence[Token]) -> bool:
    """Capitalised, but for small words inside."""
    return words[-1].is_capital and all(w.is_capital or w.core in _SMALL for w in words)


def named(words: Sequence[Token], place: int) -> Street | None:
    """Any capitalised words before a number, at most four: Na Výsluní 541."""
    first = place
    while first > max(0, place - 4) and not words[first].opens_line:
        before = words[first - 1]
        if before.ends.strip(".") or not (before.is_capital or before.core in _SMALL):
            break
        first -= 1
    while first < place and not words[first].is_capital:
        first += 1
    return Street(first, place, 0.0) if first < place else None
