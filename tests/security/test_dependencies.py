"""What we ship of others: listed, and with a licence that lets a publisher run it."""

import re

import pytest

from tests.security import audit


def test_nothing_shipped_is_under_the_gpl() -> None:
    found = audit.pins()
    assert len(found) > 30
    assert [pin for pin in found if not pin.licence] == []
    assert [pin for pin in found if audit.REFUSED.search(pin.licence)] == []


@pytest.mark.parametrize(
    ("licence", "fits"),
    [
        ("MIT", True),
        ("LGPL-3.0-only", True),
        ("GNU Lesser General Public License v3 (LGPLv3)", True),
        ("GPL-3.0-or-later", False),
        ("GNU General Public License v2 (GPLv2)", False),
        ("AGPL-3.0", False),
        ("GNU Affero General Public License v3", False),
    ],
)
def test_licences_are_told_apart(licence: str, *, fits: bool) -> None:
    assert bool(audit.REFUSED.search(licence)) is not fits


def test_the_list_is_that_of_the_lock_file() -> None:
    """By name and version; licences of other systems' packages are not known here."""
    text = audit.DOCUMENT.read_text("utf-8")
    rows = set(re.findall(r"^\| ([a-z0-9.-]+) \| (\d\S*) \| .+ \|$", text, re.MULTILINE))
    assert {(pin.name, pin.version) for pin in audit.pins()} == rows, "run `make audit`"
