"""PostgreSQL: a pool of connections to one server, spoken to in asyncpg's own words."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import lru_cache
from typing import Any

import asyncpg
from sqlalchemy import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage.errors import (
    ConflictError,
    FaultyStatementError,
    SchemaBehindError,
    StorageError,
    UnavailableError,
)
from storage.sessions import BUSY_SECONDS, Connections, Dialect, Row, Session, Statement

_POOL = 16
_PARAMETER = re.compile(r"\$(\d+)")

# A plan is made once and kept. One that was made while the tables were empty reads whole tables, until the server next
# looks at how they have grown; everything here that is done often is found by an index, however few rows there are.
_BY_INDEX = {"enable_seqscan": "off", "enable_hashjoin": "off", "enable_mergejoin": "off"}
# What reads whole tables once is found by index many times slower.
_AS_IT_LIKES = "; ".join(f"SET LOCAL {name} = on" for name in _BY_INDEX) + "; SET LOCAL work_mem = '64MB'"
_BY_INDEX_AGAIN = "; ".join(f"SET LOCAL {name} = off" for name in _BY_INDEX)
_SCAN_SECONDS = 1800.0


class _PostgresSession(Session):
    dialect = Dialect.POSTGRESQL

    def __init__(self, connection: asyncpg.Connection[Any]) -> None:
        self._connection = connection

    async def fetch(self, statement: Statement) -> Sequence[Row]:
        with _postgres_errors():
            rows: Sequence[Row] = await self._connection.fetch(statement.sql, *statement.args)
            return rows

    async def scan(self, statement: Statement) -> Sequence[Row]:
        with _postgres_errors():
            await self._connection.execute(_AS_IT_LIKES)
            rows: Sequence[Row] = await self._connection.fetch(statement.sql, *statement.args, timeout=_SCAN_SECONDS)
            await self._connection.execute(_BY_INDEX_AGAIN)
            return rows

    async def run(self, statements: Sequence[Statement]) -> None:
        with _postgres_errors():
            for statement in statements:
                await self._connection.fetch(statement.sql, *statement.args)

    async def together(self, statements: Sequence[Statement]) -> Sequence[int]:
        joined = _joined(tuple((one.sql, len(one.args), one.returns) for one in statements))
        rows = await self.fetch(Statement(joined, [argument for one in statements for argument in one.args]))
        return [row[0] for row in rows]

    async def commit(self) -> None:
        with _postgres_errors():
            await self._connection.execute("COMMIT")


@lru_cache(256)
def _joined(parts: tuple[tuple[str, int, bool], ...]) -> str:
    """One statement that does what several would, with their parameters behind one another; gives a count for each.

    Every part sees the tables as they were before it (postgresql.org/docs/current/queries-with.html, on data-modifying
    statements in WITH), which is why none may depend on another.
    """
    before, bodies, counts = 0, [], []
    for number, (sql, args, returns) in enumerate(parts):
        bodies.append(f"s{number} AS ({_moved(sql, before)})")
        before += args
        if returns:
            counts.append(f"SELECT {number} AS place, count(*) AS rows FROM s{number}")
    told = " UNION ALL ".join(counts) or "SELECT 0 AS place, 0 AS rows WHERE false"
    return f"WITH {', '.join(bodies)} SELECT t.rows FROM ({told}) AS t ORDER BY t.place"


def _moved(sql: str, by: int) -> str:
    """The same statement, its parameters counted from another number on."""
    return _PARAMETER.sub(lambda found: f"${int(found[1]) + by}", sql)


class PostgresConnections(Connections):
    """A pool of connections to one server."""

    dialect = Dialect.POSTGRESQL
    # While the server works for one batch we work at the next: measured in docs/performance.md.
    abreast = 2

    def __init__(self, url: URL) -> None:
        self._engine: AsyncEngine = create_async_engine(
            url,
            pool_size=_POOL,
            max_overflow=0,
            pool_timeout=BUSY_SECONDS,
            pool_use_lifo=True,
            connect_args={
                "timeout": BUSY_SECONDS,
                "command_timeout": 60,
                "server_settings": {
                    "application_name": "sayso",
                    "jit": "off",
                    "plan_cache_mode": "force_generic_plan",
                    **_BY_INDEX,
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
        pooled, connection = await self._begin(begin)
        try:
            yield _PostgresSession(connection)
        except BaseException:
            # Whatever it was, the connection may be half-way through something: it is not used again.
            await asyncio.shield(_discard(pooled))
            raise
        try:
            if connection.is_in_transaction():
                await connection.execute("ROLLBACK")
        except (*_DRIVER, OSError, TimeoutError):
            # The server has gone, and the transaction with it, which is what was wanted.
            await asyncio.shield(_discard(pooled))
        else:
            await pooled.close()

    async def _begin(self, begin: str) -> tuple[AsyncConnection, asyncpg.Connection[Any]]:
        """A connection with a transaction begun. One that died in the pool is replaced: nothing was done on it yet."""
        tries = _POOL + 1
        with _postgres_errors():
            while True:
                tries -= 1
                pooled = await self._engine.connect()
                connection: Any = (await pooled.get_raw_connection()).driver_connection
                try:
                    await connection.execute(begin)
                except BaseException as error:
                    await asyncio.shield(_discard(pooled))
                    if not tries or not isinstance(error, _DEAD):
                        raise
                else:
                    return pooled, connection

    async def close(self) -> None:
        await self._engine.dispose()


async def _discard(pooled: AsyncConnection) -> None:
    with suppress(SQLAlchemyError, OSError, *_DRIVER):
        await pooled.invalidate()
    with suppress(SQLAlchemyError, OSError, *_DRIVER):
        await pooled.close()


@contextmanager
def _postgres_errors() -> Iterator[None]:
    try:
        yield
    except (*_DRIVER, SQLAlchemyError, OSError, TimeoutError) as error:
        raise _from_postgres(error) from None


# The last of them comes from a connection that was told of the server's end just before it was used.
_DRIVER = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""All that the driver raises of its own."""
_DEAD = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
)
"""What a connection says that the server let go of."""
_CONFLICTS = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.LockNotAvailableError,
    asyncpg.IntegrityConstraintViolationError,
)
_FAULTS = (asyncpg.SyntaxOrAccessError, asyncpg.DataError, asyncpg.InvalidTransactionStateError)


def _from_postgres(error: BaseException) -> StorageError:
    name = type(error).__name__
    if isinstance(error, _CONFLICTS):
        return ConflictError(f"Another worker got in the way ({name}): do this again, one message at a time.")
    if isinstance(error, asyncpg.UndefinedTableError | asyncpg.UndefinedColumnError):
        return SchemaBehindError("The database's tables are not those of this release: run `sayso db upgrade`.")
    if isinstance(error, asyncpg.ReadOnlySQLTransactionError):
        return UnavailableError(f"The database is read-only ({name}): point SAYSO_DATABASE_URL at the primary.")
    if isinstance(error, _FAULTS) and not isinstance(error, asyncpg.InsufficientPrivilegeError):
        return FaultyStatementError(f"The database refused a statement ({name}): report this as a fault in Sayso.")
    return UnavailableError(f"The database cannot be reached or used ({name}): see that it runs, then try again.")
