"""The service beside the bot that most people would write (`usual_bot`), with the same Telegram load.

Both on SQLite, one process each, by turns; the ratio is the median of the rounds' ratios. The bot has answered a person
when the webhook returns, and so is measured with its replies; the service has them queued.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import load, processes, stage
from benchmarks.effort import Effort
from benchmarks.load import CONNECTIONS, Load, Measured, People
from benchmarks.people import Channel, messages_each


@dataclass(frozen=True, slots=True)
class Peer:
    """Rounds of both."""

    service: list[Measured]
    bot: list[Measured]

    @property
    def ratio(self) -> float:
        pairs = zip(self.service, self.bot, strict=True)
        return median(ours.per_second / theirs.per_second for ours, theirs in pairs)


def measure(kind: stage.Databases, folder: Path, effort: Effort) -> Peer:
    """Runs all rounds.

    Raises:
        RuntimeError: a message was refused, or the bot has not kept what it was told.
    """
    people = People()
    ours: list[Measured] = []
    theirs: list[Measured] = []
    home = folder / "usual_bot"
    home.mkdir()

    def go(server: stage.Server, seconds: float) -> Measured:
        first = people.take(seconds, Channel.TELEGRAM)
        return load.run(Load(server.url, Channel.TELEGRAM, first, seconds, server.pids))

    with (
        stage.provider() as api,
        stage.service(kind.make("peer"), api, folder / "peer.log") as service,
        _bot(home, api) as bot,
    ):
        go(service, effort.warm_seconds)
        warm = go(bot, effort.warm_seconds)
        for _ in range(effort.rounds):
            ours.append(go(service, effort.seconds))
            theirs.append(go(bot, effort.seconds))
    _check(home, [warm, *theirs])
    return Peer(ours, theirs)


@contextmanager
def _bot(home: Path, api: str) -> Iterator[stage.Server]:
    url = f"http://127.0.0.1:{processes.free_port()}"
    with processes.running("benchmarks.usual_bot", url.rpartition(":")[2], str(home), api) as process:
        yield stage.Server(url, process, processes.wait_until_alive(process, url))


def _check(home: Path, runs: list[Measured]) -> None:
    """Every message but a conversation's first is an answer. Whoever was in the middle has one more message for it.

    The library answers a webhook with 200 also where a callback has failed, so only this shows that it works.
    """
    with closing(sqlite3.connect(home / "answers.db")) as connection:
        (kept,) = connection.execute("SELECT count(*) FROM answered").fetchone()
    said = sum(run.messages for run in runs)
    expected = said - said // messages_each(Channel.TELEGRAM)
    if not expected - len(runs) * CONNECTIONS <= kept <= expected:
        raise RuntimeError(f"about {expected} answers were given to the usual bot and {kept} are in its database")
