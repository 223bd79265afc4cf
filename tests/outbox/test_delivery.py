"""Mail leaves once, in order, whatever happens to the server, the recipient or us."""

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from moderation import clock
from moderation.database import db
from moderation.outbox import delivery, mail, queries, service
from moderation.outbox.models import Message
from tests.parts.smtp import Mailbox


@pytest.fixture
def posted(context: Flask, mailbox: Mailbox) -> Iterator[Mailbox]:
    """A mail server that the settings name."""
    context.config["SMTP_URL"] = mailbox.url
    yield mailbox
    db.session.rollback()


def post(number: int = 1, to: str = "", **given: object) -> Message:
    message = Message(
        **{
            "key": f"test:{number}",
            "to": to or f"reader{number}@example.org",
            "subject": f"News {number}",
            "body": f"Body {number}: grüße\n",
            **given,
        }
    )
    db.session.add(message)
    db.session.commit()
    return message


def again(message: Message) -> Message:
    db.session.rollback()
    return db.session.get_one(Message, message.id, populate_existing=True)


def test_what_is_due_leaves_oldest_first(posted: Mailbox) -> None:
    now = clock.now()
    post(2, not_before=now - timedelta(minutes=1))
    post(1, not_before=now - timedelta(minutes=2))
    later = post(3, not_before=now + timedelta(minutes=1))

    assert str(delivery.deliver()) == "2 sent"

    assert [letter["Subject"] for letter in posted.messages] == ["News 1", "News 2"]
    assert again(later).sent_at is None


def test_a_letter_is_well_formed(posted: Mailbox) -> None:
    message = post(subject="Grüße “from us”")
    delivery.deliver()
    (letter,) = posted.to("reader1@example.org")

    assert letter["From"] == "Comments <comments@localhost>"
    assert letter["Subject"] == "Grüße “from us”"
    assert letter["Message-ID"] == f"<{message.id}@localhost>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Date"].datetime == again(message).created_at.replace(microsecond=0)
    assert letter.get_content().splitlines() == ["Body 1: grüße"]


def test_once_sent_nothing_of_the_text_is_kept(posted: Mailbox) -> None:
    message = post()
    delivery.deliver()
    assert (again(message).body, again(message).subject) == ("", "")
    assert str(delivery.deliver()) == "0 sent"
    assert len(posted.messages) == 1


def test_limit_leaves_the_rest(posted: Mailbox) -> None:
    for number in range(3):
        post(number)
    assert delivery.deliver(limit=2).sent == 2
    assert len(posted.messages) == 2


def test_told_to_stop_it_stops_between_two_messages(posted: Mailbox) -> None:
    for number in range(3):
        post(number)
    assert delivery.deliver(keep_on=lambda: len(posted.messages) < 1).sent == 1
    assert delivery.deliver().sent == 2


def test_an_unknown_recipient_is_given_up_and_the_rest_goes_on(posted: Mailbox) -> None:
    posted.unknown["gone@example.org"] = "550 5.1.1 <gone@example.org> has left"
    gone, other = post(1, "gone@example.org"), post(2)

    done = delivery.deliver()

    assert (done.sent, done.dead) == (1, 1)
    assert again(gone).dead_at is not None
    assert again(gone).last_error == "550 5.1.1 <(address)> has left"
    assert again(other).sent_at is not None


@pytest.mark.parametrize("reply", ["450 Mailbox busy", "451 Try later"])
def test_what_may_work_later_is_tried_later(posted: Mailbox, reply: str) -> None:
    posted.unknown["busy@example.org"] = reply
    message = post(1, "busy@example.org")

    assert delivery.deliver().later == 1

    waiting = again(message)
    assert waiting.dead_at is None
    assert waiting.claimed_until is None
    pause = waiting.not_before - clock.now()
    assert timedelta(seconds=30) < pause <= timedelta(minutes=1)


def test_it_is_given_up_after_three_days(posted: Mailbox) -> None:
    posted.refusal = "451 Try later"
    message = post()
    start = clock.now()
    with time_machine.travel(start, tick=False) as traveller:
        while again(message).dead_at is None:
            traveller.move_to(again(message).not_before)
            delivery.deliver()
        assert timedelta(days=1) < clock.now() - start < timedelta(days=4)
    assert again(message).attempts == service.GIVE_UP_AFTER


def test_a_refused_text_is_given_up(posted: Mailbox) -> None:
    posted.refusal = "554 We do not like it"
    message = post()
    assert delivery.deliver().dead == 1
    assert again(message).last_error == "554 We do not like it"


def test_given_up_can_be_revived(posted: Mailbox) -> None:
    posted.refusal = "554 No"
    post()
    delivery.deliver()
    posted.clear()
    assert service.revive() == 1
    db.session.commit()
    assert delivery.deliver().sent == 1


def test_a_dead_server_costs_no_message_an_attempt(context: Flask, free_port: int) -> None:
    context.config["SMTP_URL"] = f"smtp://127.0.0.1:{free_port}"
    messages = [post(number) for number in range(3)]

    with pytest.raises(mail.ServerDown, match=f"127.0.0.1:{free_port} does not answer"):
        delivery.deliver()

    assert [again(message).attempts for message in messages] == [0, 0, 0]


def test_a_server_that_breaks_off_ends_the_run(posted: Mailbox) -> None:
    first, second = post(1), post(2)
    posted.refusal = "421 Closing"
    with pytest.raises(mail.ServerDown):
        delivery.deliver()
    assert (again(first).attempts, again(second).attempts) == (1, 0)
    assert again(first).dead_at is None


def test_a_server_that_hangs_is_left_after_a_while(
    context: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "TIMEOUT", 0.2)
    post()
    with socket.create_server(("127.0.0.1", 0)) as mute:
        context.config["SMTP_URL"] = f"smtp://127.0.0.1:{mute.getsockname()[1]}"
        with pytest.raises(mail.ServerDown):
            delivery.deliver()


def test_two_deliverers_send_each_message_once(app: Flask, mailbox: Mailbox) -> None:
    app.config["SMTP_URL"] = mailbox.url
    with app.app_context():
        for number in range(30):
            post(number)
    done: list[int] = []

    def deliver() -> None:
        with app.app_context():
            done.append(delivery.deliver().sent)

    deliverers = [threading.Thread(target=deliver) for _ in range(2)]
    for deliverer in deliverers:
        deliverer.start()
    for deliverer in deliverers:
        deliverer.join()

    assert sum(done) == 30
    subjects = [letter["Subject"] for letter in mailbox.messages]
    assert sorted(subjects) == sorted(f"News {number}" for number in range(30))


def test_who_dies_between_claim_and_send_leaves_it_to_others(posted: Mailbox) -> None:
    post()
    service.claim()
    db.session.commit()  # and here the power goes

    assert delivery.deliver().sent == 0
    with time_machine.travel(clock.now() + queries.CLAIM + timedelta(seconds=1)):
        assert delivery.deliver().sent == 1


def test_a_late_failure_does_not_touch_somebody_elses_claim(context: Flask) -> None:
    post()
    slow = service.claim()
    db.session.commit()
    with time_machine.travel(clock.now() + queries.CLAIM + timedelta(seconds=1)):
        quick = service.claim()
        db.session.commit()
        assert slow is not None
        assert quick is not None
        service.failed(slow, "too slow")
        db.session.commit()
        assert again(quick).claimed_until is not None


def test_no_transaction_is_open_while_sending(posted: Mailbox) -> None:
    post()
    open_ones: list[bool] = []
    take = mail._send

    def spy(*given: object) -> None:
        open_ones.append(db.session().in_transaction())
        take(*given)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mail, "_send", spy)
        delivery.deliver()
    assert open_ones == [False]


def test_the_same_news_is_posted_once(context: Flask) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(context.jinja_env, "get_template", lambda _: Letter())
        assert service.post("restored", to="a@example.org", key="restored:1")
        assert not service.post("restored", to="a@example.org", key="restored:1")
    (message,) = db.session.scalars(select(Message))
    assert (message.subject, message.body) == ("Back", "It is back.\n")


class Letter:
    """A template."""

    def render(self, **_facts: object) -> str:
        return "Subject: Back\n\nIt is back.\n"


def test_cancelled_news_stays_in_the_house(posted: Mailbox) -> None:
    post(1, about="decision:7")
    post(2, about="decision:8")
    assert service.cancel("decision:7") == []
    db.session.commit()
    delivery.deliver()
    assert [letter["Subject"] for letter in posted.messages] == ["News 2"]
    assert service.cancel("decision:8") == ["test:2"]


def test_a_password_is_used_as_it_was_meant(context: Flask) -> None:
    with Mailbox(needs_password=True) as box:
        context.config["SMTP_URL"] = box.url
        post()
        assert delivery.deliver().sent == 1
        context.config["SMTP_URL"] = box.url.replace("%20", "")
        post(2)
        with pytest.raises(mail.ServerDown, match="does not let us in"):
            delivery.deliver()


def test_the_moment_is_in_utc() -> None:
    message = Message(
        id=1, to="a@b.example", subject="s", body="b", created_at=datetime(2026, 5, 1, tzinfo=UTC)
    )
    letter = mail.written(message, sender="Us <us@site.example>")
    assert letter["Date"] == "Fri, 01 May 2026 00:00:00 +0000"
    assert letter["Message-ID"] == "<1@site.example>"


def test_without_a_server_mail_lies_in_a_private_folder(context: Flask) -> None:
    message = post(to="ünï@bücher.example")
    context.config["SMTP_URL"] = ""
    assert delivery.deliver().sent == 1

    folder = Path(context.instance_path) / "mail"
    (file,) = folder.iterdir()
    assert file.name == f"{message.id}.eml"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert file.stat().st_mode & 0o777 == 0o600
    assert "ünï@xn--bcher-kva.example" in file.read_text("utf-8")
