"""`moderation record verify` proves statuses and counts, and finds what is wrong."""

from click.testing import CliRunner
from flask import Flask
from sqlalchemy import update

from moderation.articles.models import Article
from moderation.cli import main
from moderation.comments.models import Comment
from moderation.comments.status import Action, Status
from moderation.database import db
from tests import factories


def verified(app: Flask) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["record", "verify"], obj=app)
    return done.exit_code, done.output


def test_what_the_services_leave_holds_and_what_is_forged_is_found(app: Flask) -> None:
    with app.app_context():
        root = factories.comment()
        branch = factories.comment(to=root)
        deep = factories.comment(to=branch)
        deeper = factories.comment(to=deep)
        factories.report(deeper)
        factories.decision(deeper, Action.HIDE)
        places = [root.id, branch.id, deep.id]
        slug = root.article.slug
        db.session.commit()
    assert verified(app) == (0, "Every status and every count holds.\n")

    with app.app_context():
        db.session.execute(update(Comment).values(reply_count=7))
        db.session.execute(update(Article).values(comment_count=7))
        db.session.execute(
            update(Comment).where(Comment.id == places[-1]).values(status=Status.HIDDEN)
        )
        db.session.commit()
    code, said = verified(app)
    assert code == 1
    assert f"Comment {places[-1]} is hidden; its decisions say published." in said
    for place in places:
        assert f"Comment {place} counts 7 replies" in said
    assert f"Article “{slug}” counts 7 comments; there are 2." in said
