"""Threads: replies, folds, tombstones, permalinks, and what each person sees."""

import re

from flask import Flask
from flask.testing import FlaskClient

from moderation.articles.models import Mode
from moderation.cases import service as cases
from moderation.comments.models import Comment
from moderation.comments.status import Action, Status
from moderation.database import db
from tests import factories
from tests.articles.thread import ids, links, write
from tests.bench import seed
from tests.pages import page

MINE = "author@example.org"


def test_replies_are_shown_to_three_levels(app: Flask, client: FlaskClient) -> None:
    with write(app):
        root = factories.comment(by=factories.person(name="Ada"))
        one = factories.comment(to=root, on=root.article, by=factories.person(name="Bob"))
        two = factories.comment(to=one, on=root.article, by=factories.person(name="Cy"))
        three = factories.comment(to=two, on=root.article, by=factories.person(name="Di"))
        four = factories.comment(to=three, on=root.article, by=factories.person(name="Ed"))
        other = factories.comment(to=root, on=root.article, by=factories.person(name="Fay"))
        order = [one.id, two.id, three.id, four.id, other.id]
        here, root_id, two_id = f"/articles/{root.article.slug}", root.id, two.id

    text = page(client, here).text

    assert ids(text) == [root_id, *order]
    assert text.count('<ol class="replies"') == 2
    answered = re.findall(r'in reply to\s+<a href="([^"]+)"><bdi>([^<]+)', text)
    assert answered == [(f"#comment-{two_id}", "Cy"), (f"#comment-{order[2]}", "Di")]


def test_a_long_branch_is_folded_and_unfolds_on_pages(app: Flask, client: FlaskClient) -> None:
    with write(app):
        article = factories.article()
        (root,) = seed.thread(article, [factories.person().id], roots=1, replies=130)
        here = f"/articles/{article.slug}"

    text = page(client, here).text
    assert len(ids(text)) == 1 + 10
    (url,) = links(text, "Show 120 more replies")
    met: list[int] = []
    sizes = []
    while True:
        text = page(client, url).text
        replies = [id_ for id_ in ids(text) if id_ != root]
        met += replies
        sizes.append(len(replies))
        following = links(text, "Show the next replies")
        if not following:
            break
        url = following[0]
        assert links(page(client, url).text, "Show the first replies")

    assert sizes == [50, 50, 30]
    assert met == sorted(set(met))
    assert "Show all comments" in text


def test_folded_replies_also_come_as_a_piece(app: Flask, client: FlaskClient) -> None:
    with write(app):
        article = factories.article()
        (root,) = seed.thread(article, [factories.person().id], roots=1, replies=30)

        mine = factories.person(email=MINE)
        factories.comment(
            "My own reply.",
            to=db.session.get_one(Comment, root),
            on=article,
            by=mine,
            status=Status.PENDING,
        )

    piece = client.get(f"/comments/{root}/replies")
    factories.sign_in(client, MINE)
    to_me = client.get(f"/comments/{root}/replies")

    assert piece.status_code == 200
    assert len(ids(piece.text)) == 30
    assert "<html" not in piece.text
    assert "My own reply." not in piece.text
    assert "My own reply." in to_me.text


def test_tombstones_only_where_published_replies_hang(app: Flask, client: FlaskClient) -> None:
    with write(app):
        article = factories.article()
        alone = factories.comment("Hidden alone.", on=article)
        kept = factories.comment("Hidden above.", on=article, by=factories.person(name="Gone Guy"))
        factories.comment("Published below.", to=kept, on=article)
        waits = factories.comment("Waits.", on=article, status=Status.PENDING)
        factories.comment("Below a waiting one.", to=waits, on=article)
        left = factories.comment("Withdrawn above.", on=article)
        factories.comment("Below a withdrawn one.", to=left, on=article)
        for hidden in (alone, kept):
            factories.report(hidden)
            factories.decision(hidden, Action.HIDE)
        cases.withdraw(left, by=left.author)
        here, alone_id = f"/articles/{article.slug}", alone.id

    text = page(client, here).text

    assert f"comment-{alone_id}" not in text
    assert "This comment was hidden by our moderators: it broke" in text
    assert "This comment is waiting for a moderator." in text
    assert "Its author has withdrawn this comment." in text
    for gone in ("Hidden above.", "Waits.", "Withdrawn above.", "Gone Guy"):
        assert gone not in text
    for there in ("Published below.", "Below a waiting one.", "Below a withdrawn one."):
        assert there in text


def test_reply_below_something_taken_away_says_so(app: Flask, client: FlaskClient) -> None:
    with write(app):
        root = factories.comment()
        branch = factories.comment(to=root, on=root.article)
        parent = factories.comment(to=branch, on=root.article, by=factories.person(name="Gone Guy"))
        factories.comment("I disagree.", to=parent, on=root.article)
        factories.report(parent)
        factories.decision(parent, Action.HIDE)
        here = f"/articles/{root.article.slug}"

    text = page(client, here).text

    assert "a comment that was taken away" in text
    assert "Gone Guy" not in text


def test_author_always_sees_their_own_and_nobody_else_does(app: Flask) -> None:
    with write(app):
        me = factories.person(email=MINE)
        article = factories.article()
        factories.comment("Mine is out.", on=article, by=me)
        factories.comment("Mine waits.", on=article, by=me, status=Status.PENDING)
        hidden = factories.comment("Mine is hidden.", on=article, by=me)
        factories.report(hidden, explanation="I am the secret reporter.")
        judge = factories.moderator(name="The Secret Moderator")
        decision = factories.decision(hidden, Action.HIDE, by=judge, statement="You insult people.")
        here, appeal = f"/articles/{article.slug}", f"/decisions/{decision.id}/appeal"
    mine, theirs, nobody = app.test_client(), factories.signed_in(app), app.test_client()
    factories.sign_in(mine, MINE)

    seen = page(mine, here)
    for words in ("Mine is out.", "Mine waits.", "Mine is hidden.", "Waiting for a moderator."):
        assert words in seen.text
    assert "A moderator reads it before it appears." in seen.text
    assert "You insult people." in seen.text
    assert "Your comment was taken off the page." in seen.text
    assert appeal in seen.links
    assert "secret" not in seen.text.lower()
    for other in (theirs, nobody):
        text = page(other, here).text
        assert "Mine is out." in text
        for words in ("Mine waits.", "Mine is hidden.", "You insult people.", "Appeal"):
            assert words not in text


def test_why_a_comment_waits_is_the_articles_own_sentence(app: Flask) -> None:
    with write(app):
        me = factories.person(email=MINE)
        article = factories.article(mode=Mode.PREMODERATED, mode_sentence="A trial is under way.")
        factories.comment("Mine.", on=article, by=me, status=Status.PENDING)
        here = f"/articles/{article.slug}"
    client = app.test_client()
    factories.sign_in(client, MINE)

    assert page(client, here).text.count("A trial is under way.") == 2


def test_own_waiting_reply_below_something_hidden_has_its_page(app: Flask) -> None:
    with write(app):
        me = factories.person(email=MINE)
        root = factories.comment("Will be hidden.")
        reply = factories.comment(
            "My waiting reply.", to=root, on=root.article, by=me, status=Status.PENDING
        )
        factories.report(root)
        factories.decision(root, Action.HIDE)
        url = f"/comments/{reply.id}"
    client = app.test_client()
    factories.sign_in(client, MINE)

    text = client.get(url, follow_redirects=True).text

    assert "My waiting reply." in text
    assert "Will be hidden." not in text
