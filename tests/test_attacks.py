"""What a hostile sender puts into headers, addresses and bodies gets a 4xx with a sentence."""

import io
import stat
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from moderation import config
from moderation.database import db
from moderation.errors import Refused
from moderation.sites import service as sites
from tests import factories
from tests.conftest import make_app, prepare

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@on_sqlite
def test_an_origin_that_is_no_address_is_another_website(client: FlaskClient) -> None:
    answer = client.post("/sign-in", headers={"Origin": "http://["})
    assert answer.status_code == 403
    assert "another website" in answer.text


@on_sqlite
@pytest.mark.parametrize("host", ["..", "a" * 64, f"{'a' * 64}.example"])
def test_a_host_that_cannot_be_is_refused_in_words(client: FlaskClient, host: str) -> None:
    for path in ("/", "/nothing", "/static/icon.svg", "/healthz"):
        answer = client.get(path, headers={"Host": host})
        assert answer.status_code == 400
        assert answer.text.strip()
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@on_sqlite
def test_a_host_of_no_site_is_told_so(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        factories.site().host = "comments.example"
        db.session.commit()
    for path in ("/", "/nothing", "/sign-in"):
        answer = client.get(path, headers={"Host": "evil.example"})
        assert answer.status_code == 404
        assert answer.text.strip()
        assert "Traceback" not in answer.text


@on_sqlite
def test_a_file_or_json_is_no_field(app: Flask) -> None:
    with app.app_context():
        slug = factories.article().slug
        db.session.commit()
    client = factories.signed_in(app)
    for path in (f"/articles/{slug}/comments", "/me/name", "/sign-in", "/forgotten-password"):
        for name in ("body", "name", "email", "password"):
            sent = {name: (io.BytesIO(b"words"), "words.txt")}
            assert client.post(path, data=sent).status_code == 422
            for json in ({name: 5}, {name: ["x", {}]}, [1, 2], "text", None):
                assert client.post(path, json=json).status_code == 422


@on_sqlite
def test_json_cannot_hand_in_what_a_form_would(app: Flask) -> None:
    client = factories.signed_in(app)
    assert client.post("/me/name", json={"name": "Somebody Else"}).status_code == 422


@on_sqlite
def test_a_second_site_does_not_answer_for_the_first(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        slug = factories.article().slug
        sites.add("other", name="Other", url="http://other.example", host="other.example")
        db.session.commit()
    assert client.get(f"/articles/{slug}").status_code == 200
    for path in (f"/articles/{slug}", f"/articles/{slug}/version"):
        assert client.get(path, headers={"Host": "other.example"}).status_code == 404


def test_nobody_else_on_the_machine_reads_the_instance(tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    prepare(make_app(instance, SECRET_KEY=""))
    found = {path.name: stat.S_IMODE(path.stat().st_mode) for path in instance.iterdir()}
    assert {"moderation.sqlite", "secret_key"} <= found.keys()
    assert set(found.values()) == {0o600}


@pytest.mark.parametrize("weak", [{"DEMO": True}, {"SECRET_KEY": "short"}, {"SECRET_KEY": 1234567}])
def test_serving_is_refused_with(tmp_path: Path, weak: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        config.refuse_weak(make_app(tmp_path, **weak))
