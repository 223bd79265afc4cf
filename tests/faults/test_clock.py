"""The clock was ahead and is put right: nothing is out of order, and nobody waits for it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from moderation import clock, ids
from moderation.cases import decide, verify
from moderation.cases.models import Case
from moderation.comments.status import Action, Status
from moderation.database import db
from moderation.errors import Throttled
from moderation.outbox import delivery
from moderation.outbox import service as outbox
from moderation.outbox.models import Message
from moderation.people import links, throttle
from moderation.people.roles import Role
from moderation.review import service as review
from moderation.screening.heat import service as heat
from moderation.screening.remote.breaker import FAILURES, Breaker
from tests import factories, pages
from tests.faults import reckoning

AHEAD = timedelta(hours=1)


@pytest.fixture
def ahead() -> Iterator[time_machine.Traveller]:
    """It is an hour from now, until the clock is put right by `right`."""
    with time_machine.travel(clock.now() + AHEAD) as traveller:
        yield traveller


def right(traveller: time_machine.Traveller) -> None:
    """And the program has been started anew since."""
    traveller.shift(-AHEAD)
    ids._last[0] = 0


def test_ids_of_a_process_go_on_upwards(ahead: time_machine.Traveller) -> None:
    before = [ids.new() for _ in range(1000)]
    ahead.shift(-AHEAD)
    after = [ids.new() for _ in range(1000)]
    assert before + after == sorted(set(before + after))


def test_an_id_after_another_is_later_whatever_the_clock_says(
    ahead: time_machine.Traveller,
) -> None:
    first = ids.new()
    right(ahead)
    assert ids.new() < first
    later = {ids.new(after=first) for _ in range(100)}
    assert min(later) > first
    assert len(later) == 100


def test_the_last_decision_is_the_last_one(context: Flask, ahead: time_machine.Traveller) -> None:
    comment = factories.comment()
    factories.report(comment)
    hidden = factories.decision(comment, Action.HIDE)
    db.session.commit()
    right(ahead)
    lead = factories.person(Role.LEAD)
    back = decide.undo(hidden, by=lead)
    db.session.commit()
    assert back.id > hidden.id
    assert comment.status is Status.PUBLISHED
    again = factories.decision(comment, Action.HIDE)
    db.session.commit()
    assert again.id > back.id
    assert list(verify.differences()) == []


def test_the_record_holds(app: Flask, ahead: time_machine.Traveller) -> None:
    with app.app_context():
        comment = factories.comment()
        factories.report(comment)
        factories.decision(comment, Action.HIDE)
        db.session.commit()
    right(ahead)
    with app.app_context():
        factories.report(factories.comment())
        db.session.commit()
    reckoning.holds(app)


def test_who_is_signed_in_stays_so(app: Flask, ahead: time_machine.Traveller) -> None:
    client = factories.signed_in(app)
    right(ahead)
    assert "Sign out" in pages.page(client, "/").text


def test_nobody_waits_longer_than_a_limit_says(
    context: Flask, ahead: time_machine.Traveller
) -> None:
    ahead.shift(timedelta(days=300))
    limit = throttle.Limit("door:ann", "2/minute", "Wait {wait}.")
    throttle.hit_all([limit, limit._replace(key="door:bob")])
    throttle.hit("door:ann", "2/minute", "Wait {wait}.")
    ahead.shift(-timedelta(days=300))
    throttle.check_all([limit])
    for _ in range(2):
        throttle.hit("door:ann", "2/minute", "Wait {wait}.")
    with pytest.raises(Throttled) as refused:
        throttle.hit("door:ann", "2/minute", "Wait {wait}.")
    assert refused.value.retry_after <= 60


def test_a_second_between_two_hosts_makes_no_new_window(context: Flask) -> None:
    with time_machine.travel(clock.now(), tick=False) as traveller:
        throttle.hit("door:ann", "2/minute", "Wait {wait}.")
        traveller.shift(-1)
        throttle.hit("door:ann", "2/minute", "Wait {wait}.")
        with pytest.raises(Throttled):
            throttle.hit("door:ann", "2/minute", "Wait {wait}.")


def test_no_case_stays_in_hands_that_let_go(context: Flask, ahead: time_machine.Traveller) -> None:
    ann, bob = factories.moderator(), factories.moderator()
    factories.report(factories.comment())
    db.session.commit()
    desk = review.desk_of(ann, factories.site(), now=clock.now())
    case_id = review.deal(ann, desk).case_id
    assert case_id is not None
    db.session.commit()
    right(ahead)
    assert (
        review.deal(bob, review.desk_of(bob, factories.site(), now=clock.now())).case_id == case_id
    )
    review.skip(db.session.get_one(Case, case_id), by=bob)


def test_what_was_skipped_comes_again(context: Flask, ahead: time_machine.Traveller) -> None:
    ann = factories.moderator()
    factories.report(factories.comment())
    db.session.commit()
    case_id = review.deal(ann, review.desk_of(ann, factories.site(), now=clock.now())).case_id
    assert case_id is not None
    review.skip(db.session.get_one(Case, case_id), by=ann)
    db.session.commit()
    ahead.shift(-timedelta(days=1))
    assert (
        review.deal(ann, review.desk_of(ann, factories.site(), now=clock.now())).case_id == case_id
    )


def test_a_letter_that_was_taken_by_a_worker_now_gone_is_sent(
    context: Flask, ahead: time_machine.Traveller
) -> None:
    right(ahead)
    db.session.add(Message(key="k", to="reader@example.org", subject="s", body="Words.\n"))
    db.session.commit()
    ahead.shift(AHEAD)
    assert outbox.claim() is not None
    db.session.commit()
    right(ahead)
    assert delivery.deliver().sent == 1


@pytest.mark.parametrize("further", [timedelta(), timedelta(days=300)])
def test_a_letter_written_ahead_does_not_wait_as_long(
    context: Flask, ahead: time_machine.Traveller, further: timedelta
) -> None:
    ahead.shift(further)
    db.session.add(Message(key="k", to="reader@example.org", subject="s", body="Words.\n"))
    db.session.commit()
    ahead.shift(-AHEAD - further)
    assert delivery.deliver().sent == 0
    outbox.bring_back()
    db.session.commit()
    assert delivery.deliver().sent == 1


def test_what_was_left_alone_is_asked_again(
    app: Flask, ahead: time_machine.Traveller, free_port: int
) -> None:
    app.config["REDIS_URL"] = f"redis://127.0.0.1:{free_port}"
    throttle.init_app(app)
    breaker = Breaker()
    for _ in range(FAILURES):
        breaker.failed("checker", clock.now())
    with app.app_context():
        throttle.hit("somebody", "5/minute", "Wait {wait}.")
        assert throttle.redis_rests()
        assert not breaker.may_ask("checker", clock.now())
        right(ahead)
        assert not throttle.redis_rests()
    assert breaker.may_ask("checker", clock.now())


def test_a_link_is_good_for_no_longer_than_it_says(
    context: Flask, ahead: time_machine.Traveller
) -> None:
    person = factories.person()
    ahead.shift(-timedelta(seconds=2))
    token = links.new_password(person)
    right(ahead)
    assert links.whose_new_password(token) == person
    ahead.shift(timedelta(days=300))
    token = links.new_password(person)
    ahead.shift(-timedelta(days=300))
    with pytest.raises(links.DeadLink):
        links.whose_new_password(token)


def test_slow_mode_is_no_slower(context: Flask, ahead: time_machine.Traveller) -> None:
    author, article = factories.person(), factories.article()
    article.slow_seconds, article.heat_until = 120, clock.now() + 2 * AHEAD
    factories.comment(on=article, by=author)
    with pytest.raises(Throttled, match="Wait 2 minutes"):
        heat.check_pace(article, author, clock.now())
    ahead.shift(-AHEAD)
    heat.check_pace(article, author, clock.now())
