"""Events that wait for their seal, the links of a chain, and what should not be."""

from sqlalchemy import ColumnElement, Select, func, select

from moderation.events.models import Event, Seal, Unsealed


def any_unsealed() -> Select[int]:
    """One event without a seal, or nothing."""
    return select(Unsealed.event_id).limit(1)


def unsealed() -> Select[Event, Seal | None]:
    """Events that wait, oldest first, each with the seal it should not have yet."""
    return (
        select(Event, Seal)
        .join(Unsealed, Unsealed.event_id == Event.id)
        .outerjoin(Seal, Seal.event_id == Event.id)
        .order_by(Unsealed.event_id)
    )


def head(chain: int) -> Select[int, str]:
    """Number and hash of the chain's last seal."""
    return (
        select(Seal.number, Seal.hash)
        .where(Seal.chain == chain)
        .order_by(Seal.number.desc())
        .limit(1)
    )


def next_chain(after: int) -> Select[int]:
    """The first chain of seals beyond `after`: one step in the index, however long the chains."""
    return select(Seal.chain).where(Seal.chain > after).order_by(Seal.chain).limit(1)


def next_site(after: int) -> Select[int | None]:
    """The first site with events beyond `after`."""
    return select(Event.site_id).where(Event.site_id > after).order_by(Event.site_id).limit(1)


def links(chain: int) -> Select[Seal, Event]:
    """The chain from its beginning, each seal with its event, if there is one."""
    return (
        select(Seal, Event)
        .outerjoin(Event, Event.id == Seal.event_id)
        .where(Seal.chain == chain)
        .order_by(Seal.number)
    )


def waiting(chain: int) -> Select[int]:
    """How many events of the chain wait for their seal."""
    return (
        select(func.count())
        .select_from(Unsealed)
        .join(Event, Event.id == Unsealed.event_id)
        .where(_in_chain(chain))
    )


def forgotten(chain: int) -> Select[int]:
    """The first event of the chain that is neither sealed nor waiting."""
    return (
        select(Event.id)
        .outerjoin(Seal, Seal.event_id == Event.id)
        .outerjoin(Unsealed, Unsealed.event_id == Event.id)
        .where(_in_chain(chain), Seal.event_id.is_(None), Unsealed.event_id.is_(None))
        .order_by(Event.id)
        .limit(1)
    )


def _in_chain(chain: int) -> ColumnElement[bool]:
    return Event.site_id == chain if chain else Event.site_id.is_(None)
