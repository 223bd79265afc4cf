"""A setting that is wrong is told without the secret in it, by every command.

The settings are those of `config.DEFAULTS`: a new one falls under it by its name.
"""

import traceback
from pathlib import Path

import pytest
from click.testing import CliRunner

from moderation import cli
from tests.security.planted import PASSWORD, PLANTED, leaks, secret_settings, wrong

COMMANDS = (
    ["db", "upgrade"],
    ["person", "list"],
    ["person", "add", "a@example.org", "--name", "A", "--role", "lead", "--password-stdin"],
    ["outbox", "deliver"],
    ["outbox", "list"],
    ["check"],
    ["audit", "verify"],
    ["serve", "--host", "203.0.113.1"],
    ["backup", "/nowhere/at/all.zip"],
    ["nonsense"],
)


def test_settings_are_known_by_their_names() -> None:
    expected = {"SECRET_KEY", "DATABASE_URL", "REDIS_URL", "SMTP_URL", "REPLICA_URL"}
    assert expected | {"METRICS_TOKEN"} <= secret_settings().keys()


def said(arguments: list[str], typed: str = "") -> str:
    """All that a terminal shows, a traceback included."""
    done = CliRunner().invoke(cli.main, arguments, input=typed)
    text = done.output + (done.stderr or "")
    if done.exc_info and not isinstance(done.exception, SystemExit):
        text += "".join(traceback.format_exception(*done.exc_info))
    return text


@pytest.mark.parametrize("name", sorted(secret_settings()))
def test_a_wrong_setting_is_told_without_its_secret(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = secret_settings()[name]
    instance = tmp_path / "instance"
    monkeypatch.setenv("MODERATION_INSTANCE", str(instance))
    assert "up to date" in said(["db", "upgrade"])
    for value in wrong(name, secret):
        monkeypatch.setenv(f"MODERATION_{name}", value)
        for arguments in COMMANDS:
            text = said(arguments, typed=f"{PASSWORD}\n")
            assert not leaks(text, {secret, PASSWORD}), f"{name}={value} {arguments}: {text}"


def test_a_broken_file_of_settings_is_told_without_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = PLANTED.format("file")
    monkeypatch.setenv("MODERATION_INSTANCE", str(tmp_path))
    for line in ("SECRET_KEY = {}", "SECRET_KEY = '{}", "SMTP_URL = ['{}']", "{}"):
        (tmp_path / "config.toml").write_text(line.format(secret), "utf-8")
        for arguments in COMMANDS:
            assert not leaks(said(arguments), {secret}), line


def test_a_target_that_is_none_is_told_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = PLANTED.format("target")
    monkeypatch.setenv("MODERATION_INSTANCE", str(tmp_path))
    assert "up to date" in said(["db", "upgrade"])
    for value in wrong("DATABASE_URL", secret):
        assert not leaks(said(["move", "--to", value]), {secret}), value
