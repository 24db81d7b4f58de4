"""A database open and empty: every test that takes it runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from storage.database import Database
from tests.support.storing import SECRET


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
