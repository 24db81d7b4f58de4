"""Starting: from the command to the first 200, and what a worker with nothing to do holds in memory.

Measured: `sayso serve` on a SQLite database that is there already, once for each round; the median counts.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks import processes, stage
from benchmarks.effort import Effort

_IDLE_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Starting:
    """Medians."""

    seconds: float
    idle_mib: float


def measure(kind: stage.Databases, folder: Path, effort: Effort) -> Starting:
    url = kind.make("starting")
    seconds: list[float] = []
    resident: list[float] = []
    with stage.provider() as api:
        with stage.service(url, api, folder / "starting.log"):
            pass  # makes the tables, which a start in daily use does not
        for _ in range(effort.rounds):
            with stage.service(url, api, folder / "starting.log") as service:
                seconds.append(service.start_seconds)
                time.sleep(_IDLE_SECONDS)
                resident.append(processes.resident_mib(service.process.pid))
    return Starting(median(seconds), median(resident))
