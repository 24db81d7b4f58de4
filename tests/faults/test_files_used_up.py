"""The process has no file descriptors left under load: it stays up, and answers again when there are some."""

from __future__ import annotations

import asyncio
import resource
from contextlib import suppress
from pathlib import Path

import psutil
from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.support.crowd import OPEN, Crowd, nothing_lost
from tests.support.processes import Serve, a_neighbourhood, free_port
from tests.support.town import until

SPARE = 100
"""Descriptors left before strangers come: enough for the crowd."""
STRANGERS = 200


def limit_files(serve: Serve, most: int | None) -> None:
    assert serve.process is not None
    _, hard = resource.prlimit(serve.process.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(serve.process.pid, resource.RLIMIT_NOFILE, (hard if most is None else most, hard))


def open_files(serve: Serve) -> int:
    assert serve.process is not None
    return psutil.Process(serve.process.pid).num_fds()


async def answers_at_once(serve: Serve) -> bool:
    try:
        async with ClientSession(timeout=ClientTimeout(total=1)) as http, http.get(f"{serve.url}/healthz") as answer:
            return answer.status == 200
    except (ClientError, TimeoutError):
        return False


async def test_a_service_without_file_descriptors_answers_again_when_they_are_freed(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with a_neighbourhood(sqlite_url, free_port(), SAYSO_NOW=OPEN) as there:
        there.serve.log = tmp_path / "log"
        await there.serve.start()
        crowd = Crowd(there)
        async with crowd.busy():
            await asyncio.sleep(1)
            most = open_files(there.serve) + SPARE
            limit_files(there.serve, most)
            port = int(there.serve.url.rpartition(":")[2])
            strangers = [await asyncio.open_connection("127.0.0.1", port) for _ in range(STRANGERS)]
            await until(lambda: open_files(there.serve) >= most)
            assert not await answers_at_once(there.serve)
            await asyncio.sleep(1)
            for _, writer in strangers:
                writer.close()
                with suppress(OSError):
                    await writer.wait_closed()
            async with asyncio.timeout(10):
                while not await answers_at_once(there.serve):  # noqa: ASYNC110 - another process: it can only be asked
                    await asyncio.sleep(0.1)
        assert await there.serve.is_ready()
        await nothing_lost(crowd)
        # What fills the log would fill the disk next.
        complaints = [line for line in (tmp_path / "log").read_text().splitlines() if '"level": "error"' in line]
        assert 1 <= len(complaints) <= 20, len(complaints)
