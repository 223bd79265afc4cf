"""The card says what every check saw, in the words as they were typed."""

import re

from flask import Flask

from moderation.cases import machines
from moderation.cases.models import Case
from moderation.comments.status import Action
from moderation.database import db
from moderation.people.roles import Role
from tests import factories
from tests.pages import page
from tests.review.desk import press
from tests.review.screened import by_machine, edited, signal, verdict

HOSTILE = "<script>alert(1)</script>"


def card_of(app: Flask, case_id: int) -> str:
    """The card as its text reads, tags kept, white space as one."""
    ann = factories.signed_in(app, Role.MODERATOR)
    return " ".join(page(ann, f"/review/cases/{case_id}").text.split())


def stripped(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def panel(html: str) -> str:
    match = re.search(r'<section class="panel saw".*?</section>', html)
    return match[0] if match else ""


def test_a_machine_is_called_what_it_is_and_counted_apart(app: Flask) -> None:
    with app.app_context():
        for action in (Action.HIDE, Action.HIDE, Action.HIDE, Action.APPROVE):
            earlier = factories.comment()
            by_machine(earlier)
            factories.decision(earlier, action)
        about = factories.comment("You clown.")
        by_machine(about)
        by_machine(about, "words:child-safety")
        by_machine(about, "rule:many-links")
        by_machine(about, "remote")
        factories.report(about, by=factories.person(name="Vera Watch"))
        case_id = factories.case_of(about).id
        db.session.commit()
    html = card_of(app, case_id)
    text = stripped(html)
    for said in (
        "erious one reporter risk model, usually right word list rule of the newsroom",
        "Risk model: attack · usually right (3 of 4)",
        "Word list: child safety · nothing settled yet",
        "Rule “many-links” · nothing settled yet",
        "The publisher’s own checker · nothing settled yet",
        "alleged by one reporter and four checks",
        "Vera Watch",
    ):
        assert said in text, said
    assert "somebody" not in text.split("Reports")[1].split("Decided before")[0]
    assert text.index("Vera Watch") < text.index("By automatic checks")


def test_every_verdict_is_told_in_the_settings_order_and_signals_quietly(app: Flask) -> None:
    with app.app_context():
        about = factories.comment("You clown.")
        signal(about, "first-comment", why=["First comment from this account."])
        verdict(
            about,
            "risk:attack",
            would="hold",
            score=0.913,
            report_at=0.25,
            hold_at=0.85,
            why=[
                "Model: 91% likely an attack, for “clown”.",
                "Mentions a group: check the context.",
            ],
        )
        verdict(about, "words:abuse", spans=[[4, 9]], why=["On a word list: “clown”."])
        verdict(about, "risk:hate", would="nothing", score=0.2999, report_at=0.3)
        verdict(about, "risk:spam", would="nothing", score=0.02, report_at=0.5, why=[])
        verdict(about, "repeats", clause_code="spam", mode="shadow", would="hold")
        signal(about, "noise", is_checked=False, why=["This check broke on our side."])
        factories.report(about)
        case_id = factories.case_of(about).id
        db.session.commit()
    text = stripped(panel(card_of(app, case_id)))
    in_order = (
        "Word list: abuse",
        "Personal abuse · reported it",
        "On a word list: “clown”.",
        "The same text again in shadow",
        "Spam and advertising · would have reported it and asked for a first look",
        "Capitals and noise not checked This check broke on our side.",
        "Risk model: attack model Personal abuse · 0.91; reports from 0.25, asks for a first look",
        "from 0.85 · reported it and asked for a first look",
        "Mentions a group: check the context.",
        "nothing follows from it",
        "First comment from this account.",
        # not rounded over its threshold
        "Risk model: hate model Personal abuse · 0.29; reports from 0.30 · did nothing",
    )
    places = [text.find(said) for said in in_order]
    assert -1 not in places, dict(zip(in_order, places, strict=True))
    assert places == sorted(places)
    assert "Risk model: spam" not in text


def test_what_was_matched_is_marked_in_the_words_as_they_were_typed(app: Flask) -> None:
    body = f"😡 cl0wn & שלום {HOSTILE} idiot"
    with app.app_context():
        about = factories.comment(body)
        start = body.index("cl0wn")
        verdict(about, "words:abuse", spans=[[start, start + 5], [len(body) - 5, 9999], [-7, 1]])
        verdict(about, "risk:attack", spans=[[start, start + 5], [500, 900], [3, 3], [9, 4]])
        signal(about, "hidden-characters", phase="noise", spans=[[start, start + 3]])
        factories.report(about)
        case_id = factories.case_of(about).id
        db.session.commit()
    html = panel(card_of(app, case_id))
    assert "<mark>😡</mark>" in html
    assert "<mark>cl0wn</mark>" in html
    assert "<mark>idiot</mark>" in html
    assert "&amp; שלום &lt;script&gt;alert(1)&lt;/script&gt; " in html
    assert "<script" not in html
    # which check marked it, for eyes and for ears
    assert "cl0wn (marked by 1, 2, 3)" in stripped(html).replace(" )", ")")
    assert "number 3 in the marked words" in html


def test_what_only_a_signal_marked_is_marked_faintly(app: Flask) -> None:
    with app.app_context():
        about = factories.comment("LOUD words")
        signal(about, "noise", spans=[[0, 4]])
        factories.report(about)
        case_id = factories.case_of(about).id
        db.session.commit()
    assert '<mark class="is-faint">LOUD</mark>' in panel(card_of(app, case_id))


def test_hostile_reasons_and_names_are_only_words(app: Flask) -> None:
    with app.app_context():
        about = factories.comment("You clown.", by=factories.person(name=HOSTILE))
        verdict(about, f"rule:{HOSTILE}", why=[HOSTILE])
        by_machine(about, f"rule:{HOSTILE}")
        case_id = factories.case_of(about).id
        db.session.commit()
    html = card_of(app, case_id)
    assert HOSTILE not in html
    assert "Rule “&lt;script&gt;alert(1)&lt;/script&gt;”" in html


def test_a_long_text_is_shown_around_its_marks(app: Flask) -> None:
    body = "start " + "before " * 100 + "clown " + "after " * 100 + "end"
    with app.app_context():
        about = factories.comment(body)
        place = body.index("clown")
        verdict(about, "words:abuse", spans=[[place, place + 5]])
        factories.report(about)
        case_id = factories.case_of(about).id
        db.session.commit()
    text = stripped(panel(card_of(app, case_id)))
    assert "before clown (marked by 1 ) after" in text
    assert text.count("[…]") == 2
    assert "start" not in text
    assert len(text) < 700


def test_what_was_said_about_an_earlier_version_says_so(app: Flask) -> None:
    with app.app_context():
        about = factories.comment("You clown.")
        verdict(about, "words:abuse", spans=[[4, 9]], why=["On a word list: “clown”."])
        factories.report(about)
        edited(about, "You friend.")
        case_id = factories.case_of(about).id
        db.session.commit()
    html = panel(card_of(app, case_id))
    assert "<mark" not in html
    text = stripped(html)
    assert text.index("in an earlier version of the comment") < text.index("On a word list")


def test_a_sample_is_blind_until_it_is_decided(app: Flask) -> None:
    with app.app_context():
        about = factories.comment("You clown.")
        factories.report(about)
        verdict(about, "words:abuse", mode="shadow", why=["On a word list: “clown”."])
        by_machine(about, "remote", "hatred")
        case_id = factories.case_of(about).id
        db.session.get_one(Case, case_id).is_sample = True
        db.session.commit()
    blind = card_of(app, case_id)
    for hint in ("checks", "Word list", "publisher’s own", "sample", "chance", "shadow"):
        assert hint not in blind, hint
    ann = factories.signed_in(app, Role.MODERATOR)
    press(ann, page(ann, f"/review/cases/{case_id}"), action="hide", clause="abuse")
    seen = stripped(card_of(app, case_id))
    assert "On a word list: “clown”." in seen
    assert "The publisher’s own checker" in seen


def test_a_check_that_held_a_comment_is_named(app: Flask) -> None:
    with app.app_context():
        about = factories.comment("You clown.")
        machines.hold(about, checker="words:hatred", version="1", clause=factories.clause("hatred"))
        case_id = factories.case_of(about).id
        db.session.commit()
    text = stripped(card_of(app, case_id))
    assert "eld by a check until somebody looks" in text
    assert "Word list: hatred put it on hold under Hatred and discrimination" in text
    lead = factories.signed_in(app, Role.LEAD)
    log = stripped(page(lead, "/review/log?who=mode").text)
    assert "Word list: hatred put a comment" in log


def test_the_words_are_erased_and_so_are_the_marks(app: Flask) -> None:
    with app.app_context():
        about = factories.comment("You clown.")
        verdict(about, "words:abuse", spans=[[4, 9]])
        factories.report(about)
        case_id, comment_id = factories.case_of(about).id, about.id
        db.session.connection().exec_driver_sql(
            "UPDATE revision SET body = '', html = '', blanked_at = created_at"
            f" WHERE comment_id = {comment_id}"
        )
        db.session.commit()
    assert "<mark" not in card_of(app, case_id)
