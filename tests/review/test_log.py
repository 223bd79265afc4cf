"""The log: who decided what, found by words."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from moderation import clock
from moderation.cases import decide
from moderation.comments.status import Action
from moderation.database import db
from moderation.people.models import Person
from moderation.people.roles import Role
from moderation.review import log, service
from moderation.review.log import Wanted
from tests import factories
from tests.pages import page
from tests.statements import counted


def found(person: Person, **wanted: object) -> list[str]:
    """The words of the decisions found, newest first."""
    desk = service.desk_of(person, factories.site(), now=clock.now())
    shown = log.page(desk, Wanted(**wanted))  # type: ignore[arg-type]
    return [entry.decision.revision.body for _, entries in shown.days for entry in entries]


def hidden(body: str, *, by: Person | None = None, code: str = "abuse", **given: str) -> None:
    comment = factories.comment(body)
    factories.report(comment)
    factories.decision(comment, Action.HIDE, by=by, code=code, **given)
    db.session.flush()


@pytest.mark.usefixtures("context")
class TestFinding:
    def test_newest_first(self) -> None:
        hidden("One.")
        hidden("Two.")
        assert found(factories.moderator()) == ["Two.", "One."]

    def test_arrivals_do_not_drown_what_people_decide(self) -> None:
        hidden("Hidden.")
        factories.comment("Only arrived.")
        db.session.flush()
        ann = factories.moderator()
        assert found(ann) == found(ann, words="hidden") == ["Hidden."]
        assert found(ann, who=log.HOUSE) == ["Only arrived.", "Hidden."]

    def test_by_word_by_its_beginning_and_by_all_words(self) -> None:
        hidden("The harbour is full of Seagulls.", statement="It insults birds.")
        hidden("The river is full of ducks.", note="Harbour master asked.")
        ann = factories.moderator()

        def hides(words: str) -> set[str]:
            return set(found(ann, words=words, action=Action.HIDE))

        assert hides("seagulls") == {"The harbour is full of Seagulls."}
        assert hides("seag") == {"The harbour is full of Seagulls."}
        assert len(hides("harbour")) == 2
        assert hides("birds full") == {"The harbour is full of Seagulls."}
        assert not hides("harbour zebra")

    @pytest.mark.parametrize(
        "words",
        [
            "cafe",
            "CAFÉ",
            "cafe\u0301",
            "quoted",
            "“quoted”",
            "example.org",
            "ferry-80",
            "ferry",
            "strasse",
            "ΑΘΗΝΑ",
            "snake_case",
            "o'clock",
            "x" * 3000,
        ],
    )
    def test_signs_accents_and_capitals_make_no_difference(self, words: str) -> None:
        told = "Café: “quoted”—https://example.org/ferry-80 Straße, Αθήνα, snake_case at 3 o’clock "
        hidden(told + "x" * 3000)
        assert len(found(factories.moderator(), words=words)) == 1

    @pytest.mark.parametrize(
        "words",
        [
            '"',
            "'",
            "a'b",
            "NEAR(a b)",
            "a OR",
            "* ^",
            "words:",
            "-a",
            "a & !b | (",
            "\\",
            ":*",
            "%",
        ],
    )
    def test_what_is_typed_is_never_a_search_language(self, words: str) -> None:
        hidden("a b words near or")
        found(factories.moderator(), words=words)

    def test_by_person_mode_action_and_clause(self) -> None:
        ann, bob = factories.moderator(), factories.moderator()
        hidden("By Ann.", by=ann)
        hidden("By Bob.", by=bob, code="spam")
        viewer = factories.moderator()
        assert found(viewer, who=str(ann.id)) == ["By Ann."]
        assert found(viewer, who="mode") == ["By Bob.", "By Ann."]
        assert found(viewer, clause="spam") == ["By Bob."]
        assert found(viewer, who="mode", action=Action.APPROVE) == ["By Bob.", "By Ann."]
        assert found(viewer, action=Action.APPROVE) == []
        assert len(found(viewer, who="nonsense")) == 2

    def test_pages_by_cursor(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(log, "PAGE", 2)
        for number in range(5):
            factories.comment(str(number))
        db.session.flush()
        ann = factories.moderator()
        desk = service.desk_of(ann, factories.site(), now=clock.now())
        seen, after = [], None
        for _ in range(3):
            shown = log.page(desk, Wanted(who=log.HOUSE, after=after))
            seen += [e.decision.revision.body for _, entries in shown.days for e in entries]
            after = shown.after
        assert seen == ["4", "3", "2", "1", "0"]
        assert after is None

    def test_nothing_about_what_the_viewer_wrote_or_reported(self) -> None:
        ann = factories.moderator()
        factories.comment("By me.", by=ann)
        factories.report(factories.comment("Reported by me."), by=ann)
        factories.comment("Somebody's.")
        db.session.flush()
        assert found(ann, who=log.HOUSE) == ["Somebody's."]

    def test_a_lawyer_reads_the_legal_lanes(self) -> None:
        hidden("Ours.")
        comment = factories.comment("The law's.")
        factories.notice(comment, reporter=factories.person())
        factories.decision(comment, Action.HIDE, code="defamation")
        db.session.flush()
        assert found(factories.person(Role.LAWYER)) == ["The law's."]

    def test_only_what_stands_can_be_undone_and_by_whom_it_may(self) -> None:
        ann, bob = factories.moderator(), factories.moderator()
        lead = factories.person(Role.LEAD)
        comment = factories.comment("Twice.")
        factories.report(comment)
        factories.decision(comment, Action.HIDE, by=ann)
        restored = factories.decision(comment, Action.RESTORE, by=ann)
        db.session.flush()

        def undoable(person: Person) -> list[Action]:
            desk = service.desk_of(person, factories.site(), now=clock.now())
            entries = [e for _, day in log.page(desk, Wanted()).days for e in day]
            return [entry.decision.action for entry in entries if entry.may_undo]

        assert undoable(ann) == [Action.RESTORE]
        assert undoable(bob) == []
        assert undoable(lead) == [Action.RESTORE]
        decide.undo(restored, by=ann)
        db.session.flush()
        assert undoable(ann) == [Action.HIDE]


def looked_up(client: FlaskClient, address: str) -> str:
    return " ".join(page(client, address).text.split())


def test_the_story_can_be_read_aloud(app: Flask) -> None:
    with app.app_context():
        ann = factories.moderator(name="Ann Quick")
        author = factories.person(name="Ossian Vale")
        comment = factories.comment("You clown.", by=author)
        factories.report(comment)
        factories.report(comment)
        decision = factories.decision(
            comment, Action.HIDE, by=ann, statement="It insults.", note="See June."
        )
        decide.undo(decision, by=ann)
        db.session.commit()
    bob = factories.signed_in(app, Role.MODERATOR)
    text = looked_up(bob, "/review/log?q=clown")
    for words in (
        "<b>Ann Quick</b> took back the decision on",
        "<b>Ann Quick</b> hid",
        "under Personal abuse",
        "taken back",
        "Told the author: It insults.",
        "Note: See June.",
        "by <b>Ossian Vale</b>",
    ):
        assert words in text
    text = looked_up(bob, "/review/log?q=clown&who=mode")
    assert "<b>The article’s mode</b> approved" in text
    assert "Nothing in the log fits" in looked_up(bob, "/review/log?q=%22!%22")


def test_undo_from_the_log_puts_the_case_into_your_hands(app: Flask) -> None:
    with app.app_context():
        hidden("You clown.")
        db.session.commit()
    lead = factories.signed_in(app, Role.LEAD)
    form = next(f for f in page(lead, "/review/log").forms if f["action"] == "/review/undo")
    data = {name: form[name] for name in ("csrf_token", "decision")}
    answer = lead.post("/review/undo", data=data)
    assert (answer.status_code, answer.location) == (303, "/review")
    assert "You clown." in page(lead, "/review").text
    again = lead.post("/review/undo", data=data)
    assert again.status_code == 409
    assert "no longer stands" in again.text


@pytest.mark.parametrize("address", ["?after=x", "?after=99999999999999999999", "?action=eat"])
def test_odd_filters_find_everything(app: Flask, address: str) -> None:
    with app.app_context():
        hidden("Here.")
        db.session.commit()
    ann = factories.signed_in(app, Role.MODERATOR)
    assert "Here." in page(ann, f"/review/log{address}").text


def test_the_log_takes_the_same_few_queries_whatever_its_length(app: Flask) -> None:
    ann = factories.signed_in(app, Role.MODERATOR)
    numbers = []
    for _ in range(2):
        with app.app_context():
            for number in range(8):
                hidden(f"Number {number}.")
            db.session.commit()
        with counted(app) as asked:
            page(ann, "/review/log")
        numbers.append(len(asked))
    assert numbers[0] == numbers[1] <= 6
    with app.app_context():
        assert db.session.scalars(select(Person)).first() is not None
