"""Counts and times as a moderator reads them: "six accounts", "eleven minutes"."""

from collections.abc import Sequence

_SMALL = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
_HOUR = 60
_DAY = 24 * _HOUR


def number(count: int) -> str:
    """In letters up to twelve."""
    return _SMALL[count] if 0 <= count < len(_SMALL) else f"{count:,}"


def counted(count: int, one: str, many: str = "") -> str:
    """ "three links", "one account", "no letters"."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def lasting(minutes: float) -> str:
    """ "less than a minute", "eleven minutes", "two hours", "three days"; rounded."""
    if minutes < 1:
        return "less than a minute"
    if round(minutes) < 2 * _HOUR:
        return counted(round(minutes), "minute")
    if round(minutes) < 2 * _DAY:
        return counted(round(minutes / _HOUR), "hour")
    return counted(round(minutes / _DAY), "day")


def joined_by_and(words: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"; "" for none."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def sentence(words: str) -> str:
    """With a capital and a full stop."""
    return words[:1].upper() + words[1:] + "."


def listed(words: str) -> frozenset[str]:
    """A set, written down as it is read."""
    return frozenset(words.split())
