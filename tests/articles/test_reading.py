"""What a reader sees: the front page, the article, its thread in every order, permalinks."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from moderation import clock
from moderation.articles.models import Mode
from moderation.comments.models import Comment
from moderation.database import db
from tests import factories
from tests.articles.thread import ids, write
from tests.bench import seed
from tests.pages import page


def test_front_page_lists_articles_with_their_counts(app: Flask, client: FlaskClient) -> None:
    with write(app):
        quiet = factories.article(title="A quiet one", updated_at=clock.now() - timedelta(days=1))
        busy = factories.article(title="A busy one", standfirst="With a stand-first.")
        factories.comment(on=busy)
        slugs = busy.slug, quiet.slug

    front = page(client, "/")

    assert front.text.index("A busy one") < front.text.index("A quiet one")
    assert f"/articles/{slugs[0]}#comments" in front.links
    assert "1 comment<" in front.text
    assert "0 comments<" in front.text


def test_front_page_of_a_new_site(client: FlaskClient) -> None:
    assert "There are no articles yet." in page(client, "/").text


def test_article_with_everything_a_newspaper_has(app: Flask, client: FlaskClient) -> None:
    with write(app):
        slug = factories.article(
            title="Bread & <games>",
            standfirst="Both at once.",
            body="First.\n\nSecond.",
            picture="/static/demo/loaf.svg",
            picture_alt="A loaf",
            caption="The loaf",
            notice="Be kind to the baker.",
        ).slug

    text = page(client, f"/articles/{slug}").text

    assert '<h1 dir="auto">Bread &amp; &lt;games&gt;</h1>' in text
    for words in ("Both at once.", "<p>First.</p>", "<p>Second.</p>", 'alt="A loaf"', "The loaf"):
        assert words in text
    assert "Be kind to the baker." in text
    assert re.search(r'Last update <time datetime="[^"]+\+00:00">', text)


def test_words_of_the_thread_are_the_publishers(app: Flask, client: FlaskClient) -> None:
    with write(app):
        slug = factories.article().slug

    text = " ".join(page(client, f"/articles/{slug}").text.split())

    assert '<h2 id="voice">Your Voice</h2>' in text
    assert "Readers Comments" in text
    assert (
        "This is YOUR comments community. Stay civil, stay constructive, stay on topic. Please "
        'familiarise yourself with our comments policy <a href="/policy">here</a> before taking '
        "part."
    ) in text
    assert "Leave a Comment</label>" in text
    assert "Leave a comment</button>" in text
    assert ">cancel</a>" in text


def test_a_site_may_have_other_words(app: Flask, client: FlaskClient) -> None:
    with write(app):
        slug = factories.article().slug
        before = page(app.test_client(), f"/articles/{slug}").text
        factories.site().stored_settings = {"words": {"thread_heading": "Letters"}}

    after = page(client, f"/articles/{slug}").text

    assert "Your Voice" in before
    assert "Letters" in after
    assert "Your Voice" not in after


def test_unknown_article_is_404_with_a_sentence(client: FlaskClient) -> None:
    assert "no such article" in page(client, "/articles/nothing", status=404).text
    page(client, "/articles/%00", status=404)


@pytest.mark.parametrize(
    ("mode", "sentence"),
    [
        (Mode.PREMODERATED, "A moderator reads every comment here before it appears."),
        (Mode.CLOSED, "This discussion is closed."),
        (Mode.HIDDEN, "There is no discussion of this article."),
    ],
)
def test_mode_is_said_in_words(app: Flask, client: FlaskClient, mode: Mode, sentence: str) -> None:
    with write(app):
        plain = factories.article()
        said = factories.article(mode=mode, mode_sentence="The jury is out.")
        factories.comment("Already there.", on=plain)
        plain.mode = mode
        slugs = plain.slug, said.slug

    text = page(client, f"/articles/{slugs[0]}").text
    assert sentence in text
    assert "The jury is out." in page(client, f"/articles/{slugs[1]}").text
    assert ("Already there." in text) is (mode is not Mode.HIDDEN)
    assert ("<textarea" in text) is (mode is Mode.PREMODERATED)


def test_a_mode_that_has_ended_is_over(app: Flask, client: FlaskClient) -> None:
    with write(app):
        slug = factories.article(mode=Mode.CLOSED, mode_until=clock.now()).slug

    assert "<textarea" in page(client, f"/articles/{slug}").text


def test_three_sorts(app: Flask, client: FlaskClient) -> None:
    with write(app):
        article = factories.article()
        first, second, third = (factories.comment(on=article) for _ in range(3))
        factories.comment(to=second)
        here = f"/articles/{article.slug}"
        one, two, three = first.id, second.id, third.id

    def order(sort: str) -> list[int]:
        return [id_ for id_ in ids(page(client, here + sort).text) if id_ in (one, two, three)]

    assert order("") == order("?sort=newest") == [three, two, one]
    assert order("?sort=oldest") == [one, two, three]
    assert order("?sort=discussed") == [two, three, one]
    assert "newest, oldest or discussed" in page(client, here + "?sort=best", status=400).text


@pytest.mark.parametrize("sort", ["newest", "oldest", "discussed"])
def test_walking_through_all_pages_meets_every_comment_once(
    app: Flask, client: FlaskClient, sort: str
) -> None:
    with write(app):
        article = factories.article()
        roots = seed.thread(article, [factories.person().id], roots=120)
        for root in (roots[3], roots[90]):
            factories.comment(to=db.session.get_one(Comment, root), on=article)
        url = f"/articles/{article.slug}?sort={sort}"

    met: list[int] = []
    sizes = []
    while True:
        text = page(client, url).text
        here = [id_ for id_ in ids(text) if id_ in roots]
        met += here
        sizes.append(len(here))
        following = re.search(r'rel="next"\s+href="([^"]+)"', text)
        if not following:
            break
        url = following[1].replace("&amp;", "&")
        assert "First page" in page(client, url).text

    assert sizes == [50, 50, 20]
    assert sorted(met) == roots
    if sort == "discussed":
        assert set(met[:2]) == {roots[3], roots[90]}


@pytest.mark.parametrize("after", ["x", "-1", "1.2.3", "9" * 30, "7.1", "1' OR 1=1", "%00", "٣"])
def test_a_broken_cursor_is_400_with_a_sentence(
    app: Flask, client: FlaskClient, after: str
) -> None:
    with write(app):
        slug = factories.article().slug

    text = page(client, f"/articles/{slug}?after={after}", status=400).text
    assert "Go back to the article" in text
