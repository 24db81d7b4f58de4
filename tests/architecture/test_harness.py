"""The tests' own tools do what the other tests rely on."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from playwright.async_api import Page
from sqlalchemy import inspect
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from tests.support.browser import accessibility_problems, find_browser
from tests.support.network import OutsideWorldError
from tests.support.postgres import PostgresServer, StopMode, binaries_in_wheel
from tests.support.scratch import write_in_memory
from tests.support.source import ROOT

FINE_PAGE = "<!doctype html><html lang=en><title>A page</title><main><h1>Have your say</h1></main>"


def test_a_connection_to_another_machine_is_refused() -> None:
    with socket.socket() as outward, pytest.raises(OutsideWorldError, match=r"192\.0\.2\.1"):
        outward.connect(("192.0.2.1", 80))


def test_a_name_of_another_machine_is_not_looked_up() -> None:
    with pytest.raises(OutsideWorldError, match=r"example\.org"):
        socket.getaddrinfo("example.org", 443)


def test_a_connection_on_loopback_goes_through() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()


@pytest.fixture
def no_tmpdir(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", tempfile.tempdir)
    # Set first, so that it is there again afterwards, whatever the test does to it.
    monkeypatch.setenv("TMPDIR", "unset")
    monkeypatch.delenv("TMPDIR")


@pytest.mark.usefixtures("no_tmpdir")
def test_tests_write_in_memory_where_there_is_enough_of_it(tmp_path: Path) -> None:
    folder = write_in_memory(tmp_path, enough=1)
    assert folder is not None
    assert tempfile.gettempdir() == os.environ["TMPDIR"] == str(folder)
    assert write_in_memory(tmp_path, enough=1) is None, "whoever has set it has the last word"


@pytest.mark.usefixtures("no_tmpdir")
def test_tests_write_on_the_disk_where_memory_is_small_or_there_is_no_such_folder(tmp_path: Path) -> None:
    assert write_in_memory(tmp_path, enough=1 << 60) is None
    assert write_in_memory(tmp_path / "none", enough=0) is None
    assert "TMPDIR" not in os.environ


def test_two_databases_of_one_test_are_apart(empty_postgres_url: str, postgres_cluster: PostgresServer) -> None:
    name = make_url(empty_postgres_url).database
    assert name is not None
    postgres_cluster.execute("CREATE TABLE only_here (a int)", database=name)
    postgres_cluster.create_database("another")
    assert postgres_cluster.execute("SELECT to_regclass('only_here')", database="another") == ""
    postgres_cluster.drop_database("another")


@pytest.mark.parametrize("mode", StopMode)
def test_a_stopped_server_keeps_what_was_committed(postgres_server: PostgresServer, mode: StopMode) -> None:
    postgres_server.create_database("kept")
    postgres_server.execute("CREATE TABLE answers (a int)", database="kept")
    postgres_server.execute("INSERT INTO answers VALUES (1)", database="kept")
    postgres_server.stop(mode)
    assert not postgres_server.running
    postgres_server.start()
    assert postgres_server.execute("SELECT a FROM answers", database="kept") == "1"


def test_the_wheel_serves_where_no_postgres_is_installed() -> None:
    binaries = binaries_in_wheel()
    assert binaries
    server = PostgresServer(binaries=binaries[0])
    try:
        server.start()
        assert server.execute("SELECT 1") == "1"
    finally:
        server.remove()
    assert not server.running


def test_a_cluster_does_not_outlive_a_run_that_is_killed() -> None:
    program = "from tests.support.postgres import PostgresServer as S; s = S(); s.start(); print(s.port, flush=True)"
    command = [sys.executable, "-c", f"{program}; input()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True) as run:
        assert run.stdout is not None
        port = int(run.stdout.readline())
        with socket.create_connection(("127.0.0.1", port)):
            run.kill()
    deadline = time.monotonic() + 30
    while _listens(port):
        assert time.monotonic() < deadline, "the cluster is still there"
        time.sleep(0.05)


def _listens(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port)):
            return True
    except ConnectionRefusedError:
        return False


async def test_a_fresh_database_has_a_schema_and_an_empty_one_has_none(
    database_url: str, empty_database_url: str
) -> None:
    assert await _tables(database_url)
    assert await _tables(empty_database_url) == []


async def _tables(url: str) -> list[str]:
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    await engine.dispose()
    return names


async def test_a_good_page_has_no_accessibility_problems(page: Page) -> None:
    await page.set_content(FINE_PAGE)
    assert await page.title() == "A page"
    assert await accessibility_problems(page) == []


async def test_a_bad_page_has_accessibility_problems(page: Page) -> None:
    await page.set_content("<title>A page</title><img src='data:,'>")
    problems = await accessibility_problems(page)
    assert any(problem.startswith("image-alt: ") for problem in problems), problems


def test_the_browser_that_tests_use_is_there() -> None:
    assert find_browser() is not None


def test_the_tools_say_what_they_found() -> None:
    for tool in ("browser", "postgres"):
        said = subprocess.run(
            [sys.executable, "-m", f"tests.support.{tool}"], capture_output=True, text=True, check=True
        )
        assert said.stdout.strip()
