"""Whatever breaks, nobody reads a secret: not in a log, a page, a header, a letter's name or a
command's words.
"""

import logging
import re
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from moderation import logs
from moderation.database import db
from moderation.outbox import delivery
from moderation.people.roles import Role
from moderation.people.second_step import service as second_step
from tests import factories, pages
from tests.conftest import make_app
from tests.people.second_step import phone
from tests.security.planted import NEW, PASSWORD, PLANTED, WRONG, leaks, secret_settings

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


class Eavesdropper:
    """What is logged, and what is answered when something is refused or breaks."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.heard: list[str] = []

    def hear(self, answer: TestResponse, *own: str) -> TestResponse:
        """own: what the one who asks has just sent, and may see in their own form again."""
        shown = [f"{name}: {value}" for name, value in answer.headers if name != "Set-Cookie"]
        if answer.status_code >= 400:
            text = answer.text
            for one in own:
                text = text.replace(one, "")
            shown.append(text)
        self.heard += shown
        return answer

    def all(self) -> str:
        out, error = self._capsys.readouterr()
        self.heard += [out, error]
        return "\n".join(self.heard)


@pytest.fixture
def eavesdropper(app: Flask, capsys: pytest.CaptureFixture[str]) -> Iterator[Eavesdropper]:
    app.testing = False  # as served: an error is a page
    app.extensions["access_log"] = True
    logs.configure()
    yield Eavesdropper(capsys)
    logging.getLogger().handlers.clear()


def secrets_in_use(app: Flask, mine: phone.Phone, client: FlaskClient) -> set[str]:
    session = client.get_cookie("session")
    assert session is not None
    with client.session_transaction() as inside:
        token = str(inside["sign_in"])
    with app.app_context():
        kept = phone.row().password_hash
        new = second_step.secret(phone.row(), phone.row().second_step_salt)
        db.session.rollback()
    key = str(app.config["SECRET_KEY"]).strip()
    return {
        key, session.value, token, kept, new, mine.secret, *mine.recovery_codes,
        factories.PASSWORD, PASSWORD, WRONG, NEW,
    }  # fmt: skip


@on_sqlite
def test_a_story_of_mishaps_tells_no_secret(
    app: Flask, eavesdropper: Eavesdropper, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = phone.somebody(app)
    client = phone.sign_in(app, mine.shows())
    secrets = secrets_in_use(app, mine, client)
    secrets |= wrong_passwords(app, eavesdropper, client, mine)
    broken_mail(app, eavesdropper)
    everything_breaks(app, eavesdropper, client, monkeypatch)
    heard = eavesdropper.all()
    for event in ('"request failed"', '"database out of reach"', '"request"'):
        assert event in heard
    assert not leaks(heard, secrets)


def wrong_passwords(
    app: Flask, ear: Eavesdropper, client: FlaskClient, mine: phone.Phone
) -> set[str]:
    """What people type wrong, and links that are dead. The tokens of those links."""
    stranger = app.test_client()
    for email in (phone.MO, "nobody@example.org"):
        ear.hear(stranger.post("/sign-in", data={"email": email, "password": WRONG}))
    ear.hear(stranger.post("/sign-up", data={"email": "x", "password": NEW, "name": ""}))
    ear.hear(stranger.post("/forgotten-password", data={"email": phone.MO}))
    with app.app_context():
        letters = [str(row.body) for row in db.session.execute(db.text("SELECT body FROM message"))]
        db.session.rollback()
    tokens = {one for body in letters for one in re.findall(r"new-password/(\S+)", body)}
    assert tokens
    for token in tokens:
        here = f"/new-password/{token}"
        ear.hear(stranger.post(here, data={"new_password": "short"}), token)
        ear.hear(stranger.post(here + "x", data={"new_password": NEW}))
        ear.hear(stranger.post(here, data={"new_password": NEW}, headers={"Origin": "http://e.e"}))
    button = {"csrf_token": pages.token(client, "/me")}
    for path, typed in (
        ("/me/password", {"old_password": WRONG, "new_password": NEW}),
        ("/me/password", {"old_password": factories.PASSWORD, "new_password": PASSWORD * 9}),
        ("/me/second-step/off", {"password": WRONG, "code": mine.recovery_codes[1]}),
        ("/me/second-step/renew", {"password": factories.PASSWORD, "code": mine.wrong()}),
    ):
        code = typed.get("code", "none")
        ear.hear(client.post(path, data={**button, **typed}), code)
        ear.hear(client.post(path, data=typed), code)
    return tokens


def broken_mail(app: Flask, ear: Eavesdropper) -> None:
    """A server that is not there; then the folder."""
    app.config["SMTP_URL"] = f"smtp://user:{WRONG}@127.0.0.1:1"
    with app.app_context():
        with pytest.raises(Exception, match="does not answer") as error:
            delivery.deliver()
        ear.heard.append("".join(traceback.format_exception(error.value)))
        app.config["SMTP_URL"] = ""
        delivery.deliver()
    folder = Path(app.instance_path) / "mail"
    found = list(folder.iterdir())
    assert found
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {one.stat().st_mode & 0o777 for one in found} == {0o600}
    ear.heard += [one.name for one in found]


def everything_breaks(
    app: Flask, ear: Eavesdropper, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistake of ours with a secret in its words; then a database that is gone."""

    def slip(*_: object, **__: object) -> None:
        raise ValueError(f"{WRONG} {NEW} {PASSWORD}")

    typed = {"email": phone.MO, "password": PASSWORD, "code": "123456"}
    for view in ("people.send_sign_in", "account.me", "people.new_password"):
        monkeypatch.setitem(app.view_functions, view, slip)
    assert ear.hear(client.get("/me")).status_code == 500
    assert ear.hear(client.post("/sign-in", data=typed)).status_code == 500
    monkeypatch.undo()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    Path(str(app.config["SQLALCHEMY_DATABASE_URI"]).removeprefix("sqlite:///")).unlink()
    Path(app.instance_path).joinpath("moderation.sqlite").mkdir()
    for path in ("/sign-in", "/forgotten-password", "/me/password"):
        assert ear.hear(client.post(path, data=typed)).status_code == 503
    assert ear.hear(client.get("/healthz")).status_code == 503


def test_a_redis_that_is_gone_is_told_without_its_password(
    app: Flask, eavesdropper: Eavesdropper
) -> None:
    secret = secret_settings()["REDIS_URL"]
    other = make_app(
        Path(app.instance_path),
        str(app.config["DATABASE_URL"]),
        REDIS_URL=f"redis://user:{secret}@127.0.0.1:1/0",
        METRICS_TOKEN=PLANTED.format("metrics"),
    )
    client = other.test_client()
    eavesdropper.hear(client.post("/sign-in", data={"email": "a@example.org", "password": WRONG}))
    bad = {"Authorization": "Bearer nonsense"}
    good = {"Authorization": f"Bearer {PLANTED.format('metrics')}"}
    assert eavesdropper.hear(client.get("/metrics", headers=bad)).status_code == 403
    eavesdropper.heard.append(client.get("/metrics", headers=good).text)
    heard = eavesdropper.all()
    assert "Redis does not answer" in heard
    assert not leaks(heard, {secret, WRONG, PLANTED.format("metrics")})
    with other.app_context():
        db.engine.dispose()


def test_at_rest_there_are_hashes(app: Flask) -> None:
    """Nothing in any column opens anything, once the letters are sent."""
    mine = phone.somebody(app, Role.LEAD)
    client = phone.sign_in(app, mine.shows())
    client.post("/forgotten-password", data={"email": phone.MO})
    stranger = app.test_client()
    stranger.post("/sign-up", data={"email": "n@example.org", "password": NEW, "name": "N"})
    with app.app_context():
        slug = factories.article().slug
        db.session.commit()
    kept = stranger.post(f"/articles/{slug}/comments", data={"body": "Kept words."})
    draft = re.search(r"draft%3D([\w-]+)", kept.location or "")
    assert draft is not None
    secrets = secrets_in_use(app, mine, client) | {draft[1]}
    with app.app_context():
        secrets -= {phone.row().password_hash}
        assert phone.row().password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        delivery.deliver()
        rows = [
            repr(row)
            for table in db.metadata.tables
            for row in db.session.execute(db.text(f'SELECT * FROM "{table}"'))
        ]
        db.session.rollback()
    assert len(rows) > 20
    assert not leaks("\n".join(rows), secrets)
    assert "new-password/" not in "\n".join(rows)
