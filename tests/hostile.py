"""The worst that others type: their lists and our own, dealt to the two databases."""

import json
from pathlib import Path

import pytest

# both databases get these: what one of them or the way to it is known to refuse
OWN = [
    "\0",
    "a\0b",
    "\N{RIGHT-TO-LEFT OVERRIDE}gnp",
    "x" * 20_000,
    "9" * 400,
    "> " * 2_000,
]
EVERY = 100  # of the six thousand scripts one in so many


@pytest.fixture
def strings(data_folder: Path, database: str) -> list[str]:
    """Three hundred of them. Of other people's each goes to one of the databases: nearly all that
    they could break is in front of either.
    """
    folder = data_folder / "hostile_input"
    naughty = json.loads((folder / "blns.json").read_text("utf-8"))
    scripts = (folder / "xss-payload-list.txt").read_text("utf-8", "replace").splitlines()
    others = [*naughty, *scripts[::EVERY]]
    mine = others[database == "postgres" :: 2]
    return [*mine, *OWN]
