"""The Big Ask's load generator: many people at once, each waiting for an answer before the next message.

It speaks HTTP by hand over a few connections that are kept open. On each of them several people take turns, so that
between two messages of one person there is a little time, as there is between anybody's. A message that is turned away
with 503 is sent again, as Telegram would, and as a person would press the button again; that is counted. Whoever is
answered in any other way than they should be goes away, and is missed when the account is settled.
"""

from __future__ import annotations

import asyncio
from array import array
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from time import perf_counter
from typing import Final
from urllib.parse import urlsplit

from benchmarks.big_ask_people import Crowd, Person
from benchmarks.big_ask_requests import Conversation, UnexpectedAnswerError, conversations

CONNECTIONS: Final = 128
EACH: Final = 8
"""The most people who take turns on one connection."""
_PART: Final = 20
"""No more than one in so many is there at once, so that few of them stand at their beginnings or ends together."""
AGAIN_SECONDS: Final = 0.5
MOST_AGAIN: Final = 100
MOST_GIVING_UP: Final = 100
"""More people than these who are not answered as they should be say that something is wrong with the whole."""
_HEAD_END: Final = b"\r\n\r\n"
_LENGTH: Final = b"Content-Length: "
_AWAY: Final = b"HTTP/1.1 503 "


class Delays:
    """How long answers took, to a tenth of a millisecond, in as much memory for many as for few."""

    _STEPS: Final = 10_000
    """In a second."""
    _LONGEST: Final = 60

    def __init__(self) -> None:
        self._counts = array("L", bytes(8 * self._STEPS * self._LONGEST))
        self.count = 0

    def add(self, seconds: float) -> None:
        self._counts[min(int(seconds * self._STEPS), len(self._counts) - 1)] += 1
        self.count += 1

    def quantile_ms(self, part: float) -> float:
        """Milliseconds within which that part of the answers came."""
        left = part * self.count
        for step, count in enumerate(self._counts):
            left -= count
            if left <= 0:
                return 1000 * (step + 1) / self._STEPS
        return 0


@dataclass(slots=True)
class Run:
    """What all connections share."""

    people: Iterator[Person]
    talk: Callable[[Person], Conversation]
    told: Callable[[int], object]
    """Is called with the number of messages that were taken so far, at each of them."""
    messages: int = 0
    pages: int = 0
    again: int = 0
    gave_up: list[str] = field(default_factory=list[str])
    """Why people went away before they had said everything."""
    delays: Delays = field(default_factory=Delays)
    page_delays: Delays = field(default_factory=Delays)

    def next_conversation(self) -> Conversation | None:
        person = next(self.people, None)
        return None if person is None else self.talk(person)

    def answered(self, request: bytes, seconds: float) -> None:
        if request.startswith(b"POST"):
            self.messages += 1
            self.delays.add(seconds)
            self.told(self.messages)
        else:
            self.pages += 1
            self.page_delays.add(seconds)


class _Connection(asyncio.Protocol):
    """Some people by turns."""

    def __init__(self, run: Run, each: int) -> None:
        self._run = run
        self._each = each
        self._waiting: deque[tuple[Conversation, bytes]] = deque()
        self._buffer = bytearray()
        self._missing = 0
        self._sent_at = 0.0
        self._refusals = 0
        loop = asyncio.get_running_loop()
        self._later = loop.call_later
        self.done: asyncio.Future[None] = loop.create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        try:
            for _ in range(self._each):
                self._invite()
        except Exception as error:  # noqa: BLE001 - whoever waits for `done` is told
            self._fail(error)
        else:
            self._send()

    def data_received(self, data: bytes) -> None:
        if self._buffer or self._missing:
            self._buffer += data
            if len(self._buffer) < self._missing:
                return
            data = bytes(self._buffer)
            self._buffer.clear()
            self._missing = 0
        size = _size(data)
        if size > len(data):
            self._buffer += data
            self._missing = size
            return
        try:
            self._answered(data)
        except Exception as error:  # noqa: BLE001 - whoever waits for `done` is told
            self._fail(error)

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(exc or ConnectionError("the service closed a connection"))

    def close(self) -> None:
        self._transport.close()

    def _answered(self, answer: bytes) -> None:
        conversation, request = self._waiting[0]
        if answer.startswith(_AWAY) and self._refusals < MOST_AGAIN:
            self._refusals += 1
            self._run.again += 1
            self._later(AGAIN_SECONDS, self._send)
            return
        self._refusals = 0
        self._waiting.popleft()
        seconds = perf_counter() - self._sent_at
        if self._goes_on(conversation, answer):
            self._run.answered(request, seconds)
        self._send()

    def _goes_on(self, conversation: Conversation, answer: bytes) -> bool:
        """Hands an answer over. False where it is not what that person should have got, who goes away."""
        try:
            self._waiting.append((conversation, conversation.send(answer)))
        except StopIteration:
            self._invite()
        except UnexpectedAnswerError as error:
            self._run.gave_up.append(str(error))
            if len(self._run.gave_up) > MOST_GIVING_UP:
                raise
            self._invite()
            return False
        return True

    def _invite(self) -> None:
        conversation = self._run.next_conversation()
        if conversation is not None:
            self._waiting.append((conversation, next(conversation)))

    def _send(self) -> None:
        if self._waiting:
            self._sent_at = perf_counter()
            self._transport.write(self._waiting[0][1])
        elif not self.done.done():
            self.done.set_result(None)

    def _fail(self, error: Exception) -> None:
        if not self.done.done():
            self.done.set_exception(error)


def _size(data: bytes) -> int:
    """How long the answer is that begins with these bytes; one byte more than there are while that is not known yet."""
    end = data.find(_HEAD_END)
    if end < 0:
        return len(data) + 1
    at = data.index(_LENGTH, 0, end) + len(_LENGTH)
    return end + len(_HEAD_END) + int(data[at : data.index(b"\r\n", at)])


async def converse(crowd: Crowd, url: str, told: Callable[[int], object]) -> Run:
    """Everybody says everything.

    Raises:
        UnexpectedAnswerError: too many people were not answered as they should have been.
        OSError: a connection broke.
    """
    run = Run(iter(crowd), conversations(url), told)
    host, _, port = urlsplit(url).netloc.partition(":")
    at_once = max(1, min(CONNECTIONS * EACH, crowd.size // _PART))
    each = -(-at_once // CONNECTIONS)
    loop = asyncio.get_running_loop()
    connections = [
        (await loop.create_connection(lambda: _Connection(run, each), host, int(port)))[1]
        for _ in range(min(CONNECTIONS, at_once))
    ]
    try:
        await asyncio.gather(*(connection.done for connection in connections))
    finally:
        for connection in connections:
            connection.close()
    return run
