"""`moderation outbox`."""

import pytest
from click.testing import CliRunner
from flask import Flask

from moderation import clock
from moderation.cli import main
from moderation.database import db
from moderation.outbox.models import Message


def run(app: Flask, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["outbox", *words], obj=app)
    return done.exit_code, done.output


@pytest.fixture
def three_waiting(app: Flask) -> None:
    with app.app_context():
        for number in range(3):
            dead = clock.now() if number == 2 else None
            why = "550 5.1.1 <(address)> has left" if dead else ""
            row = Message(key=f"k{number}", to=f"r{number}@example.org", subject="s", body="b\n")
            row.dead_at, row.last_error = dead, why
            db.session.add(row)
        db.session.commit()


@pytest.mark.usefixtures("three_waiting")
def test_list_says_how_many_and_nobodys_address(app: Flask) -> None:
    code, said = run(app, "list")
    assert code == 0
    assert said == (
        "2 waiting, the oldest for 0 minutes.\n1 given up.\n  1: 550 5.1.1 <(address)> has left\n"
    )


@pytest.mark.usefixtures("three_waiting")
def test_deliver_and_retry(app: Flask) -> None:
    assert run(app, "deliver", "--limit", "1") == (0, "1 sent.\n")
    assert run(app, "deliver") == (0, "1 sent.\n")
    assert run(app, "retry") == (0, "1 will be tried again.\n")
    assert run(app, "deliver") == (0, "1 sent.\n")
    assert run(app, "list") == (0, "0 waiting.\n0 given up.\n")


@pytest.mark.usefixtures("three_waiting")
def test_a_dead_server_is_a_sentence(app: Flask, free_port: int) -> None:
    app.config["SMTP_URL"] = f"smtp://me:secret@127.0.0.1:{free_port}"
    code, said = run(app, "deliver")
    assert code == 1
    assert "does not answer" in said
    assert "nothing is lost" in said
    assert "secret" not in said
