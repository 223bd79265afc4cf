"""Screen a comment as it is handed in: look before it is written, keep what was found after."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from moderation import clock, rows
from moderation.articles.models import Article
from moderation.cases import machines, reporting
from moderation.cases.decide import Asked
from moderation.cases.verdicts import Screened, StoredVerdict
from moderation.comments.models import Comment
from moderation.database import db
from moderation.people.models import Person
from moderation.policy.models import Clause
from moderation.screening import facts, kit, screen
from moderation.screening.budget import sampling
from moderation.screening.health import service as health
from moderation.screening.links import service as links
from moderation.screening.phases.links import domains_in
from moderation.screening.repeats import service as repeats
from moderation.screening.repeats.minhash import Signature
from moderation.screening.settings import PHASES, Screening
from moderation.screening.subject import Subject
from moderation.screening.verdict import LATER, PhaseMode, Verdict, Would
from moderation.sites.models import Site

# phases about the text itself; what a court case forbids to say is for the desk alone
SAID = frozenset({"links", "words", "personal", "risk", "rule"})


@dataclass(frozen=True)
class Looked:
    """What screening makes of a text that is not written yet."""

    subject: Subject
    verdicts: Sequence[Verdict]
    signature: Signature | None
    domains: frozenset[str]
    clauses: Mapping[str, int]  # code → id
    closed: frozenset[str] = frozenset()  # phases without whose look a comment waits

    @property
    def holding(self) -> Verdict | None:
        """The verdict that asks for a first look; the surest of several."""
        holds = [verdict for verdict in self.verdicts if verdict.holds]
        return max(holds, key=lambda verdict: verdict.score, default=None)

    @property
    def asked(self) -> Asked | None:
        """By whom a first look is asked for, as `cases.decide.arrival` takes it."""
        verdict = self.holding
        if verdict is not None and verdict.clause is not None:
            return Asked(verdict.checker, verdict.version, self.clauses[verdict.clause])
        if self.missing is not None:
            return Asked(self.missing.checker, self.missing.version, None)
        return None

    @property
    def missing(self) -> Verdict | None:
        """A live check that did not look, and without whose look a comment waits."""
        for verdict in self.verdicts:
            is_missed = not verdict.is_checked and verdict.mode is PhaseMode.LIVE
            if is_missed and verdict.phase in self.closed:
                return verdict
        return None

    @property
    def nudges(self) -> list[Verdict]:
        """What its author could put right before posting: what was said, not who says it."""
        return [verdict for verdict in self.alleged if verdict.phase in SAID]

    @property
    def alleged(self) -> list[Verdict]:
        """What becomes a report."""
        return [verdict for verdict in self.verdicts if verdict.reports]


def settings(site: Site) -> Screening:
    return Screening.from_stored(site.settings.screening)


def look(
    site: Site,
    article: Article,
    *,
    author: Person,
    body: str,
    is_reply: bool = False,
    from_network: int = 0,
    from_publisher: Sequence[Verdict] = (),
) -> Looked:
    """Every phase over `body`. A few indexed queries, nothing slow, nothing written.

    from_network: comments of the last ten minutes from where this one comes from.
    from_publisher: what the publisher's own checker said, asked before the transaction.
    """
    now, tools = clock.now(), kit.of(site)
    chosen = tools.chosen
    subject = Subject(
        text=body,
        author=facts.author_facts(author, now=now, from_network=from_network),
        article=facts.article_facts(article, now=now),
        is_reply=is_reply,
        language=chosen.language,
    )
    broken: list[Verdict] = []
    signature: Signature | None = None
    domains: frozenset[str] = frozenset()
    if chosen.mode("repeats") is not PhaseMode.OFF:
        with screen.Unbroken("repeats", chosen, broken):
            signature = repeats.signature(subject.normal.text)
        subject.alike = repeats.alike(site.id, signature, now=now, author_id=author.id)
    if chosen.mode("links") is not PhaseMode.OFF:
        with screen.Unbroken("links", chosen, broken):
            domains = domains_in(body)
        subject.known_domains = links.known(site.id, domains)
    verdicts = screen.run(subject, tools, chosen, given=[*broken, *from_publisher])
    return Looked(subject, verdicts, signature, domains, tools.clauses, chosen.closed)


def others_say(site: Site, subject: Subject) -> Sequence[Verdict]:
    """What every phase but the rules says; lent to the rulebook, which stands below."""
    tools = kit.of(site)
    return [v for phase in screen.LOOKS for v in screen.one(phase, subject, tools, tools.chosen)]


def keep(comment: Comment, looked: Looked, *, site: Site, was_nudged: bool = False) -> None:
    """Store the verdicts on the comment's revision; the live ones that name a clause report it.

    The comment has arrived: its status is set, its thread locked.
    """
    connection = db.session.connection()
    rows.insert_all(
        connection,
        StoredVerdict,
        [_columns(verdict, comment, site) for verdict in looked.verdicts],
    )
    rows.insert_into(
        connection,
        Screened,
        revision_id=comment.revision_id,
        comment_id=comment.id,
        site_id=site.id,
        facts=_facts(looked.subject),
        is_flagged=bool(looked.alleged),
        was_nudged=was_nudged,
    )
    repeats.remember(comment, site.id, looked.signature)
    links.remember(comment, site.id, looked.domains)
    db.session.flush()
    for verdict in looked.verdicts:
        clause_id = looked.clauses[verdict.clause] if verdict.clause else None
        follow(comment, verdict, clause_id, site=site)
    sampling.consider(comment, site=site, is_flagged=bool(looked.alleged))
    failed = {v.phase for v in looked.verdicts if not v.is_checked and v.checker != LATER}
    # the publisher's own may not have been asked, or answers later
    chosen = kit.of(site).chosen
    well = {phase for phase in PHASES if chosen.mode(phase) is not PhaseMode.OFF}
    health.note(site, comment.revision_id or 0, well=well - failed - {"remote"}, failed=failed)


def follow(comment: Comment, verdict: Verdict, clause_id: int | None, *, site: Site) -> None:
    """What comes of one verdict: a line for measuring it, and a report if it is live."""
    if clause_id is None or verdict.would is Would.NOTHING:
        return
    clause = db.session.get_one(Clause, clause_id)
    machines.shadow(
        comment, checker=verdict.checker, version=verdict.version, clause=clause, site=site
    )
    if verdict.reports:
        reporting.report_by_checker(
            comment,
            checker=verdict.checker,
            clause=clause,
            explanation=" ".join(verdict.why),
        )


def stored(verdict: Verdict, comment: Comment, *, site: Site) -> StoredVerdict:
    return StoredVerdict(**_columns(verdict, comment, site))


def _columns(verdict: Verdict, comment: Comment, site: Site) -> dict[str, Any]:
    return {
        "site_id": site.id,
        "comment_id": comment.id,
        "revision_id": comment.revision_id,
        "phase": verdict.phase,
        "checker": verdict.checker,
        "mode": verdict.mode.value,
        "would": verdict.would.value,
        "clause_code": verdict.clause,
        "score": verdict.score,
        "report_at": verdict.report_at,
        "hold_at": verdict.hold_at,
        "spans": [[span.start, span.end] for span in verdict.spans],
        "why": list(verdict.why),
        "version": verdict.version,
        "is_checked": verdict.is_checked,
    }


def _facts(subject: Subject) -> dict[str, Any]:
    """What was known, for dry runs of rules later; counts and codes only."""
    article = asdict(subject.article) if subject.article else {}
    # the terms are the lead's words, and may name people
    article.pop("contempt_terms", None)
    return {
        "author": asdict(subject.author) if subject.author else None,
        "article": article or None,
        "is_reply": subject.is_reply,
        "alike": len(subject.alike),
    }
