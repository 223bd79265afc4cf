from tests import factories, pages
from moderation.database import db
from moderation.people.roles import Role


def test_it(app):
    with app.app_context():
        for n in range(3):
            c = factories.comment(f"You clown number {n}.", to=factories.comment("Root"))
            factories.report(c, explanation="Insult")
        db.session.commit()
    client = factories.signed_in(app, Role.MODERATOR)
    p = pages.page(client, "/review")
    print(p.text)
    pages.page(client, "/review/log")
    pages.page(client, "/review/help")
    form = next(f for f in p.forms if "decisions" in f["action"])
    a = client.post(
        form["action"],
        data={
            **{k: form[k] for k in ("csrf_token", "revision", "version", "shown")},
            "action": "hide",
            "clause": "abuse",
        },
    )
    assert a.status_code == 303, a.text
    p = pages.page(client, "/review")
    assert "You hid" in p.text
    form = next(f for f in p.forms if "undo" in f["action"])
    a = client.post("/review/undo", data={k: form[k] for k in ("csrf_token", "decision")})
    assert a.status_code == 303, a.text
    p = pages.page(client, a.location)
    p = pages.page(client, "/review/log?q=clown")
    print(p.text)
    assert "taken back" in p.text
