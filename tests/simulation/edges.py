"""Everything of the real world that the service could still reach, replaced for as long as a run lasts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from unittest.mock import patch

import bot.dispatch
import bot.ids
import bot.log
import bot.schedule
from storage.database import upgrade
from tests.simulation import disk
from tests.simulation.dice import Dice
from tests.simulation.watch import Heard, Unit, Woke
from tests.simulation.weather import Climate

_FIRST_YEAR_NS = 1_900_000_000_000_000_000


@cache
def _folder() -> TemporaryDirectory[str]:
    """Of this process: gone when it ends."""
    return TemporaryDirectory(prefix="sayso-simulation-")


@cache
def _template() -> Path:
    """A migrated database with nothing in it."""
    path = Path(_folder().name) / "template.db"
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(upgrade(f"sqlite+aiosqlite:///{path}"))).result()
    return path


@contextmanager
def a_database() -> Iterator[Path]:
    """A migrated database with nothing in it, for one run."""
    path = Path(_folder().name) / "run.db"
    copyfile(_template(), path)
    try:
        yield path
    finally:
        for left in path.parent.glob("run.db*"):
            left.unlink()


class Log(logging.Handler):
    """What the service says of itself. A fault of ours is one of the run's."""

    def __init__(self, note: Callable[[str], object]) -> None:
        super().__init__(logging.WARNING)
        self._note = note
        self.errors: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        fields = getattr(record, "fields", {})
        told = f"log: {record.getMessage()} {fields}"
        if record.exc_info and record.exc_info[1] is not None:
            told += f" {record.exc_info[1]!r}"
        self._note(told)
        if record.levelno >= logging.ERROR and not record.getMessage().startswith("the provider refuses us"):
            self.errors.append(told)


@contextmanager
def replaced(the_disk: disk.Disk, dice: Dice, climate: Climate, log: Log) -> Iterator[None]:
    """The driver, chance, the machine's clock, how often a queue is looked at, and where the log goes."""
    with ExitStack() as stack:
        stack.enter_context(disk.beneath(the_disk))
        stack.enter_context(_chance(dice))
        for module, name, value in (
            (bot.dispatch, "SELDOM", climate.seldom),
            (bot.dispatch, "OFTEN", 0.5),
            (bot.schedule, "WAKE_EVERY", climate.seldom),
            (bot.schedule, "REFRESH_EVERY", 3 * climate.seldom),
            (bot.schedule, "RECOVER_EVERY", climate.recover),
            (bot.schedule, "GAUGE_EVERY", 600.0),
        ):
            stack.enter_context(patch.object(module, name, value))
        stack.enter_context(_logging_to(log))
        yield


@contextmanager
def _chance(dice: Dice) -> Iterator[None]:
    secrets = SimpleNamespace(
        choice=dice.pick,
        randbits=dice.bits,
        token_urlsafe=lambda count: f"{dice.bits(8 * count):x}",
        token_hex=lambda count: f"{dice.bits(8 * count):x}",
    )

    def noted(made: Callable[[], str]) -> Callable[[], str]:
        """The real thing, noted beside the step that asked for it: chance is something that a model has to be told."""

        def code() -> str:
            fresh = made()
            match disk.LABEL.get():
                case Unit(steps=[*_, Heard() | Woke() as step]):
                    step.codes.append(fresh)
                case _:
                    pass
            return fresh

        return code

    with (
        patch.object(bot.ids, "secrets", secrets),
        patch.object(bot.ids, "time", SimpleNamespace(time_ns=lambda: _FIRST_YEAR_NS)),
        patch.object(bot.ids, "_last", 0),
        patch.object(bot.ids, "code", noted(bot.ids.code)),
        patch.object(bot.ids, "permission_code", noted(bot.ids.permission_code)),
    ):
        yield


@contextmanager
def _logging_to(log: Log) -> Iterator[None]:
    ours = logging.getLogger(bot.log.OURS)
    before = ours.level, ours.propagate
    ours.addHandler(log)
    ours.setLevel(logging.WARNING)
    ours.propagate = False
    try:
        yield
    finally:
        ours.removeHandler(log)
        ours.level, ours.propagate = before
