"""The names an expression may use: what each means, and how it is found."""

import enum
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from moderation.screening.rulebook.facts import MOST_DOMAINS, Known


class Type(enum.Enum):
    """value: what the help calls it."""

    TEXT = "text"
    WHOLE = "whole number"
    DECIMAL = "decimal"
    YES_NO = "yes or no"
    TEXTS = "list of texts"
    VERDICTS = "list of verdicts"


@dataclass(frozen=True, slots=True)
class Fact:
    """One name. find: its value; never fails, and is something harmless where nothing is known."""

    name: str
    type: Type
    meaning: str
    find: Callable[[Known], object]


FACTS: Sequence[Fact] = (
    Fact("comment.text", Type.TEXT, "as it was typed", lambda k: k.text),
    Fact(
        "comment.normal",
        Type.TEXT,
        "in small letters, with disguises undone: “ch3ap” reads “cheap”",
        lambda k: k.subject.normal.text,
    ),
    Fact("comment.length", Type.WHOLE, "characters", lambda k: len(k.text)),
    Fact("comment.words", Type.WHOLE, "words", lambda k: len(k.text.split())),
    Fact("comment.lines", Type.WHOLE, "lines", lambda k: k.text.count("\n") + 1),
    Fact("comment.links", Type.WHOLE, "web addresses", lambda k: len(k.domains)),
    Fact(
        "comment.domains",
        Type.TEXTS,
        "where the links lead, such as 'example.org'",
        lambda k: k.domains[:MOST_DOMAINS],
    ),
    Fact(
        "comment.capitals",
        Type.DECIMAL,
        "share of capitals among the letters, 0.0 to 1.0",
        lambda k: k.capitals,
    ),
    Fact(
        "comment.hidden_characters",
        Type.YES_NO,
        "letters were disguised, or characters are in it that nobody sees",
        lambda k: k.is_disguised,
    ),
    Fact("comment.is_reply", Type.YES_NO, "it answers a comment", lambda k: k.subject.is_reply),
    Fact("comment.alike", Type.WHOLE, "nearly the same comments lately", lambda k: k.alike),
    Fact("author.age_days", Type.DECIMAL, "days the account exists", lambda k: k.author.age_days),
    Fact(
        "author.comments",
        Type.WHOLE,
        "comments written before, counted up to 200",
        lambda k: k.author.comments,
    ),
    Fact(
        "author.is_first",
        Type.YES_NO,
        "the account has not written before",
        lambda k: k.author.comments == 0,
    ),
    Fact(
        "author.decided",
        Type.WHOLE,
        "comments people decided about lately",
        lambda k: k.author.decided,
    ),
    Fact("author.restricted", Type.WHOLE, "of those, hidden", lambda k: k.author.restricted),
    Fact(
        "author.restricted_share",
        Type.DECIMAL,
        "the share hidden, 0.0 to 1.0; 0.0 while nothing is decided",
        lambda k: k.author.restricted / k.author.decided if k.author.decided else 0.0,
    ),
    Fact(
        "author.in_ten_minutes",
        Type.WHOLE,
        "comments within ten minutes",
        lambda k: k.author.in_ten_minutes,
    ),
    Fact(
        "author.network_in_ten_minutes",
        Type.WHOLE,
        "the same, from everybody at the author’s connection",
        lambda k: k.author.network_in_ten_minutes,
    ),
    Fact("article.slug", Type.TEXT, "your own reference for it", lambda k: k.article.slug),
    Fact(
        "article.mode",
        Type.TEXT,
        "'open', 'premoderated', 'closed' or 'hidden'",
        lambda k: k.article.mode,
    ),
    Fact("article.age_days", Type.DECIMAL, "days since it was added", lambda k: k.article.age_days),
    Fact("article.comments", Type.WHOLE, "comments under it so far", lambda k: k.article.comments),
    Fact(
        "risk.attack",
        Type.DECIMAL,
        "the risk model’s probability of a personal attack, 0.0 to 1.0",
        lambda k: k.risk("attack"),
    ),
    Fact("risk.hate", Type.DECIMAL, "of hatred against a group", lambda k: k.risk("hate")),
    Fact("risk.threat", Type.DECIMAL, "of a threat", lambda k: k.risk("threat")),
    Fact("risk.spam", Type.DECIMAL, "of advertising or fraud", lambda k: k.risk("spam")),
    Fact(
        "risk.personal_data",
        Type.DECIMAL,
        "of somebody’s private data",
        lambda k: k.risk("personal_data"),
    ),
    Fact(
        "verdicts",
        Type.VERDICTS,
        "what every other check said, the model from 0.1 on; ask it with exists, all or filter",
        lambda k: [said.as_dict() for said in k.verdicts],
    ),
)
VERDICT: Mapping[str, tuple[Type, str]] = {
    "phase": (Type.TEXT, "the kind of check: 'links', 'words', 'risk' …"),
    "checker": (Type.TEXT, "the check: 'words:abuse', 'risk:hate' …"),
    "clause": (Type.TEXT, "the clause it names, or ''"),
    "score": (Type.DECIMAL, "how sure it is, 0.0 to 1.0"),
    "would": (Type.TEXT, "what it alone would do: 'nothing', 'report' or 'hold'"),
}
# flags['words:abuse']: the score of one check by its name, 0.0 where it said nothing
FLAGS = "flags"

BY_NAME: Mapping[str, Fact] = {fact.name: fact for fact in FACTS}
ROOTS: frozenset[str] = frozenset(name.partition(".")[0] for name in BY_NAME) | {FLAGS}


def gather(known: Known, names: Collection[str], flags: Collection[str]) -> dict[str, Any]:
    """The variables of an evaluation: only the names asked for, nested by their dots."""
    return nested(
        {name: BY_NAME[name].find(known) for name in names},
        {checker: known.score(checker) for checker in flags},
    )


def nested(values: Mapping[str, object], flags: Mapping[str, float]) -> dict[str, Any]:
    """{"comment.text": …} as {"comment": {"text": …}}, with the flags beside."""
    variables: dict[str, Any] = {FLAGS: dict(flags)} if flags else {}
    for name, value in values.items():
        root, _, leaf = name.partition(".")
        if leaf:
            variables.setdefault(root, {})[leaf] = value
        else:
            variables[root] = value
    return variables
