"""An export: how many participants' answers a second go into a CSV file, and how much memory that takes.

Measured: the command `sayso export` in a process of its own (`exporter`), on a database of whole conversations
(`filling`).
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from benchmarks import processes, stage
from benchmarks.effort import Effort
from benchmarks.exporter import Exported
from benchmarks.filling import Filler


def measure(kind: stage.Databases, folder: Path, effort: Effort) -> Exported:
    """Fills a database and exports it.

    Raises:
        RuntimeError: the export failed, or does not hold everybody.
    """
    url, file = kind.make("exporting"), folder / f"{kind.kind}.csv"
    asyncio.run(_fill(url, effort.exported))
    env = stage.environment(url, "http://127.0.0.1:9", "http://127.0.0.1:9")
    done = Exported(**json.loads(processes.output_of("benchmarks.exporter", stage.SLUG, str(file), env=env)))
    if done.rows != effort.exported:
        raise RuntimeError(f"{effort.exported} people answered and {done.rows} were exported")
    return done


async def _fill(url: str, participants: int) -> None:
    await (await Filler.prepared()).fill(url, 0, participants)
