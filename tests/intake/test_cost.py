"""What a comment costs the database: one trip to the disk, and as many questions as it needs.

Most of them are asked before anybody has to wait for its writing.
"""

from flask import Flask
from sqlalchemy import event

from moderation.database import db
from tests import factories, pages
from tests.statements import counted

MOST = 28
WRITING = 20  # of them come after the first that writes


def test_a_comment_is_one_commit_and_a_few_statements(app: Flask) -> None:
    with app.app_context():
        here = f"/articles/{factories.article().slug}"
        db.session.commit()
        engine = db.engine
    client = factories.signed_in(app)
    token = pages.token(client, here)

    def post(body: str) -> int:
        data = {"csrf_token": token, "body": body}
        with counted(app) as seen:
            assert client.post(f"{here}/comments", data=data).status_code == 303
        return len(seen)

    post("The first one builds what the site screens with, and that is kept.")
    ends: list[int] = []
    with counted(app) as seen:
        event.listen(engine, "commit", lambda _connection: ends.append(len(seen)))
        post("The bridge should have been mended before the floods, not after them.")
    assert len(seen) <= MOST
    first = next(place for place, (asked, _) in enumerate(seen) if not asked.startswith("SELECT"))
    assert len(seen) - first <= WRITING
    written = [end for end in ends if end > first]
    assert written == [len(seen)], "one commit, of everything"


def test_what_is_refused_has_been_counted(app: Flask) -> None:
    with app.app_context():
        here = f"/articles/{factories.article().slug}"
        db.session.commit()
    client = factories.signed_in(app)
    token = pages.token(client, here)
    for _ in range(10):
        answer = client.post(
            f"{here}/comments", data={"csrf_token": token, "body": "No.", "parent": "77"}
        )
        assert answer.status_code == 404
    answer = client.post(f"{here}/comments", data={"csrf_token": token, "body": "A good one."})
    assert answer.status_code == 429
