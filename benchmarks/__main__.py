"""`python -m benchmarks`: every measurement, a table, a picture, and what falls short of its aim. About seven minutes.

Needs Linux (CPU times are read from /proc), two processors that are otherwise idle, and a PostgreSQL as the tests do.
"""

from __future__ import annotations

import argparse
import os
import platform
import sqlite3
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from benchmarks import aims, plot, processes, stage
from benchmarks.effort import FULL, QUICK, USUAL, Effort
from benchmarks.parts import PARTS, Bench, Found

PICTURE: Final = processes.ROOT / "docs" / "benchmarks.svg"
_TITLE: Final = "Messages a second, against the floor and against the usual bot"


def main(arguments: Sequence[str] | None = None) -> None:
    wanted = _parser().parse_args(arguments)
    effort = _effort(wanted)
    names: list[str] = [name for name in PARTS if not wanted.only or name in wanted.only]
    found: list[Found] = []
    with tempfile.TemporaryDirectory(prefix="sayso-benchmarks-") as place:
        folder = Path(place)
        with stage.databases(folder) as (lite, postgresql):
            print(_machine(postgresql), end="\n\n")
            for name in names:
                found.append(PARTS[name](Bench(lite, postgresql, folder, effort)))
                # At once, so that a later part that fails takes nothing with it.
                print(found[-1].text, end="\n\n", flush=True)
    print(aims.shortfall(figure for one in found for figure in one.figures))
    picture: Path | None = wanted.plot or (PICTURE if names == list(PARTS) and effort in (USUAL, FULL) else None)
    if picture is not None:
        picture.write_text(plot.svg(_TITLE, [ratio for one in found for ratio in one.ratios]), encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measures Sayso on this machine.")
    parser.add_argument(
        "--only",
        action="append",
        choices=list(PARTS),
        metavar="NAME",
        help=f"one part; may be repeated: {', '.join(PARTS)}",
    )
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--full", action="store_true", help="up to a million participants: more than half an hour")
    size.add_argument("--quick", action="store_true", help="only to see that everything runs")
    parser.add_argument("--seconds", type=float, help="how long each run of a load lasts")
    parser.add_argument("--rounds", type=int, help="how often each is run")
    parser.add_argument(
        "--plot", type=Path, metavar="FILE", help="where the picture goes (docs/benchmarks.svg after a whole usual run)"
    )
    return parser


def _effort(wanted: argparse.Namespace) -> Effort:
    effort = FULL if wanted.full else QUICK if wanted.quick else USUAL
    if wanted.seconds:
        effort = replace(effort, seconds=wanted.seconds)
    if wanted.rounds:
        effort = replace(effort, rounds=wanted.rounds)
    return effort


def _machine(postgresql: stage.Databases) -> str:
    version = postgresql.server.execute("SHOW server_version") if postgresql.server else "none"
    return (
        f"{os.cpu_count()} processors, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version},"
        f" PostgreSQL {version}; every commit synced. Use the ratios: they hold on other machines too."
    )


if __name__ == "__main__":
    main()
