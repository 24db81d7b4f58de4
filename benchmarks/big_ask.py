"""The Big Ask: England's largest consultation of children, held on this machine and settled to the last word.

`python -m benchmarks.big_ask --people N`: so many participants hold whole conversations through HTTP with `sayso serve`
and a PostgreSQL that syncs what it commits; load generator and simulated providers run on the same machine. Then all of
it is exported by `sayso export` and compared with what was sent. Whatever falls short of its aim is named at the end.

Nobody waits for a reply before they go on. Twilio's pace is set to the highest that the settings take, and its replies
are waited for at the end; Telegram allows a bot 30 messages a second, so most of those replies are still queued then.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Final

from tqdm import tqdm

from benchmarks import big_ask_check, big_ask_load, big_ask_provider, big_ask_report, processes, stage
from benchmarks.big_ask_people import Crowd
from benchmarks.big_ask_report import Exported, Held, Told
from benchmarks.big_ask_usage import Machine, Meter, peak_mib
from benchmarks.big_ask_words import MOST_PEOPLE
from flows.messages import Channel
from tests.support.postgres import PostgresServer
from tests.support.town import KEY

WORKERS: Final = 2
DAILY: Final = 2000
"""Participants, where nobody says how many."""
TEXTS_PER_SECOND: Final = "9999"
"""The highest that the settings take."""
PATIENCE_SECONDS: Final = 60.0
"""For so long the providers may be handed nothing before a text that is still missing counts as never sent."""
_LOOK_SECONDS: Final = 0.25
_LINE_SECONDS: Final = 30.0
"""Where there is no terminal to show a bar on, a line is written so often."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is held."""

    database_url: str
    folder: Path
    """For logs and exports."""
    server: PostgresServer | None = None
    """None where the database is a file."""

    @property
    def size(self) -> int:
        """Bytes that the database takes on disk; those of a file are not asked for."""
        name = self.database_url.rpartition("/")[2]
        return 0 if self.server is None else int(self.server.execute(f"SELECT pg_database_size('{name}')"))


def main() -> int:
    count = _arguments()
    with tempfile.TemporaryDirectory(prefix="sayso-big-ask-") as name, stage.databases(Path(name)) as (_, kind):
        place = Place(kind.make("big_ask"), Path(name), kind.server)
        told = hold_and_settle(place, count, workers=WORKERS, patience=PATIENCE_SECONDS)
    print("\n".join(big_ask_report.lines(told)))
    return 1 if told.account.differences else 0


def _arguments() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.big_ask", description="The Big Ask, on this machine.")
    parser.add_argument("--people", type=int, default=DAILY, metavar="N", help=f"participants ({DAILY})")
    count: int = parser.parse_args().people
    if not 0 < count <= MOST_PEOPLE:
        parser.error(f"--people has to be from 1 to {MOST_PEOPLE}")
    return count


def hold_and_settle(place: Place, count: int, *, workers: int, patience: float) -> Told:
    """All of it. `patience` is for how many seconds no reply may be handed over while some are waited for."""
    began = perf_counter()
    held = hold(place, count, workers=workers, patience=patience)
    _say("exporting the answers")
    answers = export(place, "answers")
    _say("exporting the transcripts")
    transcripts = export(place, "transcripts")
    _say("comparing both with what was sent")
    settling = perf_counter()
    account = big_ask_check.settle(held.crowd, answers.path, transcripts.path, held.handed_over)
    done = perf_counter()
    return Told(held, answers, transcripts, account, settle_seconds=done - settling, whole_seconds=done - began)


def hold(place: Place, count: int, *, workers: int, patience: float) -> Held:
    """Everybody says everything; afterwards the service is stopped, and everything is in its database."""
    api = f"http://127.0.0.1:{processes.free_port()}"
    log, fast = place.folder / "big_ask.log", {"SAYSO_TWILIO_PER_SECOND": TEXTS_PER_SECOND}
    postgres = None if place.server is None else place.server.pid
    with processes.running("benchmarks.big_ask_provider", api.rpartition(":")[2]) as providers:
        with stage.service(place.database_url, api, log, workers=workers, more=fast) as service:
            crowd = Crowd(count, service.url)
            meter = Meter(Machine(service.process.pid, postgres, providers.pid), crowd.messages)
            try:
                run = _converse(crowd, service.url, meter)
            except Exception:
                _say(f"The service complained of: {dict(_complaints(log))}")
                raise
            conversing = meter.so_far()
            _say("waiting for the texts that are still queued")
            _wait_for_texts(api, crowd.replies(Channel.SMS), patience)
            spent = meter.so_far()
            memory = max(peak_mib(pid) for pid in service.pids)
        # Only now: what was on its way when the service was told to stop has been written down since.
        handed_over = big_ask_provider.handed_over(api)
    return Held(
        crowd, run, meter.tenths, conversing, spent, memory, place.size, handed_over, complaints=_complaints(log)
    )


def _complaints(log: Path) -> Counter[str]:
    """What the service's log has above its daily lines, and how often."""
    with log.open(encoding="utf-8", errors="replace") as lines:
        return Counter(
            json.loads(line)["text"] if line.startswith("{") else line.strip()
            for line in lines
            if '"level": "info"' not in line
        )


def _converse(crowd: Crowd, url: str, meter: Meter) -> big_ask_load.Run:
    with tqdm(total=crowd.messages, unit=" messages", disable=None, leave=False) as bar:
        lines = _Lines(crowd.messages, silent=not bar.disable)

        def told(messages: int) -> None:
            meter.told(messages)
            bar.update()
            lines.told(messages)

        meter.start()
        run = asyncio.run(big_ask_load.converse(crowd, url, told))
    meter.finish(run.messages)
    return run


@dataclass(slots=True)
class _Lines:
    """Progress for a pipe."""

    total: int
    silent: bool
    _began: float = field(default_factory=perf_counter)
    _next: float = 0.0

    def told(self, messages: int) -> None:
        if self.silent or messages & 0xFF:
            return
        now = perf_counter()
        if now < self._next:
            return
        self._next = now + _LINE_SECONDS
        rate = messages / (now - self._began)
        _say(f"{messages:,} of {self.total:,} messages, {100 * messages // self.total} %, {rate:.0f} a second")


def _wait_for_texts(api: str, expected: int, patience: float) -> None:
    """Returns when all of them were handed to Twilio, or none was for as long as somebody has patience."""
    count, since = -1, perf_counter()
    while count < expected and perf_counter() - since < patience:
        now = big_ask_provider.handed_over(api)[Channel.SMS].count
        if now != count:
            count, since = now, perf_counter()
        time.sleep(_LOOK_SECONDS)


def export(place: Place, what: str) -> Exported:
    """`sayso export`, as an officer would run it.

    Raises:
        RuntimeError: it failed; why is on stderr.
    """
    path = place.folder / f"{what}.jsonl"
    command = [sys.executable, "-m", "bot", "export", stage.SLUG, what, "--format", "jsonl", "--labels", "code"]
    began, peak = perf_counter(), 0.0
    with subprocess.Popen([*command, "--output", str(path)], cwd=processes.ROOT, env=_environment(place)) as process:
        while process.poll() is None:
            peak = max(peak, peak_mib(process.pid))
            time.sleep(0.02)
    if process.returncode:
        raise RuntimeError(f"the export of the {what} failed with status {process.returncode}")
    return Exported(path, perf_counter() - began, peak, path.stat().st_size)


def _environment(place: Place) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "SAYSO_DATABASE_URL": place.database_url,
        "SAYSO_CONSULTATIONS": str(processes.ROOT / "consultations"),
        "SAYSO_SECRET_KEY": KEY,
    }


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
