"""Messages that come in: the whole service beside the floor.

Measured: webhooks over HTTP, 64 people at once, each in a conversation of five messages. The service checks the
signature, steps the conversation, encrypts, commits message, answer, state and reply, and answers 200; the floor checks
and inserts one row. Service and floor take turns, so that whatever else the machine does falls on both; what is told is
the median of the rounds, and the median of the rounds' ratios. Replies are queued in full but go out only at the pace
that the providers allow (1 text, or 30 Telegram messages, a second): sending is measured by itself in `sending`.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks import load, stage
from benchmarks.load import Load, Measured
from benchmarks.people import Channel

ROUNDS: Final = 3
SECONDS: Final = 3.0
WARM_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Inbound:
    """One database and channel."""

    database: str
    channel: Channel
    service: list[Measured]
    floor: list[Measured]
    half: Measured
    """The service at half of its highest load."""

    @property
    def ratio(self) -> float:
        pairs = zip(self.service, self.floor, strict=True)
        return median(ours.per_second / theirs.per_second for ours, theirs in pairs)


class _People:
    """Numbers of people who have not been used on these databases yet."""

    def __init__(self) -> None:
        self._next = 0

    def take(self, seconds: float, channel: Channel) -> int:
        first = self._next
        self._next += load.people_needed(seconds, channel)
        return first


def measure(kind: stage.Databases, channel: Channel, folder: Path) -> Inbound:
    """Runs all rounds on one kind of database.

    Raises:
        RuntimeError: a message was refused, or is not in the transcript with its reply afterwards.
    """
    people = _People()
    ours: list[Measured] = []
    theirs: list[Measured] = []

    def go(server: stage.Server, seconds: float, rate: float | None = None) -> Measured:
        first = people.take(seconds, channel)
        return load.run(Load(server.url, channel, first, seconds, server.pids, rate))

    with stage.both(kind, f"inbound_{channel}", folder) as (url, service, floor):
        sent = go(service, WARM_SECONDS).messages
        go(floor, WARM_SECONDS)
        for _ in range(ROUNDS):
            ours.append(go(service, SECONDS))
            theirs.append(go(floor, SECONDS))
        half = go(service, SECONDS, rate=median(one.per_second for one in ours) / 2)
    sent += sum(one.messages for one in ours) + half.messages
    kept = asyncio.run(stage.received(url))
    if kept != sent:
        raise RuntimeError(f"{sent} messages were acknowledged and {kept} are in the transcript")
    return Inbound(kind.kind, channel, ours, theirs, half)
