"""The compiled instruments of one site: its words, its rules, its model, its thresholds.

Built when first needed in a process, and anew when the site's screening or its policy changes.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import structlog
from flask import current_app

from moderation.database import db, only_reading
from moderation.policy import service as policy
from moderation.screening.budget import bars as budget
from moderation.screening.phases import contempt, flood, links, personal, repeats, threats
from moderation.screening.remote import contract as remote
from moderation.screening.risk import service as risk
from moderation.screening.risk.model import SHIPPED_BARS, Model
from moderation.screening.rulebook import service as rulebook
from moderation.screening.rulebook.ruleset import RuleSet
from moderation.screening.settings import Bars, Screening
from moderation.screening.verdict import PhaseMode
from moderation.screening.words import service as words
from moderation.screening.words.matcher import Matcher
from moderation.sites.models import Site

# words of hatred and of threats ask for a first look; the others report
HOLDING = frozenset({"hatred", "threats", "child-safety"})

log = structlog.get_logger()


@dataclass(frozen=True)
class Kit:
    """bars: checker → thresholds, as shipped or as the site's limit raises them.

    clauses: code → id of the policy in force. chosen: the site's own choices.
    """

    matcher: Matcher
    model: Model
    rules: RuleSet
    bars: Mapping[str, Bars]
    clauses: Mapping[str, int] = field(default_factory=dict)
    chosen: Screening = field(default_factory=Screening)


def shipped() -> Kit:
    """What comes with the package: starter words, the model as trained, no rules. No database."""
    return Kit(
        matcher=words.starter_matcher(),
        model=Model.shipped(),
        rules=RuleSet.build([]),
        bars=_bars(words.starter_clauses()),
        clauses=dict.fromkeys(policy.starter_codes(), 0),
    )


def of(site: Site) -> Kit:
    """The site's kit as it is now: no query if nothing has changed."""
    state, kits = _state(site), _kits()
    known = kits.get(site.id)
    if known is None or known[0] != state:
        with _building:
            known = kits.get(site.id)
            if known is None or known[0] != state:
                try:
                    known = kits[site.id] = (state, _built(site))
                except Exception:
                    log.exception("instruments not built", site=site.slug)
                    return known[1] if known is not None else _bare(site)
    return known[1]


def prepare(site: Site) -> None:
    """Build the kit if it is not there, in a transaction of its own that keeps nobody from writing.

    What is open is committed then: whoever is about to write asks for this first.
    """
    known = _kits().get(site.id)
    if known is not None and known[0] == _state(site):
        return
    db.session.commit()
    with only_reading():
        of(site)
        db.session.rollback()


def _state(site: Site) -> object:
    # its policy moves the version, too
    return site.screening_version, site.stored_settings


def _kits() -> dict[int, tuple[object, Kit]]:
    kits: dict[int, tuple[object, Kit]] = current_app.extensions.setdefault("kits", {})
    return kits


def _bare(site: Site) -> Kit:
    """What ships, under the site's policy: if its own is broken, comments go on being screened."""
    return replace(
        shipped(),
        clauses=policy.codes_in_force(site),
        chosen=Screening.from_stored(site.settings.screening),
    )


def _built(site: Site) -> Kit:
    return Kit(
        matcher=words.matcher(site),
        model=risk.model(site),
        rules=rulebook.ruleset(site),
        bars=budget.raised(shipped_bars(site), site),
        clauses=policy.codes_in_force(site),
        chosen=Screening.from_stored(site.settings.screening),
    )


def shipped_bars(site: Site) -> Mapping[str, Bars]:
    """The thresholds before the site's limit on what is held raises some of them."""
    return {**_bars(words.clauses(site)), **_remote_bars(site)}


def _remote_bars(site: Site) -> Mapping[str, Bars]:
    """Of the publisher's own checker under each clause, if it is asked at all."""
    if Screening.from_stored(site.settings.screening).mode(remote.CHECKER) is PhaseMode.OFF:
        return {}
    codes = policy.codes_in_force(site)
    return {remote.checker_of(code): Bars(*remote.DEFAULT_BARS) for code in codes}


_building = threading.Lock()


def _bars(listed: set[str]) -> Mapping[str, Bars]:
    """The thresholds as shipped, for every checker that names a clause."""
    bars: dict[str, Bars] = {
        f"words:{code}": Bars(1.0, 1.0 if code in HOLDING else None) for code in listed
    }
    for shipped_bars in (
        contempt.DEFAULT_BARS,
        flood.DEFAULT_BARS,
        links.DEFAULT_BARS,
        personal.DEFAULT_BARS,
        repeats.DEFAULT_BARS,
        threats.DEFAULT_BARS,
        SHIPPED_BARS,
    ):
        bars.update({name: Bars(*pair) for name, pair in shipped_bars.items()})
    # each kind of personal data reports by itself: once is enough
    bars["risk:personal_data"] = Bars()
    return bars
