"""What the queue is worth: labelled comments replayed through the desk, harmful ones found early.

One night: every comment is handed in and screened as in service, nobody reports anything, and in
the morning one moderator takes what the desk deals and decides as the label says. What no check
named is never dealt: after the desk's cases, the rest counts in the order of arrival.
Only comments of the fifth that nothing was trained on.
"""

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from moderation import clock
from moderation.cases.models import Case
from moderation.comments.models import Comment
from moderation.comments.status import Action
from moderation.database import db
from moderation.errors import Refused
from moderation.intake import service as intake
from moderation.people.models import Person
from moderation.review import service as desk
from moderation.screening.budget.interval import wilson
from moderation.screening.risk.training import is_held_out
from moderation.screening.words import service as words
from tests import factories
from tests.bench import reading, texts

SHARES = (0.05, 0.10, 0.20)
AUTHORS = 200
NIGHT = timedelta(hours=10)
YEARS_OLD = timedelta(days=400)  # accounts and articles

Labelled = tuple[str, bool]  # text, harmful


@dataclass(frozen=True)
class Replay:
    """harmful: of a row of `name`. in_ten: at most so many harmful ones in ten comments."""

    name: str
    is_harmful: Callable[[dict[str, Any]], bool]
    said: str
    in_ten: int = 10


def _by_most_raters(row: dict[str, Any]) -> bool:
    return sum(not vote["not_toxic"] for vote in row["ann"]) > len(row["ann"]) / 2


REPLAYS = (
    Replay(
        texts.WIKI,
        lambda row: bool(row["label"]),
        "Wikipedia talk as it came, harmful if its raters say so",
    ),
    Replay(
        texts.CIVIL,
        _by_most_raters,
        "news comments all of which somebody had called toxic, harmful if most raters agree",
        in_ten=1,
    ),
)


def run(instance: Path, data: Path | None) -> None:
    """Print the share of harmful comments found among the first 5, 10 and 20 % reviewed."""
    if data is None:
        print("\nqueue worth: needs labelled comments; set MODERATION_TEST_DATA to their folder")
        return
    print("\nqueue worth: of the harmful comments, % found among the first … reviewed (95 %)")
    for replay in REPLAYS:
        _replay(instance / replay.name, replay, data)


def _replay(instance: Path, replay: Replay, data: Path) -> None:
    app = reading.prepared(instance)
    with app.app_context():
        words.give_starter(factories.site())
        db.session.commit()
        harmful = dict(_handed_in(_labelled(replay, data)))
        most = round(max(SHARES) * len(harmful))
        moderator = factories.moderator()
        db.session.commit()
        dealt = list(_dealt(moderator, harmful, most))
    arrival = list(harmful)
    taken = set(dealt)
    orders = {
        "the desk": dealt + [comment for comment in arrival if comment not in taken],
        "first in, first out": arrival,
        "newest first": arrival[::-1],
    }
    bad = sum(harmful.values())
    print(
        f"  {replay.name}: {len(harmful):,} comments held out, {bad} harmful "
        f"({bad / len(harmful):.1%}); {replay.said}"
    )
    print("    " + " " * 20 + "".join(f"{f'{share:.0%}':>18}" for share in SHARES))
    for name, order in orders.items():
        found = "".join(f"{_found(order, harmful, share):>18}" for share in SHARES)
        print(f"    {name:20}{found}")


def _labelled(replay: Replay, data: Path) -> list[Labelled]:
    """Of the held-out fifth, shuffled."""
    fine: list[Labelled] = []
    harmful: list[Labelled] = []
    with (data / f"text/{replay.name}.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if is_held_out(row["text"]):
                is_harmful = replay.is_harmful(row)
                (harmful if is_harmful else fine).append((row["text"], is_harmful))
    drawn = random.Random(7)
    drawn.shuffle(harmful)
    if replay.in_ten < 10:
        del harmful[len(fine) * replay.in_ten // (10 - replay.in_ten) :]
    replayed = fine + harmful
    drawn.shuffle(replayed)
    return replayed


def _handed_in(labelled: Sequence[Labelled]) -> Iterator[tuple[int, bool]]:
    """(comment id, harmful), through one night, under an open article."""
    began = clock.now() - NIGHT
    with clock.at(began - YEARS_OLD):
        authors = [factories.person() for _ in range(AUTHORS)]
        article = factories.article(slug="replayed")
        db.session.commit()
    for number, (text, is_harmful) in enumerate(labelled):
        with clock.at(began + number * NIGHT / len(labelled)):
            try:
                comment = intake.hand_in(article, author=authors[number % AUTHORS], body=text)
            except Refused:
                continue
            db.session.commit()
            yield comment.id, is_harmful


def _dealt(moderator: Person, harmful: dict[int, bool], most: int) -> Iterator[int]:
    """The first comments in the order in which the desk deals them, decided as labelled."""
    site = factories.site()
    for _ in range(most):
        dealt = desk.deal(moderator, desk.desk_of(moderator, site, now=clock.now()))
        db.session.commit()
        if dealt.case_id is None:
            return
        case = db.session.get_one(Case, dealt.case_id)
        about = db.session.get_one(Comment, case.comment_id)
        action = Action.HIDE if harmful[about.id] else Action.APPROVE
        factories.decision(about, action, by=moderator)
        db.session.commit()
        yield about.id


def _found(order: Sequence[int], harmful: dict[int, bool], share: float) -> str:
    first = order[: round(len(order) * share)]
    hits, of = sum(harmful[comment] for comment in first), sum(harmful.values())
    least, most = wilson(hits, of)
    return f"{hits / of:.0%} ({least:.0%} to {most:.0%})"
