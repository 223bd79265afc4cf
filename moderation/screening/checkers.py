"""What checks are called by people: on the desk, in the log, among the numbers. Pure."""

from collections.abc import Mapping

from moderation.screening.phases.details import KINDS
from moderation.screening.settings import PHASES

# where one part of a phase speaks, and not the phase
_ONE: Mapping[str, str] = {"words": "Word list"}
_CALLED: Mapping[str, str] = {
    "flood:network": "Many comments in a short time from one network",
    "hidden-characters": "Hidden characters",
    "noise": "Capitals and noise",
    "repeats:own": "The same text again from this account",
    **{f"personal:{kind}": f"Personal data: {words}" for kind, words in KINDS.items()},
}
# for the line that says why a case is here
_SHORT: Mapping[str, str] = {
    "links": "link check",
    "words": "word list",
    "repeats": "check for repeats",
    "flood": "check for floods",
    "personal": "check for personal data",
    "contempt": "terms not to be said under the article",
    "risk": "risk model",
    "rule": "rule of the newsroom",
    "remote": "publisher\u2019s own checker",
}


def called(checker: str) -> str:
    """Such as "Risk model: attack", "Word list: abuse", "Rule “many-links”"."""
    phase, _, part = checker.partition(":")
    if phase == "rule":
        return f"Rule “{part}”"
    if checker in _CALLED:
        return _CALLED[checker]
    title = _ONE.get(phase) or PHASES.get(phase) or phase
    return f"{title}: {part.replace('-', ' ').replace('_', ' ')}" if part else title


def short(checker: str) -> str:
    """Its phase, as one says it in the middle of a sentence."""
    phase = checker.partition(":")[0]
    return _SHORT.get(phase, "automatic check")
