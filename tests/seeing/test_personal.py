"""Nothing personal in logs and numbers: a whole story, with everything told that can be told."""

import threading

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from moderation import logs, statements, worker
from moderation.cases.decisions import Decision
from moderation.comments.models import Comment
from moderation.database import db
from moderation.outbox.models import Message
from tests import factories
from tests.pages import page, token
from tests.parts.smtp import Mailbox
from tests.people import mail
from tests.review.desk import press

ADDRESS = "203.0.113.77"
PROXIED = "198.51.100.66"
FROM = {
    "REMOTE_ADDR": ADDRESS,
    "HTTP_X_FORWARDED_FOR": PROXIED,
    "HTTP_USER_AGENT": "Zeppelinbrowser/7",
    "HTTP_REFERER": "http://umbrella.example/wombat",
}
NAME, EMAIL, SECRET = "Wilhelmina Quibblesworth", "wilhelmina@zuider.example", "plum jam Tuesdays"
MOLE, REPORTER, SENDER = "Ferdinand Mole", "Okonkwo Reporter", "Marta Quill"
BODY = "The marmalade councillor sleeps in Badger Lane, so there."
SLUG = "harbour-pelican"
WORDS = {
    ADDRESS, PROXIED, "Zeppelin", "wombat", "umbrella", "Wilhelmina", "Quibblesworth", "zuider",
    "plum jam", "Tuesdays", "Ferdinand", "Okonkwo", "Marta", "quill@", "marmalade", "Badger",
    "901820", "flamingo", "statement of mine", "colleagues only", "ostrich", "walrus", "pelican",
    "wrong guess", "nobody@nowhere", "needle-in-hay",
}  # fmt: skip


@pytest.fixture
def talkative(app: Flask, mailbox: Mailbox) -> Flask:
    """It tells every request and every statement."""
    app.extensions["access_log"] = True
    app.config["SMTP_URL"] = mailbox.url
    with app.app_context():
        statements.watch(db.engine, slow_ms=0)
        factories.article(slug=SLUG, title="The pelican of the harbour")
        factories.moderator(name=MOLE, email="ferdinand@zuider.example")
        factories.moderator(name="Ferdinand Second", email="second@zuider.example")
        factories.person(name=REPORTER, email="okonkwo@zuider.example")
        db.session.commit()
    logs.configure()
    return app


def test_a_whole_story_leaves_no_word_of_anybody(
    talkative: Flask, mailbox: Mailbox, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    tokens = tell(talkative, mailbox)
    said = capsys.readouterr().err
    shown = talkative.test_client().get("/metrics").text
    for event in ("request", "slow query"):
        assert f'"event": "{event}"' in said
    for secret in WORDS | tokens:
        assert secret.lower() not in said.lower(), told_in(said, secret)
        assert secret.lower() not in shown.lower(), told_in(shown, secret)
    assert 'route="/confirm/<token>"' in shown
    assert 'moderation_decisions_total{action="hide",by="person"}' in shown


def told_in(text: str, secret: str) -> str:
    return next(line for line in text.splitlines() if secret.lower() in line.lower())


def tell(app: Flask, mailbox: Mailbox) -> set[str]:
    """From signing up to an appeal; the tokens that were in use."""
    author, confirmation = sign_up(app, mailbox)
    strangers(app)
    comment_id = comment(app, author)
    received = report(app, comment_id)
    decision_id = decide(app)
    appeal(author, decision_id)
    with app.app_context():
        worker.once(app)
    broken_mail(app)
    session = author.get_cookie("session")
    assert session is not None
    return {confirmation, received, session.value}


def browser(app: Flask) -> FlaskClient:
    client = app.test_client()
    client.environ_base |= FROM
    return client


def sign_up(app: Flask, mailbox: Mailbox) -> tuple[FlaskClient, str]:
    client = browser(app)
    typed = {"name": NAME, "email": EMAIL, "password": SECRET, "next": f"/articles/{SLUG}"}
    assert client.post("/sign-up?q=needle-in-hay", data=typed).status_code == 303
    path = mail.link(mail.delivered(app, mailbox, EMAIL)[0])
    assert client.post(path, data={"password": SECRET}).status_code == 303
    return client, path.rpartition("/")[2]


def strangers(app: Flask) -> None:
    """What goes wrong, and what is asked for by mistake."""
    client = browser(app)
    client.post("/sign-in", data={"email": EMAIL, "password": "wrong guess"})
    client.post("/sign-in", data={"email": "nobody@nowhere.example", "password": "wrong guess"})
    client.get("/Wilhelmina/Quibblesworth?walrus=ostrich")
    client.get("/confirm/ostrich")
    client.get(f"/articles/{SLUG}?sort=walrus", headers={"X-Request-ID": "Wilhelmina"})
    client.post("/sign-in", data={"email": EMAIL}, headers={"Origin": "http://walrus.example"})


def comment(app: Flask, author: FlaskClient) -> int:
    here = f"/articles/{SLUG}"
    form = next(each for each in page(author, here).forms if each["action"].endswith("/comments"))
    hidden = {key: form[key] for key in ("csrf_token", "submission") if key in form}
    answer = author.post(f"{here}/comments", data={**hidden, "body": BODY})
    assert answer.status_code == 303, answer.text
    with app.app_context():
        (found,) = db.session.scalars(select(Comment.id))
    return found


def report(app: Flask, comment_id: int) -> str:
    reader = browser(app)
    factories.sign_in(reader, "okonkwo@zuider.example")
    url = f"/comments/{comment_id}/report"
    data = {"csrf_token": token(reader, url), "clause": "abuse", "explanation": "Like a flamingo."}
    assert reader.post(url, data=data).status_code == 303
    notice = {
        "law": "defamation",
        "explanation": "No flamingo. Call me: +49 30 901820.",
        "name": SENDER,
        "email": "quill@zuider.example",
        "good_faith": "y",
    }
    answer = browser(app).post(f"/comments/{comment_id}/report-illegal", data=notice)
    assert answer.status_code == 303
    return answer.headers["Location"].rpartition("/")[2]


def decide(app: Flask) -> int:
    mole = browser(app)
    factories.sign_in(mole, "ferdinand@zuider.example")
    mole.get("/review/log?q=marmalade")
    typed = {"statement": "A statement of mine.", "note": "For colleagues only."}
    answer = press(mole, page(mole, "/review"), action="hide", clause="abuse", **typed)
    assert answer.status_code == 303, answer.text
    with app.app_context():
        return list(db.session.scalars(select(Decision.id).order_by(Decision.id)))[-1]


def appeal(author: FlaskClient, decision_id: int) -> None:
    url = f"/decisions/{decision_id}/appeal"
    data = {"csrf_token": token(author, url), "text": "It was an ostrich."}
    assert author.post(url, data=data).status_code == 303


def broken_mail(app: Flask) -> None:
    """A server that is not there, and an address that cannot be."""
    with app.app_context():
        db.session.add(Message(key="k", to="Wilhelmina@@zuider", subject="walrus", body="ostrich"))
        db.session.commit()
    app.config["SMTP_URL"] = "smtp://wilhelmina:walrus@127.0.0.1:1"
    duty = worker.Duty("mail", worker.send_mail)
    worker._fails(app, duty, threading.Event())
