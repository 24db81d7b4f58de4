"""The two databases, chosen by URL."""

from __future__ import annotations

from typing import assert_never

from storage.postgres import PostgresConnections
from storage.sessions import Connections, Dialect, dialect_of, parse_url
from storage.sqlite import SqliteConnections


def connect(url: str) -> Connections:
    """Connections to the database at `url`; nothing is opened before it is needed."""
    parsed = parse_url(url)
    match dialect_of(parsed):
        case Dialect.SQLITE:
            return SqliteConnections(str(parsed.database))
        case Dialect.POSTGRESQL:
            return PostgresConnections(parsed)
        case never:
            assert_never(never)
