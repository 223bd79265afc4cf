"""What a newsroom acknowledged against what it has, after whatever happened to it."""

from collections import Counter

from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select

from moderation.cases.decisions import Decision
from moderation.cases.models import Report
from moderation.cli import main
from moderation.comments.models import Comment, Revision
from moderation.database import db
from moderation.outbox.models import Message
from tests.bench import crowd
from tests.faults.killing import Newsroom
from tests.parts.smtp import Mailbox

ACKNOWLEDGED = ("comments acknowledged", "reports acknowledged", "decisions acknowledged")
# a letter may come twice, under one Message-ID
INNOCENT = (*ACKNOWLEDGED, "requests", "letters", "letters that came again")


def account(room: Newsroom, mailbox: Mailbox) -> dict[str, int]:
    """Counts of what is there, lost or doubled; what is not INNOCENT is a fault if it is not 0."""
    found = dict(zip(ACKNOWLEDGED, room.acknowledged, strict=True))
    with room.app.app_context():
        found |= {**_comments(room), **_reports(room), **_decisions(room)}
        db.session.rollback()
    holds(room.app)
    found |= {"requests": room.answers.total(), "answers that broke": room.answers[500]}
    return found | _letters(room.app, mailbox)


def faults(found: dict[str, int]) -> dict[str, int]:
    return {name: count for name, count in found.items() if count and name not in INNOCENT}


def holds(app: Flask) -> None:
    """Statuses equal decisions, counts equal rows, and every event is sealed into its chain."""
    for command in (["worker", "--once"], ["check"], ["audit", "verify"]):
        done = CliRunner().invoke(main, command, obj=app)
        assert done.exit_code == 0, done.output


def _comments(room: Newsroom) -> dict[str, int]:
    said = select(Revision.body, Revision.comment_id).where(Revision.body.startswith("Writer "))
    rows = db.session.execute(said).all()
    words = Counter(body for body, _ in rows)
    there = {(body, str(comment_id)) for body, comment_id in rows}
    stored = db.session.scalar(select(func.count()).select_from(Comment)) or 0
    return {
        "comments lost": len(room.comments.items() - there),
        "comments doubled": sum(count - 1 for count in words.values()),
        "comments without words": stored - words.total(),
    }


def _reports(room: Newsroom) -> dict[str, int]:
    named = select(Report.reporter_id, Report.comment_id).where(Report.reporter_id.is_not(None))
    reported = Counter((row[0], row[1]) for row in db.session.execute(named))
    people = [int(one) for one in db.session.scalars(crowd.of_the_crowd())]
    given = {(people[who], int(which)) for who, which in room.reports}
    return {
        "reports lost": len(given - reported.keys()),
        "reports doubled": sum(count - 1 for count in reported.values()),
    }


def _decisions(room: Newsroom) -> dict[str, int]:
    by_people = select(Decision.case_id).where(Decision.decided_by_id.is_not(None))
    decided = Counter(db.session.scalars(by_people))
    return {
        "decisions lost": len(set(room.decisions) - decided.keys()),
        "decisions doubled": sum(count - 1 for count in decided.values()),
        "decisions acknowledged twice": len(room.decisions) - len(set(room.decisions)),
    }


def _letters(app: Flask, mailbox: Mailbox) -> dict[str, int]:
    """Each that is due reaches its reader, at least once, under an id by which it is known."""
    with app.app_context():
        for message in db.session.scalars(select(Message).where(Message.sent_at.is_(None))):
            message.not_before = message.created_at  # a minute's grace would be a minute's test
            message.claimed_until = None
        db.session.commit()
        posted = db.session.execute(select(Message.id, Message.to)).all()
        db.session.rollback()
    done = CliRunner().invoke(main, ["outbox", "deliver"], obj=app)
    assert done.exit_code == 0, done.output
    due = {(f"<{id_}@localhost>", to) for id_, to in posted}
    came = Counter(
        (str(letter["Message-ID"]), to)
        for letter, recipients in zip(mailbox.messages, mailbox.recipients, strict=True)
        for to in recipients
    )
    return {
        "letters": len(due),
        "letters that came again": sum(count - 1 for count in came.values()),
        "letters lost": len(due - came.keys()),
        "letters that nobody wrote": len(came.keys() - due),
    }
