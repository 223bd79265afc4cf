"""Try a checker: one question about a sample, and what came of it in words."""

from collections.abc import Iterator

from moderation.database import db
from moderation.screening import kit
from moderation.screening import service as screening
from moderation.screening.remote import service
from moderation.screening.remote.asking import Asking, Told, ask_now
from moderation.screening.remote.contract import Question
from moderation.screening.remote.models import RemoteChecker
from moderation.screening.subject import ArticleFacts, AuthorFacts
from moderation.sites.models import Site

__all__ = ["ask_now", "in_words", "sample"]

TEXT = "This is a sample, to see whether the checker answers."
LATER = (
    "It will answer later ({:.0f} ms). Of a sample nothing is kept, so that answer is refused with "
    "404; the answer about a real comment is taken."
)


def sample(site: Site) -> Asking | None:
    """The question; None if there is no address."""
    checker = db.session.get(RemoteChecker, site.id)
    if checker is None or not checker.url:
        return None
    question = Question(
        text=TEXT,
        language=screening.settings(site).language,
        is_reply=False,
        author_id=0,
        author=AuthorFacts(age_days=365.0, comments=10),
        article=ArticleFacts(slug="sample", age_days=1.0),
        article_url=f"{site.url}/articles/sample",
    )
    return service.asking(checker, question, site=site, token=service.new_token())


def in_words(told: Told, site: Site) -> Iterator[tuple[str, str]]:
    """(kind of message, sentence), what matters first."""
    if told.failure:
        yield "error", f"It did not work. {told.failure}"
        return
    took = told.seconds * 1000
    if told.findings is None:
        yield "success", LATER.format(took)
        return
    found = service.in_force(told.findings, kit.of(site).clauses)
    yield "success", f"It answered in {took:.0f} ms, with {_count(len(found))}."
    for finding in found:
        under = f"under “{finding.clause}”" if finding.clause else "as a signal"
        yield "message", f"{finding.score:.2f} {under}: {' '.join(finding.why)}"


def _count(verdicts: int) -> str:
    return "one verdict" if verdicts == 1 else f"{verdicts or 'no'} verdicts"
