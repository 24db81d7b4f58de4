"""One simulated world: a service of one or two workers, its providers, the people who talk to it, and the weather.

`World(seed).run()` lives through one seed. Everything in it follows from the seed.
"""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from bot.ids import looks_like_permission_code
from bot.packs import Library
from bot.service import Service
from flows.messages import Channel, InboundMessage, StatusUpdate
from storage.errors import StorageError
from storage.instants import micros
from storage.messages import provider_key
from tests.simulation import disk, edges, packs
from tests.simulation.dice import Dice
from tests.simulation.loop import OWNER, Life, VirtualLoop
from tests.simulation.net import LostError, Net, hang_up
from tests.simulation.packs import Shelf
from tests.simulation.ports import Ways
from tests.simulation.providers import Telegram, Twilio, Utterance
from tests.simulation.watch import Attempt, Journal
from tests.simulation.weather import Climate, climate_of
from tests.simulation.worker import Site, WorkersClock, assemble, hook, keyring

CLOSES = datetime(2030, 5, 31, 23, tzinfo=UTC)
NOON = datetime(2030, 5, 15, 11, tzinfo=UTC)
OPENS = datetime(2030, 4, 30, 23, tzinfo=UTC)
REMINDER = datetime(2030, 5, 30, 7, tzinfo=UTC)

OK = 200
PATIENCE = 30.0
"""How long a provider or a browser waits for our answer, in seconds."""
_SETTLES_WITHIN = 3600.0
_LOOK_EVERY = 7.0
_STOPS_WITHIN = 60.0
_DRAINS_WITHIN = 20.0
_FOREVER = 1e9
_HEARD = "SELECT provider_key FROM message WHERE direction = 'in' UNION ALL SELECT provider_key FROM erased_message"


@dataclass(slots=True)
class Slot:
    """A place for a worker: one process after another lives in it."""

    number: int
    service: Service | None = None
    """None while nobody is there."""
    life: Life | None = None
    clock: WorkersClock | None = None
    shelf: Shelf | None = None
    ready: bool = False
    """It takes requests."""
    lives: int = 0


@dataclass(slots=True)
class Outcome:
    """What a run has come to."""

    seed: int
    violations: list[str] = field(default_factory=list)
    trace: list[str] = field(default_factory=list)
    steps: int = 0
    messages: int = 0
    seconds: float = 0.0

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256("\n".join(self.trace).encode()).hexdigest()


class World:
    """One run."""

    def __init__(self, seed: int, climate: Climate | None = None) -> None:
        self.seed = seed
        self.dice = Dice(f"world {seed}")
        # Every fifth seed, so that those which had met a fault before parents came keep their story.
        of_the_seed = replace(climate_of(self.dice), parents=seed % 5 == 1)
        self.climate = of_the_seed if climate is None else climate
        self.loop = VirtualLoop(Dice(f"order {seed}"), self.climate.disorder)
        self.era = self._beginning() - datetime(2030, 1, 1, tzinfo=UTC)
        self.outcome = Outcome(seed)
        self.log = edges.Log(self.note)
        self.journal = Journal(self.loop.time, self.note)
        self.disk = disk.Disk(Dice(f"disk {seed}"), self.loop.time)
        self.disk.on_commit = self.journal.committed
        self.disk.on_fault = self._disk_failed
        self.net = Net(Dice(f"net {seed}"), self.climate)
        providers = Dice(f"providers {seed}")
        self.twilio = Twilio(providers, self.now, self.loop.time, opts_out=self.climate.opt_out)
        self.telegram = Telegram(providers, self.now, self.loop.time)
        for provider in (self.twilio, self.telegram):
            provider.on_accept = self._received
        self.policy = self.dice.pick(packs.POLICIES)
        self.slots = [Slot(number) for number in range(self.climate.workers)]
        self.published = False
        self.healed = False
        self.over = False
        """The run has been looked at: nothing counts any more."""
        self.said: list[Utterance] = []
        self.asked_of_parents: list[str] = []
        """Codes that children were given for a parent."""
        self.acknowledged: dict[tuple[Channel, str], float] = {}
        """What the service has answered "got it" to, and when first."""
        self.database = Path()

    def _beginning(self) -> datetime:
        """Most things go wrong near a limit: many runs begin just before one."""
        moment = self.dice.weighted({"noon": 5, "close": 4, "reminder": 1, "opening": 1})
        before = timedelta(seconds=self.dice.between(2, 150))
        return {"noon": NOON, "close": CLOSES - before, "reminder": REMINDER - before, "opening": OPENS - before}[
            moment
        ]

    def library(self, *, extended: bool) -> Library:
        """The packs of this world."""
        return packs.library(self.policy, extended=extended, parents=self.climate.parents)

    def now(self) -> datetime:
        """True time, UTC."""
        return datetime(2030, 1, 1, tzinfo=UTC) + self.era + timedelta(seconds=self.loop.time())

    def note(self, what: str) -> None:
        """Writes down what happens, for whoever reads a replay; two runs of a seed write the same."""
        if self.over:
            return
        life = OWNER.get()
        self.outcome.trace.append(f"{self.now():%d %H:%M:%S.%f} {life.name if life else '-'}: {what}")

    def violated(self, rule: str) -> None:
        if not self.over:
            self.outcome.violations.append(rule)
        self.note(f"VIOLATION {rule}")

    def _disk_failed(self, life: Life | None, what: str, label: object) -> None:
        self.journal.failed(life, what, label)
        self.note(f"disk: {what} for {type(label).__name__}")

    def _received(self, attempt: Attempt, text: str) -> None:
        message = attempt.message
        self.note(f"{message.channel} takes line {message.seq} of {message.participant_id}: {text!r}")
        self.asked_of_parents += [word for word in text.replace("/", " ").split() if looks_like_permission_code(word)]

    # --- workers ---

    async def start(self, slot: Slot) -> None:
        """Starts a process where nobody is. Whenever it dies, another is started, as a supervisor would."""
        if slot.lives:
            await asyncio.sleep(self.dice.soon(4, 30))
        slot.lives += 1
        life = slot.life = Life(f"worker {slot.number}.{slot.lives}")
        life.last_word = partial(self._bury, slot, life)
        with suppress(LostError):
            await self.net.inside(partial(self._begin, slot, life), life, patience=_FOREVER)

    async def _begin(self, slot: Slot, life: Life) -> None:
        skew = timedelta(seconds=self.dice.between(-self.climate.skew, self.climate.skew))
        slot.clock = WorkersClock(self, timedelta(0) if self.healed else skew)
        slot.shelf = Shelf(*(self.library(extended=extended) for extended in (False, True)))
        slot.shelf.published = slot.shelf.extended = self.published
        ways = Ways(self.net, self.dice, self.journal, life, self._tell)
        site = Site(self.database, self.journal, self.twilio, self.telegram)
        slot.service = assemble(site, ways, slot.clock, slot.shelf)
        try:
            await slot.service.start()
        except StorageError as error:
            self.note(f"could not start: {type(error).__name__}")
            life.end()
            return
        slot.ready = life.listens = True
        self.note("started")

    def _bury(self, slot: Slot, life: Life) -> None:
        """What is left when a process has died: nothing of it, but what it had committed."""
        self.note(f"{life.name} is gone")
        life.ended_at = self.loop.time()
        if slot.life is life:
            slot.ready, slot.service, slot.life, slot.clock, slot.shelf = False, None, None, None, None
        self.disk.let_go(life)
        hang_up(life)
        self.net.spawn(self.start(slot))

    async def stop(self, slot: Slot) -> None:
        """SIGTERM: takes no more requests, answers those it has, and finishes what it began."""
        life, service = slot.life, slot.service
        if life is None or service is None or not slot.ready:
            return
        slot.ready = life.listens = False
        self.note(f"{life.name} is told to stop")

        async def close() -> None:
            with suppress(TimeoutError):
                async with asyncio.timeout(_DRAINS_WITHIN):
                    while len(life.awaited) > 1:  # noqa: ASYNC110 - nothing tells of it
                        await asyncio.sleep(0.1)
            await service.close()

        try:
            await self.net.inside(close, life, patience=_STOPS_WITHIN)
        except LostError:
            self.note("it was killed")
        life.end()

    # --- what reaches us ---

    async def post(self, messages: Sequence[InboundMessage] = (), updates: Sequence[StatusUpdate] = ()) -> int:
        """One webhook or form to whichever worker the port gives it to; the status of the answer.

        Raises:
            LostError: there was none.
        """
        ready = [slot for slot in self.slots if slot.ready]
        if not ready:
            await self.net.travel()
            raise LostError
        slot = self.dice.pick(ready)
        service, life = slot.service, slot.life
        assert service is not None
        assert life is not None

        async def serve() -> int:
            received = [replace(message, received_at=service.clock.now()) for message in messages]
            try:
                status = await hook(service, received, updates)
            except Exception as error:  # noqa: BLE001 - no other may come out of the service
                self.violated(f"a hook raised {error!r}")
                return 500
            for message in received:
                self.note(f"answered {status} to {message.provider_id}")
                if status == OK:
                    self.acknowledged.setdefault((message.channel, message.provider_id), self.loop.time())
            return status

        return await self.net.request(serve, life, patience=PATIENCE)

    async def ask(self, question: Callable[[Service], Awaitable[object]]) -> object:
        """A page that somebody looks at; None where it could not be had."""
        ready = [slot for slot in self.slots if slot.ready]
        if not ready:
            return None
        slot = self.dice.pick(ready)
        service, life = slot.service, slot.life
        assert service is not None
        assert life is not None

        async def serve() -> object:
            try:
                return await question(service)
            except StorageError:
                return None

        try:
            return await self.net.request(serve, life, patience=PATIENCE)
        except LostError:
            return None

    def _tell(self, update: StatusUpdate) -> None:
        self.net.spawn(self._tell_soon(update))

    async def _tell_soon(self, update: StatusUpdate) -> None:
        for _ in range(1 + self.dice.happens(self.net.climate.doubled)):
            await asyncio.sleep(self.dice.soon(2, 20))
            try:
                await self.post(updates=[update])
            except LostError:
                self.note(f"the status of {update.provider_id} was lost")

    # --- time ---

    def jump(self, by: timedelta) -> None:
        """Hours in which nothing happens."""
        self.note(f"{by} go by")
        self.era += by
        for slot in self.slots:
            if slot.clock is not None:
                slot.clock.jumped()

    def publish(self) -> None:
        """The consultation stays open longer; the workers will see."""
        self.note("the consultation is extended")
        self.published = True
        for slot in self.slots:
            if slot.shelf is not None:
                slot.shelf.published = True

    async def calm(self, within: float) -> bool:
        """Waits until nothing is on its way to anybody; False where it never came to that."""
        until = self.loop.time() + within
        while self.loop.time() < until:
            if self.net.quiet and not self.journal.busy:
                return True
            await asyncio.sleep(1)
        return False

    # --- the end ---

    def heal(self) -> None:
        """The troubles are over."""
        self.note("the troubles are over")
        self.healed = True
        self.disk.heal()
        self.net.heal()
        self.twilio.refusing = self.telegram.refusing = False
        for slot in self.slots:
            if slot.life is not None:
                slot.life.doomed_at = None

    async def settle(self) -> None:
        """Waits until everything that was begun has come to its end, as it must when nothing goes wrong any more."""
        until = self.loop.time() + _SETTLES_WITHIN
        while not self._at_rest():
            if self.loop.time() > until:
                self.violated(f"it never comes to rest: {self._unrest()}")
                return
            await asyncio.sleep(_LOOK_EVERY)

    def _at_rest(self) -> bool:
        return self.net.quiet and all(slot.ready for slot in self.slots) and not any(self._unrest().values())

    def _unrest(self) -> dict[str, int]:
        """What has not come to its end, by name."""
        texts = [text.kept_as for text in self.twilio.texts if text.direction == "inbound"]
        # What a machine whose clock is ahead has put off until "now" is due a little later here.
        soon = self.now() + timedelta(seconds=self.climate.skew + 1)
        with closing(sqlite3.connect(self.database)) as look:

            def count(query: str, *arguments: object) -> int:
                return int(look.execute(query, arguments).fetchone()[0])

            heard = {row[0] for row in look.execute(_HEARD)}
            return {
                "attempts": len(self.journal.open_attempts()),
                "queued": count("SELECT count(*) FROM message WHERE status = 'queued'"),
                "due": count("SELECT count(*) FROM conversation WHERE wake_at <= ?", micros(soon)),
                "texts": sum(provider_key(keyring(), Channel.SMS, sid) not in heard for sid in texts),
            }
