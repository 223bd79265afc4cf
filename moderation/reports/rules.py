"""The laws a notice may name, in plain words, and what senders are told. No database."""

from moderation.cases.models import Outcome, Report, Track

LAWS = {
    "child-abuse": "Sexual abuse or exploitation of a child",
    "danger-to-life": "Danger to somebody's life or safety",
    "threats": "Threats, or a call for violence",
    "defamation": "Defamation: something false that harms a name",
    "contempt": "Contempt of court, or naming somebody a court protects",
    "hatred": "Hatred of people because of who they are",
    "privacy": "Private or personal details made public",
    "copyright": "Copyright: somebody else's work",
    "other": "Another law",
}
# taken without a name too, and read first
DANGER = frozenset({"child-abuse", "danger-to-life"})
OTHER = "other"

ANSWERS = {
    Outcome.UPHELD: "We agree with you. We decided that the comment may not stay on the page.",
    Outcome.NOT_UPHELD: "We looked at the comment and do not agree with you. It may stay.",
    Outcome.NO_OPINION: (
        "The comment stays off the page for another reason, so we gave no opinion on yours."
    ),
}
WITHDRAWN = "The author took the comment back before we decided, so nothing is left to decide."
WAITING = "A person will look at the comment. You hear from us when it is decided."
# for a sender without an address: only a page behind a link says this
WAITING_HERE = "A person will look at the comment. Our decision will stand here."


def law_in_words(law: str) -> str:
    """What a code stands for; a law in the sender's own words stays as it is."""
    return LAWS.get(law, law)


def answer_in_words(report: Report) -> str:
    """What the sender of `report` is told, on pages and in letters."""
    if report.outcome is None:
        return WAITING if report.reporter_id or report.email else WAITING_HERE
    if report.settled_by_id is None:
        return WITHDRAWN
    return ANSWERS[report.outcome]


def kind_in_words(report: Report) -> str:
    return "notice" if report.track is Track.ILLEGAL else "report"
