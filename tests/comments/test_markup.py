"""From typed text to safe HTML: what is kept, what is refused, how long it takes."""

import json
import re
import time
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.comments import markup
from moderation.forms import tidy

LINK = {"href", "rel"}
REL = 'rel="nofollow ugc noopener"'


class Reader(HTMLParser):
    """Refuses every element and attribute outside of the list; keeps the text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in markup.TAGS, tag
        given = dict(attrs)
        assert set(given) == (LINK if tag == "a" else set()), (tag, given)
        if tag == "a":
            assert re.match(r"https?://", given["href"] or "", re.IGNORECASE), given
            assert given["rel"] == "nofollow ugc noopener"
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(f"a declaration: {decl}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"an instruction: {data}")

    def handle_data(self, data: str) -> None:
        self.text += data


def read(body: str) -> str:
    """The text a browser shows for `body`, whose HTML is checked on the way."""
    reader = Reader()
    reader.feed(markup.render(body))
    reader.close()
    assert reader.open == []
    return reader.text


def letters(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("One\ntwo\n\nthree", "<p>One<br>\ntwo</p>\n<p>three</p>"),
        ("*so* **very**", "<p><em>so</em> <strong>very</strong></p>"),
        (
            "> They said\nI say",
            "<blockquote>\n<p>They said</p>\n</blockquote>\n<p>I say</p>",
        ),
        (
            ">> first\n> second",
            "<blockquote>\n<blockquote>\n<p>first</p>\n</blockquote>\n<p>second</p>\n</blockquote>",
        ),
        (
            "See https://a.org/?b=1&c.",
            f'<p>See <a href="https://a.org/?b=1&amp;c" {REL}>https://a.org/?b=1&amp;c</a>.</p>',
        ),
        (
            '[the minutes](http://example.org "title")',
            f'<p><a href="http://example.org" {REL}>the minutes</a></p>',
        ),
        (
            "[ ](http://example.org)",
            f'<p><a href="http://example.org" {REL}>http://example.org </a></p>',
        ),
        ("", ""),
        ("[the *minutes*]() and []()", "<p>[the <em>minutes</em>]() and []()</p>"),
        (" \n\t\n ", ""),
    ],
)
def test_what_formatting_becomes(typed: str, shown: str) -> None:
    assert markup.render(typed) == shown


@pytest.mark.parametrize(
    "typed",
    [
        "# no heading",
        "- no list",
        "1. no list",
        "---",
        "`no code` ~~no strike~~",
        "| no | table |",
        "![no picture](/x.png)",
        "<b>no html</b> &amp; &lt; \\*",
        "sh*t and b*ll, f***ing, 2*3*4, 5 * 3 * 2",
        "snake_case and _no_ and ¯\\_(ツ)_/¯",
        "www.example.org, me@example.org, ftp://example.org, //example.org, e.g.this",
        "[a](javascript:alert(1)) [b](/here) [c](data:text/html,x)",
        "[x]: http-less",
        "😀 עברית العربية \u202e flipped",
    ],
)
def test_all_else_is_text(typed: str) -> None:
    assert read(typed) == typed
    assert markup.render(typed).count("<") == 2


def test_quotes_are_nested_four_deep_at_most() -> None:
    html = markup.render(">" * 5000 + " still here")

    assert html.count("<blockquote>") == markup.DEEPEST_QUOTE
    assert "still here" in html


@given(st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_text_is_safe_and_none_is_lost(typed: str) -> None:
    kept = tidy(typed)
    if "](" not in kept and "http" not in kept.lower():
        assert letters(read(kept)) == letters(kept)


MARKS = ["*", "**", "_", ">", "> ", "[", "](", ")", "<", "&", "!", "`", "\\", '"', "'", "\n"]
WORDS = ["word", " ", "\n\n", "http://", "https://a.b/", "\u202e", "<script>", "javascript:"]
PIECES = [*MARKS, *WORDS, "&#x6a;"]


@given(st.lists(st.sampled_from(PIECES), max_size=200).map("".join))
@settings(max_examples=300, deadline=None)
def test_any_mixture_of_marks_is_safe(typed: str) -> None:
    read(typed)


def test_even_what_no_form_lets_through() -> None:
    assert read("\ud800 nul:\0 bell:\a") is not None


@pytest.mark.parametrize(
    "piece", [*PIECES, "[a](", "*a ", "a*b", "[*", "http://a.b", ">a\n", "![["]
)
def test_the_longest_comment_takes_no_time(piece: str) -> None:
    typed = (piece * 5000)[:5000]
    began = time.process_time()

    read(typed)

    # the worst takes a twentieth of this
    assert time.process_time() - began < 1


def payloads(folder: Path) -> list[str]:
    """Other people's attacks on sanitisers, and their naughty strings."""
    lines = (folder / "xss-payload-list.txt").read_text("utf-8", errors="replace").splitlines()
    naughty = json.loads((folder / "blns.json").read_text("utf-8"))
    purify = (folder / "dompurify_expect.mjs").read_text("utf-8")
    quoted = re.findall(r'"payload":\s*("(?:[^"\\]|\\.)*")', purify)
    assert len(quoted) > 100
    return [*lines, *naughty, *(json.loads(text, strict=False) for text in quoted)]


def test_other_peoples_attacks_come_out_as_text(data_folder: Path) -> None:
    for payload in payloads(data_folder / "hostile_input"):
        read(payload)
        read(tidy(payload))
