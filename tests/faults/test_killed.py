"""Killed without a word under load: nothing acknowledged is lost, nothing is there twice."""

from pathlib import Path

from moderation.database import db
from tests.bench.reading import SETTINGS
from tests.faults import killing, reckoning
from tests.parts.smtp import Mailbox

KILLS = 5


def test_nothing_is_lost_and_nothing_is_there_twice(
    outgrown: dict[str, str], tmp_path: Path, free_port: int, mailbox: Mailbox
) -> None:
    app = killing.opened(tmp_path, SMTP_URL=mailbox.url, **outgrown)
    settings = {
        **SETTINGS,
        "TRUSTED_PROXIES": "1",
        "SMTP_URL": mailbox.url,
        **outgrown,
    }
    room = killing.Newsroom(app, tmp_path, free_port, settings)
    killing.besiege(room, KILLS)
    found = reckoning.account(room, mailbox)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    assert all(found[what] > 0 for what in (*reckoning.ACKNOWLEDGED, "letters"))
    assert reckoning.faults(found) == {}
