"""Fixtures for all tests: databases of their own, a browser of their own, and no way out of this machine."""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from playwright.async_api import Browser, Page

from tests.support.browser import BrowserMissingError, find_browser, open_browser, watched_page
from tests.support.network import forbid_outside_world
from tests.support.postgres import PostgresServer
from tests.support.scratch import write_in_memory
from tests.support.templates import compile_templates_once

write_in_memory()
forbid_outside_world()
compile_templates_once()

# How long an example takes says how busy the machine is, and how slowly code runs while its coverage is measured.
settings.register_profile("sayso", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("sayso")

TEMPLATE = "sayso_template"
DATABASES = ("sqlite", "postgres")

_numbers = itertools.count(1)


def _upgrade(url: str) -> None:
    """Migrate in a thread, so that no event loop of a test is touched. Imported late: most tests need no database."""
    from storage.database import upgrade  # noqa: PLC0415

    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(upgrade(url))).result()


def _sqlite_url(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, made once: copying it is a hundred times faster than migrating again."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    _upgrade(_sqlite_url(path))
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated SQLite database with nothing in it."""
    path = tmp_path / "sayso.db"
    with closing(sqlite3.connect(sqlite_template)) as template, closing(sqlite3.connect(path)) as copy:
        template.backup(copy)
    return _sqlite_url(path)


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    """A SQLite database without a schema: for tests of migrations."""
    return _sqlite_url(tmp_path / "empty.db")


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[PostgresServer]:
    """The PostgreSQL that this process's tests share; each test has a database of its own in it."""
    server = PostgresServer()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def postgres_template(postgres_cluster: PostgresServer) -> str:
    _upgrade(postgres_cluster.create_database(TEMPLATE))
    return TEMPLATE


@pytest.fixture
def postgres_url(postgres_cluster: PostgresServer, postgres_template: str) -> Iterator[str]:
    """A migrated PostgreSQL database with nothing in it."""
    name = f"test_{next(_numbers)}"
    yield postgres_cluster.create_database(name, template=postgres_template)
    postgres_cluster.drop_database(name)


@pytest.fixture
def empty_postgres_url(postgres_cluster: PostgresServer) -> Iterator[str]:
    """A PostgreSQL database without a schema: for tests of migrations."""
    name = f"empty_{next(_numbers)}"
    yield postgres_cluster.create_database(name)
    postgres_cluster.drop_database(name)


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database with nothing in it: the test runs once on SQLite and once on PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(params=DATABASES)
def empty_database_url(request: pytest.FixtureRequest) -> str:
    """A database without a schema, once on SQLite and once on PostgreSQL."""
    url: str = request.getfixturevalue(f"empty_{request.param}_url")
    return url


@pytest.fixture
def postgres_server() -> Iterator[PostgresServer]:
    """A running cluster for one test alone, durable as in production: stop it, kill it, start it again."""
    server = PostgresServer(durable=True)
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def browser_path() -> Path:
    path = find_browser()
    if path is None:
        raise BrowserMissingError("No Chromium: `make test` installs one, or `.venv/bin/playwright install chromium`.")
    return path


@pytest.fixture
async def browser(browser_path: Path) -> AsyncIterator[Browser]:
    """A browser in the test's own event loop, where the servers under test run too."""
    async with open_browser(browser_path) as browser:
        yield browser


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A page that fails its test for a script error, a broken content policy or a request to another machine."""
    async with watched_page(browser) as page:
        yield page
