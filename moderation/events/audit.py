"""Prove that the chains of seals still say what they said; read-only, in bounded memory.

`seal` says what is hashed, and how.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Select

from moderation.database import db
from moderation.events import queries
from moderation.events.models import Event, Seal
from moderation.events.seal import BEGINNING, INSTALLATION, chain_of, link

AT_ONCE = 1000  # rows in memory
SMALLEST = -(2**63)


@dataclass(frozen=True)
class Head:
    """A seal's place and hash, as kept outside the database."""

    chain: int
    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.chain}:{self.number}:{self.hash}"


@dataclass(frozen=True)
class Verdict:
    """What is to be said of one chain: its first `held` seals hold; `broken` says what is next.

    broken: "" if nothing is wrong; number: where in the chain, None if it is not in there.
    """

    chain: int
    held: int
    waiting: int
    broken: str = ""
    number: int | None = None


class _Broken(Exception):
    """The first thing wrong."""


def verify(kept: Iterable[Head] = ()) -> Iterator[Verdict]:
    """One verdict per chain. kept: heads that the chains must run through."""
    heads = list(kept)
    for chain in sorted({*_chains(), *(head.chain for head in heads)}):
        yield _verdict(chain, [head for head in heads if head.chain == chain])


def heads() -> Iterator[Head]:
    """The last seal of each chain that has one."""
    for chain in _chains():
        if found := db.session.execute(queries.head(chain)).first():
            yield Head(chain, found.number, found.hash)


def _verdict(chain: int, kept: list[Head]) -> Verdict:
    waiting = db.session.scalar(queries.waiting(chain)) or 0
    held = 0
    try:
        for held in _links_that_hold(chain, kept):  # noqa: B007
            pass
    except _Broken as broken:
        return Verdict(chain, held, waiting, str(broken), held + 1)
    beyond = max((head.number for head in kept), default=0)
    if beyond > held:
        cut = f"it ends here, but a head with number {beyond} was kept: its end was cut off"
        return Verdict(chain, held, waiting, cut, held + 1)
    if event_id := db.session.scalar(queries.forgotten(chain)):
        lost = f"event {event_id} has no seal and does not wait for one"
        return Verdict(chain, held, waiting, lost)
    return Verdict(chain, held, waiting)


def _links_that_hold(chain: int, kept: list[Head]) -> Iterator[int]:
    """The numbers of the chain as long as all is well; then _Broken."""
    previous = BEGINNING
    rows = db.session.execute(
        queries.links(chain),
        execution_options={"yield_per": AT_ONCE, "populate_existing": True},
    )
    try:
        for number, (seal, event) in enumerate(rows, 1):
            previous = _checked(number, previous, seal, event)
            if any(head.number == number and head.hash != previous for head in kept):
                raise _Broken("the head kept for it is another: the chain was written anew")
            yield number
    finally:
        rows.close()


def _checked(number: int, previous: str, seal: Seal, event: Event | None) -> str:
    """The hash of this link, if it is what it should be."""
    if seal.number != number:
        raise _Broken("its seal is missing")
    if event is None:
        raise _Broken(f"its event, {seal.event_id}, is missing")
    if chain_of(event) != seal.chain or link(previous, event) != seal.hash:
        raise _Broken(f"its event, {event.id}, or its seal was changed")
    return seal.hash


def _chains() -> list[int]:
    """The installation's, and every site's that has events or seals."""
    return sorted({INSTALLATION, *_steps(queries.next_chain), *_steps(queries.next_site)})


def _steps(following: Callable[[int], Select[int] | Select[int | None]]) -> Iterator[int]:
    """Each different value in an index, in one step each."""
    last = SMALLEST
    while (found := db.session.execute(following(last)).scalar()) is not None:
        last = found
        yield last
