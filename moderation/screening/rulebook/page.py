"""What the pages about rules are drawn from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template
from sqlalchemy import select
from wtforms import SelectChoice

from moderation import clock
from moderation.database import db
from moderation.policy import service as policy
from moderation.screening.rulebook import dryrun, queries, service, tally, trying
from moderation.screening.rulebook.context import FACTS, VERDICT
from moderation.screening.rulebook.examples import EXAMPLES
from moderation.screening.rulebook.forms import Reaction, RuleForm, typed
from moderation.screening.rulebook.models import DryRun, DryRunState, Rule
from moderation.screening.rulebook.refusal import BadRule
from moderation.screening.rulebook.tally import Fate, Tally
from moderation.screening.rulebook.trying import Tried
from moderation.screening.verdict import PhaseMode
from moderation.sites import service as sites

FATES = {
    Fate.APPROVED: "People approved these",
    Fate.HIDDEN: "People hid these",
    Fate.UNQUESTIONED: "Published, and nobody decided about these",
    Fate.WAITING: "These wait for a decision",
    Fate.WITHDRAWN: "Their authors took these back",
}


@dataclass(frozen=True, slots=True)
class Example:
    """A comment to which a rule says yes. text None: the words are gone."""

    comment_id: int
    text: str | None
    article: str


def overview() -> dict[str, Any]:
    """Every rule in force, with how right it was, and the clauses by their codes."""
    site = sites.current()
    rules = db.session.scalars(queries.in_force(site.id)).all()
    return {
        "rules": rules,
        "records": service.records(site, rules),
        "clauses": _clauses(),
        "modes": list(PhaseMode),
    }


def form(**given: Any) -> RuleForm:
    """With the clauses in force to choose from."""
    made = RuleForm(**given)
    made.clause.choices = [SelectChoice(code, title) for code, title in _clauses().items()]
    return made


def blank_form(run: DryRun | None) -> RuleForm:
    return form(formdata=None, **(_as_typed(run) | {"base": 0} if run else {}))


def filled_form(rule: Rule, run: DryRun | None) -> RuleForm:
    """A rule as it is, or as it was in one of its dry runs."""
    wanted = run if run is not None and run.name == rule.name else None
    return form(formdata=None, **(_as_typed(wanted or rule) | {"base": rule.version}))


def rule(shown: RuleForm, *, bad: BadRule | None = None, tried: list[Tried] | None = None) -> str:
    """The page of a rule, new or not."""
    site, name = sites.current(), shown.name.data or ""
    is_known = bool(shown.base.data) and not shown.base.errors
    versions = db.session.execute(queries.versions(site.id, name)).all() if is_known else []
    rules = [version for version, _ in versions]
    return render_template(
        "screening/rule.html",
        form=shown,
        rule=rules[0] if rules else None,
        versions=versions,
        records=service.records(site, rules),
        runs=db.session.scalars(queries.runs(site.id, name)).all() if rules else [],
        clauses=_clauses(),
        modes=list(PhaseMode),
        bad=bad,
        tried=tried,
        facts=FACTS,
        verdict_parts=VERDICT,
        examples=EXAMPLES,
    )


def run(shown: DryRun) -> dict[str, Any]:
    """A dry run: how far it is, or what it found."""
    site = sites.current()
    found = Tally.from_stored(shown.result)
    last = db.session.scalar(queries.newest(site.id, shown.name))
    # left alone, or nobody is there to run it
    waited = (clock.now() - shown.created_at).total_seconds()
    return {
        "run": shown,
        "sentences": tally.sentences(found, hold=shown.hold, days=shown.days),
        "groups": _groups(site.id, found),
        "tried": _tried(shown) if shown.state is DryRunState.DONE else [],
        "saved_as": db.session.scalar(select(Rule).where(Rule.dry_run_id == shown.id)),
        "has_moved_on": (last.version if last else 0) != shown.base_version,
        "is_known": last is not None,
        "clause_title": _clauses().get(shown.clause_code, shown.clause_code),
        "waits_long": shown.state is DryRunState.WAITING and waited > 30,
    }


def _tried(shown: DryRun) -> list[Tried]:
    try:
        rules = dryrun.ruleset(shown.expression, clause=shown.clause_code, hold=shown.hold)
    except BadRule:
        return []
    return trying.tried(
        sites.current(),
        rules,
        should_flag=shown.should_flag,
        should_pass=shown.should_pass,
        tried_as=shown.tried_as,
    )


def _groups(site_id: int, found: Tally) -> list[tuple[str, int, Sequence[Example]]]:
    """(what became of them, how many, examples) for each fate that has some."""
    wanted = [comment_id for ids in found.examples.values() for comment_id in ids]
    shown = {
        row.id: Example(row.id, None if row.blanked_at else row.body, row.title)
        for row in db.session.execute(queries.shown(site_id, wanted))
    }
    return [
        (
            words,
            found.said_yes[fate],
            [shown[i] for i in found.examples.get(fate, ()) if i in shown],
        )
        for fate, words in FATES.items()
        if found.said_yes[fate]
    ]


def _as_typed(source: Rule | DryRun) -> dict[str, Any]:
    return {
        "name": source.name,
        "expression": source.expression,
        "clause": source.clause_code,
        "reaction": Reaction.HOLD if source.hold else Reaction.REPORT,
        "should_flag": typed(source.should_flag),
        "should_pass": typed(source.should_pass),
        "tried_as": source.tried_as,
    }


def _clauses() -> dict[str, str]:
    """code → title of the policy in force."""
    return {clause.code: clause.title for clause in policy.in_force(sites.current()).clauses}
