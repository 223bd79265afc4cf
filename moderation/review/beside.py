"""What stands beside the comment on its card: what checks saw, copies, what else is reported."""

from collections.abc import Sequence
from dataclasses import dataclass

from moderation.cases.models import Case, Report
from moderation.comments.models import Comment
from moderation.review import brigade, saw
from moderation.review.brigade import Before
from moderation.review.choices import Rule
from moderation.review.others import About, Group, Other, Others, same_words
from moderation.review.saw import Panel
from moderation.screening.repeats import service as repeats
from moderation.screening.repeats.minhash import Signature
from moderation.screening.repeats.models import StoredSignature
from moderation.screening.subject import Alike


@dataclass(frozen=True)
class Beside:
    """saw, alike: what machines made of it; None if nothing, or while that is covered."""

    saw: Panel | None
    alike: Group | None
    brigade: Group | None

    @property
    def listed(self) -> list[Other]:
        return [one for group in (self.alike, self.brigade) if group for one in group.listed]

    @property
    def joining(self) -> int:
        """How many others can be decided with the card's."""
        return sum(one.may_join for one in self.listed)


def is_covered(case: Case) -> bool:
    """Whether it was drawn by chance to learn what machines miss: what they said waits."""
    return case.is_sample and case.closed_at is None


def load(
    about: About,
    signature: StoredSignature | None,
    reports: Sequence[Report],
    before: Sequence[Before],
    clauses: Sequence[Rule],
) -> Beside:
    """At most three queries. before: what the reporters said about the author's others."""
    covered = is_covered(about.case)
    alike = [] if covered else _alike(about, signature)
    same, brigaded = _groups(about, alike, brigade.found(reports, before))
    panel = None if covered else _saw(about.case.comment, clauses)
    return Beside(panel, same, brigaded)


def _saw(comment: Comment, clauses: Sequence[Rule]) -> Panel | None:
    return saw.panel(comment.id, comment.revision, {rule.code: rule.title for rule in clauses})


def _alike(about: About, signature: StoredSignature | None) -> list[Alike]:
    """As `repeats.alike_to`; the signature came with the case."""
    if signature is None:
        return []
    case = about.case
    return repeats.alike(
        case.site_id,
        Signature(signature.exact, signature.minhash),
        now=about.now,
        author_id=case.comment.author_id,
        but=case.comment_id,
    )


def _groups(
    about: About, alike: Sequence[Alike], together: brigade.Brigade | None
) -> tuple[Group | None, Group | None]:
    """The copies, and what the same people reported; no comment is in both."""
    likeness = {one.comment_id: one for one in alike}
    copies = [one.comment_id for one in sorted(alike, key=lambda one: -one.likeness)]
    brigaded = [id_ for id_ in together.comment_ids if id_ not in likeness] if together else []
    others = Others([*copies, *brigaded], about)
    line = same_words(alike, about.case.comment, about.now) if alike else ""
    same = others.group(line, copies, likeness)
    if together is None:
        return same, None
    return same, others.group(together.line, brigaded, names=together.names)
