"""Signed requests: only who has the secret, about this, and not long ago."""

from datetime import UTC, datetime, timedelta

import pytest

from moderation import signatures
from moderation.errors import NotAllowed, Refused
from tests.screening.remote.checker import Asked, signed_by

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
KEY, OTHER = b"k" * 32, b"o" * 32
BODY = '{"text": "Grüße"}'.encode()


def test_what_we_sign_is_signed_by_the_specification() -> None:
    headers = signatures.headers([KEY, OTHER], "one", BODY, NOW)
    for key in (KEY, OTHER):
        assert signed_by(signatures.in_words(key), Asked("/", headers, BODY))
    assert not signed_by(signatures.in_words(b"x" * 32), Asked("/", headers, BODY))


def test_either_of_two_secrets_will_do() -> None:
    headers = signatures.headers([OTHER], "one", BODY, NOW)
    signatures.check([KEY, OTHER], "one", headers, BODY, NOW + timedelta(minutes=4))


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        ({"webhook-signature": ""}, Refused, "webhook-signature is missing"),
        ({"webhook-id": "two"}, Refused, "not the id in the address"),
        ({"webhook-timestamp": "soon"}, Refused, "not a whole number"),
        ({"webhook-timestamp": "٣"}, Refused, "not a whole number"),
        ({"webhook-timestamp": "9" * 400}, Refused, "not a whole number"),
        ({"webhook-timestamp": "1764072000"}, Refused, "more than five minutes"),
        ({"webhook-signature": "v1,AAAA"}, NotAllowed, "does not fit"),
        ({"webhook-signature": "v1,\u00e9 \udcff"}, NotAllowed, "does not fit"),
    ],
)
def test_what_is_not_believed(
    change: dict[str, str], error: type[Exception], sentence: str
) -> None:
    headers = {**signatures.headers([KEY], "one", BODY, NOW), **change}
    with pytest.raises(error, match=sentence):
        signatures.check([KEY], "one", headers, BODY, NOW)


def test_other_words_are_not_signed() -> None:
    headers = signatures.headers([KEY], "one", BODY, NOW)
    with pytest.raises(NotAllowed):
        signatures.check([KEY], "one", headers, BODY + b" ", NOW)
    with pytest.raises(Refused, match="five minutes"):
        signatures.check([KEY], "one", headers, BODY, NOW + timedelta(minutes=6))
