"""The load generator, a process of its own: so many people at once, each waiting for an answer before the next message.

`python -m benchmarks.load SPEC` takes a `Load` as JSON and prints a `Measured` as JSON. It speaks HTTP by hand, because
a client library would take more of the machine than some of what is measured. With a rate, messages are due at even
intervals and a delay counts from when a message was due, so that a server that stalls cannot hide it. A GET is what a
browser does by itself: it goes out at once, and belongs to the message before it, whose delay ends with the page.
"""

from __future__ import annotations

import asyncio
import json
import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from functools import partial
from time import perf_counter
from typing import Final
from urllib.parse import urlsplit

from benchmarks import processes
from benchmarks.people import Channel, Talk, conversations, messages_each

CONNECTIONS: Final = 64
_FASTEST: Final = 8000
"""Messages a second for which enough people are made."""
_HEAD_END: Final = b"\r\n\r\n"
_LENGTH: Final = b"content-length:"
_TAKEN: Final = (b"HTTP/1.1 200", b"HTTP/1.1 303")
_BY_ITSELF: Final = b"GET "


@dataclass(frozen=True, slots=True)
class Load:
    """What is to be done."""

    url: str
    channel: Channel
    first: int
    """The first person's number: later runs on the same database take later people."""
    seconds: float
    pids: tuple[int, ...]
    """The processes whose CPU time is wanted."""
    rate: float | None = None
    """Messages a second; None for as many as are answered."""
    turns: int | None = None
    """How many messages of each conversation are sent; None for all."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of it."""

    messages: int
    refused: int
    seconds: float
    cpu_seconds: float
    p50_ms: float
    p99_ms: float

    @property
    def per_second(self) -> float:
        return self.messages / self.seconds

    @property
    def cpu_ms(self) -> float:
        """CPU time of the server for one message, in milliseconds."""
        return 1000 * self.cpu_seconds / self.messages


@dataclass(slots=True)
class _Run:
    """What all connections share. Its time begins when everybody has a first message to send."""

    load: Load
    people: Iterator[Talk]
    ready: list[Callable[[], None]] = field(default_factory=list[Callable[[], None]])
    began: float | None = None
    cpu_seconds: float = 0.0
    """What the server had used by then."""
    handed_out: int = 0
    refused: int = 0
    delays: list[float] = field(default_factory=list[float])
    last: float = 0.0

    def when_everybody_can(self, begin: Callable[[], None]) -> None:
        """Calls `begin` now, or for the first time together with everybody else."""
        if self.began is not None:
            begin()
            return
        self.ready.append(begin)
        if len(self.ready) == CONNECTIONS:
            self.cpu_seconds = processes.cpu_seconds(self.load.pids)
            self.began = perf_counter()
            for one in self.ready:
                one()

    def next_due(self) -> float | None:
        """When the next message is to go out; None when none is any more."""
        assert self.began is not None
        due = self.began + self.handed_out / self.load.rate if self.load.rate else perf_counter()
        self.handed_out += 1
        return due if due < self.began + self.load.seconds else None

    def answered(self, due: float) -> None:
        self.last = perf_counter()
        self.delays.append(self.last - due)

    def measured(self) -> Measured:
        assert self.began is not None
        delays = sorted(self.delays)
        return Measured(
            messages=len(delays),
            refused=self.refused,
            seconds=self.last - self.began,
            cpu_seconds=processes.cpu_seconds(self.load.pids) - self.cpu_seconds,
            p50_ms=1000 * delays[len(delays) // 2],
            p99_ms=1000 * delays[len(delays) * 99 // 100],
        )


class _Connection(asyncio.Protocol):
    """One person after another, over one connection that is kept open."""

    def __init__(self, run: _Run) -> None:
        self._run = run
        self._transport: asyncio.Transport | None = None
        self._talk: Talk | None = None
        self._buffer = bytearray()
        self._due: float | None = None
        """When the message that waits for its answer was to go out; None where none waits."""
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._begin()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(_HEAD_END)
        if end < 0:
            return
        length = _content_length(self._buffer[:end])
        if len(self._buffer) < end + len(_HEAD_END) + length:
            return
        answer = bytes(self._buffer)
        self._buffer.clear()
        self._run.refused += not answer.startswith(_TAKEN)
        self._go_on(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("the server closed the connection"))

    def _begin(self) -> None:
        """The next person."""
        self._talk = next(self._run.people, None)
        request = next(self._talk, None) if self._talk else None
        if request is None:
            self._end()
        else:
            self._next(request)

    def _go_on(self, answer: bytes) -> None:
        assert self._talk is not None
        try:
            request = self._talk.send(answer)
        except StopIteration:
            self._answered()
            self._begin()
        else:
            self._next(request)

    def _next(self, request: bytes) -> None:
        if request.startswith(_BY_ITSELF):
            self._send(request)
        else:
            self._answered()
            self._run.when_everybody_can(partial(self._say, request))

    def _say(self, request: bytes) -> None:
        self._due = self._run.next_due()
        if self._due is None:
            self._end()
        elif (wait := self._due - perf_counter()) > 0:
            asyncio.get_running_loop().call_later(wait, self._send, request)
        else:
            self._send(request)

    def _answered(self) -> None:
        if self._due is not None:
            self._run.answered(self._due)
            self._due = None

    def _send(self, request: bytes) -> None:
        if self._transport is not None:
            self._transport.write(request)

    def _end(self) -> None:
        if not self.done.done():
            self.done.set_result(None)


def _content_length(head: bytearray) -> int:
    at = head.lower().index(_LENGTH) + len(_LENGTH)
    return int(head[at:].split(b"\r\n", 1)[0])


async def measure(load: Load) -> Measured:
    """Does it. Raises what a connection raises: a server that closes one has failed."""
    turns = load.turns or messages_each(load.channel)
    count = math.ceil(load.seconds * (load.rate or _FASTEST) / turns) + CONNECTIONS
    people = conversations(load.channel, load.url, load.first, count, load.turns)
    parts = urlsplit(load.url)
    host, port = parts.hostname or "", parts.port or 0
    run = _Run(load, iter(people))
    connections = [
        (await asyncio.get_running_loop().create_connection(lambda: _Connection(run), host, port))[1]
        for _ in range(CONNECTIONS)
    ]
    await asyncio.gather(*(connection.done for connection in connections))
    return run.measured()


class People:
    """Numbers of people who have not been used on a database yet."""

    def __init__(self) -> None:
        self._next = 0

    def take(self, seconds: float, channel: Channel) -> int:
        """The first of as many numbers as a run of that length may use."""
        first = self._next
        self._next += math.ceil(seconds * _FASTEST / messages_each(channel)) + CONNECTIONS
        return first


def run(load: Load) -> Measured:
    """Does it in a process of its own.

    Raises:
        RuntimeError: a message was refused, or the generator failed.
    """
    measured = Measured(**json.loads(processes.output_of("benchmarks.load", json.dumps(asdict(load)))))
    if measured.refused:
        raise RuntimeError(f"{measured.refused} of {measured.messages} messages were not taken")
    return measured


if __name__ == "__main__":
    told = json.loads(sys.argv[1])
    wanted = Load(**{**told, "channel": Channel(told["channel"]), "pids": tuple(told["pids"])})
    print(json.dumps(asdict(asyncio.run(measure(wanted)))))
