"""The schema that migrations make is the schema that the code describes."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel

from storage.database import Database, check, upgrade
from storage.errors import SchemaBehindError, UnavailableError, UnusableUrlError
from tests.support.storing import SECRET, change, rows

DEFINITIONS = {
    "sqlite": "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' AND name <> 'alembic_version'",
    "postgresql": """SELECT 'index', indexname, indexdef FROM pg_indexes
                     WHERE schemaname = 'public' AND tablename <> 'alembic_version'
                     UNION ALL
                     SELECT 'table', c.relname, array_to_string(c.reloptions, ' ') FROM pg_class AS c
                     WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
                     AND c.relname <> 'alembic_version'""",
}


async def _on(url: str, work: Any) -> Any:  # noqa: ANN401 (whatever the work returns)
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.begin() as connection:
        found = await connection.run_sync(work)
    await engine.dispose()
    return found


def _plain(definitions: list[tuple[Any, ...]]) -> set[tuple[str, ...]]:
    """Without the spaces, quotes and commas in which two ways of saying the same differ."""
    return {tuple("".join(str(part).split()).replace('"', "") for part in row) for row in definitions}


async def test_migrations_make_what_the_models_describe(database_url: str) -> None:
    def compare(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return list(compare_metadata(context, SQLModel.metadata))

    assert await _on(database_url, compare) == []


async def test_a_difference_between_the_two_would_be_noticed(database_url: str) -> None:
    def compare(connection: Connection) -> list[Any]:
        return list(compare_metadata(MigrationContext.configure(connection), SQLModel.metadata))

    await change(database_url, "DROP INDEX ix_message_queue")
    await change(database_url, "ALTER TABLE message DROP COLUMN attempts")
    assert {difference[0] for difference in await _on(database_url, compare)} == {"add_index", "add_column"}


async def test_partial_indexes_and_options_agree_too(
    database_url: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Alembic does not compare them, so the definitions themselves are held side by side."""
    dialect = "sqlite" if database_url.startswith("sqlite") else "postgresql"
    empty = f"sqlite+aiosqlite:///{tmp_path / 'models.db'}"
    if dialect == "postgresql":
        empty = request.getfixturevalue("empty_postgres_url")
    await _on(empty, SQLModel.metadata.create_all)
    migrated, described = await rows(database_url, DEFINITIONS[dialect]), await rows(empty, DEFINITIONS[dialect])
    assert len(migrated) > 20
    assert _plain(migrated) == _plain(described)


async def test_an_empty_database_says_what_to_do(empty_database_url: str) -> None:
    assert await check(empty_database_url) == ("The database has no tables yet: run `sayso db upgrade`.",)
    with pytest.raises(SchemaBehindError, match="sayso db upgrade"):
        await Database.open(empty_database_url, secret=SECRET)


async def test_upgrading_brings_everything_and_again_changes_nothing(empty_database_url: str) -> None:
    await upgrade(empty_database_url)
    assert await check(empty_database_url) == ()
    await upgrade(empty_database_url)
    database = await Database.open(empty_database_url, secret=SECRET)
    assert await database.ready()
    await database.close()


async def test_several_workers_may_upgrade_at_once(empty_database_url: str) -> None:
    await asyncio.gather(*(upgrade(empty_database_url) for _ in range(4)))
    assert await check(empty_database_url) == ()


async def test_an_older_database_says_which_revisions_it_lacks(database_url: str) -> None:
    await change(database_url, "UPDATE alembic_version SET version_num = '0000'")
    [newer] = await check(database_url)
    assert "newer release" in newer
    await change(database_url, "DELETE FROM alembic_version")
    assert await check(database_url) == ("The database has no tables yet: run `sayso db upgrade`.",)


async def test_a_database_that_is_not_there_is_unavailable(unused_tcp_port: int) -> None:
    url = f"postgresql+asyncpg://nobody:hunter2@127.0.0.1:{unused_tcp_port}/sayso"
    with pytest.raises(UnavailableError) as refused:
        await check(url)
    assert "hunter2" not in str(refused.value)
    with pytest.raises(UnavailableError):
        await upgrade(url)


async def test_a_folder_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError):
        await upgrade(f"sqlite+aiosqlite:///{tmp_path}/nowhere/sayso.db")


async def test_a_url_of_something_else_is_refused() -> None:
    with pytest.raises(UnusableUrlError):
        await upgrade("mysql://localhost/sayso")


def test_the_migrations_travel_with_the_package() -> None:
    """A folder without `__init__.py` would be left out of the wheel."""
    folder = Path(__file__).parents[2] / "storage" / "migrations"
    assert (folder / "__init__.py").exists()
    assert (folder / "versions" / "__init__.py").exists()
    assert min(path.name for path in (folder / "versions").glob("0*.py")) == "0001_first.py"
