"""What the queue is worth: labelled comments replayed through the desk, harmful ones found early.

Other people's comments, never trained on (the fifth that training leaves out), one in ten harmful.
Every comment is handed in, screened and dealt as in service; nobody reports anything.
"""

import json
import random
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from moderation import clock
from moderation.cases.models import Case
from moderation.comments.models import Comment
from moderation.comments.status import Action
from moderation.database import db
from moderation.errors import Refused
from moderation.intake import service as intake
from moderation.people.models import Person
from moderation.review import service as desk
from moderation.screening.risk.training import is_held_out
from moderation.screening.words import service as words
from tests import factories
from tests.bench import reading

HARMFUL_IN = 10  # one in so many
SHARES = (0.05, 0.10, 0.20)
AUTHORS = 200


def run(instance: Path, data: Path | None) -> None:
    """Print the share of harmful comments found among the first 5, 10 and 20 % reviewed."""
    if data is None:
        print("\nqueue worth: set MODERATION_TEST_DATA to the folder of labelled comments")
        return
    app = reading.prepared(instance)
    with app.app_context():
        words.give_starter(factories.site())
        db.session.commit()
        labelled = _labelled(data)
        harmful = dict(_handed_in(labelled))
        moderator = factories.moderator()
        db.session.commit()
        dealt = list(_dealt(moderator, harmful))
    arrival = list(harmful)
    ours = dealt + [comment for comment in arrival if comment not in set(dealt)]
    orders = {
        "the desk": ours,
        "first in, first out": arrival,
        "newest first": arrival[::-1],
    }
    rate = sum(harmful.values()) / len(harmful)
    print(
        f"\nqueue worth: {len(harmful):,} comments of civil_toxic_spans.dev, held out, "
        f"{rate:.0%} harmful; found of the harmful among the first …"
    )
    print("  " + " " * 24 + "".join(f"{share:>10.0%}" for share in SHARES))
    for name, order in orders.items():
        found = "".join(f"{_found(order, harmful, share):>10.0%}" for share in SHARES)
        print(f"  {name:24}{found}")


def _labelled(data: Path) -> list[tuple[str, bool]]:
    """(text, harmful to most of its readers), shuffled, one in ten harmful."""
    fine: list[tuple[str, bool]] = []
    harmful: list[tuple[str, bool]] = []
    with (data / "text/civil_toxic_spans.dev.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if not is_held_out(row["text"]):
                continue
            votes = [not vote["not_toxic"] for vote in row["ann"]]
            toxic = sum(votes) / len(votes) > 0.5
            (harmful if toxic else fine).append((row["text"], toxic))
    drawn = random.Random(7)
    drawn.shuffle(harmful)
    replayed = fine + harmful[: len(fine) // (HARMFUL_IN - 1)]
    drawn.shuffle(replayed)
    return replayed


def _handed_in(labelled: Sequence[tuple[str, bool]]) -> Iterator[tuple[int, bool]]:
    """(comment id, harmful), two minutes apart, under an open article."""
    began = clock.now() - timedelta(days=3)
    with clock.at(began - timedelta(days=400)):
        authors = [factories.person() for _ in range(AUTHORS)]
        article = factories.article(slug="replayed")
        db.session.commit()
    for number, (text, is_harmful) in enumerate(labelled):
        with clock.at(began + timedelta(minutes=2 * number)):
            try:
                comment = intake.hand_in(article, author=authors[number % AUTHORS], body=text)
            except Refused:
                continue
            db.session.commit()
            yield comment.id, is_harmful


def _dealt(moderator: Person, harmful: dict[int, bool]) -> Iterator[int]:
    """Comments in the order in which the desk deals them, each decided as its label says."""
    site = factories.site()
    while True:
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


def _found(order: Sequence[int], harmful: dict[int, bool], share: float) -> float:
    first = order[: round(len(order) * share)]
    return sum(harmful[comment] for comment in first) / sum(harmful.values())
