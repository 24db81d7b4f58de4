"""Several processes that serve one port: a parent that starts them, replaces those that die, and passes on signals."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from types import FrameType
from typing import Final

from bot import app, log, metrics
from bot.clock import Clock
from bot.config import Settings
from bot.dispatch import SEND_SECONDS

RESTART_SECONDS: Final = 1.0
"""The least time between two starts of one worker: one that cannot start must not keep the machine busy."""
STOP_SECONDS: Final = app.DRAIN_SECONDS + SEND_SECONDS + 5
"""How long workers may take to finish what is under way: requests first, then what is being sent."""
FAILED_AT_ONCE: Final = 3
"""So many starts in a row that failed end the whole service: the settings, not a worker, are at fault."""

_spawn = multiprocessing.get_context("spawn")


def serve_alone(settings: Settings) -> int:
    """One process, this one."""
    log.configure()
    asyncio.run(app.serve(settings))
    return 0


def serve_together(settings: Settings, workers: int) -> int:
    """So many processes on one port, until SIGTERM or SIGINT. 1 if they could not be started.

    See `bot.app.assemble` for what it raises before any of them is.
    """
    asyncio.run(_try_out(settings))
    log.configure()
    with app.reserve(settings) as held, _counting_together():
        settings = replace(settings, port=held.getsockname()[1])
        return _Parent(settings, workers).run()


async def _try_out(settings: Settings) -> None:
    """What would stop every worker is told once and in words; a new SQLite file gets its tables once."""
    service = await app.assemble(settings)
    await service.close()


@contextmanager
def _counting_together() -> Iterator[None]:
    """A folder for the workers' metrics, so that whichever of them is asked can tell for all."""
    with tempfile.TemporaryDirectory(prefix="sayso-metrics-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        yield


class _Parent:
    """Watches the workers; does no work itself."""

    def __init__(self, settings: Settings, workers: int) -> None:
        self._settings = settings
        # One clock for all: a worker that is started again must not begin at the beginning.
        self._clock = Clock(settings.now)
        self._running: dict[int, BaseProcess] = {}
        self._wanted = workers
        self._failures = 0
        self._told = threading.Event()
        self._wake, self._woken = _spawn.Pipe(duplex=False)

    def run(self) -> int:
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._tell)
        for worker in range(self._wanted):
            self._start(worker)
        while not self._told.is_set() and self._failures < FAILED_AT_ONCE:
            wait([self._wake, *(process.sentinel for process in self._running.values())])
            self._replace_the_dead()
        self._stop()
        return 1 if self._failures >= FAILED_AT_ONCE else 0

    def _tell(self, _signal: int, _frame: FrameType | None) -> None:
        self._told.set()
        self._woken.send(None)

    def _start(self, worker: int) -> None:
        settings = self._settings
        if settings.now is not None:
            settings = replace(settings, now=self._clock.now())
        process = _spawn.Process(target=_work, args=(settings, worker), name=f"sayso worker {worker}")
        process.start()
        self._running[worker] = process

    def _replace_the_dead(self) -> None:
        for worker, process in list(self._running.items()):
            if process.is_alive() or self._told.is_set():
                continue
            log.error("a worker died and is started again", worker=worker, status=process.exitcode)
            metrics.forget(process.pid)
            self._failures = self._failures + 1 if self._is_to_blame(process) else 0
            self._told.wait(RESTART_SECONDS)
            if not self._told.is_set():
                self._start(worker)

    def _is_to_blame(self, process: BaseProcess) -> bool:
        """Whether what ended it would end any other too. One that runs shows that it is not the settings."""
        return process.exitcode == REFUSED and not any(other.is_alive() for other in self._running.values())

    def _stop(self) -> None:
        for process in self._running.values():
            process.terminate()
        for process in self._running.values():
            process.join(STOP_SECONDS)
            if process.is_alive():
                process.kill()
                process.join()


REFUSED: Final = 3
"""The exit status of a worker that could not start because of its settings or its database."""


def _work(settings: Settings, worker: int) -> None:
    log.configure()
    try:
        asyncio.run(_serve_beside_a_parent(settings, worker))
    except Exception as error:  # noqa: BLE001 - the parent decides what becomes of it
        log.error("a worker could not serve", fault=error, worker=worker)
        sys.exit(REFUSED)


async def _serve_beside_a_parent(settings: Settings, worker: int) -> None:
    """Serves until told to stop, or until the parent is gone: nobody would restart or stop us then."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        asyncio.get_running_loop().add_reader(parent.sentinel, os.kill, os.getpid(), signal.SIGTERM)
    await app.serve(settings, worker=worker, reuse_port=True)
