"""Links: how many, where they lead, and whether they say where they lead."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from moderation.screening.phases import hosts
from moderation.screening.phases.patterns import compiled
from moderation.screening.phases.plain import Plain, plain
from moderation.screening.phases.wording import counted, joined_by_and, number, sentence
from moderation.screening.subject import Subject
from moderation.screening.verdict import Finding, Span

MOST = 50  # links looked at; nobody who writes more has anything to say
FULL = 5  # links; score 1
NAMED = 3  # domains named in a sentence

DEFAULT_BARS: Mapping[str, tuple[float | None, float | None]] = {"links:spam": (1.0, 1.0)}

# endings that are not also words: "in the end.it was" is no link
_BARE = (
    "app|biz|blog|bond|cc|click|club|com|dev|edu|eu|gl|gov|icu|ie|info|io|lol|ly|net|online|org"
    "|pl|pro|pw|ru|shop|site|store|su|tk|tv|ua|uk|vip|website|win|xn--p1ai|xyz"
)
_LINK = compiled(
    # with its scheme, whatever follows
    r"(?:h(?:tt|xx)ps?:/{1,2}|www\.)(?:[^\s<>\"\[\]()]|\[\.\])+"
    # or a bare name
    rf"|(?:[\pL\pN_-]+(?:\.|\[\.\]))+(?:{_BARE})\b(?:/[^\s<>\"\[\]()]*)?"
    # or any name with a path
    r"|(?:[\pL\pN_-]+\.)+\pL{2,12}/[^\s<>\"\[\]()]+",
    ignore_case=True,
)
_MARKDOWN = compiled(r"\[([^\[\]\n]{1,200})\]\(\s*<?(https?://[^\s<>()]+)", ignore_case=True)
_SCHEME = compiled(r"^h(?:tt|xx)ps?:/{1,2}", ignore_case=True)
_NAME = compiled(r"(?:[\pL\pN-]+\.)+(?:\pL{2,24}|xn--[a-z0-9-]+)")
_HOST = compiled(r"[\pL\pN._-]+")
# what no link does without; after most full stops there is a blank
_POINT = re.compile(r"\.[\w\]-]")


@dataclass(frozen=True, slots=True)
class Link:
    """host: tidied. dressed: what stands before an @ in the address, as if it were the host.
    shown: the words to click on, if they are not the address.
    """

    span: Span
    host: str
    dressed: str = ""
    shown: str = ""

    @property
    def domain(self) -> str:
        return hosts.domain(self.host)


def links_in(text: str) -> list[Link]:
    """The first links of `text`, as they were typed, clickable or not."""
    if "." not in text:
        return []
    copy = plain(text)
    if _POINT.search(copy.text) is None:
        return []
    readable, shown = _without_words(_apart(copy.text))
    found: list[Link] = []
    for match in _LINK.finditer(readable):
        start, end = match.span()
        if not _is_address_of_mail(readable, start, end):
            link = _link(copy, start, end, shown.get(start, ""))
            if link is not None:
                found.append(link)
        if len(found) == MOST:
            break
    return found


def domains_in(text: str) -> frozenset[str]:
    """The registered names behind the links of `text`."""
    return frozenset(link.domain for link in links_in(text))


def find(subject: Subject) -> Iterator[Finding]:
    """One signal for the links as such, one for each thing that is wrong with some of them."""
    found = links_in(subject.text)
    if not found:
        return
    yield _counted(found, subject.known_domains)
    spam = [link for link in found if hosts.is_spam(link.host)]
    if spam:
        said = f"leads to {_named(spam)}, known for spam"
        yield _about(spam, said, checker="links:spam", clause="spam")
    short = [link for link in found if link.domain in hosts.SHORTENERS]
    if short:
        said = f"shortened by {_named(short)}: where it leads cannot be seen"
        yield _about(short, said, checker="links:shortener")
    yield from _pretending(found)


def _counted(found: Sequence[Link], known: frozenset[str] | None) -> Finding:
    new = [] if known is None else [link for link in found if link.domain not in known]
    sites = len({link.domain for link in new})
    said = counted(len(found), "link")
    if sites:
        every = "both" if len(found) == 2 else "all"
        which = number(len(new)) if len(new) < len(found) else every
        where = "a site" if sites == 1 else "sites"
        said += f", {which if len(found) > 1 else ''} to {where} nobody has linked to before"
    return Finding(
        checker="links",
        score=min(1.0, len(found) / FULL),
        spans=[link.span for link in found],
        why=[sentence(said.replace(",  to", ", to"))],
    )


def _pretending(found: Sequence[Link]) -> Iterator[Finding]:
    """Hosts that look like others, and links that show one host and lead to another."""
    for link in found:
        if words := hosts.imitates(link.host):
            yield _about([link], words, checker="links:look-alike")
            break
    for link in found:
        shown = link.dressed or _host_shown(link.shown)
        if shown and hosts.domain(shown) != link.domain:
            said = f"shows {shown} and leads to {link.host}"
            yield _about([link], said, checker="links:misleading")
            break


def _about(found: Sequence[Link], said: str, *, checker: str, clause: str | None = None) -> Finding:
    return Finding(checker, 1.0, clause, [link.span for link in found], [sentence(said)])


def _named(found: Sequence[Link]) -> str:
    names = list(dict.fromkeys(link.domain for link in found))
    more = [f"{len(names) - NAMED} more"] if len(names) > NAMED else []
    return joined_by_and([*names[:NAMED], *more])


def _link(copy: Plain, start: int, end: int, shown: str) -> Link | None:
    """None if there is no host in it."""
    while end > start and copy.text[end - 1] in ".,;:!?'*_~…’”":
        end -= 1
    address = copy.text[start:end]
    scheme = _SCHEME.search(address)
    authority = address[scheme.end() if scheme else 0 :].replace("[.]", ".")
    for mark in "/?#\\":
        authority = authority.partition(mark)[0]
    name = _HOST.search(authority.rpartition("@")[2])
    host = hosts.tidied(name.group() or "") if name else ""
    if "." not in host or not host[0].isalnum():
        return None
    return Link(copy.span(start, end), host, _host_shown(authority.rpartition("@")[0]), shown)


def _is_address_of_mail(text: str, start: int, end: int) -> bool:
    """ "example.com" in name@example.com, and "first.last" before the @, are no links."""
    return text[start - 1 : start] == "@" or text[end : end + 1] == "@"


def _apart(text: str) -> str:
    """Addresses strung together by commas, each by itself; the places stay."""
    for mark in ",;|":
        text = text.replace(f"{mark}http", " http")
    return text


def _without_words(text: str) -> tuple[str, dict[int, str]]:
    """`text` with the words of its Markdown links blanked; where an address begins → its words."""
    if "](" not in text:
        return text, {}
    shown: dict[int, str] = {}
    pieces: list[str] = []
    done = 0
    for match in _MARKDOWN.finditer(text):
        start, end = match.span(1)
        pieces += (text[done:start], " " * (end - start))
        shown[match.start(2)] = match.group(1) or ""
        done = end
    return "".join((*pieces, text[done:])), shown


def _host_shown(words: str) -> str:
    """The host that somebody reads in the words of a link; "" if none."""
    match = _NAME.search(words.lower()) if "." in words else None
    return hosts.tidied(match.group() or "") if match else ""
