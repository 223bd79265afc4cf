"""How many comments: asked by a publisher's own pages, many articles at once."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from moderation import clock
from moderation.articles.models import Mode
from moderation.sites import service as sites
from tests import factories
from tests.articles.thread import write
from tests.statements import counted

NEWS = "https://news.example/"


def test_counts_of_many_articles(app: Flask, client: FlaskClient) -> None:
    with write(app):
        busy = factories.article(url=f"{NEWS}busy?a=1&b=ü")
        factories.comment(on=busy)
        factories.comment(on=busy)
        factories.article(url=f"{NEWS}quiet")
    asked = [f"{NEWS}busy?a=1&b=ü", f"{NEWS}quiet", f"{NEWS}nothing", "", "no address"]
    with counted(app) as seen:
        answer = client.get("/counts", query_string={"url": asked})
    assert answer.json == {"counts": dict(zip(asked, [2, 0, 0, 0, 0], strict=True))}
    assert len(seen) == 1, "whose they are, and all of them"
    assert answer.headers["Cache-Control"] == "public, max-age=30"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in answer.headers


def test_a_hidden_thread_counts_nothing_until_it_is_open_again(
    app: Flask, client: FlaskClient
) -> None:
    end = clock.now() + timedelta(hours=1)
    with write(app):
        hidden = factories.article(url=f"{NEWS}hidden")
        factories.comment(on=hidden)
        hidden.mode, hidden.mode_until = Mode.HIDDEN, end
    path = f"/counts?url={NEWS}hidden"
    assert client.get(path).json == {"counts": {f"{NEWS}hidden": 0}}
    with clock.at(end):
        assert client.get(path).json == {"counts": {f"{NEWS}hidden": 1}}


def test_another_publications_article_is_not_ours(app: Flask, client: FlaskClient) -> None:
    with write(app):
        theirs = factories.article(url=f"{NEWS}theirs")
        factories.comment(on=theirs)
        theirs.site_id = sites.add(
            "other", name="Other", url="http://other.example", host="other.example"
        ).id
    path = f"/counts?url={NEWS}theirs"
    assert client.get(path).json == {"counts": {f"{NEWS}theirs": 0}}
    there = client.get(path, headers={"Host": "other.example"})
    assert there.json == {"counts": {f"{NEWS}theirs": 1}}


@pytest.mark.parametrize("number", [0, 100])
def test_none_and_a_hundred(client: FlaskClient, number: int) -> None:
    asked = {"url": [f"{NEWS}{n}" for n in range(number)]}
    answer = client.get("/counts", query_string=asked)
    assert answer.status_code == 200
    assert len(answer.json["counts"]) == number  # type: ignore[index]


def test_too_many_and_what_is_no_address(client: FlaskClient) -> None:
    many = client.get("/counts", query_string={"url": [f"{NEWS}{n}" for n in range(101)]})
    assert many.status_code == 400
    assert "at most 100 addresses" in many.text
    for bad in ("%00", "%FF%FE", "a" * 5000):
        assert client.get(f"/counts?url={bad}").status_code == 200
