"""What a reader sees: the front page, the article, its thread in every order, permalinks."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from moderation import clock
from moderation.articles.models import Mode
from moderation.cases import service as cases
from moderation.comments.models import Comment
from moderation.comments.status import Action, Status
from moderation.database import db
from moderation.people.roles import Role
from tests import factories
from tests.bench import seed
from tests.pages import page
from tests.statements import counted, plan

MINE = "author@example.org"


def write(app: Flask) -> "Writing":
    return Writing(app)


class Writing:
    """`with write(app): …` commits at its end; a client asks afterwards."""

    def __init__(self, app: Flask) -> None:
        self.context = app.app_context()

    def __enter__(self) -> None:
        self.context.push()

    def __exit__(self, kind: object, *_rest: object) -> None:
        if kind is None:
            db.session.commit()
        self.context.pop()


def ids(text: str) -> list[int]:
    """The comments on a page, as they stand in it."""
    return [int(found) for found in re.findall(r'id="comment-(\d+)"', text)]


def names(text: str) -> list[str]:
    return re.findall(r'class="comment-by"[^>]*>([^<]*)<', text)


def links(text: str, words: str) -> list[str]:
    """Where the links with `words` in them lead."""
    found = re.findall(r'<a\b[^>]*href="([^"]*)"[^>]*>([^<]*)', text)
    return [href.replace("&amp;", "&") for href, label in found if words in label]


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
    assert "A moderator is looking at it." in seen.text
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
