"""Time becomes events: conversations are woken, packs are read again, and what an outage made us miss is fetched."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from bot import log
from bot.answering import Answering
from bot.channels.base import Holds, ProviderError, Recovers
from bot.clock import Clock
from bot.forgetting import Forgetting
from bot.handling import Handler
from bot.metrics import Metrics
from bot.packs import Library
from bot.receive import Receiver
from bot.sitting import Sitting
from flows.errors import Fault
from flows.messages import Channel
from storage.database import Database
from storage.errors import StorageError
from storage.records import Person
from storage.transcripts import QueueDepth

WAKE_EVERY: Final = 1.0
REFRESH_EVERY: Final = 3.0
RECOVER_EVERY: Final = 300.0
GAUGE_EVERY: Final = 15.0
LISTEN_EVERY: Final = 1.0
TIDY_EVERY: Final = 60.0
ANSWER_EVERY: Final = 5.0
ALERT_EVERY: Final = 2.0
FORGET_EVERY: Final = 600.0
"""All in seconds."""
MOST_WOKEN: Final = 64
OVERLAP: Final = timedelta(minutes=15)
"""How far before the last look the next one begins: a provider's list may lag behind."""
LONGEST_OUTAGE: Final = timedelta(days=3)
"""How far back a look goes where nobody knows what was received last."""
LATELY: Final = timedelta(hours=1)
_TRY_AGAIN: Final = timedelta(hours=1)


class Scheduler:
    """What one worker does without being asked. Several may run at once: they pass over what another is doing."""

    def __init__(  # noqa: PLR0913 - it has a hand in everything, and each part is named where it is made
        self,
        database: Database,
        handler: Handler,
        library: Library,
        receiver: Receiver,
        clock: Clock,
        metrics: Metrics,
        *,
        channels: Sequence[Channel] = (),
        recovering: Mapping[Channel, Recovers] = MappingProxyType({}),
        holding: Mapping[Channel, Holds] = MappingProxyType({}),
        queued: Callable[[Iterable[Channel]], object] = lambda _: None,
        listen: Callable[[], Awaitable[object]] | None = None,
        alert: Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        """`listen` labels answers with their language; None where another worker does. `alert` tells the rota."""
        self._database = database
        self._handler = handler
        self._library = library
        self._receiver = receiver
        self._clock = clock
        self._metrics = metrics
        self._channels = channels
        self._recovering = recovering
        self._holding = holding
        self._queued = queued
        self._listen = listen
        self._alert = alert
        self._answering = Answering(database, library, clock, handler.around.public_url, queued=queued)
        self._forgetting = Forgetting(database, library, clock)
        self._looked_at: dict[Channel, datetime] = {}
        self._decided: dict[str, int] | None = None
        """The last decision about each consultation that was laid over its pack; None before the first look."""
        self._unannounced: set[str] = set()
        """Packs whose change everybody under way in them is still to hear of."""
        self._closing = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        jobs: list[tuple[Callable[[], Awaitable[object]], float]] = [
            (self.wake, WAKE_EVERY),
            (self.refresh, REFRESH_EVERY),
            (self.recover, RECOVER_EVERY),
            (self.gauge, GAUGE_EVERY),
            (self._answering.send, ANSWER_EVERY),
        ]
        if self._listen is not None:
            jobs.append((self._listen, LISTEN_EVERY))
        if self._alert is not None:
            jobs.append((self._alert, ALERT_EVERY))
        if self._database.worker == 0:
            jobs += [(self.tidy, TIDY_EVERY), (self._forgetting.forget, FORGET_EVERY)]
        self._tasks = [asyncio.create_task(self._every(seconds, job), name=job.__name__) for job, seconds in jobs]

    async def stop(self) -> None:
        """Waits for what is being done, and begins nothing more."""
        self._closing.set()
        await asyncio.gather(*self._tasks)

    async def tidy(self) -> None:
        """Deletes what has had its time: files that officers made and were to fetch. One worker is enough."""
        await self._database.exports.forget(self._clock.now())

    async def _every(self, seconds: float, job: Callable[[], Awaitable[object]]) -> None:
        while not self._closing.is_set():
            try:
                await job()
            except StorageError as error:
                self._metrics.database_away.labels("schedule").inc()
                log.warning("the schedule cannot reach the database", error=type(error).__name__)
            except Exception as error:  # noqa: BLE001 - one fault must not end what everybody's deadlines depend on
                self._metrics.faults.labels("schedule").inc()
                log.error("the schedule met a fault", fault=error)
            await self._rest(seconds)

    async def _rest(self, seconds: float) -> None:
        """Until it is time again, the clock is moved, or the service closes."""
        waits = {asyncio.create_task(self._clock.pause(seconds)), asyncio.create_task(self._closing.wait())}
        _, pending = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in pending:
            wait.cancel()

    # --- conversations that are due ---

    async def wake(self) -> int:
        """Wakes every conversation that is due; returns how many there were."""
        woken = 0
        while not self._closing.is_set():
            count, people = await self._wake_some()
            woken += count
            if people < MOST_WOKEN:
                break
        return woken

    async def _wake_some(self) -> tuple[int, int]:
        async with self._database.unit_of_work() as work:
            sitting = Sitting(work, self._clock.now())
            people = await work.due(sitting.now, MOST_WOKEN)
            count = sum([await self._wake_one(sitting, person) for person in people])
            if people:
                await work.commit()
        self._metrics.woken.inc(count)
        if sitting.queued:
            self._queued(sitting.queued)
        return count, len(people)

    async def _wake_one(self, sitting: Sitting, person: Person) -> int:
        try:
            return await self._handler.wake(sitting, person)
        except StorageError:
            raise
        except Exception as error:  # noqa: BLE001 - a fault in one conversation must not keep the others asleep
            self._metrics.failed_wakes.inc()
            log.error("a conversation could not be woken", fault=error, reference=_reference(person))
            self._handler.put_off(sitting, person, sitting.now + _TRY_AGAIN)
            return 0

    # --- packs that changed ---

    async def refresh(self) -> None:
        """Reads the packs again, and what officers decided, whichever worker they decided it in.

        Everybody under way in a consultation that changed hears of its new timetable.
        """
        # One after the other: what the packs told is not told again, should the database be away for the decisions.
        self._note(await asyncio.to_thread(self._library.refresh))
        self._note(await self.look_at_decisions())
        for slug in sorted(self._unannounced):
            await self._announce(slug)
            self._unannounced.discard(slug)

    def _note(self, changed: Iterable[str]) -> None:
        for slug in changed:
            log.info("a consultation has changed", slug=slug)
            self._unannounced.add(slug)

    async def look_at_decisions(self) -> tuple[str, ...]:
        """Lays new decisions over the packs; returns the slugs of consultations whose timetable is another now."""
        numbers = await self._database.running.numbers()
        if numbers == self._decided:
            return ()
        changed = self._library.decide(await self._database.running.everything())
        self._decided = numbers
        return changed

    async def catch_up(self) -> None:
        """At the start, before anything can be received: nobody was there to see what has changed or come meanwhile."""
        for name in self._recovering:
            await self._looked(name)
        for pack in self._library.all():
            if await self._database.version_files(pack.version) is None:
                await self._announce(pack.slug)
        for slug in await self._decided_lately():
            await self._announce(slug)

    async def _decided_lately(self) -> list[str]:
        """Consultations about which something was decided just before all went away: who was told is not known."""
        since = self._clock.now() - LATELY
        made = await self._database.running.everything()
        return [slug for slug, history in sorted(made.items()) if history[-1].at >= since]

    async def _announce(self, slug: str) -> None:
        pack = self._library.get(slug)
        async with self._database.unit_of_work() as work:
            now = self._clock.now()
            if pack is not None:
                await work.keep_version(slug, pack.version, self._library.files(slug), now)
            await work.wake_all(slug, now)
            await work.commit()

    # --- messages that we missed ---

    async def recover(self) -> None:
        """Takes in what providers received for us while we were away. What we have already changes nothing."""
        for name, port in self._recovering.items():
            await self._recover(name, port)

    async def _recover(self, name: Channel, port: Recovers) -> None:
        now = self._clock.now()
        since = await self._looked(name)
        if since > now:
            # The clock was set back since: nobody knows how long it had been wrong.
            since = now - LONGEST_OUTAGE
        try:
            missed = await port.missed(since - OVERLAP, now=now)
        except ProviderError as error:
            self._metrics.provider_errors.labels(name.value).inc()
            log.warning("missed messages could not be listed", channel=name, error=type(error).__name__)
            return
        receipts = await asyncio.gather(*(self._receiver.take(message) for message in missed))
        found = sum(not receipt.duplicate for receipt in receipts)
        await self._database.outbox.note_look(name, now)
        self._looked_at[name] = now
        if found:
            self._metrics.recovered.labels(name.value).inc(found)
            log.warning("messages were missed and fetched", channel=name, count=found)

    async def _looked(self, name: Channel) -> datetime:
        """Until when nothing can have been missed, as the last look left it, whoever made it.

        Where none was ever made it is the newest text of all, asked for before another is received: a later one says
        nothing of those before it.
        """
        if name not in self._looked_at:
            known = await self._database.outbox.looked(name)
            if known is None:
                newest = await self._database.last_received(name)
                known = newest or self._clock.now() - LONGEST_OUTAGE
                await self._database.outbox.note_look(name, known)
            self._looked_at[name] = known
        return self._looked_at[name]

    # --- what is to be seen ---

    async def gauge(self) -> None:
        """How long the queues are and how old, for the metrics; all workers see the same."""
        self._metrics.workers.set(1)
        self._metrics.broken_packs.set(sum(map(_is_broken, self._library.faults.values())))
        now, depths = self._clock.now(), await self._database.queue_depth()
        stopped = await self._database.outbox.stopped()
        for name in self._channels:
            depth = depths.get(name, QueueDepth(0, None))
            self._metrics.queued.labels(name.value).set(depth.waiting)
            self._metrics.queue_age.labels(name.value).set(_age(depth.oldest_due, now))
            self._metrics.channel_stopped.labels(name.value).set(name in stopped)
        self._metrics.wake_age.set(_age(await self._database.oldest_wake(), now))
        concerns = await self._database.alerts.standing(now)
        for tier, count in concerns.waiting.items():
            self._metrics.concerns.labels(tier.value).set(count)
            self._metrics.concern_age.labels(tier.value).set(_age(concerns.oldest.get(tier), now))
        self._metrics.concerns_untold.set(concerns.untold)
        self._metrics.on_rota.set(concerns.on_rota)
        for name, port in self._holding.items():
            await self._ask_what_waits(name, port)

    async def _ask_what_waits(self, name: Channel, port: Holds) -> None:
        try:
            self._metrics.backlog.labels(name.value).set(await port.waiting())
        except ProviderError:
            # Its own count tells; a line every few seconds would tell nothing more.
            self._metrics.provider_errors.labels(name.value).inc()


def _age(since: datetime | None, now: datetime) -> float:
    """Seconds; none where nothing waits, or its time has not come."""
    return 0 if since is None else max(0, (now - since).total_seconds())


def _is_broken(faults: Sequence[Fault]) -> bool:
    return any(not fault.warning for fault in faults)


def _reference(person: Person) -> str | None:
    record = person.conversations.get(person.found_by or "")
    return record.reference if record else None
