"""The policy as readers see it."""

import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient

from moderation.cli import main
from moderation.policy import service
from tests import factories, pages


def run(app: Flask, *words: str) -> Result:
    return CliRunner().invoke(main, ["policy", *words], obj=app)


def test_every_clause_has_an_anchor_and_everything_a_reader_needs(client: FlaskClient) -> None:
    read = pages.page(client, "/policy")
    for clause in tomllib.loads(service.STARTER.read_text("utf-8"))["clause"]:
        assert f'id="{clause["code"]}"' in read.text
        assert f"#{clause['code']}" in read.links
    assert "Version 1, in force since" in read.text
    assert "Defamation Act 2009 (Ireland)" in read.text
    assert "Extreme" in read.text
    assert "We remove the comment." in read.text
    assert "/policy/changes" in read.links


def test_an_older_version_stays_at_its_address(app: Flask, client: FlaskClient) -> None:
    assert (
        run(app, "publish", "--starter").output == "Version 2 is in force on “main”: 12 clauses.\n"
    )
    assert "This is an older version" in pages.page(client, "/policy/1").text
    assert "This is an older version" not in pages.page(client, "/policy/2").text
    assert "Version 2, in force since" in pages.page(client, "/policy").text
    changes = pages.page(client, "/policy/changes")
    assert changes.text.index("Version 2") < changes.text.index("Version 1")
    assert run(app, "list").output.startswith("2\t")


@pytest.mark.parametrize("address", ["/policy/0", "/policy/7", f"/policy/{2**70}", "/policy/x"])
def test_a_version_there_is_not(client: FlaskClient, address: str) -> None:
    pages.page(client, address, status=404)


def test_who_is_not_signed_in_need_not_be_sent_it_twice(app: Flask, client: FlaskClient) -> None:
    answer = client.get("/policy")
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert "Cookie" in answer.headers["Vary"]
    again = client.get("/policy", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    somebody = factories.signed_in(app)
    assert somebody.get("/policy").headers["Cache-Control"] == "private, no-store"


def test_publishing_a_file(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text(service.STARTER.read_text("utf-8").replace("severity = 1", "severity = 3"))
    refused = run(app, "publish", str(file))
    assert refused.exit_code == 1
    assert "Clause “off-topic”: “severity” is 1, 2, 4 or 8." in refused.output
    file.write_text(run(app, "show").output)
    assert run(app, "publish", str(file)).exit_code == 0


@pytest.mark.parametrize("content", [b"title = ", b"\xff\xfe", b""])
def test_a_file_that_is_no_policy(app: Flask, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "policy.toml"
    file.write_bytes(content)
    refused = run(app, "publish", str(file))
    assert refused.exit_code == 1
    assert refused.output.startswith("Error: ")


def test_a_file_or_the_starter_and_not_both(app: Flask) -> None:
    assert run(app, "publish").exit_code == 2
    assert run(app, "publish", "pyproject.toml", "--starter").exit_code == 2


def test_clause_text_is_plain_text(app: Flask, client: FlaskClient, tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    evil = "<img src=x onerror=alert(1)>"
    file.write_text(service.STARTER.read_text("utf-8").replace("Personal abuse", evil))
    assert run(app, "publish", str(file)).exit_code == 0
    assert evil not in pages.page(client, "/policy").text
