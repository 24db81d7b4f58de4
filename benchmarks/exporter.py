"""`sayso export`, and what it took: `python -m benchmarks.exporter SLUG FILE` prints an `Exported` as JSON.

Time counts from when the command's modules are loaded. Nothing else is loaded, so that memory is the command's own.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import Final

from benchmarks import processes
from bot import cli, export_command

_LOADED: Final = export_command
"""`cli` would load it only when it is asked for, and loading is not measured."""
BIG_ASK: Final = 557_077
"""Participants of England's largest consultation."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What came of it."""

    rows: int
    seconds: float
    peak_mib: float

    @property
    def per_second(self) -> float:
        return self.rows / self.seconds

    @property
    def big_ask_seconds(self) -> float:
        """How long the largest consultation would take at that rate."""
        return BIG_ASK / self.per_second


def _export(slug: str, file: Path) -> Exported:
    began = perf_counter()
    status = cli.main(["export", slug, "answers", "--format", "csv", "--output", str(file)])
    seconds = perf_counter() - began
    if status:
        raise SystemExit(status)
    rows: int = json.loads(file.with_name(f"{file.name}.manifest.json").read_text(encoding="utf-8"))["rows"]
    return Exported(rows, seconds, processes.peak_mib())


if __name__ == "__main__":
    print(json.dumps(asdict(_export(sys.argv[1], Path(sys.argv[2])))))
