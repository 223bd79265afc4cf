"""Rows that a worker has in hand, until it is silent for so long that another takes it for dead."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, update

from moderation import clock
from moderation.database import db


class Held:
    """One row in hand. Each writing is heard of, and says whether the row is ours still.

    kind: its mapped class, with `id` and `touched_at`: when its worker was last heard of.
    """

    def __init__(self, kind: Any, row_id: int) -> None:
        self.row_id = row_id
        self._kind = kind
        self._heard_of: datetime | None = None

    @classmethod
    def take(
        cls, kind: Any, row_id: int, *, free: ColumnElement[bool], **values: Any
    ) -> "Held | None":
        """The row with `values`, in hand from now on; None if it is not `free` now. Commits."""
        held = cls(kind, row_id)
        return held if held._write(free, values) else None

    def store(self, *, commit: bool = True, **values: Any) -> bool:
        """False, and nothing is written, if another worker has it by now. Commits unless told."""
        return self._write(self._kind.touched_at == self._heard_of, values, commit=commit)

    def _write(self, only_if: ColumnElement[bool], values: Any, *, commit: bool = True) -> bool:
        now = clock.now()
        changed = db.session.execute(
            update(self._kind)
            .where(self._kind.id == self.row_id, only_if)
            .values(touched_at=now, **values)
            .returning(self._kind.id)
        ).all()
        if commit:
            db.session.commit()
        if changed:
            self._heard_of = now
        return bool(changed)
