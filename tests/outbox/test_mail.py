"""What is written on the envelope: nobody but us ends a header."""

from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation import clock
from moderation.errors import Refused
from moderation.outbox import mail
from moderation.outbox.mail import Server
from moderation.outbox.models import Message

HEADERS = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"]
MORE = ["Content-Type", "Content-Transfer-Encoding", "MIME-Version"]


def written(**given: str) -> bytes:
    row = {"to": "reader@example.org", "subject": "News", "body": "Text\n", **given}
    letter = mail.written(Message(id=1, created_at=clock.now(), **row), sender="Us <us@a.example>")
    return letter.as_bytes()


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example\nBcc: c@d.example",
        "a@b.example\r\nBcc: c@d.example",
        "a\x00@b.example",
        "a\u2028@b.example",
        "nobody",
        "@b.example",
        "a@",
        "a@" + "b" * 80 + ".example",
        "",
    ],
)
def test_what_is_no_address_gets_no_mail(address: str) -> None:
    with pytest.raises(mail.Refused):
        written(to=address)


@pytest.mark.parametrize("address", ["a@b.example, c@d.example", "Eve <c@d.example>, a@b.example"])
def test_an_address_with_two_in_it_reaches_at_most_one(address: str) -> None:
    letter = message_from_bytes(written(to=address), policy=policy.default)
    assert len(letter["To"].addresses) == 1


@given(subject=st.text(), body=st.text())
def test_text_stays_where_it_belongs(subject: str, body: str) -> None:
    letter = message_from_bytes(written(subject=subject, body=body), policy=policy.default)
    assert sorted(letter.keys()) == sorted(HEADERS + MORE)
    assert letter["To"] == "reader@example.org"


@pytest.mark.parametrize(
    "subject", ["News\nBcc: eve@example.org", "News\r\n\r\nBody", "News\x0bX: y", "News\u2028X: y"]
)
def test_a_subject_is_one_line(subject: str) -> None:
    letter = message_from_bytes(written(subject=subject), policy=policy.default)
    assert "Bcc" not in letter
    assert letter.get_content().splitlines() == ["Text"]
    assert letter["Subject"].startswith("News ")


def test_where_the_settings_say() -> None:
    assert Server.named("smtp://mail.example") == Server("mail.example", 25, False, "", "")
    assert Server.named("smtps://mail.example").port == 465
    assert Server.named("smtp://me%40here:p%3Aw%2F@mail.example") == Server(
        "mail.example", 587, False, "me@here", "p:w/"
    )
    assert Server.named("smtp://[::1]:2525").host == "::1"


@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://", "smtp://a:x"])
def test_nonsense_in_the_settings_is_told(url: str) -> None:
    with pytest.raises(Refused, match="SMTP_URL"):
        Server.named(url)
