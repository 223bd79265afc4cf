"""What a proxy or CDN is told about a thread's page; by default, to ask every time."""

from pathlib import Path

import pytest
from flask import Flask

from moderation.database import db
from moderation.errors import Refused
from tests import factories
from tests.conftest import _close, make_app


def other(app: Flask, seconds: int) -> Flask:
    url = app.config["DATABASE_URL"]
    return make_app(Path(app.instance_path), url, CDN_SECONDS=seconds)


def test_it_may_keep_the_page_and_knows_its_names(app: Flask) -> None:
    with app.app_context():
        article = factories.comment().article
        slug, names = article.slug, (f"article-{article.id}", f"site-{article.site_id}", "threads")
        db.session.commit()
    kept = other(app, 20)
    answer = kept.test_client().get(f"/articles/{slug}")
    again = kept.test_client().get(
        f"/articles/{slug}", headers={"If-None-Match": answer.headers["ETag"]}
    )

    assert again.status_code == 304
    for said in (answer, again):
        assert said.headers["Cache-Control"] == "public, max-age=0, s-maxage=20"
        assert said.headers["Surrogate-Key"] == " ".join(names)
        assert said.headers["Cache-Tag"] == ",".join(names)
        assert "Cookie" in said.headers["Vary"]
    _close(kept)


def test_what_is_somebodys_own_is_nobodys_to_keep(app: Flask) -> None:
    with app.app_context():
        slug = factories.comment().article.slug
        db.session.commit()
    kept = other(app, 20)
    for path in (f"/articles/{slug}", "/"):
        answer = factories.signed_in(kept).get(path)
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert "Surrogate-Key" not in answer.headers
    _close(kept)


def test_by_default_it_asks_every_time(app: Flask) -> None:
    with app.app_context():
        slug = factories.comment().article.slug
        db.session.commit()
    answer = app.test_client().get(f"/articles/{slug}")

    assert answer.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert "Surrogate-Key" not in answer.headers


@pytest.mark.parametrize("seconds", ["ten", -1, True, 1.5])
def test_nonsense_is_told(tmp_path: Path, seconds: object) -> None:
    with pytest.raises(Refused, match="CDN_SECONDS"):
        make_app(tmp_path, CDN_SECONDS=seconds)
