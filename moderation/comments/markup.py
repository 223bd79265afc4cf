"""From what somebody typed to safe HTML: paragraphs, line breaks, emphasis, quotes, links.

Everything else stays the text it is. markdown-it reads, nh3 is the one sanitiser.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from html import escape

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline, emphasis
from markdown_it.token import Token

TAGS = frozenset({"a", "blockquote", "br", "em", "p", "strong"})
ATTRIBUTES: dict[str, set[str]] = {"a": {"href"}, "*": set()}
SCHEMES = frozenset({"http", "https"})
LINK_REL = "nofollow ugc noopener"

DEEPEST_QUOTE = 4

_QUOTE_MARKS = re.compile(r"[ \t]*((?:>[ \t]?)*)")
_WEB_ADDRESS = re.compile(r"https?://[^\s/?#]", re.IGNORECASE)


@lru_cache(64)
def render(body: str) -> str:
    """The HTML of `body`, made of TAGS only; "" for white space. Any text will do.

    The last ones are kept: words are shown in a preview, or looked at, before they are written.
    """
    whole = body.encode("utf-8", "replace").decode()
    return _clean(_READER.render("\n".join(_plain_quotes(whole.splitlines()))))


def _clean(html: str) -> str:
    cleaned = nh3.clean(
        html,
        tags=set(TAGS),
        attributes=ATTRIBUTES,
        url_schemes=set(SCHEMES),
        link_rel=LINK_REL,
        strip_comments=True,
    )
    return cleaned.strip()


def _plain_quotes(lines: list[str]) -> Iterator[str]:
    """Quotes end where their marks end, and are nested DEEPEST_QUOTE times at most.

    Markdown would take an answer written right under a quote for a part of it.
    """
    before = 0
    for line in lines:
        marks = _QUOTE_MARKS.match(line)
        depth = min(marks[1].count(">"), DEEPEST_QUOTE) if marks else 0
        if depth < before:
            yield ">" * depth
        yield ">" * depth + (line[marks.end() :] if marks and depth else line)
        before = depth


def _stars_only(state: StateInline, silent: bool) -> bool:  # noqa: FBT001  # markdown-it's signature
    """Emphasis by `*` around words, never inside one: “sh*t and b*ll” keeps its stars.

    An underscore is a letter in names and a hand in ¯\\_(ツ)_/¯.
    """
    start, before = state.pos, len(state.delimiters)
    if state.src[start] != "*" or not emphasis.tokenize(state, silent):
        return False
    scanned = state.scanDelims(start, canSplitWord=False)
    for star in state.delimiters[before:]:
        star.open, star.close = scanned.can_open, scanned.can_close
    return True


def _name_bare_links(state: StateCore) -> None:
    """A link without a word to click on shows where it leads."""
    for block in state.tokens:
        children = block.children or []
        for place in reversed(range(len(children))):
            if children[place].type == "link_open" and not _has_words(children, place):
                words = Token("text", "", 0, content=str(children[place].attrs["href"]))
                children.insert(place + 1, words)


def _spell_out_empty_links(state: StateCore) -> None:
    """`[words]()` leads nowhere: it stays the text it is."""
    for block in state.tokens:
        children, is_empty = block.children or [], False
        for place, token in enumerate(children):
            if token.type == "link_open":
                is_empty = not token.attrs.get("href")
            if is_empty and token.type in {"link_open", "link_close"}:
                words = "[" if token.type == "link_open" else "]()"
                children[place] = Token("text", "", 0, content=words)


def _has_words(children: list[Token], place: int) -> bool:
    """Whether the link that opens at `place` shows anything."""
    for token in children[place + 1 :]:
        if token.type == "link_close":
            return False
        if any(letter.isprintable() and not letter.isspace() for letter in token.content):
            return True
    return False


def _reader() -> MarkdownIt:
    reader = MarkdownIt("zero", {"breaks": True, "linkify": True, "html": False})
    reader.enable(["blockquote", "newline", "link", "linkify", "balance_pairs", "emphasis"])
    reader.inline.ruler.at("emphasis", _stars_only)
    reader.core.ruler.push("spell_out_empty_links", _spell_out_empty_links)
    reader.core.ruler.push("name_bare_links", _name_bare_links)
    reader.validateLink = _is_web_address  # type: ignore[method-assign]
    if reader.linkify is None:
        raise RuntimeError("linkify-it-py is missing: install the package's dependencies.")
    reader.linkify.set({"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
    for scheme in ("ftp:", "mailto:", "//"):
        reader.linkify.add(scheme, None)
    return reader


def _is_web_address(url: str) -> bool:
    """Whether the sanitiser would leave it in: it knows which hosts cannot be."""
    return bool(_WEB_ADDRESS.match(url)) and "href" in _clean(f'<a href="{escape(url)}">.</a>')


_READER = _reader()
