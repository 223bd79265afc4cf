"""What is known of somebody who comments: their last comments by status, and sanctions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from moderation.comments.status import Status
from moderation.database import db
from moderation.people.models import Person, SanctionKind
from moderation.review import dossier, words

SANCTIONED = {
    SanctionKind.WARN: "Warned",
    SanctionKind.MUTE_REPORTS: "Reports muted",
    SanctionKind.SUSPEND: "Suspended",
    SanctionKind.BAN: "Banned",
}


@dataclass(frozen=True)
class AuthorRecord:
    """The author's last comments by status, and what stands against them in sentences."""

    counts: Mapping[Status, int]
    is_partial: bool
    since: str
    sanctions: Sequence[str]

    def count(self, status: str) -> int:
        return self.counts.get(Status(status), 0)


def record_of(author: Person, now: datetime) -> AuthorRecord:
    counts: dict[Status, int] = {}
    sanctions = []
    for what, which, count, newest, until in db.session.execute(dossier.record(author.id)):
        if what == "comments":
            counts[Status(which)] = count
            continue
        said = SANCTIONED[SanctionKind(which)]
        times = "" if count == 1 else f", {words.count(count, 'time')}"
        end = f", until {until:%-d %B %Y}" if until and until > now else ""
        sanctions.append(f"{said} {words.ago(newest, now)}{times}{end}")
    return AuthorRecord(
        counts=counts,
        is_partial=sum(counts.values()) >= dossier.REMEMBERED,
        since=words.span(now - author.created_at),
        sanctions=sanctions,
    )
