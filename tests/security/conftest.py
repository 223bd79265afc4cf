"""A world, and what its database holds."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.security import world as worlds
from tests.security.stored import Stored
from tests.security.world import World


@pytest.fixture
def world(app: Flask) -> World:
    return worlds.build(app)


@pytest.fixture
def stored(world: World) -> Iterator[Stored]:
    found = Stored(world.app)
    yield found
    found.close()
