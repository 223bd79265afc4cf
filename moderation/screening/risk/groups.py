"""Words that name a group of people, no reproach: to the model all are one word. And "you"."""

import tomllib
from importlib import resources

_LISTS = tomllib.loads(resources.files(__package__).joinpath("groups.toml").read_text("utf-8"))

ONE: list[str] = sorted(set(_LISTS["one"].split()))
MANY: list[str] = sorted(set(_LISTS["many"].split()))
YOU: list[str] = _LISTS["you"].split()
