"""Publish a version of the policy; find the rules in force."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from moderation import clock, events
from moderation.database import db, saved
from moderation.errors import Missing, Refused
from moderation.events.kinds import PolicyPublished
from moderation.forms import tidy
from moderation.policy import queries, rules
from moderation.policy.models import Clause, Ground, PolicyVersion
from moderation.sites import service as sites
from moderation.sites.models import Site

STARTER = Path(__file__).parent / "starter.toml"
PARTS = ("title", "introduction", "redress", "changes")


class NotAPolicy(Refused):
    """What was to be published is not a policy; `problems` has a sentence for each reason."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def publish(site: Site, text: Mapping[str, Any]) -> PolicyVersion:
    """The next version of `site`'s policy, in force from now on and never changed again.

    text: as in starter.toml: title, introduction, redress, changes and a list of clauses.
    Raises NotAPolicy with a sentence for all that is missing or impossible.
    """
    if problems := rules.problems(text):
        raise NotAPolicy(problems)
    # two who publish at once get two numbers
    db.session.execute(select(Site.id).where(Site.id == site.id).with_for_update(key_share=True))
    last = select(func.max(PolicyVersion.number)).where(PolicyVersion.site_id == site.id)
    version = PolicyVersion(
        site_id=site.id,
        number=(db.session.scalar(last) or 0) + 1,
        **{name: tidy(text[name]) for name in PARTS},
    )
    version.clauses = [_clause(position, given) for position, given in enumerate(text["clause"], 1)]
    saved(version)
    # from here on the database refuses every change, see the migrations
    version.published_at = clock.now()
    db.session.flush()
    sites.renew_screening(site)
    events.record(
        PolicyPublished(policy_version_id=version.id, number=version.number), site_id=site.id
    )
    return version


def publish_starter(site: Site) -> PolicyVersion:
    """The policy a new site begins with."""
    return publish(site, _starter())


def in_force(site: Site) -> PolicyVersion:
    """The rules that hold now, with their clauses. Missing if the site has none."""
    version = db.session.scalar(queries.in_force(site.id))
    if version is None:
        raise Missing("This site has not published its policy yet.")
    return version


def find_clause(site: Site, code: str) -> Clause:
    """The clause `code` of the rules in force."""
    clause = db.session.scalar(queries.clause(site.id, code))
    if clause is None:
        raise Missing(f"The policy has no clause “{code}”.")
    return clause


def codes_in_force(site: Site) -> dict[str, int]:
    """code → id of every clause in force; empty before the first policy."""
    return dict(db.session.connection().execute(queries.CODES, {"site": site.id}).all())


def starter_codes() -> tuple[str, ...]:
    """The clauses of the policy that new sites begin with. No database."""
    return tuple(clause["code"] for clause in _starter()["clause"])


def find_version(site: Site, number: int) -> PolicyVersion:
    """The version `number`, in force or not, with its clauses."""
    version = db.session.scalar(
        queries.published(site.id).where(PolicyVersion.number == number).limit(1)
    )
    if version is None:
        raise Missing(f"There is no version {number} of the policy.")
    return version


def _clause(position: int, given: Mapping[str, Any]) -> Clause:
    facts: dict[str, Any] = {}
    for key, value in given.items():
        if isinstance(value, str):
            facts[key] = tidy(value)
        elif isinstance(value, list):
            facts[key] = [tidy(example) for example in value]
        else:
            facts[key] = value
    facts["ground"] = Ground(facts["ground"])
    return Clause(position=position, **facts)


def _starter() -> dict[str, Any]:
    return tomllib.loads(STARTER.read_text("utf-8"))
