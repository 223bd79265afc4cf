"""The demo's mail, on a page: there is no mail server, and everybody here is made up."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from moderation.errors import Missing
from moderation.people.guard import for_everybody

bp = Blueprint("demo", __name__)

SHOWN = 50


@bp.get("/demo/mail")
@for_everybody
def mail() -> ResponseReturnValue:
    """The newest letters. There is no such page outside the demo."""
    if not current_app.config["DEMO"]:
        raise Missing("There is no such page.")
    folder = Path(current_app.instance_path) / "mail"
    newest = sorted(folder.glob("*.eml"), reverse=True)[:SHOWN]
    return render_template("demo/mail.html", letters=[_read(path) for path in newest])


def _read(path: Path) -> EmailMessage:
    return message_from_bytes(path.read_bytes(), policy=policy.default)
