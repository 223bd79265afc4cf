"""Numbers, times and records as a colleague would say them. Pure."""

from datetime import datetime, timedelta

NUMBERS = (
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
UNITS = (
    (timedelta(days=365), "year"),
    (timedelta(days=30), "month"),
    (timedelta(days=1), "day"),
    (timedelta(hours=1), "hour"),
    (timedelta(minutes=1), "minute"),
)
USUALLY, SELDOM = 0.7, 0.4  # shares of reports upheld
# what somebody did with a comment: before and after naming it
DID = {
    "approve": ("approved", ""),
    "hold": ("put", "on hold"),
    "hide": ("hid", ""),
    "restore": ("restored", ""),
    "escalate": ("handed on", ""),
    "uphold": ("left", "as it was"),
    "undo": ("took back the decision on", ""),
}
ENOUGH = 3  # settled reports before we speak of habits


def did(action: str, thing: str) -> str:
    """Such as "hid it" or "put it on hold"."""
    before, after = DID[action]
    return f"{before} {thing} {after}".rstrip()


def number(n: int) -> str:
    return NUMBERS[n] if 0 <= n < len(NUMBERS) else f"{n:,}"


def count(n: int, thing: str, things: str = "") -> str:
    """Such as "two reporters"; `things` where an s is not enough."""
    return f"{number(n)} {thing if n == 1 else things or thing + 's'}"


def span(length: timedelta) -> str:
    """Such as "20 minutes"; rounded to the nearest, "less than a minute" below one."""
    for unit, name in UNITS:
        if length >= unit:
            n = round(length / unit)
            return f"{n} {name}" if n == 1 else f"{n:,} {name}s"
    return "less than a minute"


def ago(moment: datetime, now: datetime) -> str:
    return f"{span(now - moment)} ago" if now - moment >= timedelta(minutes=1) else "just now"


def due(moment: datetime, now: datetime) -> str:
    """Such as "due in 20 minutes" or "8 minutes late"."""
    if moment <= now - timedelta(minutes=1):
        return f"{span(now - moment)} late"
    if moment <= now + timedelta(minutes=1):
        return "due now"
    return f"due in {span(moment - now)}"


def record(upheld: int, not_upheld: int) -> str:
    """What earlier reports were worth: "usually right (12 of 14)"."""
    settled = upheld + not_upheld
    if not settled:
        return "nothing settled yet"
    if settled < ENOUGH:
        return f"right in {number(upheld) if upheld else 'none'} of {number(settled)} so far"
    return f"{habit(upheld, not_upheld)} ({upheld} of {settled})"


def habit(upheld: int, not_upheld: int) -> str:
    """Such as "usually right"; empty when too little is known."""
    settled = upheld + not_upheld
    if settled < ENOUGH:
        return ""
    share = upheld / settled
    if share >= USUALLY:
        return "usually right"
    return "seldom right" if share < SELDOM else "right about half the time"


def excerpt(text: str, length: int = 160) -> str:
    """The beginning of `text` on one line, cut between words."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    return line[:length].rsplit(" ", 1)[0] + "…"


def sentence(*parts: str) -> str:
    """Parts joined by middle dots, the first letter a capital."""
    joined = " · ".join(filter(None, parts))
    return joined[:1].upper() + joined[1:]
