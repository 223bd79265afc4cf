"""A text is looked at before it is written; what was found is kept after, and something follows."""

import pytest
from flask import Flask
from sqlalchemy import select

from moderation import clock
from moderation.articles.models import Article, Mode
from moderation.cases import decide
from moderation.cases.decisions import Decision, DecisionRole
from moderation.cases.models import Case, Report
from moderation.cases.verdicts import Screened, StoredVerdict
from moderation.comments.models import Comment
from moderation.comments.status import Action, Status
from moderation.database import db
from moderation.intake import service as intake
from moderation.people.models import Person
from moderation.screening import facts, service
from moderation.screening.repeats.models import StoredSignature
from moderation.screening.settings import PHASES, Screening
from moderation.screening.verdict import PhaseMode, Span, Would
from moderation.screening.words import service as words
from tests import factories
from tests.cases.after import everything_adds_up
from tests.statements import counted, plan

FINE = "The tram should stop at the third pier, as it did in the summer of the great regatta."
ABUSE = "Only a moron would let the tram stop at the third pier."
HATRED = "All those vermin should be put on the tram and sent away."


@pytest.fixture(autouse=True)
def _lists(context: Flask) -> None:
    site = factories.site()
    for clause, word in (("abuse", "moron"), ("hatred", "vermin")):
        listed = words.open_list(site, clause, clause=clause)
        words.import_lines(listed, [word], site=site, by=None)
    db.session.commit()


def choose(**modes: PhaseMode) -> None:
    """As named, and every other phase off, so that a test is about these."""
    chosen = Screening(modes={**dict.fromkeys(PHASES, PhaseMode.OFF), **modes})
    factories.site().stored_settings = {"screening": chosen.to_stored()}


def handed_in(body: str, *, on: Article | None = None, by: Person | None = None) -> Comment:
    comment = intake.hand_in(on or factories.article(), author=by or factories.person(), body=body)
    db.session.flush()
    return comment


def reports(comment: Comment) -> list[Report]:
    return list(db.session.scalars(select(Report).where(Report.comment_id == comment.id)))


def decisions(comment: Comment, role: DecisionRole) -> list[Decision]:
    found = select(Decision).where(Decision.comment_id == comment.id, Decision.role == role)
    return list(db.session.scalars(found.order_by(Decision.id)))


def verdicts(comment: Comment, phase: str) -> list[StoredVerdict]:
    found = select(StoredVerdict).where(
        StoredVerdict.comment_id == comment.id, StoredVerdict.phase == phase
    )
    return list(db.session.scalars(found))


def test_to_look_writes_nothing() -> None:
    looked = service.look(
        factories.site(), factories.article(), author=factories.person(), body=HATRED
    )
    assert looked.holding is not None
    assert not db.session.new
    assert db.session.scalar(select(StoredVerdict)) is None
    assert db.session.scalar(select(StoredSignature)) is None


def test_words_under_a_clause_report_the_comment_and_leave_it_on_the_page() -> None:
    choose(words=PhaseMode.LIVE)
    comment = handed_in(ABUSE)
    assert comment.status is Status.PUBLISHED
    (report,) = reports(comment)
    assert (report.checker, report.clause_id) == ("words:abuse", factories.clause("abuse").id)
    assert report.explanation == "On a word list: “moron”."
    assert factories.case_of(comment).closed_at is None
    everything_adds_up()


def test_words_of_hatred_hold_it_until_a_person_has_looked() -> None:
    choose(words=PhaseMode.LIVE)
    comment = handed_in(HATRED)
    waiting = comment.status
    (arrival,) = decisions(comment, DecisionRole.EFFECTIVE)
    assert (arrival.action, arrival.checker) == (Action.HOLD, "words:hatred")
    factories.decision(comment, Action.APPROVE)
    assert (waiting, comment.status) == (Status.PENDING, Status.PUBLISHED)
    everything_adds_up()


def test_a_verdict_is_kept_with_the_words_it_marks() -> None:
    choose(words=PhaseMode.LIVE)
    (kept,) = verdicts(comment := handed_in(ABUSE), "words")
    (start, end), *_ = kept.spans
    assert ABUSE[start:end] == "moron"
    assert (kept.revision_id, kept.mode, kept.would) == (comment.revision_id, "live", "report")
    assert (kept.score, kept.report_at, kept.hold_at, kept.is_checked) == (1.0, 1.0, None, True)


def test_in_the_shadow_it_is_kept_and_measured_and_nothing_else() -> None:
    choose(words=PhaseMode.SHADOW)
    comment = handed_in(HATRED)
    assert comment.status is Status.PUBLISHED
    assert reports(comment) == []
    assert db.session.scalar(select(Case)) is None
    (kept,) = verdicts(comment, "words")
    assert (kept.mode, kept.would) == ("shadow", "hold")
    (shadow,) = decisions(comment, DecisionRole.SHADOW)
    assert (shadow.checker, shadow.action) == ("words:hatred", Action.HOLD)
    everything_adds_up()


def test_a_signal_names_no_clause_and_follows_nothing() -> None:
    choose(**{"first-comment": PhaseMode.LIVE, "length": PhaseMode.LIVE})
    comment = handed_in("No.")
    assert {v.checker for v in db.session.scalars(select(StoredVerdict))} == {
        "first-comment",
        "length",
    }
    assert reports(comment) == []
    assert decisions(comment, DecisionRole.SHADOW) == []
    screened = db.session.get_one(Screened, comment.revision_id)
    assert screened.is_flagged is False


def test_off_is_neither_looked_for_nor_kept() -> None:
    choose()
    comment = handed_in(HATRED)
    assert comment.status is Status.PUBLISHED
    assert db.session.scalar(select(StoredVerdict)) is None


def test_what_waits_anyway_is_reported_too() -> None:
    choose(words=PhaseMode.LIVE)
    article = factories.article(mode=Mode.PREMODERATED, mode_reason="editorial")
    comment = handed_in(HATRED, on=article)
    assert comment.status is Status.PENDING
    assert [report.checker for report in reports(comment)] == ["words:hatred"]


def test_words_a_person_has_approved_are_not_reported_again_by_the_same_machine() -> None:
    choose(words=PhaseMode.LIVE)
    comment = handed_in(ABUSE)
    factories.decision(comment, Action.APPROVE)
    site, article = factories.site(), db.session.get_one(Article, comment.article_id)
    looked = service.look(site, article, author=factories.person(), body=ABUSE)
    (verdict,) = (v for v in looked.verdicts if v.would is Would.REPORT)
    service.follow(comment, verdict, looked.clauses["abuse"], site=site)
    assert len(reports(comment)) == 1
    assert factories.case_of(comment).closed_at is not None


def test_the_same_text_from_three_accounts_is_spam() -> None:
    choose(repeats=PhaseMode.LIVE)
    made = [handed_in(FINE) for _ in range(3)]
    assert [len(reports(comment)) for comment in made] == [0, 0, 1]
    (kept,) = verdicts(made[-1], "repeats")
    assert (kept.clause_code, kept.why[0].split(",")[0]) == ("spam", "Three accounts")


def test_what_is_known_of_an_author_is_what_people_decided_and_nobody_took_back() -> None:
    ann, moderator = factories.person(), factories.moderator()
    made = []
    for action in (Action.APPROVE, Action.HIDE, Action.HIDE):
        factories.report(comment := factories.comment(by=ann))
        made.append(factories.decision(comment, action, by=moderator))
    decide.undo(made[-1], by=moderator)
    known = facts.author_facts(ann, now=clock.now())
    assert (known.comments, known.decided, known.restricted) == (3, 2, 1)
    assert known.in_ten_minutes == 3
    stranger = facts.author_facts(factories.person(), now=clock.now())
    assert (stranger.comments, stranger.decided, stranger.in_ten_minutes) == (0, 0, 0)


def test_looking_asks_the_database_twice_and_once_more_for_links(app: Flask) -> None:
    site, article, author = factories.site(), factories.article(), factories.person()
    handed_in(FINE)
    db.session.commit()
    for row in (site, article, author):
        db.session.refresh(row)
    with counted(app) as seen:
        service.look(site, article, author=author, body=FINE)
    assert len(seen) == 2
    with counted(app) as seen:
        service.look(site, article, author=author, body=f"{FINE} http://a.example http://b.example")
    assert len(seen) == 3


def test_nothing_that_is_asked_goes_through_a_table(app: Flask) -> None:
    site, article, author = factories.site(), factories.article(), factories.person()
    db.session.commit()
    for row in (site, article, author):
        db.session.refresh(row)
    service.look(site, article, author=author, body=FINE)
    with counted(app) as seen:
        service.look(site, article, author=author, body=f"{FINE} http://a.example")
    db.session.rollback()
    if db.engine.dialect.name == "sqlite":
        for statement, given in seen:
            scanned = [s for s in plan(app, statement, given).splitlines() if s.startswith("SCAN")]
            # what was found is gone through, a table never
            assert {s.split()[1] for s in scanned} <= {"one", "part", "likely", "newest", "judged"}


@pytest.mark.parametrize(("body", "most"), [(FINE, 26), (ABUSE, 60)])
def test_a_whole_hand_in_asks_a_bounded_number_of_times(app: Flask, body: str, most: int) -> None:
    article, author = factories.article(), factories.person()
    handed_in("So that all of it is there.", on=article, by=author)
    db.session.commit()
    with counted(app) as seen:
        intake.hand_in(article, author=author, body=body)
        db.session.flush()
    assert len(seen) <= most


def test_spans_are_in_the_text_as_it_was_typed() -> None:
    body = "Only a m\u200bo\u200br\u200bo\u200bn would."
    looked = service.look(
        factories.site(), factories.article(), author=factories.person(), body=body
    )
    (verdict,) = (v for v in looked.verdicts if v.checker == "words:abuse")
    assert verdict.spans == (Span(7, body.index(" would")),)
