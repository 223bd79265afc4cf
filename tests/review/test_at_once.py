"""The same form at the same moment, twice."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask
from sqlalchemy import func, select

from moderation import clock
from moderation.cases import service
from moderation.cases.models import Case, Skip
from moderation.database import db
from moderation.people.models import Person
from tests import factories
from tests.review.desk import reported

TIMES = 4


def test_a_case_skipped_twice_is_skipped_once(app: Flask) -> None:
    case_id = reported(app)
    with app.app_context():
        person_id = factories.moderator().id
        db.session.commit()
    together = Barrier(TIMES)

    def skip(_number: int) -> None:
        together.wait()
        with app.app_context():
            case = db.session.get_one(Case, case_id)
            by = db.session.get_one(Person, person_id)
            service.skip(case, by=by, until=clock.now())
            db.session.commit()

    with ThreadPoolExecutor(TIMES) as pool:
        list(pool.map(skip, range(TIMES)))
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Skip)) == 1
