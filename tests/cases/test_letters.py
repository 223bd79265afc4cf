"""The letter about a restriction says which comment it is about."""

import pytest
from sqlalchemy import select

from moderation import clock
from moderation.comments.status import Action
from moderation.database import db
from moderation.outbox.models import Message
from tests import factories


@pytest.mark.usefixtures("context")
def test_a_statement_names_article_and_day() -> None:
    comment = factories.comment(on=factories.article(title="Trams & “trains”"))
    factories.report(comment)
    factories.decision(comment, Action.HIDE)
    letters = select(Message.body).where(Message.key.startswith("statement:"))
    text = db.session.scalars(letters).one()
    day = clock.now().strftime("%-d %B %Y")
    assert f"On {day} you wrote a comment under “Trams & “trains””." in text
