"""`moderation screen`: what the machines think of texts, without a database."""

import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any, TextIO

import click

from moderation.errors import Refused
from moderation.screening import kit, screen
from moderation.screening.settings import Screening
from moderation.screening.subject import ArticleFacts, AuthorFacts, Subject
from moderation.screening.verdict import Verdict

LONGEST = 5000  # code points, as at the readers' door
MOST = 1e12  # of anything that is counted
HEADS = ("attack", "hate", "threat", "spam", "personal_data")


@click.command("screen")
@click.argument("file", type=click.File("r", encoding="utf-8-sig", errors="replace"), default="-")
def screen_command(file: TextIO) -> None:
    """Screen texts: one JSON object a line in, one a line out.

    In: "text", and if known "author" and "article" (see docs/integrators.md). Out: "risk", the
    probability of each head; "verdicts"; "why". A line that cannot be read gives {"error": …} and
    the command ends with 1.
    """
    failed = False
    tools = kit.shipped()
    for line in file:
        if not line.strip():
            continue
        try:
            answer = _answer(_subject(line), tools)
        except Refused as error:
            failed, answer = True, {"error": error.sentence}
        # bytes: what is half a character is not for every terminal to choke on
        click.echo(json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace"))
    if failed:
        sys.exit(1)


def _subject(line: str) -> Subject:
    """Refused names what cannot be read."""
    try:
        given = json.loads(line)
    except (ValueError, RecursionError):
        raise Refused("This line is not JSON. Write one object a line.") from None
    if not isinstance(given, dict) or not isinstance(given.get("text"), str):
        raise Refused('This line has no "text". Write {"text": "…"}.')
    if len(given["text"]) > LONGEST:
        raise Refused(f"A text has at most {LONGEST:,} characters.")
    return Subject(
        text=_whole(given["text"]),
        author=_facts(AuthorFacts, given, "author", {"age_days": 0.0}),
        article=_facts(ArticleFacts, given, "article", {}),
        is_reply=bool(given.get("is_reply", False)),
        language=str(given.get("language", "en")),
    )


def _whole(text: str) -> str:
    """Without halves of characters: what no page can say is not screened either."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _facts(kind: type[Any], given: Mapping[str, Any], name: str, default: dict[str, Any]) -> Any:
    """The facts named, None if nothing is known; what we do not use is passed over."""
    found = given.get(name)
    if found is None:
        return None
    if not isinstance(found, dict):
        raise Refused(f'"{name}" is an object: {{…}}.')
    known = {key: value for key, value in found.items() if key in kind.__dataclass_fields__}
    _check(known, name)
    if terms := known.get("contempt_terms"):
        known["contempt_terms"] = [_whole(term) for term in terms]
    return kind(**{**default, **known})


def _check(known: Mapping[str, Any], name: str) -> None:
    for key, value in known.items():
        if key in {"slug", "mode"}:
            fits = isinstance(value, str)
        elif key == "contempt_terms":
            fits = isinstance(value, list) and all(isinstance(term, str) for term in value)
        else:
            fits = _is_count(value)
        if not fits:
            raise Refused(f'"{key}" of "{name}" is not what it should be: see docs/integrators.md.')


def _is_count(value: object) -> bool:
    """Days, or so many: nothing below 0, and nothing that no clock or counter says."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return 0 <= value <= MOST


def _answer(subject: Subject, tools: kit.Kit) -> dict[str, Any]:
    verdicts = screen.run(subject, tools, Screening())
    risk = {v.checker.partition(":")[2]: v.score for v in verdicts if v.phase == "risk"}
    return {
        "risk": {head: round(risk[head], 4) if head in risk else None for head in HEADS},
        "verdicts": [_plain(verdict) for verdict in verdicts],
        "why": list(_why(verdicts)),
    }


def _plain(verdict: Verdict) -> dict[str, Any]:
    return {
        "phase": verdict.phase,
        "checker": verdict.checker,
        "clause": verdict.clause,
        "score": round(verdict.score, 4),
        "threshold": verdict.report_at,
        "hold_at": verdict.hold_at,
        "spans": [[span.start, span.end] for span in verdict.spans],
        "would": verdict.would.value,
        "why": list(verdict.why),
        "is_checked": verdict.is_checked,
    }


def _why(verdicts: list[Verdict]) -> Iterator[str]:
    """What matters first: what would hold, then what would report, then the rest."""
    order = {"hold": 0, "report": 1, "nothing": 2}
    for verdict in sorted(verdicts, key=lambda v: order[v.would.value]):
        yield from verdict.why
