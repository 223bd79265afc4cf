"""Propose rules, save them after their dry run, switch them. Never commits."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from moderation import clock, events
from moderation.database import db, saved
from moderation.errors import Conflict, Missing, Refused
from moderation.events.kinds import RuleModeChanged, RuleRetired, RuleSaved, RuleTried
from moderation.people.models import Person
from moderation.policy import service as policy
from moderation.screening.rulebook import checking, queries
from moderation.screening.rulebook.models import DryRun, DryRunState, Rule, TriedAs
from moderation.screening.rulebook.outline import outline
from moderation.screening.rulebook.refusal import BadRule
from moderation.screening.rulebook.ruleset import RuleSet
from moderation.screening.verdict import PhaseMode
from moderation.sites import service as sites
from moderation.sites.models import Site

LONGEST_NAME = 40
PERIODS = (1, 7, 30, 90, 365)  # days
MOST_RULES = 100  # that are not off
MOST_STEPS = 200_000  # of all of them together: about 10 ms at the very worst
# addresses under /rules that are no rules
TAKEN = frozenset(
    {"new", "try", "dry-runs", "words", "phases", "budget", "model", "remote", "health"}
    | {"heat", "help"}
)

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A rule as somebody wants it. base: the version it was written over, 0 for a new rule."""

    name: str
    expression: str
    clause: str
    hold: bool = False
    base: int = 0
    should_flag: Sequence[str] = ()
    should_pass: Sequence[str] = ()
    tried_as: TriedAs = TriedAs.REGULAR


def ruleset(site: Site) -> RuleSet:
    """The site's rules that are not off, compiled."""
    return RuleSet.build(db.session.scalars(queries.in_force(site.id)))


def find(site: Site, name: str) -> Rule:
    """The newest version, in force or retired."""
    found = db.session.scalar(queries.newest(site.id, name))
    if found is None:
        raise Missing(f"There is no rule “{name}”.")
    return found


def find_run(site: Site, run_id: int) -> DryRun:
    found = db.session.get(DryRun, run_id)
    if found is None or found.site_id != site.id:
        raise Missing("There is no such dry run.")
    return found


def check_name(name: str) -> None:
    """Raises Refused."""
    if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        raise Refused(
            f"A rule's name has 1 to {LONGEST_NAME} small letters and digits, with single hyphens "
            "between: many-links."
        )
    if name in TAKEN:
        raise Refused(f"“{name}” is the name of a page here. Take another one.")


def propose(site: Site, proposal: Proposal, *, days: int, by: Person | None) -> DryRun:
    """Ask for a dry run; the worker takes it up. Raises BadRule, Refused, Conflict."""
    check_name(proposal.name)
    if days not in PERIODS:
        raise Refused(f"A dry run covers {', '.join(map(str, PERIODS))} days.")
    if proposal.clause not in policy.codes_in_force(site):
        raise Refused(f"The policy has no clause “{proposal.clause}”.")
    checking.checked(proposal.expression)
    _check_base(site, proposal.name, proposal.base)
    run = saved(
        DryRun(
            site_id=site.id,
            name=proposal.name,
            expression=proposal.expression,
            clause_code=proposal.clause,
            hold=proposal.hold,
            should_flag=list(proposal.should_flag),
            should_pass=list(proposal.should_pass),
            tried_as=proposal.tried_as,
            base_version=proposal.base,
            days=days,
            state=DryRunState.WAITING,
            created_by_id=by.id if by else None,
        )
    )
    events.record(
        RuleTried(
            dry_run_id=run.id,
            rule=run.name,
            clause=run.clause_code,
            person_id=by.id if by else None,
        ),
        site_id=site.id,
    )
    return run


def save(run: DryRun, mode: PhaseMode, *, site: Site, by: Person | None) -> Rule:
    """The rule of a finished dry run as the next version, in force at once.

    Raises Refused before the dry run is done, Conflict if the rule has moved on meanwhile.
    """
    if run.state is not DryRunState.DONE:
        raise Refused("The dry run is not finished. Wait for it, then save the rule.")
    _lock(site)
    if run.clause_code not in policy.codes_in_force(site):
        raise Refused(f"The policy has no clause “{run.clause_code}” any more. Choose another.")
    last = _check_base(site, run.name, run.base_version)
    if mode is not PhaseMode.OFF:
        _check_room(site, run.name, run.expression)
    if last is not None and last.replaced_at is None:
        last.replaced_at = clock.now()
        db.session.flush()
    rule = saved(_next_version(run, mode, by))
    sites.renew_screening(site)
    events.record(
        RuleSaved(
            rule_id=rule.id,
            rule=rule.name,
            version=rule.version,
            clause=rule.clause_code,
            mode=mode.value,
            hold=rule.hold,
            person_id=rule.made_by_id,
        ),
        site_id=site.id,
    )
    return rule


def _next_version(run: DryRun, mode: PhaseMode, by: Person | None) -> Rule:
    return Rule(
        site_id=run.site_id,
        name=run.name,
        version=run.base_version + 1,
        expression=run.expression,
        clause_code=run.clause_code,
        mode=mode,
        hold=run.hold,
        should_flag=run.should_flag,
        should_pass=run.should_pass,
        tried_as=run.tried_as,
        made_by_id=by.id if by else None,
        dry_run_id=run.id,
    )


def set_mode(rule: Rule, mode: PhaseMode, *, site: Site, by: Person | None) -> None:
    """Switch a rule in force; the same mode again changes nothing. Raises Conflict, Refused."""
    _lock(site)
    db.session.refresh(rule)
    if rule.replaced_at is not None:
        raise Conflict("This version is not in force any more. Look at the rule again.")
    if rule.mode is mode:
        return
    if rule.mode is PhaseMode.OFF:
        _check_room(site, rule.name, rule.expression)
    rule.mode = mode
    sites.renew_screening(site)
    events.record(
        RuleModeChanged(
            rule_id=rule.id,
            rule=rule.name,
            version=rule.version,
            mode=mode.value,
            person_id=by.id if by else None,
        ),
        site_id=site.id,
    )


def retire(rule: Rule, *, site: Site, by: Person | None) -> None:
    """Take a rule out of force; its versions and what they said stay. Saving it anew revives it."""
    _lock(site)
    db.session.refresh(rule)
    if rule.replaced_at is not None:
        raise Conflict("This version is not in force any more. Look at the rule again.")
    rule.replaced_at = clock.now()
    sites.renew_screening(site)
    events.record(
        RuleRetired(
            rule_id=rule.id,
            rule=rule.name,
            version=rule.version,
            person_id=by.id if by else None,
        ),
        site_id=site.id,
    )


@dataclass(frozen=True, slots=True)
class Record:
    """What people decided about what a version said yes to, of the last ones at most."""

    approved: int = 0
    hidden: int = 0
    open: int = 0

    @property
    def fired(self) -> int:
        return self.approved + self.hidden + self.open


def records(site: Site, rules: Sequence[Rule]) -> Mapping[int, Record]:
    """rule id → how right it was so far."""
    if not rules:
        return {}
    counted: dict[tuple[str, str], dict[str, int]] = {}
    asked = {(rule.checker, str(rule.version)) for rule in rules}
    for checker, version, judged, number in db.session.execute(queries.records(site.id, asked)):
        word = "open" if judged is None else "hidden" if judged.value == "hide" else "approved"
        kinds = counted.setdefault((checker, version), {})
        kinds[word] = kinds.get(word, 0) + number
    return {rule.id: Record(**counted.get((rule.checker, str(rule.version)), {})) for rule in rules}


def _lock(site: Site) -> None:
    """Two who change rules at once do it one after the other."""
    db.session.execute(select(Site.id).where(Site.id == site.id).with_for_update(key_share=True))


def _check_base(site: Site, name: str, base: int) -> Rule | None:
    """The newest version, which must be the one that was written over."""
    last = db.session.scalar(queries.newest(site.id, name))
    version = last.version if last is not None else 0
    if version == base:
        return last
    if base == 0:
        raise Conflict(f"There is a rule “{name}” already. Open it to change it.")
    raise Conflict(
        f"Somebody saved version {version} of “{name}” meanwhile. Open the rule again, and put "
        "your change into that."
    )


def _check_room(site: Site, name: str, expression: str) -> None:
    """One more rule must not make every comment slow. Raises Refused."""
    others = [
        rule
        for rule in db.session.scalars(queries.in_force(site.id))
        if rule.mode is not PhaseMode.OFF and rule.name != name
    ]
    if len(others) >= MOST_RULES:
        raise Refused(f"There are {MOST_RULES} rules at work. Switch one off first.")
    steps = sum(map(_steps, [expression, *(rule.expression for rule in others)]))
    if steps > MOST_STEPS:
        raise Refused(
            "All rules together ask too much of every comment. Switch off one that asks lists."
        )


def _steps(expression: str) -> int:
    try:
        return outline(expression).steps
    except BadRule:  # saved once, and not understood any more
        return 0
