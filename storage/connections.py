"""Connections to either database, behind one small interface; the errors of both as this package's own.

Statements go to the drivers as they are, because SQLAlchemy's compiling and its cursor for each row cost more than the
rest of a message's handling (docs/adr has the figures); its URL handling and its pool are used.

SQLite: the standard library's driver in one thread of its own for each connection, so that a list of statements is one
hop; one writing connection, so that writers queue in memory and not at the file's lock; BEGIN IMMEDIATE, because a
deferred one that reads first and then writes fails under load whatever the busy timeout.
"""

from __future__ import annotations

import asyncio
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

import asyncpg
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage.errors import (
    ConflictError,
    FaultyStatementError,
    SchemaBehindError,
    StorageError,
    UnavailableError,
    UnusableUrlError,
)

T = TypeVar("T")
Row = Sequence[Any]

_BUSY_SECONDS = 10.0
_POOL = 16
_FORMS = "`sqlite+aiosqlite:///file.db` or `postgresql+asyncpg://user:password@host/database`"


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


def parse_url(url: str) -> URL:
    """The URL with its asynchronous driver.

    Raises:
        UnusableUrlError: not one of the two databases, or a SQLite without a file.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise UnusableUrlError(f"SAYSO_DATABASE_URL is not a database URL: write {_FORMS}.") from None
    match parsed.drivername:
        case "sqlite" | "sqlite+aiosqlite":
            if parsed.database in {None, "", ":memory:"}:
                raise UnusableUrlError("SAYSO_DATABASE_URL names no file: Sayso keeps nothing in memory alone.")
            return parsed.set(drivername="sqlite+aiosqlite")
        case "postgresql" | "postgres" | "postgresql+asyncpg":
            return parsed.set(drivername="postgresql+asyncpg")
        case other:
            raise UnusableUrlError(f"SAYSO_DATABASE_URL begins with {other}: write {_FORMS}.")


def dialect_of(url: URL) -> Dialect:
    return Dialect(url.get_backend_name())


class Session(ABC):
    """One transaction on one connection. Whoever opened it commits it; left without, it is rolled back."""

    dialect: Dialect

    @abstractmethod
    async def fetch(self, statement: Statement) -> Sequence[Row]:
        """Runs one statement and returns its rows."""

    @abstractmethod
    async def run(self, statements: Sequence[Statement]) -> None:
        """Runs statements in order, for what they change."""

    @abstractmethod
    async def commit(self) -> None:
        """Makes it durable. An UnavailableError leaves open whether it happened."""


class Connections(ABC):
    """All connections to one database."""

    dialect: Dialect

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


def connect(url: str) -> Connections:
    """Connections to the database at `url`; nothing is opened before it is needed."""
    parsed = parse_url(url)
    match dialect_of(parsed):
        case Dialect.SQLITE:
            return SqliteConnections(str(parsed.database))
        case Dialect.POSTGRESQL:
            return PostgresConnections(parsed)


# --- SQLite ---------------------------------------------------------------------------------------------------------


class _SqliteThread:
    """One connection in one thread of its own."""

    def __init__(self, path: str, *, writable: bool) -> None:
        self._path = path
        self._writable = writable
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="sayso-sqlite")
        self._connection: sqlite3.Connection | None = None

    async def call(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with _sqlite_errors():
            return await asyncio.get_running_loop().run_in_executor(self._executor, self._in_thread, work)

    def _in_thread(self, work: Callable[[sqlite3.Connection], T]) -> T:
        if self._connection is None:
            self._connection = _open_sqlite(self._path, writable=self._writable)
        return work(self._connection)

    async def close(self) -> None:
        if self._connection is not None:
            await self.call(sqlite3.Connection.close)
            self._connection = None
        self._executor.shutdown(wait=False)


def _open_sqlite(path: str, *, writable: bool) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=512
    )
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
        connection.execute(f"PRAGMA {pragma}")
    if not writable:
        connection.execute("PRAGMA query_only = ON")
    return connection


class _SqliteSession(Session):
    dialect = Dialect.SQLITE

    def __init__(self, thread: _SqliteThread, begin: str) -> None:
        self._thread = thread
        self._begin: str | None = begin

    async def fetch(self, statement: Statement) -> Sequence[Row]:
        def work(connection: sqlite3.Connection) -> Sequence[Row]:
            self._start(connection)
            return connection.execute(statement.sql, statement.args).fetchall()

        return await self._thread.call(work)

    async def run(self, statements: Sequence[Statement]) -> None:
        def work(connection: sqlite3.Connection) -> None:
            self._start(connection)
            for statement in statements:
                (connection.executemany if statement.many else connection.execute)(statement.sql, statement.args)

        await self._thread.call(work)

    async def commit(self) -> None:
        await self._thread.call(_commit_if_open)

    async def rollback(self) -> None:
        await self._thread.call(_rollback_if_open)

    def _start(self, connection: sqlite3.Connection) -> None:
        # With the first statement, not before it: a hop to the thread is dearer than most statements.
        if self._begin is not None:
            connection.execute(self._begin)
            self._begin = None


def _commit_if_open(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("COMMIT")


def _rollback_if_open(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")


class SqliteConnections(Connections):
    """A file: one connection writes, others read beside it."""

    dialect = Dialect.SQLITE

    def __init__(self, path: str) -> None:
        self._path = path
        self._writer = _SqliteThread(path, writable=True)
        self._one_writer = asyncio.Lock()
        self._idle_readers: list[_SqliteThread] = []

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Session]:
        async with self._one_writer:
            session = _SqliteSession(self._writer, "BEGIN IMMEDIATE")
            try:
                yield session
            finally:
                await asyncio.shield(session.rollback())

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Session]:
        reader = self._idle_readers.pop() if self._idle_readers else _SqliteThread(self._path, writable=False)
        session = _SqliteSession(reader, "BEGIN")
        try:
            yield session
        finally:
            await asyncio.shield(session.rollback())
            self._idle_readers.append(reader)

    async def close(self) -> None:
        for thread in (self._writer, *self._idle_readers):
            await thread.close()
        self._idle_readers.clear()


@contextmanager
def _sqlite_errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise _from_sqlite(error) from None


def _from_sqlite(error: sqlite3.Error) -> StorageError:
    name = getattr(error, "sqlite_errorname", None) or type(error).__name__
    if isinstance(error, sqlite3.IntegrityError):
        return ConflictError(f"The database already has this row ({name}): do this again, one message at a time.")
    if "no such table" in str(error) or "no such column" in str(error) or "has no column" in str(error):
        return SchemaBehindError("The database's tables are not those of this release: run `sayso db upgrade`.")
    if isinstance(error, sqlite3.OperationalError) and not name.startswith("SQLITE_ERROR"):
        return UnavailableError(
            f"The database cannot be used just now ({name}): see that its disk has room, then retry."
        )
    if name in {"SQLITE_CORRUPT", "SQLITE_NOTADB"}:
        return UnavailableError(f"The database file is damaged ({name}): restore it from a backup.")
    return FaultyStatementError(f"The database refused a statement ({name}): report this as a fault in Sayso.")


# --- PostgreSQL -----------------------------------------------------------------------------------------------------


class _PostgresSession(Session):
    dialect = Dialect.POSTGRESQL

    def __init__(self, connection: asyncpg.Connection[Any]) -> None:
        self._connection = connection

    async def fetch(self, statement: Statement) -> Sequence[Row]:
        with _postgres_errors():
            rows: Sequence[Row] = await self._connection.fetch(statement.sql, *statement.args)
            return rows

    async def run(self, statements: Sequence[Statement]) -> None:
        with _postgres_errors():
            for statement in statements:
                await self._connection.fetch(statement.sql, *statement.args)

    async def commit(self) -> None:
        with _postgres_errors():
            await self._connection.execute("COMMIT")


class PostgresConnections(Connections):
    """A pool of connections to one server."""

    dialect = Dialect.POSTGRESQL

    def __init__(self, url: URL) -> None:
        self._engine: AsyncEngine = create_async_engine(
            url,
            pool_size=_POOL,
            max_overflow=0,
            pool_timeout=_BUSY_SECONDS,
            pool_use_lifo=True,
            connect_args={
                "timeout": _BUSY_SECONDS,
                "command_timeout": 60,
                "server_settings": {
                    "application_name": "sayso",
                    "jit": "off",
                    "lock_timeout": "10s",
                    "idle_in_transaction_session_timeout": "5min",
                },
            },
        )

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Session]:
        async with self._transaction("BEGIN") as session:
            yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Session]:
        async with self._transaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY") as session:
            yield session

    @asynccontextmanager
    async def _transaction(self, begin: str) -> AsyncIterator[Session]:
        pooled, connection = await self._checkout()
        try:
            with _postgres_errors():
                await connection.execute(begin)
            yield _PostgresSession(connection)
        except BaseException:
            # Whatever it was, the connection may be half-way through something: it is not used again.
            await asyncio.shield(_discard(pooled))
            raise
        if connection.is_in_transaction():
            with _postgres_errors():
                await connection.execute("ROLLBACK")
        await pooled.close()

    async def _checkout(self) -> tuple[AsyncConnection, asyncpg.Connection[Any]]:
        with _postgres_errors():
            while True:
                pooled = await self._engine.connect()
                raw = await pooled.get_raw_connection()
                connection: asyncpg.Connection[Any] | None = raw.driver_connection
                if connection is not None and not connection.is_closed():
                    return pooled, connection
                # The server went away since it was last used; asyncpg has noticed without being asked.
                await _discard(pooled)

    async def close(self) -> None:
        await self._engine.dispose()


async def _discard(pooled: AsyncConnection) -> None:
    with suppress(SQLAlchemyError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        await pooled.invalidate()
    with suppress(SQLAlchemyError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        await pooled.close()


@contextmanager
def _postgres_errors() -> Iterator[None]:
    try:
        yield
    except (asyncpg.PostgresError, asyncpg.InterfaceError, SQLAlchemyError, OSError, TimeoutError) as error:
        raise _from_postgres(error) from None


_CONFLICTS = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.LockNotAvailableError,
    asyncpg.IntegrityConstraintViolationError,
)
_FAULTS = (asyncpg.SyntaxOrAccessError, asyncpg.DataError, asyncpg.InvalidTransactionStateError)


def _from_postgres(error: BaseException) -> StorageError:
    name = type(error).__name__
    if isinstance(error, NoSuchModuleError):
        return UnusableUrlError(f"SAYSO_DATABASE_URL cannot be used: write {_FORMS}.")
    if isinstance(error, _CONFLICTS):
        return ConflictError(f"Another worker got in the way ({name}): do this again, one message at a time.")
    if isinstance(error, asyncpg.UndefinedTableError | asyncpg.UndefinedColumnError):
        return SchemaBehindError("The database's tables are not those of this release: run `sayso db upgrade`.")
    if isinstance(error, asyncpg.ReadOnlySQLTransactionError):
        return UnavailableError(f"The database is read-only ({name}): point SAYSO_DATABASE_URL at the primary.")
    if isinstance(error, _FAULTS) and not isinstance(error, asyncpg.InsufficientPrivilegeError):
        return FaultyStatementError(f"The database refused a statement ({name}): report this as a fault in Sayso.")
    return UnavailableError(f"The database cannot be reached or used ({name}): see that it runs, then try again.")
