"""Taking messages in: those that arrive while commits are running are handled together in the next.

`take` returns only once its message is durable, so that a provider is told "got it" for nothing that could be lost.
A batch that fails is done again one message at a time: one bad message harms only itself. Nobody's messages are in two
batches at once, so everybody's are heard in the order in which they came.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from types import MappingProxyType
from typing import Final

from bot import ids, log
from bot.channels.base import Acknowledges
from bot.clock import Clock
from bot.handling import Handler, inbound
from bot.meaning import may_carry
from bot.metrics import Metrics
from bot.sitting import Sitting, key_of
from flows.messages import Channel, InboundMessage, Tapped
from storage.database import Database
from storage.errors import ConflictError, StorageError, UnavailableError
from storage.records import AddressKey

MOST_TOGETHER: Final = 64
"""Messages in one batch: more do not make it faster (measured), and all of them wait for its commit."""
_TRIES: Final = 5
_WARY: Final = 64
"""After a second delivery so many batches look for others first: they come in swarms."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A message that is durable."""

    duplicate: bool = False
    """It had come before: nothing was changed."""


@dataclass(slots=True, eq=False)
class _Waiting:
    """A message, and whoever waits for its commit."""

    message: InboundMessage
    request: str | None
    done: asyncio.Future[Receipt]
    since: float = field(default_factory=perf_counter)

    @property
    def key(self) -> AddressKey:
        return key_of(self.message)

    @property
    def delivery(self) -> tuple[Channel, str]:
        return self.message.channel, self.message.provider_id


class Receiver:
    """Takes in messages for one worker."""

    def __init__(
        self,
        database: Database,
        handler: Handler,
        clock: Clock,
        metrics: Metrics,
        *,
        acknowledging: Mapping[Channel, Acknowledges] = MappingProxyType({}),
        queued: Callable[[Iterable[Channel]], object] = lambda _: None,
        most_together: int = MOST_TOGETHER,
    ) -> None:
        """`queued` is called after each commit with the channels that now have something to send.

        `acknowledging` are the channels whose provider waits to be told that a tap arrived.
        """
        self._database = database
        self._handler = handler
        self._clock = clock
        self._metrics = metrics
        self._acknowledging = acknowledging
        self._queued = queued
        self._most = most_together
        self._waiting: deque[_Waiting] = deque()
        self._running: dict[asyncio.Task[None], frozenset[AddressKey]] = {}
        """The batches being committed, each with the people in it."""
        self._about_to_start = False
        self._wary = 0
        self._kept_versions: set[str] = set()
        self._afterwards: set[asyncio.Task[None]] = set()

    async def take(self, message: InboundMessage) -> Receipt:
        """Takes a message in; returns after the commit.

        Raises:
            UnavailableError: the database cannot be reached or written; the message is not kept. Try it again later.
        """
        waiting = _Waiting(message, log.request_id.get(), asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if not self._about_to_start:
            # Not at once: what else the network has brought by now goes together with it.
            self._about_to_start = True
            asyncio.get_running_loop().call_soon(self._start)
        return await waiting.done

    async def close(self) -> None:
        """Waits until everything that was handed over is committed, and every tap is answered."""
        while self._running or self._about_to_start:
            await (asyncio.wait(self._running) if self._running else asyncio.sleep(0))
        await asyncio.gather(*self._afterwards)

    # --- batches ---

    def _start(self) -> None:
        """Begins as many batches as the database handles side by side."""
        self._about_to_start = False
        while self._waiting and len(self._running) < self._database.abreast:
            batch = self._next_batch()
            if not batch:
                return
            task = asyncio.create_task(self._see_to(batch))
            self._running[task] = frozenset(waiting.key for waiting in batch)
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self._running[task]
        self._metrics.waiting.set(len(self._waiting))
        self._start()

    async def _see_to(self, batch: Sequence[_Waiting]) -> None:
        self._metrics.waiting.set(len(self._waiting) + len(batch))
        try:
            await self._take_in(batch)
        except StorageError as error:
            self._refuse(batch, error)
        except Exception as error:  # noqa: BLE001 - whoever waits must be told, whatever it was
            self._metrics.faults.labels("batch").inc()
            log.error("a batch could not be taken in", fault=error, count=len(batch))
            self._refuse(batch, error)

    def _next_batch(self) -> list[_Waiting]:
        """What waits, in order, but for people who are in a batch already; none where only they are waiting.

        What may bring two people together goes by itself: both have to be locked.
        """
        busy: set[AddressKey] = set().union(*self._running.values())
        batch: list[_Waiting] = []
        passed: list[_Waiting] = []
        while self._waiting and len(batch) < self._most:
            waiting = self._waiting[0]
            alone = may_carry(waiting.message)
            if alone and batch:
                break
            (passed if waiting.key in busy else batch).append(self._waiting.popleft())
            if alone and batch:
                break
        self._waiting.extendleft(reversed(passed))
        return batch

    async def _take_in(self, batch: Sequence[_Waiting]) -> None:
        # Most often a conflict is a message that had come before: once those are known, the others go together.
        ways = (True,) if self._wary else (False, True)
        self._wary = max(0, self._wary - 1)
        for looking in ways:
            try:
                return await self._commit(batch, looking=looking)
            except UnavailableError:
                raise
            except ConflictError:
                self._metrics.batches_again.inc()
            except Exception as error:  # noqa: BLE001 - whatever it was, it may be one message's alone
                self._metrics.faults.labels("batch").inc()
                self._metrics.batches_again.inc()
                log.error("a batch failed and is done again one by one", fault=error, count=len(batch))
                break
        for waiting in batch:
            await self._take_alone(waiting)
        return None

    async def _take_alone(self, waiting: _Waiting) -> None:
        for attempt in range(_TRIES):
            try:
                await self._commit([waiting], looking=True)
            except UnavailableError as error:
                return self._refuse([waiting], error)
            except ConflictError:
                await asyncio.sleep(0.01 * attempt)
            except Exception as error:  # noqa: BLE001 - a fault of ours; it is kept with the message
                return await self._keep_failed(waiting, error)
            else:
                return None
        return self._refuse([waiting], UnavailableError("Other workers kept getting in the way: try this again."))

    # --- one unit of work ---

    async def _commit(self, batch: Sequence[_Waiting], *, looking: bool) -> None:
        """Takes in all of these or, where it raises, none of them. `looking`: for what had come before."""
        first: dict[tuple[Channel, str], _Waiting] = {}
        for waiting in batch:
            first.setdefault(waiting.delivery, waiting)
        async with self._database.unit_of_work() as work:
            sitting = Sitting(work, self._clock.now(), versions=set(self._kept_versions))
            sitting.people |= await work.people(
                [one.key for one in first.values()], new_ids=ids.new_id, now=sitting.now
            )
            known = await _known(sitting, first.values()) if looking else set()
            for delivery, waiting in first.items():
                if delivery not in known:
                    with log.request(waiting.request):
                        await self._hear(sitting, waiting)
            await work.commit(sitting.inbound)
        self._kept_versions |= sitting.versions
        self._committed(sitting, batch, {id(one) for delivery, one in first.items() if delivery not in known})

    async def _hear(self, sitting: Sitting, waiting: _Waiting) -> None:
        taken = await self._handler.hear(sitting, waiting.message)
        log.info("message taken in", channel=waiting.message.channel, reference=taken.reference, seq=taken.seq)

    async def _keep_failed(self, waiting: _Waiting, fault: Exception) -> None:
        """Our own fault: the message is kept, an officer sees it, and the provider need not send it again."""
        message = waiting.message
        try:
            async with self._database.unit_of_work() as work:
                sitting = Sitting(work, self._clock.now())
                person = await sitting.person(key_of(message))
                current = person.conversations.get(message.slug or person.current or "")
                kept = inbound(sitting, person, message, current, None, fault)
                new = await work.keep([kept])
                await work.commit()
        except StorageError as error:
            return self._refuse([waiting], error)
        with log.request(waiting.request):
            reference = current.reference if current else None
            log.error("a message was kept but not handled", fault=fault, reference=reference, channel=message.channel)
        self._metrics.failed_steps.labels(message.channel.value).inc()
        return self._settle(waiting, Receipt(duplicate=not new))

    # --- afterwards ---

    def _committed(self, sitting: Sitting, batch: Sequence[_Waiting], new: set[int]) -> None:
        if len(new) < len(batch):
            self._wary = _WARY
        self._metrics.batches.inc()
        self._metrics.batch_size.observe(len(batch))
        for waiting in batch:
            self._settle(waiting, Receipt(duplicate=id(waiting) not in new))
        if sitting.queued:
            self._queued(sitting.queued)

    def _settle(self, waiting: _Waiting, receipt: Receipt) -> None:
        channel = waiting.message.channel
        (self._metrics.duplicates if receipt.duplicate else self._metrics.received).labels(channel.value).inc()
        self._metrics.commit_seconds.observe(perf_counter() - waiting.since)
        if not waiting.done.done():
            waiting.done.set_result(receipt)
        content = waiting.message.content
        if isinstance(content, Tapped) and content.callback_id is not None and channel in self._acknowledging:
            self._later(self._acknowledge(self._acknowledging[channel], content.callback_id))

    async def _acknowledge(self, port: Acknowledges, callback_id: str) -> None:
        await port.acknowledge(callback_id)
        self._metrics.acknowledged.inc()

    def _later(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._afterwards.add(task)
        task.add_done_callback(self._afterwards.discard)

    def _refuse(self, batch: Sequence[_Waiting], error: Exception) -> None:
        for waiting in batch:
            if not waiting.done.done():
                waiting.done.set_exception(_as_unavailable(error))


def _as_unavailable(error: Exception) -> UnavailableError:
    """Whoever waits can only try again, whatever it was. A new one for each: they are raised in different places."""
    refused = UnavailableError("The message was not kept: try it again later.")
    refused.__cause__ = error
    return refused


async def _known(sitting: Sitting, waiting: Iterable[_Waiting]) -> set[tuple[Channel, str]]:
    """Which of these deliveries came before. Their senders are locked, so it cannot change any more."""
    by_channel: dict[Channel, list[str]] = {}
    for one in waiting:
        by_channel.setdefault(one.message.channel, []).append(one.message.provider_id)
    known: set[tuple[Channel, str]] = set()
    for channel, provider_ids in by_channel.items():
        known |= {(channel, one) for one in await sitting.work.already(channel, provider_ids)}
    return known
