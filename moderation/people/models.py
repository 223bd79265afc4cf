"""A person belongs to the installation; a role may be limited to sites."""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from moderation import clock
from moderation.database import Base, Id, by_value
from moderation.people.roles import Role, has_power


class Person(Base):
    """Somebody with an account."""

    __tablename__ = "person"
    __table_args__ = (Index("ix_person_role", "role"),)  # who works here

    id: Mapped[Id]
    # lower case, as compared; never shown to other readers
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(by_value(Role), default=Role.COMMENTER)
    confirmed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    # the desk's single-key commands, WCAG 2.1.4
    keys_on: Mapped[bool] = mapped_column(default=True)
    # hands of work taken from the desk; every fourth comes from a lower lane
    deals: Mapped[int] = mapped_column(default=0)
    # since when signing in needs a code as well; None: it does not
    second_step_at: Mapped[datetime | None]
    # with the installation's key it makes the secret in the person's phone
    second_step_salt: Mapped[str] = mapped_column(String(43), default="")
    # the last code taken, in half minutes since 1970: no code is taken twice
    second_step_used: Mapped[int] = mapped_column(default=0)

    limits: Mapped[list["RoleLimit"]] = relationship(lazy="raise", cascade="all, delete-orphan")

    def may(self, *needed: Role) -> bool:
        return has_power(self.role, *needed)


class RoleLimit(Base):
    """`person` holds their role on this site only (and on others so listed)."""

    __tablename__ = "role_limit"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), primary_key=True)


class SignIn(Base):
    """One browser that is signed in; gone or revoked means signed out at once."""

    __tablename__ = "sign_in"
    __table_args__ = (Index("ix_sign_in_person", "person_id"),)  # "my sessions"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    # SHA-256 of the cookie's token, hex
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    device: Mapped[str] = mapped_column(String(120), default="")
    # how many were taken: 1 is the password, 2 a code as well
    steps: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise")


class Throttle(Base):
    """How often something happened in one window of time; kept when there is no Redis."""

    __tablename__ = "throttle"
    __table_args__ = (Index("ix_throttle_expires_at", "expires_at"),)  # clearing away

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    count: Mapped[int]
    expires_at: Mapped[datetime]


class SanctionKind(enum.Enum):
    WARN = "warn"
    MUTE_REPORTS = "mute_reports"
    SUSPEND = "suspend"
    BAN = "ban"


class Sanction(Base):
    """What a decision means for its author or a reporter."""

    __tablename__ = "sanction"
    __table_args__ = (
        Index("ix_sanction_person", "person_id", "created_at"),  # what stands against a person
        UniqueConstraint("decision_id", "person_id", "kind"),
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"))
    kind: Mapped[SanctionKind] = mapped_column(by_value(SanctionKind))
    until: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    lifted_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
