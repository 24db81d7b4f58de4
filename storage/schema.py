"""Bringing a database up to date, and saying what it lacks. Migrations only ever go forward."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from storage.errors import UnavailableError
from storage.sessions import Dialect, dialect_of, parse_url

_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 7_232_609_376
"""Any number that nothing else on the server locks: keeps two upgrades of one database apart."""


async def upgrade(url: str) -> None:
    """Makes the tables, or brings them up to this release. Does nothing where they are; safe to run from many workers.

    Raises:
        UnavailableError: the database cannot be reached or written.
        UnusableUrlError: the URL is not one of those that Sayso can use.
    """
    async with _connection(url) as connection:
        await connection.run_sync(_upgrade)
        await connection.commit()


async def check(url: str) -> tuple[str, ...]:
    """What the database lacks, one sentence each; nothing when it is up to date."""
    async with _connection(url) as connection:
        return await connection.run_sync(_missing)


def _config() -> Config:
    config = Config()
    # Alembic reads options with %-interpolation.
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _missing(connection: Connection) -> tuple[str, ...]:
    scripts = ScriptDirectory.from_config(_config())
    current = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision: script for script in scripts.walk_revisions()}
    if current is None:
        return ("The database has no tables yet: run `sayso db upgrade`.",)
    if current not in known:
        return (f"The database was made by a newer release (revision {current}): run that release, or a newer one.",)
    behind = list(scripts.iterate_revisions("head", current))
    return tuple(f"Revision {one.revision} ({one.doc}) is missing: run `sayso db upgrade`." for one in reversed(behind))


@asynccontextmanager
async def _connection(url: str) -> AsyncIterator[AsyncConnection]:
    parsed = parse_url(url)
    sqlite = dialect_of(parsed) is Dialect.SQLITE
    engine = create_async_engine(parsed, poolclass=NullPool, connect_args={"isolation_level": None} if sqlite else {})
    if sqlite:
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    try:
        async with engine.connect() as connection:
            yield connection
    except (SQLAlchemyError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
        name = type(getattr(error, "orig", None) or error).__name__
        raise UnavailableError(f"The database cannot be reached or changed ({name}): see that it runs.") from None
    finally:
        await engine.dispose()


def _begin_sqlite(connection: Connection) -> None:
    # One upgrade at a time, and all of it or nothing: the driver itself would commit before each CREATE TABLE.
    connection.exec_driver_sql("PRAGMA busy_timeout = 10000")
    connection.exec_driver_sql("BEGIN IMMEDIATE")
