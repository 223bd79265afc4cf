"""What is kept of recovery codes; the rest of the second step is in the person's own row."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from moderation.database import Base


class RecoveryCode(Base):
    """Opens the door once, for somebody without their phone."""

    __tablename__ = "recovery_code"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    # see `codes.hashed`
    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    used_at: Mapped[datetime | None]
