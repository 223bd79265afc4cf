"""The window: what was said lately on a site, and nothing else."""

from datetime import timedelta
from itertools import repeat
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from moderation import clock
from moderation.comments.models import Comment
from moderation.database import db
from moderation.people.models import Person
from moderation.screening.normal import normalised
from moderation.screening.repeats import queries, service
from moderation.screening.repeats.minhash import Signature
from moderation.screening.repeats.models import Band, StoredSignature
from moderation.screening.subject import Alike
from tests import factories
from tests.screening.repeats.test_minhash import OTHER, SAID
from tests.statements import counted, plan

pytestmark = pytest.mark.usefixtures("context")

NEARLY = SAID.replace("bridge", "tunnel").replace("summer", "winter")


def said(body: str) -> Signature:
    return service.signature(normalised(body).text)


def remembered(body: str = SAID, **given: Any) -> Comment:
    comment = factories.comment(body, **given)
    service.remember(comment, factories.site().id, said(body))
    return comment


def alike(body: str = SAID, *, by: Person | None = None) -> list[Alike]:
    return service.alike(
        factories.site().id,
        said(body),
        now=clock.now(),
        author_id=by.id if by else 0,
    )


def test_the_same_words_under_another_article_are_found() -> None:
    first = remembered()
    (found,) = alike()
    assert (found.comment_id, found.author_id) == (first.id, first.author_id)
    assert (found.is_exact, found.likeness, found.is_own) == (True, 1.0, False)


def test_nearly_the_same_words_are_found_and_other_words_are_not() -> None:
    remembered()
    (found,) = alike(NEARLY)
    assert not found.is_exact
    assert 0.5 < found.likeness < 1
    assert alike(OTHER) == []


def test_an_authors_own_copy_is_called_their_own() -> None:
    ann = factories.person()
    remembered(by=ann)
    assert [found.is_own for found in alike(by=ann)] == [True]
    assert [found.is_own for found in alike(by=factories.person())] == [False]


def test_a_short_text_is_found_word_for_word_only() -> None:
    remembered("Closed on Mondays, as everybody knows")
    assert [found.is_exact for found in alike("closed on mondays as everybody knows!")] == [True]
    assert alike("Closed on Tuesdays, as everybody knows") == []
    remembered("Nice one")
    assert alike("Nice one") == []


def test_who_quotes_a_comment_does_not_repeat_it() -> None:
    remembered()
    assert alike(f"> {SAID}\n\n{OTHER}") == []


def test_sites_do_not_see_each_others_words() -> None:
    comment, elsewhere = factories.comment(), factories.site().id + 1
    service.remember(comment, elsewhere, said(SAID))
    assert alike() == []


def test_what_is_older_than_the_window_is_not_found() -> None:
    now = clock.now()
    with clock.at(now - service.LASTS - timedelta(minutes=1)):
        remembered()
    with clock.at(now - service.LASTS + timedelta(hours=1)):
        lately = remembered()
    with clock.at(now):
        (found,) = alike()
    assert found.comment_id == lately.id
    assert found.minutes_ago == pytest.approx(
        (service.LASTS - timedelta(hours=1)).total_seconds() / 60
    )


def test_the_newest_come_first_and_there_is_an_end_to_them() -> None:
    on, by = factories.article(), factories.person()
    made = [remembered(on=on, by=by).id for _ in range(queries.NEWEST + 5)]
    found = [one.comment_id for one in alike()]
    assert found == made[: -queries.NEWEST - 1 : -1]


def test_a_comment_that_is_remembered_knows_what_is_like_it_but_not_itself() -> None:
    first, second = remembered(), remembered(NEARLY)
    site_id, now = factories.site().id, clock.now()
    assert [one.comment_id for one in service.alike_to(second, site_id, now=now)] == [first.id]
    assert service.alike_to(factories.comment(SAID), site_id, now=now) == []


def test_a_comment_that_says_something_else_now_is_found_by_that() -> None:
    comment = remembered()
    service.forget(comment.id)
    service.remember(comment, factories.site().id, said(OTHER))
    assert alike() == []
    assert [one.comment_id for one in alike(OTHER)] == [comment.id]


def test_nothing_is_left_of_a_forgotten_comment() -> None:
    gone, kept = remembered(), remembered(OTHER)
    service.forget(gone.id)
    service.forget(gone.id)
    assert list(db.session.scalars(select(StoredSignature.comment_id))) == [kept.id]
    assert set(db.session.scalars(select(Band.comment_id))) == {kept.id}


def test_the_worker_forgets_what_has_left_the_window() -> None:
    with clock.at(clock.now() - service.LASTS - timedelta(hours=1)):
        remembered()
    kept = remembered(NEARLY)
    db.session.commit()
    service.clear_old(lambda: True)
    assert list(db.session.scalars(select(StoredSignature.comment_id))) == [kept.id]
    assert set(db.session.scalars(select(Band.comment_id))) == {kept.id}


def test_of_a_site_that_is_talked_on_much_the_newest_are_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(service, "MOST", 3)
    monkeypatch.setattr(service, "AT_ONCE", 2)
    on, by = factories.article(), factories.person()
    made = [remembered(on=on, by=by).id for _ in range(8)]
    db.session.commit()
    service.clear_old(lambda: True)
    assert sorted(db.session.scalars(select(StoredSignature.comment_id))) == made[-3:]


def test_the_worker_stops_between_two_steps_when_it_is_told_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(service, "MOST", 1)
    monkeypatch.setattr(service, "AT_ONCE", 2)
    on, by = factories.article(), factories.person()
    for _ in range(8):
        remembered(on=on, by=by)
    db.session.commit()
    answers = iter([True, *repeat(False, 20)])
    service.clear_old(lambda: next(answers))
    assert db.session.scalar(select(func.count()).select_from(StoredSignature)) == 6


def test_one_query_finds_them_by_their_keys(app: Flask) -> None:
    remembered()
    db.session.commit()
    site_id = factories.site().id
    with counted(app) as seen:
        service.alike(site_id, said(SAID), now=clock.now(), author_id=0)
    ((statement, given),) = seen
    db.session.rollback()
    if db.engine.dialect.name == "sqlite":
        steps = plan(app, statement, given)
        # neither the window nor the bands are gone through
        assert "SCAN s" not in steps.replace("SCAN signature", "SCAN s")
        assert "SEARCH s USING INTEGER PRIMARY KEY" in steps
        assert "SEARCH band USING PRIMARY KEY (key=?)" in steps


def test_what_is_too_short_asks_nothing(app: Flask) -> None:
    site_id = factories.site().id
    with counted(app) as seen:
        service.alike(site_id, said("Nice one"), now=clock.now(), author_id=0)
        service.alike(site_id, None, now=clock.now(), author_id=0)
    assert seen == []
