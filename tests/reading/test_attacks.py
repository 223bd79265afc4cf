"""Nobody can put a wrong page onto the shelf that everybody reads from."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from moderation.database import db
from moderation.sites import service as sites
from tests import factories


@pytest.fixture
def here(app: Flask) -> str:
    """An article with three comments, the first the most discussed."""
    with app.app_context():
        first = factories.comment("The first.")
        factories.comment("The second.", on=first.article)
        factories.comment("An answer.", to=first)
        slug = first.article.slug
        db.session.commit()
    return f"/articles/{slug}"


@pytest.mark.parametrize("blank", ["sort=&sort=oldest", "after=&sort=oldest&after=1"])
def test_blank_parameters_poison_no_page(app: Flask, here: str, blank: str) -> None:
    honest = app.test_client().get(f"{here}?sort=oldest", headers={"Cookie": "session=x"})

    app.test_client().get(f"{here}?{blank}")

    kept = app.test_client().get(f"{here}?sort=oldest")
    marked = 'aria-current="true">Oldest'
    assert marked in honest.text
    assert marked in kept.text


def test_blank_reply_and_draft_are_nobodys_page(client: FlaskClient, here: str) -> None:
    for query in ("reply=", "draft=", "draft=&sort=oldest"):
        assert "public" not in client.get(f"{here}?{query}").headers["Cache-Control"]


def test_a_kept_page_is_kept_for_its_own_site_only(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        slug = factories.article().slug
        sites.add("other", name="Other", url="http://other.example", host="other.example")
        db.session.commit()
    assert client.get(f"/articles/{slug}").status_code == 200
    elsewhere = client.get(f"/articles/{slug}", headers={"Host": "other.example"})
    assert elsewhere.status_code == 404


@pytest.mark.parametrize("query", ["sort=é", "x=€"])
def test_letters_in_a_query_that_nobody_escaped(app: Flask, here: str, query: str) -> None:
    for path in (here, "/", "/sign-in", "/nothing"):
        environ = {"QUERY_STRING": query.encode().decode("latin-1")}
        assert app.test_client().get(path, environ_overrides=environ).status_code < 500
