"""Our own threats and slurs, with harmless twins: to measure with, never to learn from."""

import tomllib
from importlib import resources

from moderation.screening.risk.sources import filled

TIMES = 4


def cases() -> list[tuple[str, bool, str]]:
    """Text, whether it is harmful, and its kind: threats or slurs."""
    text = resources.files(__package__).joinpath("challenge.toml").read_text("utf-8")
    return [
        (case, side == "harm", kind)
        for kind, pairs in tomllib.loads(text).items()
        for pair in pairs
        for side in ("harm", "twin")
        for case in filled(pair[side], TIMES)
    ]


def unseen() -> dict[str, list[str]]:
    """Threats ("harm"), their "twins", and "plain" comments: by somebody who saw no rule."""
    text = resources.files(__package__).joinpath("unseen.toml").read_text("utf-8")
    return tomllib.loads(text)
