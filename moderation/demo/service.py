"""Fill an empty site with the demo newspaper: articles, readers, reports, decisions."""

import secrets
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from moderation import clock
from moderation.articles.models import Article, Mode, ModeReason
from moderation.cases import decide, queries, reporting
from moderation.cases.decide import Reasons, Seen
from moderation.cases.models import CaseKind
from moderation.comments import service as comments
from moderation.comments.models import Comment
from moderation.comments.status import Action, Status
from moderation.database import db, saved
from moderation.people import service as people
from moderation.people.models import Person
from moderation.people.roles import Role
from moderation.policy import service as policy
from moderation.screening import service as screening
from moderation.screening.rulebook import dryrun
from moderation.screening.rulebook import service as rulebook
from moderation.screening.rulebook.service import Proposal
from moderation.screening.verdict import PhaseMode
from moderation.sites.models import Site

FOLDER = Path(__file__).parent

# who can sign in; the demo's other readers only write
ACCOUNTS = {
    "reader": ("Robin Readwell", Role.COMMENTER),
    "moderator": ("Mo Deskman", Role.MODERATOR),
    "moderator2": ("Ada Secondeye", Role.MODERATOR),
    "lead": ("Lee Leadwell", Role.LEAD),
    "lawyer": ("Laurie Lawson", Role.LAWYER),
    "admin": ("Adi Minster", Role.ADMIN),
}


@dataclass
class Cast:
    """Everybody and everything made so far, by the keys of the files."""

    site: Site
    now: datetime
    people: dict[str, Person] = field(default_factory=dict)
    articles: dict[str, Article] = field(default_factory=dict)
    comments: dict[str, Comment] = field(default_factory=dict)


def is_empty() -> bool:
    """Whether there is no article yet."""
    return db.session.scalar(select(Article.id).limit(1)) is None


def fill(site: Site) -> list[tuple[str, str, str]]:
    """Make the demo's content. Returns (role, address, password) of who can sign in."""
    site.name = "The Harbour Post"
    cast = Cast(site, clock.now())
    accounts = [_account(cast, key) for key in ACCOUNTS]
    told = _read("comments")
    for given in told["person"]:
        with clock.at(cast.now - timedelta(days=given["days_old"])):
            address = f"{given['key']}@readers.example"
            cast.people[given["key"]] = _reader(address, given["name"])
    for given in _read("articles")["article"]:
        _article(cast, given)
    for moment, kind, given in _in_order(cast, told):
        with clock.at(moment):
            STEPS[kind](cast, given)
            db.session.flush()
    return accounts


def add_rules(site: Site) -> None:
    """The newsroom's first rules, each after its dry run over what is there. Commits."""
    lead = db.session.scalars(select(Person).where(Person.role == Role.LEAD)).one()
    for given in _read("rules")["rule"]:
        proposal = Proposal(
            name=given["name"],
            expression=given["expression"],
            clause=given["clause"],
            hold=given["hold"],
            should_flag=given["should_flag"],
            should_pass=given["should_pass"],
        )
        run = rulebook.propose(site, proposal, days=7, by=lead)
        db.session.commit()
        dryrun.run_waiting(lambda: True)
        rulebook.save(run, PhaseMode(given["mode"]), site=site, by=lead)
        db.session.commit()


def move_to(url: str) -> None:
    """Letters link to where the demo runs now."""
    for site in db.session.scalars(select(Site)):
        site.url = url


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))


def _account(cast: Cast, key: str) -> tuple[str, str, str]:
    name, role = ACCOUNTS[key]
    address, password = f"{key}@demo.example", secrets.token_urlsafe(9)
    with clock.at(cast.now - timedelta(days=400)):
        cast.people[key] = people.add(address, name=name, role=role, password=password)
    return role.value, address, password


def _reader(address: str, name: str) -> Person:
    """Somebody who wrote and never signs in: no password fits."""
    return saved(
        Person(email=address, name=name, password_hash="", confirmed_at=clock.now(), limits=[])
    )


def _article(cast: Cast, given: dict[str, Any]) -> None:
    updated_at = cast.now - timedelta(hours=given["updated_hours_ago"])
    mode = Mode(given["mode"])
    plain = ("slug", "title", "standfirst", "picture_alt", "caption", "notice")
    cast.articles[given["slug"]] = saved(
        Article(
            site=cast.site,
            **{name: given[name] for name in plain},
            picture=f"/static/demo/{given['picture']}",
            body="\n\n".join(given["body"]),
            created_at=updated_at - timedelta(hours=3),
            updated_at=updated_at,
            mode=mode,
            mode_reason=None if mode is Mode.OPEN else ModeReason(given["mode_reason"]),
            mode_sentence=given["mode_sentence"],
            contempt_terms=given.get("contempt_terms"),
        )
    )


def _in_order(cast: Cast, told: dict[str, Any]) -> Iterator[tuple[datetime, str, dict[str, Any]]]:
    """Comments, reports and decisions as they happened, oldest first."""
    steps = [(given["minutes_ago"], kind, given) for kind in STEPS for given in told[kind]]
    for minutes_ago, kind, given in sorted(steps, key=lambda step: -step[0]):
        yield cast.now - timedelta(minutes=minutes_ago), kind, given


def _comment(cast: Cast, given: dict[str, Any]) -> None:
    article = comments.lock_thread(cast.articles[given["article"]].id)
    parent = cast.comments[given["parent"]] if given.get("parent") else None
    author, body = cast.people[given["author"]], given["body"].strip()
    looked = screening.look(
        cast.site, article, author=author, body=body, is_reply=parent is not None
    )
    comment = comments.write(article, author=author, body=body, parent=parent)
    waits = article.mode is Mode.PREMODERATED or looked.asked is not None
    asked = looked.asked if article.mode is not Mode.PREMODERATED else None
    decide.arrival(comment, Action.HOLD if waits else Action.APPROVE, site=cast.site, asked=asked)
    screening.keep(comment, looked, site=cast.site)
    cast.comments[given["key"]] = comment


def _report(cast: Cast, given: dict[str, Any]) -> None:
    comment = cast.comments[given["comment"]]
    reporter = cast.people[given["reporter"]] if given.get("reporter") else None
    if given["track"] == "policy" and reporter is not None:
        if comment.status is not Status.PUBLISHED:
            return  # a check keeps it from the page, so that no reader sees it
        clause = policy.find_clause(cast.site, given["clause"])
        reporting.report(
            comment, reporter=reporter, clause=clause, explanation=given["explanation"]
        )
        return
    notice = reporting.Notice(
        law=given["law"],
        explanation=given["explanation"],
        name=given.get("name", ""),
        email=given.get("email"),
    )
    reporting.notify(comment, notice, reporter=reporter)


def _decision(cast: Cast, given: dict[str, Any]) -> None:
    comment = cast.comments[given["comment"]]
    case = db.session.execute(queries.open_case(comment.id, CaseKind.REVIEW)).scalar_one()
    clause = policy.find_clause(cast.site, given["clause"]) if given.get("clause") else None
    reasons = Reasons(clause, given.get("statement", ""), given.get("note", ""))
    by = cast.people["moderator2" if given.get("by") == "moderator2" else "moderator"]
    seen = Seen(comment.revision_id or 0, case.version)
    decide.decide(case, Action(given["action"]), by=by, seen=seen, reasons=reasons)


STEPS = {"comment": _comment, "report": _report, "decision": _decision}
