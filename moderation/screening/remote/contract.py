"""What the publisher's checker is told, and what it may answer; see docs/integrators.md. Pure."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from moderation.errors import Refused
from moderation.forms import one_line
from moderation.screening.subject import ArticleFacts, AuthorFacts
from moderation.screening.verdict import Finding, Span

LARGEST_ANSWER = 64 * 1024  # bytes
MOST_VERDICTS = 20
MOST_SPANS = 50
MOST_SENTENCES = 5
LONGEST_SENTENCE = 300
CHECKER = "remote"
DEFAULT_BARS = (0.5, 0.9)  # under every clause: the least score that reports, and that holds
_CODE = re.compile(r"[a-z0-9.-]{1,40}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Question:
    """A text and what is known about it. No name, no address, and not the terms of a court case.

    comment_id: None if it is not written yet. article_url: where readers find it.
    """

    text: str
    language: str
    is_reply: bool
    author_id: int
    author: AuthorFacts
    article: ArticleFacts
    article_url: str
    comment_id: int | None = None

    def body(self, token: str, answer_to: str) -> bytes:
        """As it is sent. answer_to: where a later answer goes."""
        author, article = asdict(self.author), asdict(self.article)
        article.pop("contempt_terms")
        for facts in (author, article):
            facts["age_days"] = round(facts["age_days"], 2)
        return json.dumps(
            {
                "id": token,
                "comment": str(self.comment_id) if self.comment_id else None,
                "text": self.text,
                "language": self.language,
                "is_reply": self.is_reply,
                "author": {"id": str(self.author_id), **author},
                "article": {**article, "url": self.article_url},
                "answer_to": answer_to,
            },
            ensure_ascii=False,
        ).encode()


def read(body: bytes, *, length: int) -> list[Finding]:
    """What the checker says. length: of the text, in code points.

    Raises Refused with a sentence for what cannot be understood: then nothing of it counts.
    """
    if len(body) > LARGEST_ANSWER:
        raise Refused(f"An answer has at most {LARGEST_ANSWER:,} bytes.")
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused("The answer is not JSON.") from None
    verdicts = given.get("verdicts") if isinstance(given, dict) else None
    if not isinstance(verdicts, list):
        raise Refused('The answer has no list of "verdicts". Send {"verdicts": []} for none.')
    if len(verdicts) > MOST_VERDICTS:
        raise Refused(f"An answer has at most {MOST_VERDICTS} verdicts.")
    return _surest([_finding(one, length) for one in verdicts])


def _surest(findings: Sequence[Finding]) -> list[Finding]:
    """One for each clause, so that nothing is measured twice; every signal."""
    best: dict[object, Finding] = {}
    for number, finding in enumerate(findings):
        name = finding.clause or number
        if name not in best or best[name].score < finding.score:
            best[name] = finding
    return list(best.values())


def checker_of(clause: str) -> str:
    """By what its verdicts under one clause are measured, and held against a threshold."""
    return f"{CHECKER}:{clause}"


def _finding(given: object, length: int) -> Finding:
    if not isinstance(given, dict):
        raise Refused('A verdict is an object: {"clause": …, "score": …}.')
    clause = given.get("clause")
    if not (clause is None or (isinstance(clause, str) and _CODE.fullmatch(clause))):
        raise Refused('"clause" is the code of a clause, or null for a signal.')
    return Finding(
        checker=CHECKER if clause is None else checker_of(clause),
        score=_score(given),
        clause=clause,
        spans=_spans(given, length),
        why=_why(given),
        version=_version(given),
    )


def _score(given: Mapping[str, Any]) -> float:
    score = given.get("score")
    if isinstance(score, (int, float)) and not isinstance(score, bool) and 0 <= score <= 1:
        return float(score)
    raise Refused('"score" is a probability: a number between 0 and 1.')


def _spans(given: Mapping[str, Any], length: int) -> Sequence[Span]:
    spans = given.get("spans", [])
    if not isinstance(spans, list) or len(spans) > MOST_SPANS:
        raise Refused(f'"spans" is a list of at most {MOST_SPANS} pairs [start, end].')
    return tuple(_span(pair, length) for pair in spans)


def _span(pair: object, length: int) -> Span:
    match pair:
        case [int(start), int(end)] if type(start) is type(end) is int and 0 <= start < end:
            if end <= length:
                return Span(start, end)
    raise Refused('Each of "spans" is [start, end]: code points of the text, end not included.')


def _why(given: Mapping[str, Any]) -> Sequence[str]:
    why = given.get("why", [])
    sentences = [why] if isinstance(why, str) else why
    if (
        not isinstance(sentences, list)
        or len(sentences) > MOST_SENTENCES
        or not all(isinstance(one, str) and len(one) <= LONGEST_SENTENCE for one in sentences)
    ):
        raise Refused(
            f'"why" is a list of at most {MOST_SENTENCES} sentences of {LONGEST_SENTENCE} '
            "characters."
        )
    tidied = tuple(filter(None, map(one_line, sentences)))
    return tidied or ("The publisher’s own checker says so.",)


def _version(given: Mapping[str, Any]) -> str:
    version = given.get("version", "")
    if not isinstance(version, str) or len(version) > 40:
        raise Refused('"version" is a text of at most 40 characters.')
    return one_line(version)
