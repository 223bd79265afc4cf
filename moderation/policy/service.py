"""Publish a version of the policy; find the rules in force."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from moderation import clock, events
from moderation.database import db, saved
from moderation.errors import Missing, Refused
from moderation.events.kinds import PolicyPublished
from moderation.policy import queries
from moderation.policy.models import Clause, Ground, PolicyVersion
from moderation.sites.models import Site

STARTER = Path(__file__).parent / "starter.toml"
SEVERITIES = (1, 2, 4, 8)
LANES = (0, 1, 2)


def publish(site: Site, text: Mapping[str, Any]) -> PolicyVersion:
    """The next version of `site`'s policy, in force from now on and never changed again.

    text: as in starter.toml: title, introduction, redress, changes and a list of clauses.
    Raises Refused with a sentence for what is missing or impossible.
    """
    clauses = text.get("clause", [])
    if not clauses:
        raise Refused("A policy needs at least one clause.")
    last = select(func.max(PolicyVersion.number)).where(PolicyVersion.site_id == site.id)
    version = PolicyVersion(
        site_id=site.id,
        number=(db.session.scalar(last) or 0) + 1,
        published_at=clock.now(),
        **{name: text[name].strip() for name in ("title", "introduction", "redress", "changes")},
    )
    version.clauses = [_clause(position, given) for position, given in enumerate(clauses, 1)]
    saved(version)
    events.record(
        PolicyPublished(policy_version_id=version.id, number=version.number), site_id=site.id
    )
    return version


def publish_starter(site: Site) -> PolicyVersion:
    """The policy a new site begins with."""
    return publish(site, tomllib.loads(STARTER.read_text("utf-8")))


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


def _clause(position: int, given: Mapping[str, Any]) -> Clause:
    if given["severity"] not in SEVERITIES or given["lane"] not in LANES:
        raise Refused(f"Clause “{given['code']}”: severity is 1, 2, 4 or 8, and lane is 0, 1 or 2.")
    return Clause(position=position, **{**given, "ground": Ground(given["ground"])})
