"""What a policy file must look like; everything wrong with one, a sentence each."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from moderation.policy.categories import CATEGORIES

SEVERITIES: Mapping[int, str] = {1: "minor", 2: "serious", 4: "severe", 8: "extreme"}
LANES = (0, 1, 2)
GROUNDS = ("policy", "law")
# what a clause says should happen, as readers are told
DEFAULT_ACTIONS: Mapping[str, str] = {
    "hide": "We remove the comment.",
    "hold": "We take the comment off the page until a moderator has decided.",
    "escalate": "An experienced moderator or a lawyer decides.",
}

_PARTS = ("title", "introduction", "redress", "changes")
_LENGTHS: Mapping[str, int] = {"title": 120, "legal_ground": 500}
_TEXTS = ("title", "text", "plain")
_LISTS = ("covered", "not_covered")
_CHOICES: Mapping[str, tuple[Any, ...]] = {
    "severity": tuple(SEVERITIES),
    "lane": LANES,
    "ground": GROUNDS,
    "category": tuple(CATEGORIES),
    "default_action": tuple(DEFAULT_ACTIONS),
}
_OPTIONAL = {"legal_ground", "default_action", "target_minutes"}
_KNOWN = {"code", *_TEXTS, *_LISTS, *_CHOICES, *_OPTIONAL}
_CODE = re.compile(r"[a-z0-9]([a-z0-9.-]{0,38}[a-z0-9])?", re.ASCII)
# what the pages use beside the clauses' codes
_TAKEN = frozenset({"contents", "contents-heading", "disagree", "main", "redress"})
_LONGEST_TARGET = 60 * 24 * 30  # minutes


def problems(text: Mapping[str, Any]) -> list[str]:
    """What keeps `text` from being a policy; nothing if it is one."""
    found = [f"“{key}” is not a part of a policy." for key in text.keys() - {*_PARTS, "clause"}]
    found += _missing(text, _PARTS, "The policy")
    if _is_text(text.get("title")):
        found += _too_long(text, "The policy")
    clauses = text.get("clause")
    if not isinstance(clauses, list) or not clauses:
        return [*found, "A policy needs at least one clause: [[clause]]."]
    for number, clause in enumerate(clauses, 1):
        if isinstance(clause, Mapping):
            found += _in_clause(clause, _name(clause, number))
        else:
            found.append(f"Clause {number} is not a table: begin it with [[clause]].")
    return found + list(_twice(clauses))


def _name(clause: Mapping[str, Any], number: int) -> str:
    code = clause.get("code")
    return f"Clause “{code}”" if _is_text(code) else f"Clause {number}"


def _in_clause(clause: Mapping[str, Any], name: str) -> Iterator[str]:
    for key in sorted(clause.keys() - _KNOWN):
        yield f"{name}: “{key}” is not a part of a clause."
    yield from _about_code(clause, name)
    yield from _missing(clause, _TEXTS, name)
    yield from _too_long(clause, name)
    for key in _LISTS:
        if not _is_list(clause.get(key)):
            yield f"{name}: “{key}” is a list of at least one example."
    for key, choices in _CHOICES.items():
        if key in clause or key not in _OPTIONAL:
            yield from _about_choice(clause, key, choices, name)
    yield from _about_law(clause, name)
    yield from _about_target(clause, name)


def _about_code(clause: Mapping[str, Any], name: str) -> Iterator[str]:
    code = clause.get("code")
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        yield (
            f"{name}: a code has small letters, digits, dots and hyphens, "
            "at most 40, and ends in a letter or a digit."
        )
    elif code in _TAKEN:
        yield f"{name}: this code is taken by our own pages. Choose another."


def _about_choice(
    clause: Mapping[str, Any], key: str, choices: tuple[Any, ...], name: str
) -> Iterator[str]:
    given = clause.get(key)
    # in Python True and 1.0 are 1
    if type(given) in {str, int} and given in choices:
        return
    if key == "category":
        yield f"{name}: “{given}” is not in the Commission's list of categories."
        return
    *others, last = choices
    yield f"{name}: “{key}” is {', '.join(map(str, others))} or {last}."


def _about_law(clause: Mapping[str, Any], name: str) -> Iterator[str]:
    legal_ground = clause.get("legal_ground", "")
    if not isinstance(legal_ground, str):
        yield f"{name}: “legal_ground” is a text."
    elif clause.get("ground") == "law" and not legal_ground.strip():
        yield f"{name}: the ground is the law, so “legal_ground” must say which."


def _about_target(clause: Mapping[str, Any], name: str) -> Iterator[str]:
    target = clause.get("target_minutes")
    good = isinstance(target, int) and not isinstance(target, bool)
    if target is not None and not (good and 1 <= target <= _LONGEST_TARGET):
        yield f"{name}: “target_minutes” is a number from 1 to {_LONGEST_TARGET}."


def _missing(given: Mapping[str, Any], keys: tuple[str, ...], name: str) -> list[str]:
    return [f"{name}: “{key}” is missing." for key in keys if not _is_text(given.get(key))]


def _too_long(given: Mapping[str, Any], name: str) -> list[str]:
    return [
        f"{name}: “{key}” is longer than {longest} characters."
        for key, longest in _LENGTHS.items()
        if isinstance(given.get(key), str) and len(given[key].strip()) > longest
    ]


def _twice(clauses: list[Any]) -> Iterator[str]:
    codes = [clause.get("code") for clause in clauses if isinstance(clause, Mapping)]
    texts = [code for code in codes if isinstance(code, str)]
    for code in sorted({code for code in texts if texts.count(code) > 1}):
        yield f"Clause “{code}” is there {texts.count(code)} times."


def _is_text(given: Any) -> bool:
    return isinstance(given, str) and bool(given.strip())


def _is_list(given: Any) -> bool:
    return isinstance(given, list) and bool(given) and all(map(_is_text, given))
