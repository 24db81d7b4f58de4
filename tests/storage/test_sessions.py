"""Which databases can be named, and how."""

from __future__ import annotations

import pytest

from storage.connections import connect
from storage.errors import UnusableUrlError
from storage.postgres import PostgresConnections
from storage.sessions import Dialect, dialect_of, parse_url
from storage.sqlite import SqliteConnections


@pytest.mark.parametrize(
    ("url", "dialect"),
    [
        ("sqlite:///sayso.db", Dialect.SQLITE),
        ("sqlite+aiosqlite:////var/lib/sayso.db", Dialect.SQLITE),
        ("postgresql://user:pw@host/db", Dialect.POSTGRESQL),
        ("postgres://user:pw@host/db", Dialect.POSTGRESQL),
        ("postgresql+asyncpg://user:pw@host/db", Dialect.POSTGRESQL),
    ],
)
def test_either_database_may_be_named_with_or_without_its_driver(url: str, dialect: Dialect) -> None:
    parsed = parse_url(url)
    assert dialect_of(parsed) is dialect
    assert parsed.drivername in {"sqlite+aiosqlite", "postgresql+asyncpg"}


@pytest.mark.parametrize(
    "url",
    ["", "sayso.db", "sqlite://", "sqlite:///:memory:", "mysql://user:hunter2@host/db", "postgresql+psycopg2://h/db"],
)
def test_what_cannot_be_used_says_what_can_and_shows_no_password(url: str) -> None:
    with pytest.raises(UnusableUrlError, match="SAYSO_DATABASE_URL") as refused:
        parse_url(url)
    assert "hunter2" not in str(refused.value)


async def test_a_url_leads_to_its_database() -> None:
    lite, post = connect("sqlite:///sayso.db"), connect("postgresql://host/db")
    assert isinstance(lite, SqliteConnections)
    assert isinstance(post, PostgresConnections)
    await lite.close()
    await post.close()
