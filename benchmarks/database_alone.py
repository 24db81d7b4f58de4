"""The database alone: how many rows a second it makes durable, one commit for each, with nothing else to do.

Rows as those of `floor` (`inserts`): into SQLite by the standard library's driver on one connection, into PostgreSQL by
asyncpg on 16. Where pgbench is installed beside the PostgreSQL, it does the same in C: that tells what drivers take.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks import processes, stage
from benchmarks.effort import Effort
from benchmarks.inserts import BODY, CONNECTIONS, SENDER
from tests.support.postgres import SUPERUSER, PostgresServer, find_binaries

_PGBENCH: Final = f"INSERT INTO alone VALUES (gen_random_uuid()::text, '{SENDER}', '{BODY}');\n"  # noqa: S608 - our own words
_PER_SECOND: Final = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Alone:
    """Rows a second; medians."""

    database: str
    per_second: float
    pgbench: float | None
    """None where there is no pgbench, and for SQLite."""


def measure(kind: stage.Databases, folder: Path, effort: Effort) -> Alone:
    url = kind.make("alone")
    database = stage.without_driver(url)
    rounds = [
        float(processes.output_of("benchmarks.inserts", database, str(effort.seconds))) for _ in range(effort.rounds)
    ]
    pgbench = None if kind.server is None else _pgbench(kind.server, "alone", folder, effort)
    return Alone(kind.kind, median(rounds), pgbench)


def _pgbench(server: PostgresServer, name: str, folder: Path, effort: Effort) -> float | None:
    program = find_binaries() / "pgbench"
    if not program.exists():
        return None
    script = folder / "insert.sql"
    script.write_text(_PGBENCH, encoding="utf-8")
    command = [str(program), "--no-vacuum", "--protocol=prepared", f"--file={script}", f"--client={CONNECTIONS}"]
    command += ["--jobs=2", f"--time={max(1, round(effort.seconds))}", "--host=127.0.0.1", f"--port={server.port}"]
    command += [f"--username={SUPERUSER}", name]
    return median(_told(command) for _ in range(effort.rounds))


def _told(command: list[str]) -> float:
    """What pgbench says.

    Raises:
        RuntimeError: it failed.
    """
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = _PER_SECOND.search(done.stdout)
    if done.returncode or found is None:
        raise RuntimeError(f"pgbench failed: {done.stderr.strip()}")
    return float(found[1])
