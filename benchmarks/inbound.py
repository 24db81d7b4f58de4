"""Messages that come in: the whole service beside the floor.

Measured: requests over HTTP, 64 people at once, each in a conversation of four or five messages. The service checks the
signature, steps the conversation, encrypts, commits message, answer, state and reply, and answers; the floor checks and
inserts one row. Service and floor have the same number of processes and take turns, so that whatever else the machine
does falls on both; what is told is the median of the rounds, and the median of the rounds' ratios. Replies by SMS and
Telegram are queued in full but go out only at the pace that the providers allow (1 text, or 30 Telegram messages, a
second): sending is measured by itself in `sending`. On the web a message is the form and the page that it leads to.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import load, stage
from benchmarks.effort import Effort
from benchmarks.load import Load, Measured, People
from benchmarks.people import Channel


@dataclass(frozen=True, slots=True)
class Inbound:
    """One database and channel, and so many processes of each."""

    database: str
    workers: int
    channel: Channel
    service: list[Measured]
    floor: list[Measured]
    half: Measured
    """The service at half of its highest load."""

    @property
    def ratio(self) -> float:
        pairs = zip(self.service, self.floor, strict=True)
        return median(ours.per_second / theirs.per_second for ours, theirs in pairs)


def measure(kind: stage.Databases, workers: int, channel: Channel, folder: Path, effort: Effort) -> Inbound:
    """Runs all rounds on one kind of database.

    Raises:
        RuntimeError: a message was refused, or is not in the transcript with its reply afterwards.
    """
    people = People()
    ours: list[Measured] = []
    theirs: list[Measured] = []

    def go(server: stage.Server, seconds: float, rate: float | None = None) -> Measured:
        first = people.take(seconds, channel)
        return load.run(Load(server.url, channel, first, seconds, server.pids, rate))

    with stage.both(kind, f"inbound_{channel}_{workers}", folder, workers=workers) as (url, service, floor):
        sent = go(service, effort.warm_seconds).messages
        go(floor, effort.warm_seconds)
        for _ in range(effort.rounds):
            ours.append(go(service, effort.seconds))
            theirs.append(go(floor, effort.seconds))
        half = go(service, effort.seconds, rate=median(one.per_second for one in ours) / 2)
    sent += sum(one.messages for one in ours) + half.messages
    kept = asyncio.run(stage.received(url))
    if kept != sent:
        raise RuntimeError(f"{sent} messages were acknowledged and {kept} are in the transcript")
    return Inbound(kind.kind, workers, channel, ours, theirs, half)
