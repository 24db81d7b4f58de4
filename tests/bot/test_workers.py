"""Several processes on one port, as an operator runs them: they share the work and outlive each other."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from tests.support.packs import SLUG, write_pack
from tests.support.processes import ROOT, Serve, environment, free_port
from tests.support.town import a_client

START = 30.0


@pytest.fixture
async def serve(postgres_url: str, tmp_path: Path) -> AsyncIterator[Serve]:
    port = free_port()
    packs = {"SAYSO_CONSULTATIONS": str(write_pack(tmp_path / "packs"))}
    url = f"http://127.0.0.1:{port}"
    serve = Serve(url, environment(postgres_url, url, **packs, SAYSO_NOW="2030-05-15T12:00:00"), ("--workers", "2"))
    await serve.start()
    yield serve
    if serve.process is not None and serve.process.returncode is None:
        family = descendants(serve)
        await serve.kill()
        await all_gone(family)


def descendants(serve: Serve) -> list[psutil.Process]:
    """The workers; what Python starts beside them to keep track of them is none."""
    assert serve.process is not None
    everybody = psutil.Process(serve.process.pid).children(recursive=True)
    return [child for child in everybody if "spawn_main" in " ".join(child.cmdline())]


async def two_workers(serve: Serve, *, without: int = 0) -> list[psutil.Process]:
    async with asyncio.timeout(START):
        while True:
            found = [child for child in descendants(serve) if child.pid != without]
            if len(found) == 2:
                return found
            await asyncio.sleep(0.05)


async def two_serving(serve: Serve) -> list[psutil.Process]:
    """Both workers, once each of them takes connections: one is ready before the other."""
    port = int(serve.url.rpartition(":")[2])
    workers = await two_workers(serve)
    async with asyncio.timeout(START):
        while not all(_listens(worker, port) for worker in workers):  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0.05)
    return workers


def _listens(worker: psutil.Process, port: int) -> bool:
    return any(
        held.status == psutil.CONN_LISTEN and held.laddr.port == port for held in worker.net_connections(kind="tcp")
    )


async def all_gone(processes: list[psutil.Process]) -> None:
    _, alive = await asyncio.to_thread(psutil.wait_procs, processes, START)
    assert alive == []


async def statuses(serve: Serve, path: str, times: int) -> list[int]:
    async def one() -> int:
        # A connection of its own for each, so that both workers get some.
        async with a_client() as http, http.get(f"{serve.url}{path}") as answer:
            return answer.status

    return list(await asyncio.gather(*(one() for _ in range(times))))


async def test_a_worker_that_dies_is_replaced_and_the_service_answers_meanwhile(serve: Serve) -> None:
    first, _ = await two_serving(serve)
    assert set(await statuses(serve, f"/chat/{SLUG}", 20)) == {200}
    first.kill()
    await all_gone([first])
    assert set(await statuses(serve, f"/chat/{SLUG}", 20)) == {200}
    await two_workers(serve, without=first.pid)


async def test_a_second_service_is_not_let_onto_the_same_port(serve: Serve) -> None:
    await two_workers(serve)
    second = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "serve", "--workers", "2", "--port", serve.url.rpartition(":")[2]),
        env=serve.env,
        cwd=ROOT,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(START):
        _, told = await second.communicate()
    assert second.returncode == 1
    assert told.decode() == "sayso: The port is already in use: stop what uses it, or give another with --port.\n"


async def test_a_stop_ends_every_worker_in_order(serve: Serve) -> None:
    workers = await two_workers(serve)
    assert await serve.stop() == 0
    await all_gone(workers)


async def test_workers_do_not_outlive_the_process_that_would_stop_them(serve: Serve) -> None:
    workers = await two_workers(serve)
    assert serve.process is not None
    os.kill(serve.process.pid, signal.SIGKILL)
    await serve.process.wait()
    await all_gone(workers)


async def test_whichever_worker_is_asked_tells_the_counts_of_all(serve: Serve) -> None:
    await two_workers(serve)
    await statuses(serve, "/nothing", 30)
    async with a_client() as http, http.get(f"{serve.url}/metrics") as answer:
        text = await answer.text()
    assert 'sayso_refused_total{status="404"} 30.0' in text
