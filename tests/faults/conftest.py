"""Each of the two sizes."""

from collections.abc import Iterator

import pytest
from sqlalchemy import make_url

from tests.parts import postgres
from tests.parts.fixtures import worker


@pytest.fixture(params=["sqlite", "postgres"])
def outgrown(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """Settings: SQLite with the worker beside `serve`; PostgreSQL and Valkey with one apart."""
    if request.param == "sqlite":
        yield {}
        return
    at = make_url(request.getfixturevalue("postgres_url"))
    url = postgres.database_url(at, f"killed_{worker()}")
    redis = request.getfixturevalue("valkey_url")
    yield {"DATABASE_URL": url, "REDIS_URL": redis, "WORKER": "off"}
    postgres.drop(at, f"killed_{worker()}")
