"""Bringing a database up to date, and saying what it lacks. Migrations only ever go forward."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TypeVar, assert_never

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, create_engine, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from storage.errors import UnavailableError
from storage.sessions import BUSY_SECONDS, Dialect, dialect_of, parse_url
from storage.sqlite import use_wal

T = TypeVar("T")

_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 7_232_609_376
"""Any number that nothing else on the server locks: keeps two upgrades of one database apart."""
_ONE_AT_A_TIME = Lock()
"""Alembic keeps what it is doing in the globals of its modules."""


async def upgrade(url: str) -> None:
    """Makes the tables, or brings them up to this release. Does nothing where they are; safe to run from many workers.

    Raises:
        UnavailableError: the database cannot be reached or written.
        UnusableUrlError: the URL is not one of those that Sayso can use.
    """
    await _with_connection(url, _upgrade)


async def check(url: str) -> tuple[str, ...]:
    """What the database lacks, one sentence each; nothing when it is up to date.

    Raises:
        UnavailableError: the database cannot be reached.
        UnusableUrlError: the URL is not one of those that Sayso can use.
    """
    return await _with_connection(url, _missing)


async def bare(url: str) -> bool:
    """Whether the database has no tables yet.

    Raises:
        UnavailableError: the database cannot be reached.
        UnusableUrlError: the URL is not one of those that Sayso can use.
    """
    return await _with_connection(url, _is_bare)


def _is_bare(connection: Connection) -> bool:
    return MigrationContext.configure(connection).get_current_revision() is None


def knows(revision: str) -> bool:
    """Whether this release can bring tables of that revision up to date: it is one of its own, or an older one."""
    return revision in {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def _config() -> Config:
    config = Config()
    # Alembic reads options with %-interpolation.
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == Dialect.POSTGRESQL:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
    config = _config()
    config.attributes["connection"] = connection
    with _ONE_AT_A_TIME:
        command.upgrade(config, "head")


def _missing(connection: Connection) -> tuple[str, ...]:
    scripts = ScriptDirectory.from_config(_config())
    current = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in scripts.walk_revisions()}
    if current is None:
        return ("The database has no tables yet: run `sayso db upgrade`.",)
    if current not in known:
        return (f"The database was made by a newer release (revision {current}): run that release, or a newer one.",)
    behind = [script for script in scripts.iterate_revisions("head", current) if script.revision != current]
    return tuple(f"Revision {one.revision} ({one.doc}) is missing: run `sayso db upgrade`." for one in reversed(behind))


async def _with_connection(url: str, work: Callable[[Connection], T]) -> T:
    """Does the work in one transaction and in a thread, because Alembic waits for nobody."""
    parsed = parse_url(url)
    match dialect_of(parsed):
        case Dialect.SQLITE:
            return await asyncio.to_thread(_with_sqlite, parsed, work)
        case Dialect.POSTGRESQL:
            return await asyncio.to_thread(lambda: asyncio.run(_with_postgres(parsed, work)))
        case never:
            assert_never(never)


def _with_sqlite(url: URL, work: Callable[[Connection], T]) -> T:
    engine = create_engine(
        url.set(drivername="sqlite"),
        poolclass=NullPool,
        connect_args={"isolation_level": None, "timeout": BUSY_SECONDS},
    )
    event.listen(engine, "connect", _use_wal)
    event.listen(engine, "begin", _begin_sqlite)
    with _errors(), engine.begin() as connection:
        return work(connection)


def _use_wal(connection: sqlite3.Connection, record: object) -> None:
    del record
    use_wal(connection)


def _begin_sqlite(connection: Connection) -> None:
    # One upgrade at a time, and all of it or nothing: the driver itself would commit before each CREATE TABLE.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


async def _with_postgres(url: URL, work: Callable[[Connection], T]) -> T:
    engine = create_async_engine(url, poolclass=NullPool, connect_args={"timeout": BUSY_SECONDS})
    with _errors():
        async with engine.begin() as connection:
            return await connection.run_sync(work)


@contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        name = type(getattr(error, "orig", None) or error).__name__
        raise UnavailableError(f"The database cannot be reached or changed ({name}): see that it runs.") from None
