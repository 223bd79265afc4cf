"""Codes by themselves: no database, no clock but the one given."""

from base64 import b32encode
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest

from moderation.people.second_step import codes

KEY = "the installation's own key"
# RFC 6238, appendix B: in the last second of its step 37037036 this shows …081804
RFC = b32encode(b"12345678901234567890").decode()
MOMENT = datetime.fromtimestamp(1111111109, UTC)


def test_a_code_belongs_to_its_half_minute_and_is_good_one_either_way() -> None:
    assert codes.step_of(RFC, "081804", MOMENT) == 37037036
    for seconds, step in ((-60, None), (-59, 37037036), (30, 37037036), (31, None)):
        other = MOMENT + timedelta(seconds=seconds)
        assert codes.step_of(RFC, "081804", other) == step, seconds
    assert codes.step_of(RFC, "081805", MOMENT) is None


@pytest.mark.parametrize("typed", ["", "08180", "0818044", "abcdef", "08180²", "०८१८०४", "\0" * 6])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert codes.step_of(RFC, typed, MOMENT) is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (" 287 082 ", "287082"),
        ("287-082", "287082"),
        ("287\N{NO-BREAK SPACE}082", "287082"),
        ("\N{FULLWIDTH DIGIT TWO}87082", "287082"),
        ("7F3K-abcd 0000-ZZZZ", "7f3kabcd0000zzzz"),
    ],
)
def test_codes_are_read_as_meant(typed: str, meant: str) -> None:
    assert codes.as_meant(typed) == meant


def test_a_secret_comes_of_the_key_the_person_and_the_salt() -> None:
    secret = codes.secret(KEY, 1, "salt")
    assert secret == codes.secret(KEY, 1, "salt")
    assert len(secret) == 32
    others = {codes.secret(KEY, 2, "salt"), codes.secret(KEY, 1, "x"), codes.secret("k", 1, "salt")}
    assert len(others | {secret}) == 4


def test_recovery_codes_are_long_plain_and_read_with_a_kind_eye() -> None:
    made = codes.recovery(KEY, 1, "salt")
    assert len(set(made)) == 10
    assert {len(code) for code in made} == {16}
    assert not set("".join(made)) & set("ilou")
    code = "0123456789abcde1"
    assert codes.in_fours(code) == "0123-4567-89ab-cde1"
    assert codes.hashed(7, codes.as_meant("O123-4567 89AB-CDEI")) == codes.hashed(7, code)
    assert codes.hashed(8, code) != codes.hashed(7, code)


def test_the_square_needs_no_style_and_no_script() -> None:
    address = codes.address(RFC, email="ann@example.org", issuer="The Harbour: Post & Co")
    assert address.startswith("otpauth://totp/The%20Harbour%3A%20Post%20%26%20Co:ann%40example.org")
    drawn = ET.fromstring(codes.square(address))  # noqa: S314 our own
    parts = list(drawn.iter())
    assert {part.tag.rpartition("}")[2] for part in parts} == {"svg", "path"}
    assert all("style" not in part.attrib for part in parts)
    assert parts[1].attrib["fill"] == "#fff", "cameras want it light, on dark pages too"
    assert "viewBox" in drawn.attrib, "it fills the room the page gives it"
