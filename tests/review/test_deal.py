"""Which case is dealt to whom."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, insert, text

from moderation import clock, ids
from moderation.cases import service as cases
from moderation.cases.models import LANE_DANGER, LANE_LEGAL, LANE_REST, Case, CaseKind
from moderation.comments.models import Comment
from moderation.comments.status import Action, Status
from moderation.database import db
from moderation.people.models import Person
from moderation.people.roles import Role
from moderation.review import queries, service
from moderation.review.queries import Desk
from tests import factories
from tests.statements import counted

pytestmark = pytest.mark.usefixtures("context")


def at_desk(person: Person, now: datetime | None = None) -> Desk:
    return service.desk_of(person, factories.site(), now=now or clock.now())


def dealt(person: Person, now: datetime | None = None) -> int | None:
    """The case `person` gets; they let go of it at once."""
    case_id = service.deal(person, at_desk(person, now)).case_id
    if case_id is not None:
        cases.release(db.session.get_one(Case, case_id, populate_existing=True))
        db.session.flush()
    db.session.refresh(person, ["deals"])
    return case_id


def waiting(lane: int = LANE_REST, minutes: int = 60, **given: object) -> Case:
    """An open case of a comment of its own, due in so many minutes."""
    comment = factories.comment()
    case = cases.open_or_join(
        comment,
        site=factories.site(),
        lane=lane,
        due_at=clock.now() + timedelta(minutes=minutes),
        **given,  # type: ignore[arg-type]
    )
    db.session.flush()
    return case


def test_lane_before_deadline_and_deadline_before_age() -> None:
    late, soon = waiting(minutes=50), waiting(minutes=10)
    legal, danger = waiting(LANE_LEGAL), waiting(LANE_DANGER, minutes=90)
    ann = factories.moderator()
    order = []
    for _ in range(3):
        case_id = service.deal(ann, at_desk(ann)).case_id
        order.append(case_id)
        cases.close(db.session.get_one(Case, case_id, populate_existing=True))
    assert order == [danger.id, legal.id, soon.id]
    assert dealt(factories.moderator()) == late.id


def test_the_case_you_hold_comes_back_to_you() -> None:
    case = waiting()
    ann = factories.moderator()
    assert dealt_and_kept(ann) == case.id
    waiting(LANE_DANGER)
    assert dealt_and_kept(ann) == case.id
    db.session.refresh(ann)
    assert ann.deals == 1


def dealt_and_kept(person: Person, now: datetime | None = None) -> int | None:
    return service.deal(person, at_desk(person, now)).case_id


def test_different_people_are_dealt_different_cases() -> None:
    cases_there = {waiting().id for _ in range(3)}
    assert {dealt_and_kept(factories.moderator()) for _ in range(3)} == cases_there
    assert dealt_and_kept(factories.moderator()) is None


def test_a_lapsed_lease_frees_the_case() -> None:
    case = waiting()
    assert dealt_and_kept(factories.moderator()) == case.id
    bob = factories.moderator()
    assert dealt_and_kept(bob) is None
    assert dealt_and_kept(bob, clock.now() + queries.LEASE) == case.id


def test_one_deal_in_four_comes_from_the_most_overdue_of_the_lower_lanes() -> None:
    danger, rest, legal = waiting(LANE_DANGER), waiting(minutes=-30), waiting(LANE_LEGAL)
    ann = factories.moderator()
    assert [dealt(ann) for _ in range(8)] == [
        *(danger.id, danger.id, danger.id, rest.id),
        *(danger.id, danger.id, danger.id, rest.id),
    ]
    legal.due_at = clock.now() - timedelta(minutes=40)
    db.session.flush()
    assert [dealt(ann) for _ in range(4)][-1] == legal.id


def test_without_lower_lanes_the_fourth_deal_is_like_the_others() -> None:
    case = waiting()
    ann = factories.moderator(deals=3)
    assert dealt(ann) == case.id


def test_not_what_you_wrote_or_reported() -> None:
    ann = factories.moderator()
    factories.report(factories.comment(by=ann))
    factories.report(factories.comment(), by=ann)
    assert dealt(ann) is None
    assert dealt(factories.moderator()) is not None


def test_not_what_you_skipped_until_later() -> None:
    case = waiting()
    ann = factories.moderator()
    service.skip(case, by=ann)
    db.session.flush()
    assert dealt(ann) is None
    assert dealt(factories.moderator()) == case.id
    assert dealt(ann, clock.now() + queries.SKIPPED) == case.id


@pytest.mark.parametrize(
    ("addressee", "role", "gets_it"),
    [
        (Role.LEAD, Role.MODERATOR, False),
        (Role.LEAD, Role.LEAD, True),
        (Role.LEAD, Role.ADMIN, True),
        (Role.LEAD, Role.LAWYER, False),
        (Role.LAWYER, Role.MODERATOR, False),
        (Role.LAWYER, Role.LAWYER, True),
        (Role.LAWYER, Role.LEAD, True),
        (Role.LAWYER, Role.ADMIN, True),
    ],
)
def test_what_was_handed_on_goes_to_whom_it_was_handed(
    addressee: Role, role: Role, gets_it: bool
) -> None:
    case = waiting(LANE_LEGAL)
    case.addressee = addressee
    db.session.flush()
    assert (dealt(factories.person(role)) == case.id) is gets_it


def test_a_lawyer_gets_the_legal_lanes_only() -> None:
    waiting()
    lawyer = factories.person(Role.LAWYER)
    assert dealt(lawyer) is None
    legal = waiting(LANE_LEGAL)
    assert dealt(lawyer) == legal.id


def test_an_appeal_goes_to_nobody_who_decided_about_the_comment() -> None:
    ann = factories.moderator()
    comment = factories.comment()
    factories.report(comment)
    factories.decision(comment, Action.HIDE, by=ann)
    appeal = cases.open_or_join(
        comment, site=factories.site(), kind=CaseKind.APPEAL, due_at=clock.now()
    )
    db.session.flush()
    assert dealt(ann) is None
    assert dealt(factories.moderator()) == appeal.id


def test_only_cases_of_the_site() -> None:
    waiting()
    ann = factories.moderator()
    elsewhere = Desk(ann.id, ann.role, 1, clock.now())
    assert service.deal(ann, elsewhere).case_id is None


def test_closed_cases_are_not_dealt() -> None:
    cases.close(waiting())
    db.session.flush()
    assert dealt(factories.moderator()) is None


def test_a_first_look_is_dealt_too() -> None:
    comment = factories.comment(status=Status.PENDING)
    assert dealt(factories.moderator()) == factories.case_of(comment).id


def test_lanes_count_what_is_open_up_to_a_hundred() -> None:
    waiting(LANE_DANGER)
    first = waiting(minutes=5)
    waiting()
    ann = factories.moderator()
    lanes = service.standing(at_desk(ann)).lanes
    assert [(lane.number, lane.count) for lane in lanes] == [(LANE_DANGER, 1), (LANE_REST, 2)]
    assert lanes[1].due_at == first.due_at


def test_renewing_takes_nothing_from_anybody() -> None:
    case = waiting()
    ann, bob = factories.moderator(), factories.moderator()
    assert service.renew(at_desk(ann), case.id)
    assert not service.renew(at_desk(bob), case.id)
    assert service.renew(at_desk(ann), case.id)


def test_a_look_writes_only_when_little_is_left_of_the_lease() -> None:
    case = waiting()
    ann, bob = factories.moderator(), factories.moderator()
    now = clock.now()
    service.renew(at_desk(ann, now), case.id)

    def must_write(person: Person, later: int) -> bool:
        then = now + timedelta(seconds=later)
        return service.needs_renewal(service.look(at_desk(person, then), case.id), now=then)

    assert [must_write(ann, seconds) for seconds in (0, 29, 31, 89)] == [False, False, True, True]
    assert [must_write(bob, seconds) for seconds in (0, 89, 91)] == [False, False, True]


def test_the_queue_is_read_from_its_index(app_engine: Engine) -> None:
    many(3_000)
    desk = at_desk(factories.moderator())
    for question in (queries.first(desk), queries.first_of_lower(desk), queries.standing(desk)):
        plan = explain(question, app_engine)
        assert "ix_case_queue" in plan, plan
        # neither a table read from end to end, nor the whole queue sorted to find its first
        assert 'Seq Scan on "case"' not in plan, plan
        assert "Seq Scan on comment" not in plan, plan
        assert not any(line.strip().startswith("->  Sort") for line in plan.splitlines()), plan
        assert not any(line.startswith("SCAN case") for line in plan.splitlines()), plan


@pytest.fixture
def app_engine() -> Engine:
    return db.engine


def explain(question: object, engine: Engine) -> str:
    """The plan in lines, after the database has looked at its tables."""
    db.session.execute(text("ANALYZE"))
    compiled = question.compile(  # type: ignore[attr-defined]
        engine, compile_kwargs={"literal_binds": True, "render_postcompile": True}
    )
    ask = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
    rows = db.session.connection().exec_driver_sql(f"{ask} {str(compiled).replace('%', '%%')}")
    return "\n".join(str(row[-1]) for row in rows)


def many(count: int) -> None:
    """So many open cases, each with a comment."""
    model = factories.comment()
    site = factories.site()
    comments: list[dict[str, object]] = [
        {
            "id": ids.new(),
            "article_id": model.article_id,
            "author_id": model.author_id,
            "root_id": model.id,
            "revision_id": model.revision_id,
            "status": Status.PUBLISHED,
        }
        for _ in range(count)
    ]
    db.session.execute(insert(Comment), comments)
    cases_there = [
        {
            "site_id": site.id,
            "comment_id": comment["id"],
            "lane": number % 3,
            "due_at": clock.now() + timedelta(seconds=number),
        }
        for number, comment in enumerate(comments)
    ]
    db.session.execute(insert(Case), cases_there)


@pytest.mark.parametrize("open_cases", [10, 1_000])
@pytest.mark.parametrize("deals", [0, 3])
def test_dealing_takes_three_queries_whatever_the_queue(
    context: Flask, open_cases: int, deals: int
) -> None:
    many(open_cases)
    ann = factories.moderator(deals=deals)
    desk = at_desk(ann)
    db.session.flush()
    with counted(context) as asked:
        assert service.deal(ann, desk).case_id is not None
    assert len(asked) == 3, asked
