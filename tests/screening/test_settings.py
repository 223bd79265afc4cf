"""A site's choices as they are stored: what nobody understands costs no comment."""

from typing import Any

import pytest

from moderation.screening.settings import AS_SHIPPED, PHASES, Bars, HeatLine, Screening
from moderation.screening.verdict import PhaseMode

EVERYTHING = Screening(
    modes={"risk": PhaseMode.SHADOW, "remote": PhaseMode.LIVE},
    bars={"risk:attack": Bars(0.4, None), "flood": Bars(None, None)},
    nudge=False,
    hold_share=2.5,
    sampled=0.5,
    language="de",
    heat=HeatLine(is_on=True, comments=5),
)


def test_what_is_stored_is_read_again() -> None:
    assert Screening.from_stored(EVERYTHING.to_stored()) == EVERYTHING
    assert Screening().to_stored() == {}


@pytest.mark.parametrize(
    "stored",
    [
        {"telepathy": True},
        {"modes": {"telepathy": "live"}},
        {"modes": None},
        {"modes": ["risk"]},
        {"bars": {"risk:attack": [0.5]}},
        {"bars": {"risk:attack": "high"}},
        {"bars": {"risk:attack": [{}, []]}},
        {"hold_share": "much"},
        {"heat": {"colour": "red"}},
        {"heat": 7},
    ],
)
def test_what_is_not_understood_is_as_shipped(stored: dict[str, Any]) -> None:
    """Such as after a return to an older program."""
    assert Screening.from_stored({**stored, "language": "de"}) == Screening(language="de")


def test_of_a_mode_nobody_knows_nothing_follows() -> None:
    assert Screening.from_stored({"modes": {"risk": "loud"}}).mode("risk") is PhaseMode.SHADOW


def test_every_phase_has_a_shipped_mode() -> None:
    assert AS_SHIPPED.keys() == PHASES.keys()
    with pytest.raises(KeyError):
        Screening().with_mode("telepathy", PhaseMode.OFF)
