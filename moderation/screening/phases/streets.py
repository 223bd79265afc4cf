"""Streets: how they are written in several languages, word by word around a number."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from moderation.screening.phases.wording import listed

# one class of signs, nothing to go back to: linear in any engine, and this one costs less a word
_TOKEN = re.compile(r"\S+")
_EDGES = ",.;:()[]\"'“”!?|<>*"
# a short number that begins a word, and is no price, share, time or piece of a larger one
_DIGITS = re.compile(r"(?<![^\s(\[<>*\"'“|,;:])[0-9]{1,5}(?![0-9%°]|[.,:][0-9])")
MOST = 150  # numbers looked at
BEFORE, BEHIND = 50, 60  # characters around a number

# behind the name, and before it a number: 8 Wressle Road
_TYPES = listed(
    "street str st road rd avenue ave av lane ln drive dr close court ct place pl terrace square sq"
    " crescent cres boulevard blvd gardens grove mews quay parade row walk rise green park view"
    " heights hill parkway pkwy circle cir trail highway hwy alley esplanade way"
)
# these are as often something else: "2 Supreme Court", "10 National Park"
_WEAK = listed("court ct park green row walk rise view hill way place circle close trail")
_NOT_BEFORE_WEAK = listed(
    "supreme high circuit district county crown criminal appeal appeals federal national state"
    " first one no only long wrong right other"
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
_BEFORE = listed(
    "rue avenue boulevard bd chemin impasse allée quai via viale piazza piazzale corso vicolo calle"
    " c/ avenida avda plaza paseo carrer ronda rua praça travessa largo estrada ulica ul aleja al"
    " plac os ulice náměstí bulevardul strada πλατεία οδός λεωφόρος λεωφ улица ул проспект"
    " sráid bóthar rúa r place av faubourg plazuela"
)
_ENGLISH_TOO = listed("via place avenue boulevard al os plaza strada ronda quai c/ r av")
# behind the name, and behind that a number: árpád fejedelem útja 45
_BEHIND = listed(
    "utca u út útja tér tere köz körút krt rkp sétány fasor sokak caddesi ulica cesta trg náměstí"
    " nábřeží třída tänav iela gatvė улица проспект dreef brink hof"
)
# known to everybody, or what is counted and no name
_NOT_NAMES = listed(
    "downing wall fleet sesame pennsylvania main coronation k easy first"
    " million billion thousand hundred people point hour day"
)
# small words inside a name: De la Providence Avenue
_SMALL = listed("de la le les du des d' of the von van der den do da dos di del y i e")
UNITS = listed("apt apartment suite ste flat unit room byt wohnung whg appt")


@dataclass(slots=True)
class Token:
    start: int
    end: int  # of the core
    core: str  # in small letters, without the signs around it
    is_capital: bool
    is_loud: bool  # nothing but capitals
    ends: str  # the signs behind it
    opens_line: bool

    @property
    def is_number(self) -> bool:
        """A house number: 8, 12a, 3/14, 221B."""
        core = self.core
        if not core[:1].isdigit() or len(core) > 7:
            return False
        return (core.isdigit() and len(core) <= 5) or bool(_HOUSE.fullmatch(core))

    @property
    def is_year(self) -> bool:
        return self.core.isdigit() and 1850 <= int(self.core) <= 2035

    @property
    def stops(self) -> bool:
        """Whether a sentence or a part of it ends here; dots end abbreviations and numbers too."""
        return any(sign in self.ends for sign in ";:!?)") or (
            "." in self.ends and len(self.core) > 4 and not self.core[-1:].isdigit()
        )


_HOUSE = re.compile(r"\d{1,4}(?:[a-rt-z]|[-/]\d{1,4}[a-z]?)")  # but not 1970s


def tokens(text: str, start: int, end: int) -> list[Token]:
    """The words that begin in this stretch of `text`."""
    found: list[Token] = []
    done = start
    for match in _TOKEN.finditer(text, start, end):
        raw = match[0]
        core = raw.strip(_EDGES)
        if not core:
            continue
        first = match.start() + raw.index(core)
        last = first + len(core)
        is_capital = core[0].isupper() or (core[0].isdigit() and core[-1].isalpha())
        is_loud = len(core) > 1 and core.isupper()
        ends = text[last : match.end()]
        opens_line = "\n" in text[done:first]
        found.append(Token(first, last, core.lower(), is_capital, is_loud, ends, opens_line))
        done = last
    return found


def stretches(text: str) -> list[tuple[int, int]]:
    """(start, end) of what stands around the first numbers; nothing else can be a street."""
    found: list[tuple[int, int]] = []
    for match in islice(_DIGITS.finditer(text), MOST):
        start, end = max(0, match.start() - BEFORE), match.end() + BEHIND
        if found and start <= found[-1][1]:
            start = found.pop()[0]
        found.append((start, end))
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
        for read in (_english, _joined, _type_first, _type_then_number, _type_behind)
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
        if before.stops or (before.opens_line and last - 1 > place + 1):
            return None
        if words[last].core not in _TYPES or words[last].opens_line:
            continue
        names = words[place + 1 : last]
        if any(name.core in _NOT_NAMES or "," in name.ends for name in names):
            return None
        if words[last].core in _WEAK and before.core in _NOT_BEFORE_WEAK:
            return None
        sure = 0.6 if _is_name((*names, words[last])) else 0.25
        sure -= 0.3 if number.is_year or all(name.is_loud for name in names) else 0.0
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
    """107 Rue Abdelaziz Thâalbi."""
    following = words[place + 1 : place + 4]
    kind = following[0].core if following else ""
    if kind not in _BEFORE or kind == "r" or words[place].stops:
        return None
    last = 0
    for number, word in enumerate(following[1:], start=1):
        if word.is_capital or kind not in _ENGLISH_TOO:
            last = number
    if not last or following[1].opens_line:
        return None
    return Street(place, place + 1 + last, 0.6)


def _type_then_number(words: Sequence[Token], place: int) -> Street | None:
    """Calle Mayor, 5."""
    for first in range(place - 2, max(-1, place - 6), -1):
        kind = words[first]
        if kind.core in _BEFORE:
            names = words[first + 1 : place]
            is_foreign = kind.core not in _ENGLISH_TOO or kind.is_capital
            if not is_foreign or words[place].is_year or any(name.stops for name in names):
                return None
            return Street(first, place, 0.55) if _is_name(names) else None
    return None


def _type_behind(words: Sequence[Token], place: int) -> Street | None:
    """árpád fejedelem útja 45."""
    if place < 2 or words[place - 1].core not in _BEHIND:
        return None
    if words[place - 1].core == "u" and "." not in words[place - 1].ends:
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
