"""What the Big Ask costs as it goes on: time and CPU time for a message, tenth by tenth."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter, process_time
from typing import Final

from benchmarks import processes

TENTHS: Final = 10
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_OWN_AND_REAPED: Final = slice(11, 15)
"""Behind the command's name in /proc/PID/stat: user and system time of a process, and of its children that ended."""


@dataclass(frozen=True, slots=True)
class Machine:
    """Who shares the processors; the load generator is this very process. Ids of processes with whatever they start."""

    service: int
    postgres: int | None
    """None where the database is a file: its time is the service's."""
    providers: int

    def spent(self) -> Spent:
        return Spent(
            seconds=perf_counter(),
            service=cpu_of_tree(self.service),
            postgres=0 if self.postgres is None else cpu_of_tree(self.postgres),
            providers=cpu_of_tree(self.providers),
            generator=process_time(),
        )


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds: those on the clock, and of CPU time, by who used it."""

    seconds: float
    service: float
    postgres: float
    providers: float
    generator: float

    def since(self, before: Spent) -> Spent:
        return Spent(
            self.seconds - before.seconds,
            self.service - before.service,
            self.postgres - before.postgres,
            self.providers - before.providers,
            self.generator - before.generator,
        )

    @property
    def everybody(self) -> float:
        return self.service + self.postgres + self.providers + self.generator


@dataclass(frozen=True, slots=True)
class Stretch:
    """What so many messages cost."""

    messages: int
    spent: Spent

    @property
    def wall_ms(self) -> float:
        return 1000 * self.spent.seconds / self.messages

    @property
    def service_ms(self) -> float:
        return 1000 * self.spent.service / self.messages

    def each_ms(self, seconds: float) -> float:
        return 1000 * seconds / self.messages


@dataclass(slots=True)
class Meter:
    """Reads the processors' clocks each time that another tenth of all messages was taken."""

    machine: Machine
    messages: int
    """All that there will be."""
    _read: list[tuple[int, Spent]] = field(default_factory=list[tuple[int, Spent]])

    def start(self) -> None:
        self._read = [(0, self.machine.spent())]

    def told(self, messages: int) -> None:
        if messages * TENTHS >= self.messages * len(self._read):
            self._read.append((messages, self.machine.spent()))

    def finish(self, messages: int) -> None:
        """So many were taken in the end; fewer than there should have been where somebody went away."""
        if len(self._read) <= TENTHS:
            self._read.append((messages, self.machine.spent()))

    @property
    def tenths(self) -> Sequence[Stretch]:
        return [
            Stretch(messages - before, spent.since(earlier))
            for (before, earlier), (messages, spent) in zip(self._read, self._read[1:], strict=False)
        ]

    def so_far(self) -> Spent:
        return self.machine.spent().since(self._read[0][1])


def cpu_of_tree(pid: int) -> float:
    """Seconds of CPU time that a process has used, with every process that it started, those that ended included."""
    return sum(_ticks(one) for one in _tree(pid)) / _TICKS


def _tree(pid: int) -> Iterator[int]:
    yield pid
    try:
        started = processes.children(pid)
    except OSError:  # it has just ended: then its time is among its parent's
        return
    for child in started:
        yield from _tree(child)


def _ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(map(int, fields[_OWN_AND_REAPED]))


def peak_mib(pid: int) -> float:
    """The most memory that a process has held so far, in MiB; 0 once it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), 0)
