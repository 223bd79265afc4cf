"""Put a question to a checker. Touches no database: nothing may be open while we wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app

from moderation import clock, crowd, outgoing, signatures
from moderation.errors import Refused
from moderation.outgoing import Answer, NoAnswer
from moderation.screening.remote import contract
from moderation.screening.remote.breaker import Breaker
from moderation.screening.verdict import Finding

RESTS = "It has not answered lately, so it is left alone for a while."
_NAME = "remote.breaker"


@dataclass(frozen=True, slots=True)
class Asking:
    """A question ready to be sent. keys: to sign with. within: seconds. length: of the text."""

    token: str
    url: str
    body: bytes
    keys: Sequence[bytes]
    within: float
    length: int
    is_private_fine: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a question. findings None: no answer, and `failure` says why unless it comes
    later. seconds: how long the answer took.
    """

    token: str
    findings: Sequence[Finding] | None = None
    is_later: bool = False
    failure: str = ""
    seconds: float = 0.0


def init_app(app: Flask) -> None:
    app.extensions[_NAME] = Breaker()


def breaker() -> Breaker:
    """This process's."""
    return cast("Breaker", current_app.extensions[_NAME])


def ask(asking: Asking) -> Told:
    """In time, or not at all: a checker that fails again and again is not even asked."""
    now = clock.now()
    if not breaker().may_ask(asking.url, now):
        return Told(asking.token, failure=RESTS)
    told = ask_now(asking)
    if told.failure:
        breaker().failed(asking.url, now)
    return told


def ask_now(asking: Asking) -> Told:
    """However often it has failed; others who write go on meanwhile."""
    headers = signatures.headers(asking.keys, asking.token, asking.body, clock.now())
    try:
        with crowd.aside():
            answer = outgoing.post(
                asking.url,
                asking.body,
                {"Content-Type": "application/json", "User-Agent": "moderation", **headers},
                within=asking.within,
                most=contract.LARGEST_ANSWER,
                private=asking.is_private_fine,
            )
        told = _understood(asking, answer)
    except (NoAnswer, Refused) as error:
        return Told(asking.token, failure=error.sentence)
    breaker().went_well(asking.url)
    return told


def _understood(asking: Asking, answer: Answer) -> Told:
    """Raises Refused for an answer that is none."""
    match answer.status:
        case 200:
            findings = contract.read(answer.body, length=asking.length)
            return Told(asking.token, findings, seconds=answer.seconds)
        case 202:
            return Told(asking.token, is_later=True, seconds=answer.seconds)
        case status if 300 <= status < 400:
            raise Refused(f"It answered with a redirect ({status}), which is not followed.")
        case status:
            raise Refused(f"It answered with status {status} instead of 200 or 202.")
