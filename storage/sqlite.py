"""SQLite: a file, one writer, and readers beside it.

The standard library's driver in one thread of its own for each connection, so that a list of statements is one hop. One
writing connection, so that writers queue in memory and not at the file's lock. BEGIN IMMEDIATE, because a deferred
transaction that reads first and then writes fails under load, whatever the busy timeout.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from typing import TypeVar

from storage.errors import ConflictError, FaultyStatementError, SchemaBehindError, StorageError, UnavailableError
from storage.sessions import BUSY_SECONDS, Connections, Dialect, Row, Session, Statement

T = TypeVar("T")


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
        path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=512
    )
    try:
        use_wal(connection)
        for pragma in ("synchronous = FULL", "secure_delete = ON", f"query_only = {'OFF' if writable else 'ON'}"):
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def use_wal(connection: sqlite3.Connection) -> None:
    """Write-ahead logging, so that readers and the writer never wait for each other. The file remembers it."""
    until = time.monotonic() + BUSY_SECONDS
    while connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            # Another process is changing it too; SQLite does not wait for that one by itself.
            if time.monotonic() > until:
                raise
            time.sleep(0.01)


class _SqliteSession(Session):
    dialect = Dialect.SQLITE

    def __init__(self, thread: _SqliteThread, begin: str) -> None:
        self._thread = thread
        self._begin: str | None = begin
        # Known before the thread knows it: whoever is cancelled meanwhile leaves a transaction that is begun later.
        self._may_be_open = False

    async def _call(self, work: Callable[[sqlite3.Connection], T]) -> T:
        self._may_be_open = True
        return await self._thread.call(work)

    async def fetch(self, statement: Statement) -> Sequence[Row]:
        def work(connection: sqlite3.Connection) -> Sequence[Row]:
            self._start(connection)
            return connection.execute(statement.sql, statement.args).fetchall()

        return await self._call(work)

    async def run(self, statements: Sequence[Statement]) -> None:
        def work(connection: sqlite3.Connection) -> None:
            self._start(connection)
            for statement in statements:
                (connection.executemany if statement.many else connection.execute)(statement.sql, statement.args)

        await self._call(work)

    async def together(self, statements: Sequence[Statement]) -> Sequence[int]:
        def work(connection: sqlite3.Connection) -> Sequence[int]:
            self._start(connection)
            counts: list[int] = []
            for statement in statements:
                if statement.returns:
                    counts.append(len(connection.execute(statement.sql, statement.args).fetchall()))
                else:
                    (connection.executemany if statement.many else connection.execute)(statement.sql, statement.args)
            return counts

        return await self._call(work)

    async def commit(self) -> None:
        await self._thread.call(_commit_if_open)
        self._may_be_open = False

    async def rollback(self) -> None:
        if self._may_be_open:
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
            try:
                await asyncio.shield(session.rollback())
            finally:
                # Whoever takes it next waits in its thread, behind the end of this transaction.
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
