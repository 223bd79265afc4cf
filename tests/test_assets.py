"""Styles and scripts: small on the way, kept for ever, never stale."""

import gzip
import re

from flask import Flask
from flask.testing import FlaskClient


def styles(client: FlaskClient) -> str:
    """The address of the first style sheet on the front page."""
    found = re.search(r'href="(/static/css/[^"]+)"', client.get("/").text)
    assert found is not None
    return found[1]


def test_a_named_version_is_kept_for_ever_and_compressed(client: FlaskClient) -> None:
    answer = client.get(styles(client), headers={"Accept-Encoding": "gzip"})
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Encoding"] == "gzip"
    assert b":root" in gzip.decompress(answer.data)


def test_without_its_version_it_is_asked_for_again(client: FlaskClient) -> None:
    path = styles(client).partition("?")[0]
    first = client.get(path)
    assert first.headers["Cache-Control"] == "public, no-cache"
    assert b":root" in first.data
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_nothing_outside_the_folder(app: Flask) -> None:
    for path in ("../app.py", "%2e%2e/app.py", "css/../../app.py", "nothing.css", ""):
        assert app.test_client().get(f"/static/{path}").status_code == 404
