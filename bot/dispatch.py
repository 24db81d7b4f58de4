"""Sending what is queued: in order for each address, at each channel's pace, until the provider has it or never will.

At least once, never "exactly once": a crash between a provider's "accepted" and our commit can repeat a reply. Where
the provider keeps a list of what it took, it is asked before anything goes out a second time.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import perf_counter
from typing import Final, assert_never

from bot import log
from bot.channels.base import ChannelPort, ProviderError, Recovers, backoff
from bot.clock import Clock
from bot.metrics import Metrics
from flows.messages import Channel, Gone, OurFault, OutboundMessage, RetryAt, SendOutcome, Sent
from storage.errors import ConflictError, StorageError
from storage.outbox import Outbox, burst_of
from storage.records import QueuedMessage

MOST_AT_ONCE: Final = 64
"""Messages on their way to one provider at the same time."""
LEASE: Final = timedelta(seconds=60)
SEND_SECONDS: Final = 30.0
"""Well inside the lease: a message whose sending hangs is given up before anybody else may take it."""
GIVE_UP_AFTER: Final = timedelta(hours=24)
"""A reply to something said yesterday would only puzzle."""
LIVELY_SECONDS: Final = 3.0
"""For so long after the last message the queue is looked at often: its next part may be due in a moment."""
OFTEN: Final = 0.05
SELDOM: Final = 1.0
"""How often an empty queue is looked at, in seconds; what this process queues is sent at once all the same."""
PROBE_AFTER: Final = timedelta(seconds=60)
"""A provider that refuses us is tried again with one message this much later."""


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What became of one message."""

    message: QueuedMessage
    outcome: SendOutcome
    at: datetime


class Dispatcher:
    """Sends for one worker: one line for each channel that sends."""

    def __init__(self, outbox: Outbox, ports: Iterable[ChannelPort], clock: Clock, metrics: Metrics) -> None:
        self._lines = {port.name: _Line(outbox, port, clock, metrics) for port in ports}
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [asyncio.create_task(line.run(), name=f"send {name}") for name, line in self._lines.items()]

    def nudge(self, channels: Iterable[Channel]) -> None:
        """Something was queued on these channels."""
        for channel in channels:
            if channel in self._lines:
                self._lines[channel].nudged.set()

    async def stop(self) -> None:
        """Claims nothing more, and waits for what is on its way."""
        for line in self._lines.values():
            line.close()
        await asyncio.gather(*self._tasks)

    @property
    def refused(self) -> Mapping[Channel, str]:
        """The channels whose provider refuses us, and why."""
        return {name: line.refused for name, line in self._lines.items() if line.refused is not None}


@dataclass(slots=True)
class _Line:
    """One channel's messages on their way."""

    outbox: Outbox
    port: ChannelPort
    clock: Clock
    metrics: Metrics
    nudged: asyncio.Event = field(default_factory=asyncio.Event)
    refused: str | None = None
    closing: bool = False
    _on_their_way: set[asyncio.Task[_Attempt]] = field(default_factory=set[asyncio.Task["_Attempt"]])
    _unrecorded: list[_Attempt] = field(default_factory=list["_Attempt"])
    _probe_at: datetime | None = None
    _look_at: datetime | None = None
    """When to see next whether another worker was refused."""
    _lively_until: float = 0.0
    _used_until: float = -math.inf
    """How far this worker alone has used up the channel's pace; others may have used more."""

    async def run(self) -> None:
        """Works until it is closed and everything is written down, or cannot be."""
        while not self.closing or self._on_their_way or self._unrecorded:
            try:
                await self._turn()
            except StorageError as error:
                self.metrics.database_away.labels("queue").inc()
                log.warning("the queue cannot be reached", channel=self.port.name, error=type(error).__name__)
                if self.closing and not self._on_their_way:
                    return
                await asyncio.sleep(SELDOM)

    def close(self) -> None:
        self.closing = True
        self.nudged.set()

    async def _turn(self) -> None:
        """Claims what may go, waits for something to happen, and writes down what did."""
        self.nudged.clear()
        # What could not be written down before: its lease may be over by now, and a claim would send it again.
        await self._record()
        if not self.closing:
            await self._claim()
        await self._wait()
        await self._record()

    async def _claim(self) -> None:
        if asyncio.get_running_loop().time() < self._used_until + 1 / self.port.pace.per_second:
            # Nothing could be claimed, and asking would keep the database from those whose messages are taken in.
            return
        await self._learn_of_refusals()
        limit = await self._limit()
        if limit <= 0:
            return
        claimed = await self.outbox.claim(
            self.port.name,
            now=self.clock.now(),
            limit=limit,
            lease=LEASE,
            per_second=self.port.pace.per_second,
            per_address_seconds=self.port.pace.per_address_seconds,
        )
        for message in claimed:
            self._on_their_way.add(asyncio.create_task(self._send(message)))
        if claimed:
            now = asyncio.get_running_loop().time()
            self._lively_until = now + LIVELY_SECONDS
            pace = self.port.pace.per_second
            self._used_until = max(self._used_until, now - burst_of(pace).total_seconds()) + len(claimed) / pace
        elif self._probe_at is not None:
            # There is nothing to try it with: the next refusal will tell.
            self._recovered()

    async def _learn_of_refusals(self) -> None:
        """A worker that was refused may be gone by now: whoever is left tries the provider again in its place."""
        now = self.clock.now()
        if self._probe_at is not None or (self._look_at is not None and self._awaits(self._look_at)):
            return
        first, self._look_at = self._look_at is None, now + PROBE_AFTER
        self.refused = (await self.outbox.stopped()).get(self.port.name)
        if self.refused is not None:
            self._probe_at = now if first else now + PROBE_AFTER

    async def _limit(self) -> int:
        """How many may be claimed. While the provider refuses us: none, and from time to time one, to try."""
        if self._probe_at is None:
            return MOST_AT_ONCE - len(self._on_their_way)
        if self._on_their_way or self._awaits(self._probe_at):
            return 0
        await self.outbox.resume(self.port.name)
        return 1

    def _awaits(self, at: datetime) -> bool:
        """Whether it is not that time yet. What lies further ahead was set by a clock that was set back since."""
        now = self.clock.now()
        return now < at <= now + PROBE_AFTER

    async def _wait(self) -> None:
        lively = asyncio.get_running_loop().time() < self._lively_until
        nudge = asyncio.create_task(self.nudged.wait())
        await asyncio.wait(
            {nudge, *self._on_their_way}, timeout=OFTEN if lively else SELDOM, return_when=asyncio.FIRST_COMPLETED
        )
        nudge.cancel()
        done = {task for task in self._on_their_way if task.done()}
        self._on_their_way -= done
        self.metrics.on_their_way.labels(self.port.name.value).set(len(self._on_their_way))
        self._unrecorded += [task.result() for task in done]

    # --- one message ---

    async def _send(self, message: QueuedMessage) -> _Attempt:
        with log.request(message.request):
            began = perf_counter()
            try:
                async with asyncio.timeout(SEND_SECONDS):
                    outcome = await self._hand_over(message)
            except Exception as error:  # noqa: BLE001 - a fault in a channel must not lose the message, nor stop the line
                self.metrics.faults.labels("send").inc()
                log.error("sending failed", fault=error, channel=self.port.name, reference=message.reference)
                outcome = RetryAt(self.clock.now() + backoff(message.attempt), type(error).__name__)
            self.metrics.send_seconds.labels(self.port.name.value).observe(perf_counter() - began)
            log.info(
                "message handed over" if isinstance(outcome, Sent) else "message not handed over",
                channel=self.port.name,
                reference=message.reference,
                seq=message.seq,
                attempt=message.attempt,
                status=type(outcome).__name__,
                reason=None if isinstance(outcome, Sent) else outcome.reason,
            )
            return _Attempt(message, outcome, self.clock.now())

    async def _hand_over(self, message: QueuedMessage) -> SendOutcome:
        outbound = OutboundMessage(
            key=message.key,
            address=message.address,
            text=message.text,
            buttons=message.buttons,
            attempt=message.attempt,
            queued_at=message.queued_at,
        )
        if message.attempt > 1 and isinstance(self.port, Recovers):
            # Nobody wrote down what became of the last attempt; a second text would cost the council and the person.
            try:
                earlier = await self._found(self.port, message, outbound)
            except (ProviderError, StorageError) as error:
                return RetryAt(self.clock.now() + backoff(message.attempt), type(error).__name__)
            if earlier is not None:
                return Sent(earlier)
        return await self.port.send(outbound, now=self.clock.now())

    async def _found(self, port: Recovers, message: QueuedMessage, outbound: OutboundMessage) -> str | None:
        """The id under which an earlier attempt went out. The same words may have gone out as another message too."""
        candidates = await port.already_sent(outbound)
        others = await self.outbox.had_by_others(message, candidates)
        return next((one for one in candidates if one not in others), None)

    # --- what became of it ---

    async def _record(self) -> None:
        """Writes outcomes down. What cannot be written now stays in hand and is written later, inside the lease."""
        sent = [
            (attempt.message, attempt.outcome.provider_id, attempt.at)
            for attempt in self._unrecorded
            if isinstance(attempt.outcome, Sent)
        ]
        if sent:
            await self._record_sent(sent)
            self._count(attempt for attempt in self._unrecorded if isinstance(attempt.outcome, Sent))
            self._unrecorded = [attempt for attempt in self._unrecorded if not isinstance(attempt.outcome, Sent)]
            self._recovered()
        while self._unrecorded:
            await self._record_unsent(self._unrecorded[-1])
            self._count([self._unrecorded.pop()])

    async def _record_sent(self, sent: Sequence[tuple[QueuedMessage, str, datetime]]) -> None:
        """One that cannot be written down must not keep the others from it, nor the line from going on."""
        try:
            await self.outbox.sent(sent)
        except ConflictError:
            for one in sent:
                await self._record_one(one)

    async def _record_one(self, one: tuple[QueuedMessage, str, datetime]) -> None:
        message, _, at = one
        try:
            await self.outbox.sent([one])
        except ConflictError as error:
            log.error("a provider gave one id twice", fault=error, channel=self.port.name, reference=message.reference)
            await self.outbox.retry(message, at + backoff(message.attempt), type(error).__name__)

    async def _record_unsent(self, attempt: _Attempt) -> None:
        message, outcome = attempt.message, attempt.outcome
        match outcome:
            case Sent():
                pass
            case RetryAt(at, reason, pause_channel):
                if attempt.at - message.queued_at > GIVE_UP_AFTER:
                    await self.outbox.failed(message, f"given up: {reason}")
                else:
                    await self.outbox.retry(message, at, reason)
                if pause_channel:
                    await self.outbox.pause(self.port.name, at)
            case Gone(reason, opted_out):
                await self.outbox.failed(message, reason)
                if opted_out:
                    await self.outbox.away(message.address_id, attempt.at)
            case OurFault(reason, stop_channel):
                await self._refuse(attempt, reason, stop_channel=stop_channel)
            case _:
                assert_never(outcome)

    async def _refuse(self, attempt: _Attempt, reason: str, *, stop_channel: bool) -> None:
        if not stop_channel:
            await self.outbox.failed(attempt.message, reason)
            return
        self._probe_at = attempt.at + PROBE_AFTER
        await self.outbox.retry(attempt.message, self._probe_at, reason)
        await self.outbox.stop(self.port.name, reason)
        if self.refused is None:
            log.error("the provider refuses us: see to the channel's settings", channel=self.port.name, reason=reason)
        self.refused = reason
        self.metrics.channel_stopped.labels(self.port.name.value).set(1)

    def _recovered(self) -> None:
        self._probe_at = None
        self.refused = None
        self.metrics.channel_stopped.labels(self.port.name.value).set(0)

    def _count(self, attempts: Iterable[_Attempt]) -> None:
        for attempt in attempts:
            self.metrics.sent.labels(self.port.name.value, type(attempt.outcome).__name__).inc()
            if isinstance(attempt.outcome, Sent):
                waited = (attempt.at - attempt.message.queued_at).total_seconds()
                self.metrics.reply_seconds.labels(self.port.name.value).observe(max(0, waited))
