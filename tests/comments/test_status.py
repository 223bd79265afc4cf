"""The table of moves, and its complement."""

import itertools
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.comments.status import MOVES, Action, Status, after, allowed, shown, standing
from moderation.errors import IllegalMove


@dataclass
class Decided:
    id: int
    action: Action
    supersedes_id: int | None = None


@pytest.mark.parametrize(("start", "action"), list(itertools.product(Status, Action)))
def test_an_action_leads_where_the_table_says_or_nowhere(start: Status, action: Action) -> None:
    if (start, action) in MOVES:
        assert after(start, action) is MOVES[start, action]
        assert action in allowed(start)
    else:
        assert action not in allowed(start)
        with pytest.raises(IllegalMove):
            after(start, action)


def test_nothing_decides_about_what_was_withdrawn_but_its_standing_goes_on() -> None:
    assert shown(Status.PUBLISHED, withdrawn=True) is Status.WITHDRAWN
    assert shown(Status.HIDDEN, withdrawn=False) is Status.HIDDEN


def test_only_arrival_makes_something_of_a_new_comment() -> None:
    assert allowed(Status.NEW) == {Action.APPROVE, Action.HOLD}


@given(st.lists(st.sampled_from([a for a in Action if a is not Action.UNDO]), max_size=12))
def test_undoing_everything_backwards_leads_back_to_the_start(actions: list[Action]) -> None:
    history: list[Decided] = []
    trail = [Status.NEW]
    for action in actions:
        if (trail[-1], action) in MOVES:
            history.append(Decided(len(history) + 1, action))
            trail.append(standing(history))
    for undone in reversed(history[:]):
        trail.pop()
        history.append(Decided(len(history) + 100, Action.UNDO, supersedes_id=undone.id))
        assert standing(history) is trail[-1]
