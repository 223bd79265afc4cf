"""What the small machine has none of: everything here runs on PostgreSQL."""

import pytest


@pytest.fixture
def database() -> str:
    return "postgres"
