"""How tests of phases say what they mean."""

from collections.abc import Iterable

from moderation.screening.subject import Subject
from moderation.screening.verdict import Finding


def by_checker(found: Iterable[Finding]) -> dict[str, Finding]:
    return {finding.checker: finding for finding in found}


def marked(subject: Subject, finding: Finding) -> list[str]:
    """The stretches of the text as it was typed."""
    return [subject.text[span.start : span.end] for span in finding.spans]
