"""What a message costs as the database grows: the same load with a thousand participants in it, then ten thousand.

Measured on PostgreSQL with one worker that keeps running while the database is filled beside it (`filling`): texts of
new people, 64 at once, as in `inbound`. Each size is measured when the server has counted and tidied its new rows.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import bulk, load, stage
from benchmarks.effort import Effort
from benchmarks.filling import Filler
from benchmarks.load import Load, Measured, People
from benchmarks.people import Channel


@dataclass(frozen=True, slots=True)
class Grown:
    """One size of the database."""

    participants: int
    runs: list[Measured]

    @property
    def cpu_ms(self) -> float:
        return median(run.cpu_ms for run in self.runs)

    @property
    def per_second(self) -> float:
        return median(run.per_second for run in self.runs)


def measure(kind: stage.Databases, folder: Path, effort: Effort) -> list[Grown]:
    """Fills and measures by turns, smallest first."""
    url, numbers = kind.make("growth"), People()
    filler = asyncio.run(Filler.prepared())
    grown: list[Grown] = []
    filled = 0
    with stage.provider() as api, stage.service(url, api, folder / "growth.log") as service:
        for size in effort.sizes:
            asyncio.run(_fill(filler, url, filled, size))
            filled = size
            _texts(service, numbers, effort.warm_seconds)
            runs = [_texts(service, numbers, effort.seconds) for _ in range(effort.rounds)]
            grown.append(Grown(size, runs))
    return grown


async def _fill(filler: Filler, url: str, filled: int, size: int) -> None:
    await filler.fill(url, filled, size - filled)
    await bulk.settle(url)


def _texts(service: stage.Server, numbers: People, seconds: float) -> Measured:
    first = numbers.take(seconds, Channel.SMS)
    return load.run(Load(service.url, Channel.SMS, first, seconds, service.pids))
