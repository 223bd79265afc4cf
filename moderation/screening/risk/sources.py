"""What the risk model learns from: other people's data, read from a folder, and our sentences."""

import enum
import hashlib
import json
import random
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from moderation.errors import Refused
from moderation.screening.risk import groups


class Kind(enum.Enum):
    """What raters marked."""

    GROUP = "against a group"
    THREAT = "a threat"
    OTHER = "an insult or the like"


Marks = tuple[tuple[int, int, int, Kind], ...]


@dataclass(frozen=True, slots=True)
class Example:
    """One text to learn from, or to be measured by.

    attack, hate, spam: how far it is one, 0 to 1; None says nothing.
    weight: against others.
    measured: what people said of `attack`, where that holds something else as well.
    marks: start, end, rater, kind; given where `raters` marked what is toxic.
    """

    text: str
    source: str
    attack: float | None = None
    hate: float | None = None
    spam: float | None = None
    weight: float = 1.0
    marks: Marks = ()
    raters: int = 0
    part: str = ""  # of its source, such as the video
    measured: float | None = None


@dataclass(frozen=True)
class Source:
    """A file of the data folder. credit: who made it, and under which licence."""

    name: str
    file: str
    credit: str


SOURCES = (
    Source(
        "civil",
        "civil_toxic_spans.dev.jsonl",
        "Civil Comments with toxic spans (Pavlopoulos and others, ACL 2022), CC0-1.0",
    ),
    Source(
        "wiki",
        "wiki_context_gc.jsonl",
        "Wikipedia talk in context (Pavlopoulos and others, ACL 2020), Apache-2.0; text CC BY-SA",
    ),
    Source(
        "wiki-bias",
        "wiki_nonfuzzed.jsonl",
        "Unintended bias analysis, Wikipedia talk (Conversation AI, Jigsaw), Apache-2.0",
    ),
    Source(
        "madlibs",
        "madlibs_sample.jsonl",
        "Unintended bias analysis, identity templates (Conversation AI, Jigsaw), Apache-2.0",
    ),
    Source(
        "tweets",
        "davidson.jsonl",
        "Hate speech and offensive language (Davidson and others, ICWSM 2017), MIT",
    ),
    Source(
        "chatbots",
        "convabuse.train.jsonl",
        "ConvAbuse (Cercas Curry, Abercrombie, Rieser, EMNLP 2021), CC BY 4.0",
    ),
    Source(
        "emoji",
        "hatemojibuild.train.jsonl",
        "HatemojiBuild (Kirk and others, NAACL 2022), CC BY 4.0",
    ),
    Source(
        "toxigen",
        "toxigen_demos.jsonl",
        "ToxiGen demonstrations (Hartvigsen and others, ACL 2022; Microsoft), MIT",
    ),
    Source(
        "youtube",
        "youtube_spam.dev.jsonl",
        "YouTube Spam Collection (Alberto, Lochter, Almeida, 2015; UCI), CC BY 4.0",
    ),
    Source(
        "sms",
        "sms_spam.jsonl",
        "SMS Spam Collection (Almeida, Gómez Hidalgo, Yamakami, 2011; UCI), CC BY 4.0",
    ),
)
OWN = "own"
NOTHING = 500.0  # so many texts of another language, say
ANNOTATED = "presidio_small.jsonl"  # presidio-research (Microsoft), MIT: measured with only


def fold(text: str) -> int:
    """0 to 4, by hash: 0 is for measuring and is never trained on; 1 is for calibrating."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") % 5


def read(folder: Path) -> list[Example]:
    """Every example of every source. Refused names a file that is missing or damaged."""
    return [example for source in SOURCES for example in _read(folder, source)] + own()


def annotated(folder: Path) -> list[dict[str, Any]]:
    """Texts with their personal data marked: to measure with. Refused as `read`."""
    return list(_lines(folder, ANNOTATED))


def _read(folder: Path, source: Source) -> Iterator[Example]:
    try:
        for row in _lines(folder, source.file):
            yield _EXAMPLES[source.name](row)
    except (KeyError, TypeError) as error:
        raise Refused(f"{source.file} is not as expected: {error!r}.") from None


def _lines(folder: Path, file: str) -> Iterator[dict[str, Any]]:
    path = next((p for p in (folder / file, folder / "text" / file) if p.exists()), None)
    if path is None:
        raise Refused(f"{file} is not in {folder}. Name the folder that holds the data.")
    try:
        for line in path.read_text("utf-8").rstrip("\n").split("\n"):
            yield json.loads(line)
    except ValueError as error:
        raise Refused(f"{file} is not as expected: {error!r}.") from None


_KINDS = {"Identity based Attack": Kind.GROUP, "Threat": Kind.THREAT}


def _civil(row: dict[str, Any]) -> Example:
    marks = tuple(
        (start, end, rater, _KINDS.get(kind, Kind.OTHER))
        for rater, said in enumerate(row["ann"])
        for kind, start, end in said["spans"]
    )
    toxic = sum(not said["not_toxic"] for said in row["ann"]) / len(row["ann"])
    threatened = sum(any(span[0] == "Threat" for span in said["spans"]) for said in row["ann"])
    return Example(
        row["text"],
        "civil",
        attack=toxic,
        marks=marks,
        raters=len(row["ann"]),
        part="threat" if threatened > 1 else "",
    )


def _wiki(row: dict[str, Any]) -> Example:
    """A classifier's score where people saw nothing; it tells the milder from the mild."""
    attack = max(float(row["perspective"] or 0.0), 0.6 * row["label"])
    return Example(row["text"], "wiki", attack=attack, measured=float(row["label"]))


def _tweet(row: dict[str, Any]) -> Example:
    """What was only called offensive is mostly slang, and says nothing about a newspaper."""
    label = int(row["cls"])
    hate = {0: 1.0, 1: 0.1, 2: 0.0}[label]
    attack = {0: 1.0, 1: None, 2: 0.0}[label]
    return Example(row["text"], "tweets", attack=attack, hate=hate, weight=0.3)


def _spam(row: dict[str, Any]) -> Example:
    return Example(row["text"], "youtube", spam=float(row["label"]), part=row["video"])


_EXAMPLES: dict[str, Callable[[dict[str, Any]], Example]] = {
    "civil": _civil,
    "wiki": _wiki,
    "wiki-bias": lambda row: Example(row["text"], "wiki-bias", float(row["label"]), weight=0.3),
    "madlibs": lambda row: Example(
        row["text"], "madlibs", float(row["label"]), float(row["label"]), weight=0.1
    ),
    "tweets": _tweet,
    "chatbots": lambda row: Example(row["text"], "chatbots", float(row["label"]), weight=0.5),
    "emoji": lambda row: Example(row["text"], "emoji", hate=float(row["label"])),
    "toxigen": lambda row: Example(row["text"], "toxigen", hate=float(row["label"])),
    "youtube": _spam,
    "sms": lambda row: Example(row["text"], "sms", spam=float(row["label"]), weight=0.3),
}

# labels of attack, hate and spam for each list of our own sentences, how many of each line, and how
# much each counts. What they say of groups is for that head alone:
# sentences made by the hundred teach how we write, and cost the attack head on other sites
_OWN: dict[str, tuple[float | None, float | None, float | None, int, float]] = {
    "attack": (1.0, None, 0.0, 6, 0.15),
    "civil": (0.0, 0.0, 0.0, 6, 0.15),
    "peaceful": (None, 0.0, 0.0, 20, 1.0),
    "hatred": (None, 1.0, 0.0, 20, 1.0),
    "fair": (None, 0.0, 0.0, 20, 1.0),
    "spam": (0.0, 0.0, 1.0, 8, 0.5),
    "wanted": (0.0, 0.0, 0.0, 8, 0.5),
}


def own() -> list[Example]:
    """Our sentences, filled in; and a text that holds nothing we know, which says nothing bad."""
    lists = tomllib.loads(resources.files(__package__).joinpath("examples.toml").read_text("utf-8"))
    nothing = Example("", OWN, hate=0.0, weight=NOTHING, part="nothing")
    return [nothing] + [
        Example(text, OWN, attack, hate, spam, weight=weight, part=name)
        for name, (attack, hate, spam, times, weight) in _OWN.items()
        for line in lists[name]
        for text in filled(line, times)
    ]


_CHOICE = re.compile(r"\{([^{}]*)\}")


@cache
def lexicon() -> dict[str, list[str]]:
    """Families of words of our own making."""
    text = resources.files(__package__).joinpath("lexicon.toml").read_text("utf-8")
    return {name: words.split() for name, words in tomllib.loads(text).items()}


def _word_for(sign: str) -> list[str]:
    """GS: people of a group, G: one of them or the adjective, S: a slur."""
    return {"GS": groups.MANY, "G": groups.ONE, "S": lexicon()["slur"]}[sign]


def filled(line: str, times: int) -> list[str]:
    """Up to so many different fillings of `{a|b}`, G, GS and S; the same for the same line."""
    chance = random.Random(line)  # noqa: S311 nothing secret
    found: set[str] = set()
    for _ in range(times * 3):
        text = line
        while choice := _CHOICE.search(text):
            text = (
                text[: choice.start()] + chance.choice(choice[1].split("|")) + text[choice.end() :]
            )
        text = re.sub(r"\b(?:GS?|S)\b", lambda sign: chance.choice(_word_for(sign[0])), text)
        found.add(" ".join(text.split()))
        if len(found) == times:
            break
    return sorted(found)
