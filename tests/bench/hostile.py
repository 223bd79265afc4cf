"""Texts of 5,000 characters made to be slow: whatever a phase looks for, and nothing else."""

import json
from collections.abc import Iterator
from pathlib import Path

from moderation.forms import tidy

LONGEST = 5000
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"

# what each phase, step and expression looks for, over and over
PIECES = {
    "one letter": "a",
    "one capital": "A",
    "a word": "idiot ",
    "words, each different in its sign": "id!ot 1d107 $tup1d ",
    "unfinished tricks": "$$ a$ @a ",
    "digits": "12345 67890 ",
    "one digit": "1",
    "digit, blank": "1 ",
    "phone numbers": "+353 87 123 4567 ",
    "phone numbers, nearly": "087-123-45-",
    "phones without end": "+1 (212) ",
    "account numbers": "IE29 AIBK 9311 5212 3456 78 ",
    "account numbers, nearly": "IE29AIBK9311521234567",
    "cards": "4111 1111 1111 1111 ",
    "addresses on the net": "1.2.3.4 a:b::c ",
    "colons": "a:b:",
    "streets": "12 Main Road, Dublin 2, ",
    "streets, nearly": "12 main ",
    "streets, foreign": "rue de la Paix 12 ",
    "postcodes": "D02 X285 SW1A 1AA ",
    "house numbers": "12A/3-4, ",
    "birthdays": "born on 3 May 1981 ",
    "mail": "a@b.co ",
    "mail without end": "a@",
    "mail, spelled out": "a [at] b [dot] ",
    "mail, one host": "a@b.c.d.e.f.",
    "links": "http://a.example/x ",
    "links without end": "http://a.",
    "links, one long": "http://a.b/" + "x/" * 20,
    "links, defanged": "hxxp://a[.]com ",
    "links, Markdown": "[a](http://b.ie) ",
    "brackets": "[](",
    "hosts in disguise": "http://xn--80ak6aa92e.com/ ",
    "dots": "a.b.",
    "quotes": "> \n",
    "quotes in quotes": "> > > > ",
    "lines": "\n",
    "blanks": " ",
    "tabs": "\t \u00a0",
    "emoji families": FAMILY,
    "emoji": "\U0001f600",
    "flags": "\U0001f1ee\U0001f1ea",
    "marks on every letter": "e\u0301",
    "heaps of marks": "e" + "\u0301" * 40,
    "hidden": "i\u200b",
    "only hidden": "\u200b",
    "tags nobody sees": "a\U000e0041",
    "turned around": "\u202eabc\u202c ",
    "mixed alphabets": "ѕсum ",  # noqa: RUF001
    "look-alike words": "рауpаl ",  # noqa: RUF001
    "drawn letters": "\U0001d4b6\U0001d4b7 ",
    "one sign as eighteen": "\ufdfa",
    "small capitals": "ᴀʙᴄ ",
    "spaced out": "i d i o t ",
    "spaced out by dots": "i.d.i.o.t ",
    "letters apart": "a  ",
    "stretched": "looooool ",
    "stretched pairs": "aabbcc",
    "Chinese": "这是一个评论",
    "Japanese": "これはコメントです",
    "Korean": "이것은댓글입니다",
    "Thai": "นี่คือความคิดเห็น",
    "Arabic": "هذا تعليق ",
    "Hindi": "यह टिप्पणी है ",
    "Russian": "это комментарий ",
    "German": "das ist nicht gut und ",
    "signs": "!?#$%&*+-/=^_`{|}~",
    "threes": "cia via pro ",
    "groups": "muslims jews gays women you ",
}


def texts(data: Path | None) -> Iterator[tuple[str, str]]:
    """(what it is, LONGEST characters of it), as the form leaves what was typed."""
    for name, text in _texts(data):
        yield name, tidy(text)


def _texts(data: Path | None) -> Iterator[tuple[str, str]]:
    for name, piece in PIECES.items():
        yield name, filled(piece)
    yield "every word another", filled("".join(f"w{n}x{n * 7919 % 10007} " for n in range(900)))
    yield "every sign another", "".join(map(chr, range(0x100, 0x100 + LONGEST)))
    yield "every Chinese sign another", "".join(map(chr, range(0x4E00, 0x4E00 + LONGEST)))
    yield "one after the other", filled("".join(PIECES.values()))
    if data is not None:
        yield from _written(data)


def _written(data: Path) -> Iterator[tuple[str, str]]:
    """What others wrote to break programs, each repeated, and all of it in a row."""
    with (data / "hostile_input/blns.json").open(encoding="utf-8") as file:
        naughty = [text for text in json.load(file) if text]
    payloads = (data / "hostile_input/xss-payload-list.txt").read_text("utf-8").splitlines()
    listed = (data / "hostile_input/wp_comment_blocklist.txt").read_text("utf-8").splitlines()
    for name, lines in (("naughty string", naughty), ("script payload", payloads[::10])):
        for number, line in enumerate(lines):
            yield f"{name} {number}", filled(f"{line} ")
    for name, lines in (
        ("naughty strings", naughty),
        ("script payloads", payloads),
        ("entries of the list", listed),
    ):
        whole = " ".join(lines)
        for first in range(0, min(len(whole), 40 * LONGEST), LONGEST):
            yield f"{name} from {first:,}", whole[first : first + LONGEST]


def filled(piece: str) -> str:
    return (piece * (LONGEST // len(piece) + 1))[:LONGEST]
