"""What a connection to either database promises: statements run, rows come back, a transaction ends.

Statements go to the drivers as they are, because SQLAlchemy's compiling and its cursor for each statement cost more
than the rest of a message's handling; its URLs and its pool are used.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from storage.errors import UnusableUrlError

Row = Sequence[Any]

BUSY_SECONDS = 10.0
"""How long a statement waits for a connection or for a lock before the database counts as unavailable."""
FORMS = "`sqlite+aiosqlite:///file.db` or `postgresql+asyncpg://user:password@host/database`"


class Dialect(StrEnum):
    """The two databases."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


@dataclass(frozen=True, slots=True)
class Statement:
    """Something to be run: SQL in the dialect's own words, with its parameters."""

    sql: str
    args: Sequence[Any] = ()
    many: bool = False
    """SQLite: `args` are rows, and the statement runs once for each."""
    returns: bool = False
    """It changes something and gives rows back."""


def parse_url(url: str) -> URL:
    """The URL with its asynchronous driver.

    Raises:
        UnusableUrlError: not one of the two databases, or a SQLite without a file.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise UnusableUrlError(f"SAYSO_DATABASE_URL is not a database URL: write {FORMS}.") from None
    match parsed.drivername:
        case "sqlite" | "sqlite+aiosqlite":
            if parsed.database in {None, "", ":memory:"}:
                raise UnusableUrlError("SAYSO_DATABASE_URL names no file: Sayso keeps nothing in memory alone.")
            return parsed.set(drivername="sqlite+aiosqlite")
        case "postgresql" | "postgres" | "postgresql+asyncpg":
            return parsed.set(drivername="postgresql+asyncpg")
        case other:
            raise UnusableUrlError(f"SAYSO_DATABASE_URL begins with {other}: write {FORMS}.")


def dialect_of(url: URL) -> Dialect:
    return Dialect(url.get_backend_name())


class Session(ABC):
    """One transaction on one connection. Whoever opened it commits it; left without, it is rolled back."""

    dialect: Dialect

    @abstractmethod
    async def fetch(self, statement: Statement) -> Sequence[Row]:
        """Runs one statement and returns its rows."""

    async def scan(self, statement: Statement) -> Sequence[Row]:
        """Like `fetch`, for a statement that reads whole tables and may take minutes."""
        return await self.fetch(statement)

    @abstractmethod
    async def run(self, statements: Sequence[Statement]) -> None:
        """Runs statements in order, for what they change."""

    @abstractmethod
    async def together(self, statements: Sequence[Statement]) -> Sequence[int]:
        """Runs statements of which none depends on what another changes; says how many rows each gave that `returns`.

        On a server that is one journey there and back for all of them. No two may change the same row.
        """

    @abstractmethod
    async def commit(self) -> None:
        """Makes it durable. An UnavailableError leaves open whether it happened."""


class Connections(ABC):
    """All connections to one database."""

    dialect: Dialect
    abreast: int = 1
    """How many transactions that write get on side by side, without waiting for each other."""

    @abstractmethod
    @asynccontextmanager
    def writing(self) -> AsyncIterator[Session]:
        """A transaction that may write."""

    @abstractmethod
    @asynccontextmanager
    def reading(self) -> AsyncIterator[Session]:
        """A transaction that only reads, and sees one instant for as long as it lasts."""

    @abstractmethod
    async def close(self) -> None:
        """Closes every connection."""
