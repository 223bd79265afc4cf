"""What passwords we take and how they are kept."""

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type

from moderation.errors import Refused
from moderation.people import passwords

GOOD = "plum jam on Tuesdays"


def test_kept_with_argon2id_19_mib_two_passes_one_lane() -> None:
    kept = passwords.hashed(GOOD, email="ann@example.org")
    found = extract_parameters(kept)
    assert (found.type, found.memory_cost, found.time_cost, found.parallelism) == (
        Type.ID,
        19 * 1024,
        2,
        1,
    )
    assert len(kept) <= 200
    assert passwords.matches(kept, GOOD)
    assert not passwords.matches(kept, GOOD + "!")
    assert not passwords.is_outdated(kept)
    assert passwords.hashed(GOOD, email="") != kept


def test_a_hash_with_other_parameters_is_outdated() -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(GOOD)
    assert passwords.matches(old, GOOD)
    assert passwords.is_outdated(old)


@pytest.mark.parametrize("kept", [None, "", "no hash at all", "$argon2id$v=19$m=1"])
def test_nobody_matches_nothing(kept: str | None) -> None:
    assert not passwords.matches(kept, GOOD)
    assert not passwords.matches(kept, "nobody signs in with this")


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("", "10 characters or more"),
        ("nine char", "10 characters or more"),
        ("x" * 201, "200 characters or fewer"),
        ("my ANN@example.org word", "e-mail address is in"),
        ("Password123", "first passwords"),
        ("1234567890", "first passwords"),
        (" " * 12, "first passwords"),
    ],
)
def test_refused_with_a_sentence(password: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        passwords.hashed(password, email="ann@example.org")


@pytest.mark.parametrize(
    "password", ["tenletters", "x" * 9 + "y", "ü" * 10, "a" * 199 + "b", "all lower case words"]
)
def test_taken_without_rules_of_composition(password: str) -> None:
    assert passwords.refusal(password, email="ann@example.org") is None


def test_the_same_letters_from_another_keyboard_are_the_same_password() -> None:
    kept = passwords.hashed("cafe\N{COMBINING ACUTE ACCENT} au lait", email="")
    assert passwords.matches(kept, "caf\N{LATIN SMALL LETTER E WITH ACUTE} au lait")


def test_anything_can_be_tried() -> None:
    kept = passwords.hashed(GOOD, email="")
    for tried in ("\ud800" * 12, "\0" * 12, "x" * 100_000, GOOD + "\0"):
        assert not passwords.matches(kept, tried)
    assert passwords.matches(passwords.hashed("\ud800" * 12, email=""), "\ud800" * 12)
    long = "x" * 199 + "y"
    assert not passwords.matches(passwords.hashed(long, email=""), long + "z")


def test_commonplace_ones_are_long_enough_to_matter() -> None:
    assert len(passwords.COMMONPLACE) >= 100
    for word in passwords.COMMONPLACE:
        assert len(word) >= passwords.SHORTEST
        assert word == word.casefold()
