"""Checks that break, and comments they have not looked at."""

from collections.abc import Iterator
from typing import NoReturn

import pytest
from sqlalchemy import select

from moderation.cases.verdicts import StoredVerdict
from moderation.comments.models import Comment
from moderation.database import db
from moderation.intake import service as intake
from moderation.screening import screen
from moderation.screening.kit import Kit
from moderation.screening.subject import Subject
from tests import factories

WORDS = "the text is not for the log"
ABUSE = "Only a moron would say that."


class Broke(Exception):
    """Something of ours."""


def broken(_subject: Subject, _kit: Kit) -> Iterator[NoReturn]:
    raise Broke(WORDS)


def break_phase(monkeypatch: pytest.MonkeyPatch, phase: str = "words") -> None:
    monkeypatch.setattr(screen, "LOOKS", {**screen.LOOKS, phase: broken})


def mend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()


def comment(body: str = ABUSE) -> Comment:
    """Handed in, screened and published or held. The caller commits."""
    return intake.hand_in(factories.article(), author=factories.person(), body=body)


def unchecked(phase: str = "words") -> list[StoredVerdict]:
    found = select(StoredVerdict).where(
        StoredVerdict.phase == phase, StoredVerdict.is_checked.is_(False)
    )
    return list(db.session.scalars(found.order_by(StoredVerdict.id)))
