"""What a rule would have done to the comments of a period, counted."""

import enum
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

from moderation.comments.status import Action, Status

EXAMPLES = 8  # of each kind


class Fate(enum.Enum):
    """What became of a comment."""

    APPROVED = "approved"  # by a person
    HIDDEN = "hidden"  # by a person
    UNQUESTIONED = "unquestioned"  # published, and nobody decided about it
    WAITING = "waiting"
    WITHDRAWN = "withdrawn"  # before anybody decided


def fate(judged: Action | None, status: Status) -> Fate:
    if judged is not None:
        return Fate.HIDDEN if judged is Action.HIDE else Fate.APPROVED
    if status is Status.PUBLISHED:
        return Fate.UNQUESTIONED
    return Fate.WITHDRAWN if status is Status.WITHDRAWN else Fate.WAITING


@dataclass
class Tally:
    """seen: comments asked about, by fate; said_yes: of those, where the rule says yes.

    blank: comments whose words are gone. failed: where the rule could not be worked out.
    text_only: comments from before screening, of which little is known.
    examples: ids of comments where it says yes, by fate, spread over the period.
    """

    seen: Counter[Fate] = field(default_factory=Counter)
    said_yes: Counter[Fate] = field(default_factory=Counter)
    blank: int = 0
    failed: int = 0
    failure: str = ""
    text_only: int = 0
    examples: dict[Fate, list[int]] = field(default_factory=dict)

    def add(self, comment_id: int, become: Fate, *, says: bool | None, failure: str = "") -> None:
        """says: None if the rule failed."""
        self.seen[become] += 1
        if says is None:
            self.failed += 1
            self.failure = self.failure or failure
        if says:
            self.said_yes[become] += 1
            ids = [*self.examples.get(become, ()), comment_id]
            # always the same ones, and not those of one day
            self.examples[become] = sorted(ids, key=_shuffled)[:EXAMPLES]

    @property
    def looked_at(self) -> int:
        return self.seen.total()

    @property
    def yes(self) -> int:
        return self.said_yes.total()

    def to_stored(self) -> dict[str, Any]:
        return {
            "seen": {kind.value: number for kind, number in self.seen.items()},
            "said_yes": {kind.value: number for kind, number in self.said_yes.items()},
            "blank": self.blank,
            "failed": self.failed,
            "failure": self.failure,
            "text_only": self.text_only,
            # as text: 64 bits do not fit a number of JSON
            "examples": {kind.value: [str(i) for i in ids] for kind, ids in self.examples.items()},
        }

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> "Tally":
        return cls(
            seen=_counter(stored.get("seen", {})),
            said_yes=_counter(stored.get("said_yes", {})),
            blank=stored.get("blank", 0),
            failed=stored.get("failed", 0),
            failure=stored.get("failure", ""),
            text_only=stored.get("text_only", 0),
            examples={
                Fate(kind): [int(i) for i in ids]
                for kind, ids in stored.get("examples", {}).items()
            },
        )


def sentences(tally: Tally, *, hold: bool, days: int) -> Sequence[str]:
    """The numbers in words, the most important first."""
    done, yes = ("held" if hold else "reported"), tally.said_yes
    period = "the last day" if days == 1 else f"the last {days} days"
    lines = [
        f"Would have {done} {tally.yes:,} of {_comments(tally.looked_at)} of {period}.",
    ]
    if tally.yes:
        lines.append(
            f"People approved {yes[Fate.APPROVED]:,} of them and hid {yes[Fate.HIDDEN]:,}; "
            f"nobody decided about {yes[Fate.UNQUESTIONED]:,} on the page."
        )
    if waiting := yes[Fate.WAITING]:
        lines.append(f"{_comments(waiting)} wait{'s' if waiting == 1 else ''} for a decision.")
    if gone := yes[Fate.WITHDRAWN]:
        lines.append(f"Authors took back {gone:,} before anybody decided.")
    if hidden := tally.seen[Fate.HIDDEN]:
        caught = yes[Fate.HIDDEN]
        lines.append(
            f"In all, people hid {_comments(hidden)} in this time; this rule finds {caught:,}."
        )
    if tally.text_only:
        lines.append(
            f"{_comments(tally.text_only)} were written before screening began: of these only the "
            "words, the account’s age and its number of comments are known."
        )
    if tally.failed:
        lines.append(f"The rule failed on {_comments(tally.failed)}: {tally.failure}.")
    return lines


def _comments(number: int) -> str:
    return f"{number:,} comment{'' if number == 1 else 's'}"


def _shuffled(comment_id: int) -> tuple[int, int]:
    return crc32(comment_id.to_bytes(8, "big")), comment_id


def _counter(stored: Mapping[str, int]) -> Counter[Fate]:
    return Counter({Fate(kind): number for kind, number in stored.items()})
