"""Everything that can happen, in the past tense; plain ids, codes and numbers, never text."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Happened:
    """The base of all events."""


@dataclass(frozen=True)
class SiteWordsChanged(Happened):
    words: str  # their keys, with commas


@dataclass(frozen=True)
class PersonAdded(Happened):
    person_id: int
    role: str


@dataclass(frozen=True)
class PersonConfirmed(Happened):
    person_id: int


@dataclass(frozen=True)
class PersonRenamed(Happened):
    person_id: int


@dataclass(frozen=True)
class RoleChanged(Happened):
    person_id: int
    role: str


@dataclass(frozen=True)
class PasswordChanged(Happened):
    person_id: int


@dataclass(frozen=True)
class SecondStepSetUp(Happened):
    """For the first time, or with another phone."""

    person_id: int


@dataclass(frozen=True)
class SecondStepSwitchedOff(Happened):
    person_id: int


@dataclass(frozen=True)
class SecondStepReset(Happened):
    """By an admin, for somebody who lost everything."""

    person_id: int


@dataclass(frozen=True)
class RecoveryCodeUsed(Happened):
    person_id: int
    left: int  # how many there are now


@dataclass(frozen=True)
class RecoveryCodesRenewed(Happened):
    person_id: int


@dataclass(frozen=True)
class SignedIn(Happened):
    person_id: int
    sign_in_id: int


@dataclass(frozen=True)
class SignedOut(Happened):
    person_id: int
    sign_in_id: int


@dataclass(frozen=True)
class PolicyPublished(Happened):
    policy_version_id: int
    number: int


@dataclass(frozen=True)
class ArticleAdded(Happened):
    article_id: int
    mode: str


@dataclass(frozen=True)
class ArticleModeChanged(Happened):
    article_id: int
    mode: str
    reason: str | None
    person_id: int | None


@dataclass(frozen=True)
class ContemptTermsChanged(Happened):
    """terms: how many there are now; which is not for the record."""

    article_id: int
    terms: int
    person_id: int | None


@dataclass(frozen=True)
class CommentSubmitted(Happened):
    comment_id: int
    revision_id: int
    article_id: int
    author_id: int


@dataclass(frozen=True)
class CommentWithdrawn(Happened):
    comment_id: int


@dataclass(frozen=True)
class CommentDecided(Happened):
    comment_id: int
    decision_id: int
    revision_id: int
    action: str
    clause: str | None
    old_status: str
    new_status: str
    decided_by_id: int | None
    supersedes_id: int | None
    checker: str | None = None


@dataclass(frozen=True)
class CommentReported(Happened):
    comment_id: int
    report_id: int
    revision_id: int
    track: str
    clause: str | None
    reporter_id: int | None
    checker: str | None


@dataclass(frozen=True)
class NoticeConfirmed(Happened):
    report_id: int


@dataclass(frozen=True)
class ReportSettled(Happened):
    report_id: int
    outcome: str | None  # None: unsettled by an undo
    decision_id: int | None


@dataclass(frozen=True)
class CaseOpened(Happened):
    case_id: int
    comment_id: int
    case_kind: str
    lane: int


@dataclass(frozen=True)
class CaseEscalated(Happened):
    case_id: int
    lane: int
    addressee: str | None


@dataclass(frozen=True)
class CaseClosed(Happened):
    case_id: int


@dataclass(frozen=True)
class CaseReopened(Happened):
    case_id: int


@dataclass(frozen=True)
class NoteAdded(Happened):
    case_id: int
    note_id: int
    person_id: int


@dataclass(frozen=True)
class AppealLodged(Happened):
    appeal_id: int
    case_id: int
    decision_id: int
    by_author: bool


@dataclass(frozen=True)
class AppealSettled(Happened):
    appeal_id: int
    decision_id: int
    outcome: str


@dataclass(frozen=True)
class WordListChanged(Happened):
    list_id: int
    clause: str
    person_id: int | None


@dataclass(frozen=True)
class WordListRemoved(Happened):
    list_id: int
    person_id: int | None


@dataclass(frozen=True)
class RuleTried(Happened):
    dry_run_id: int
    rule: str
    clause: str
    person_id: int | None


@dataclass(frozen=True)
class RuleSaved(Happened):
    rule_id: int
    rule: str
    version: int
    clause: str
    mode: str
    hold: bool
    person_id: int | None


@dataclass(frozen=True)
class RuleModeChanged(Happened):
    rule_id: int
    rule: str
    version: int
    mode: str
    person_id: int | None


@dataclass(frozen=True)
class RuleRetired(Happened):
    rule_id: int
    rule: str
    version: int
    person_id: int | None


@dataclass(frozen=True)
class ArticleHeated(Happened):
    article_id: int
    step: str
    minutes: int
    comments: int
    reports: int
    at_risk: int


@dataclass(frozen=True)
class ArticleCooled(Happened):
    article_id: int
    step: str
    person_id: int | None


@dataclass(frozen=True)
class ScreeningChosen(Happened):
    changed: str  # names of choices, and phases with their new mode: "sampled words=shadow"
    person_id: int | None


@dataclass(frozen=True)
class RemoteCheckerChanged(Happened):
    change: str  # "address" or "secret"
    person_id: int | None


@dataclass(frozen=True)
class RiskModelUsed(Happened):
    model_id: int
    version: str
    person_id: int


@dataclass(frozen=True)
class RiskModelReturned(Happened):
    model_id: int
    person_id: int
