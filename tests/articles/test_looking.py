"""Permalinks, what each person can do, and what a page costs."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from moderation.articles.models import Mode
from moderation.comments.models import Comment
from moderation.comments.status import Action, Status
from moderation.database import db
from moderation.people.roles import Role
from tests import factories
from tests.articles.thread import ids, links, write
from tests.bench import seed
from tests.pages import page
from tests.statements import counted, plan

MINE = "author@example.org"


@pytest.mark.parametrize("place", [0, 60, 119])
def test_permalink_opens_the_right_page_and_marks_the_comment(
    app: Flask, client: FlaskClient, place: int
) -> None:
    with write(app):
        article = factories.article()
        roots = seed.thread(article, [factories.person().id], roots=60, replies=0)
        (long,) = seed.thread(article, [factories.person().id], roots=1, replies=120)
        seed.thread(article, [factories.person().id], roots=55)
        below = list(
            db.session.scalars(
                db.select(Comment.id)
                .where(Comment.root_id == long, Comment.id != long)
                .order_by(Comment.branch_id, Comment.id)
            )
        )
        wanted = [roots[7], below[place]]

    for comment_id in wanted:
        answer = client.get(f"/comments/{comment_id}")
        assert answer.status_code == 302
        there = answer.headers["Location"]
        assert there.endswith(f"?comment={comment_id}#comment-{comment_id}")
        text = page(client, there).text
        assert ids(text)[0] == (comment_id if comment_id in roots else long)
        assert text.count("Linked comment") == 1
        marked = text.index("is-marked")
        assert abs(marked - text.index(f'id="comment-{comment_id}"')) < 200


def test_permalink_of_what_one_may_not_see(app: Flask, client: FlaskClient) -> None:
    with write(app):
        article = factories.article()
        waits = factories.comment(on=article, status=Status.PENDING)
        hidden = factories.comment(on=article)
        factories.report(hidden)
        factories.decision(hidden, Action.HIDE)
        elsewhere = factories.article()
        gone = [waits.id, hidden.id, 1, 2**63 - 1]
        here, there, published = article.slug, elsewhere.slug, factories.comment(on=article).id

    for comment_id in gone:
        assert "no such comment" in page(client, f"/comments/{comment_id}", status=404).text
        page(client, f"/articles/{here}?comment={comment_id}", status=404)
        assert client.get(f"/comments/{comment_id}/replies").status_code == 404
    page(client, f"/articles/{there}?comment={published}", status=404)
    page(client, f"/articles/{there}?branch={published}", status=404)
    page(client, f"/articles/{here}?comment=abc", status=404)


def test_hidden_thread_gives_nothing_away(app: Flask, client: FlaskClient) -> None:
    with write(app):
        article = factories.article()
        comment = factories.comment("Sub judice.", on=article)
        article.mode = Mode.HIDDEN
        here, comment_id = f"/articles/{article.slug}", comment.id

    for url in (here, f"{here}?comment={comment_id}", f"{here}?branch={comment_id}"):
        assert "Sub judice." not in page(client, url).text
    assert client.get(f"/comments/{comment_id}/replies").status_code == 404
    assert client.get(f"{here}/version").get_json()["count"] == 0


def test_answering_without_a_script(app: Flask, client: FlaskClient) -> None:
    with write(app):
        comment = factories.comment("What I said.", by=factories.person(name="Ada"))
        hidden = factories.comment(on=comment.article, status=Status.PENDING)
        here, comment_id, hidden_id = f"/articles/{comment.article.slug}", comment.id, hidden.id

    (url,) = links(page(client, here).text, "Reply")
    opened = page(client, url)

    form = next(form for form in opened.forms if form["action"].endswith("/comments"))
    assert form["parent"] == str(comment_id)
    assert form["method"] == "post"
    assert "<bdi>Ada</bdi>" in opened.text
    assert "What I said." in opened.text
    page(client, f"{here}?reply={hidden_id}", status=404)


def test_what_each_person_can_do_with_a_comment(app: Flask) -> None:
    with write(app):
        me = factories.person(email=MINE)
        article = factories.article()
        theirs, mine = factories.comment(on=article), factories.comment(on=article, by=me)
        factories.report(theirs)
        here, theirs_id, mine_id = f"/articles/{article.slug}", theirs.id, mine.id
        case = f"/review/cases/{factories.case_of(theirs).id}"
    client = app.test_client()
    factories.sign_in(client, MINE)

    seen = page(client, here)
    assert f"/comments/{theirs_id}/report" in seen.links
    assert f"/comments/{theirs_id}/report-illegal" in seen.links
    assert f"/comments/{mine_id}/report" not in seen.links
    assert f"/comments/{mine_id}/withdraw" in seen.links
    assert f"/comments/{theirs_id}/withdraw" not in seen.links
    assert case not in seen.links
    assert case in page(factories.signed_in(app, Role.MODERATOR), here).links


def test_version_says_whether_there_is_something_new(app: Flask, client: FlaskClient) -> None:
    with write(app):
        article = factories.article()
        url, article_id = f"/articles/{article.slug}/version", article.id

    first = client.get(url)
    assert first.json == {"version": 1, "count": 0}
    etag = first.headers["ETag"]
    assert client.get(url, headers={"If-None-Match": etag}).status_code == 304
    with write(app):
        factories.comment(on=db.session.get_one(type(article), article_id))
    second = client.get(url, headers={"If-None-Match": etag})
    assert second.json == {"version": 2, "count": 1}


@pytest.mark.parametrize("role", [None, Role.COMMENTER, Role.MODERATOR])
def test_a_thread_of_any_size_takes_the_same_few_queries(app: Flask, role: Role | None) -> None:
    with write(app):
        small, large = factories.article(), factories.article()
        authors = [factories.person().id for _ in range(5)]
        seed.thread(small, authors, roots=2, replies=2)
        seed.thread(large, authors, roots=150, replies=20)
        urls = [f"/articles/{small.slug}", f"/articles/{large.slug}"]
    client = factories.signed_in(app, role) if role else app.test_client()

    numbers, shown = [], []
    for url in urls:
        with counted(app) as seen:
            text = page(client, url).text
        numbers.append(len(seen))
        shown.append(len(ids(text)))

    assert numbers[0] == numbers[1]
    # the shared page asks one question more, straight to the driver
    assert numbers[1] <= (5 if role is None else 7)
    assert shown == [2 * 3, 50 * 11]


def test_no_page_scans_a_thread(app: Flask) -> None:
    with write(app):
        article = factories.article()
        authors = [factories.person().id]
        roots = seed.thread(article, authors, roots=5000, replies=3)
        (long,) = seed.thread(article, authors, roots=1, replies=300)
        here, old = f"/articles/{article.slug}", roots[2000]
    client = factories.signed_in(app)
    asked = ("", "?sort=oldest", "?sort=discussed", f"?branch={long}", f"?comment={old}")
    further = (f"?after={old}", f"?sort=oldest&after={old}", f"?sort=discussed&after=3.{old}")

    for query in (*asked, *further, f"?branch={long}&after={long + 9}.{long + 9}"):
        with counted(app) as seen:
            page(client, here + query)
        about = [found for found in seen if "comment.id" in found[0]]
        assert about
        for statement, given in about:
            shown = plan(app, statement, given)
            assert "SCAN comment" not in shown, shown
            assert "Seq Scan on comment" not in shown, shown
