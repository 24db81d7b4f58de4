"""A database open and empty: every test that takes it runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.database import Database
from tests.support.backups import MARKER
from tests.support.storing import SECRET, hear, met, page, phone


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = await Database.open(database_url, secret=SECRET)
    yield opened
    await opened.close()


@pytest.fixture
async def other(database_url: str, database: Database) -> AsyncIterator[Database]:
    """The same database as `database`, as another worker has it open."""
    del database
    opened = await Database.open(database_url, secret=SECRET, worker=1)
    yield opened
    await opened.close()


@pytest.fixture
async def lived_in(database: Database) -> Database:
    """A database with two who text and one on the web, and words that must not be readable."""
    for key in (phone(1), phone(2), page(1)):
        await met(database, key)
        await hear(database, key, f"{MARKER} {key.address}", f"SM{key.address}")
    return database


@pytest.fixture(params=["sqlite", "postgres"])
def empty_other(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Another database to restore into, of either kind, with nothing in it."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'another.db'}"
    url: str = request.getfixturevalue("empty_postgres_url")
    return url
