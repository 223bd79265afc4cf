"""Rows for tests: valid by default; a test names what matters to it. Needs an app context."""

from itertools import count
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from moderation import clock
from moderation.articles.models import Article
from moderation.cases import decide, reporting
from moderation.cases.decide import Reasons, Seen
from moderation.cases.decisions import Decision
from moderation.cases.models import Case, CaseKind, Report
from moderation.comments import service as comments
from moderation.comments.models import Comment
from moderation.comments.status import Action, Status
from moderation.database import db, saved
from moderation.people import service as people
from moderation.people.models import Person
from moderation.people.roles import Role
from moderation.policy import service as policy
from moderation.policy.models import Clause
from moderation.sites import service as sites
from moderation.sites.models import Site

serial = count(1)
PASSWORD = "a long enough secret"
# Argon2 takes 20 ms, and few tests are about passwords
_hashed: dict[str, str] = {}


def site() -> Site:
    """The one site that every test database has."""
    return sites.by_slug(None)


def person(role: Role = Role.COMMENTER, **given: Any) -> Person:
    """Somebody confirmed, with PASSWORD."""
    number = next(serial)
    if "hash" not in _hashed:
        _hashed["hash"] = people.hashed(PASSWORD)
    defaults = {
        "email": f"person{number}@example.org",
        "name": f"Person {number}",
        "password_hash": _hashed["hash"],
        "confirmed_at": clock.now(),
        "limits": [],
    }
    return saved(Person(role=role, **{**defaults, **given}))


def moderator(**given: Any) -> Person:
    return person(Role.MODERATOR, **given)


def article(**given: Any) -> Article:
    number = next(serial)
    defaults = {"slug": f"article-{number}", "title": f"Article {number}"}
    return saved(Article(site=site(), **{**defaults, **given}))


def comment(
    body: str = "Nice.",
    *,
    on: Article | None = None,
    by: Person | None = None,
    to: Comment | None = None,
    status: Status = Status.PUBLISHED,
) -> Comment:
    """A comment that arrived as `status`: published, or pending with its case."""
    under = on or (to.article if to else article())
    comments.lock_thread(under.id)
    written = comments.write(under, author=by or person(), body=body, parent=to)
    action = Action.APPROVE if status is Status.PUBLISHED else Action.HOLD
    decide.arrival(written, action, site=site())
    db.session.flush()
    return written


def clause(code: str = "abuse") -> Clause:
    return policy.find_clause(site(), code)


def report(
    about: Comment, code: str = "abuse", *, by: Person | None = None, explanation: str = ""
) -> Report:
    return reporting.report(
        about, reporter=by or person(), clause=clause(code), explanation=explanation
    )


def notice(about: Comment, **given: Any) -> Report:
    """A notice of illegality, from an address unless `reporter` is given."""
    reporter = given.pop("reporter", None)
    facts = {
        "law": "defamation",
        "explanation": "It is untrue.",
        "name": "A Sender",
        "email": f"sender{next(serial)}@example.org",
        **given,
    }
    return reporting.notify(about, reporting.Notice(**facts), reporter=reporter)


def case_of(about: Comment, kind: CaseKind = CaseKind.REVIEW) -> Case:
    """The comment's newest case of this kind."""
    return db.session.execute(
        select(Case)
        .where(Case.comment_id == about.id, Case.kind == kind)
        .order_by(Case.id.desc())
        .limit(1)
    ).scalar_one()


def seen(case: Case) -> Seen:
    """What a moderator with this case on the screen has seen."""
    about = db.session.get_one(Comment, case.comment_id)
    assert about.revision_id is not None
    return Seen(about.revision_id, case.version)


def decision(
    about: Comment,
    action: Action,
    *,
    by: Person | None = None,
    code: str = "abuse",
    statement: str = "It insults somebody.",
    note: str = "",
) -> Decision:
    """A moderator's decision on the comment's case."""
    restricts = action in (Action.HIDE, Action.HOLD)
    reasons = Reasons(
        clause=clause(code) if restricts else None,
        statement=statement if restricts else "",
        note=note,
    )
    case = case_of(about)
    return decide.decide(case, action, by=by or moderator(), seen=seen(case), reasons=reasons)


def sign_in(client: FlaskClient, who: str, password: str = PASSWORD) -> None:
    """Sign `who` (an e-mail address) in as a browser would."""
    answer = client.post("/sign-in", data={"email": who, "password": password})
    assert answer.status_code == 303, answer.text


def signed_in(app: Flask, role: Role = Role.COMMENTER) -> FlaskClient:
    """A browser with somebody of `role` signed in."""
    with app.app_context():
        email = person(role).email
        db.session.commit()
    client = app.test_client()
    sign_in(client, email)
    return client
