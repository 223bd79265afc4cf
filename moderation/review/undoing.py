"""What is said after something was taken back."""

from collections.abc import Sequence

from sqlalchemy import select

from moderation.cases.decisions import Decision
from moderation.comments.models import Comment
from moderation.database import db
from moderation.people.models import Person
from moderation.review import words


def done_in_words(count: int) -> str:
    """Such as "Six decisions are taken back."."""
    if count == 1:
        return "The decision is taken back."
    return words.sentence(f"{words.number(count)} decisions are taken back.")


def left_in_words(left: Sequence[tuple[Decision, str]]) -> list[str]:
    """A sentence for each that could not be taken back."""
    found = {decision.comment_id: why for decision, why in left}
    if not found:
        return []
    named = (
        select(Comment.id, Person.name)
        .join(Person, Person.id == Comment.author_id)
        .where(Comment.id.in_(found))
    )
    return [
        f"Not the one about the comment by {name}. {found[comment_id]}"
        for comment_id, name in db.session.execute(named)
    ]
