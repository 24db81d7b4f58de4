"""What the simulated world sees of the service: every step that was committed, in the order of the commits.

The watchers stand where the service's own parts meet (the handler, the unit of work, the outbox), pass everything on,
and change nothing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import inf
from typing import Any

from bot.handling import Handler, Taken
from bot.sitting import Sitting, key_of
from flows.messages import Channel, Content, InboundMessage
from storage.crypto import Keyring
from storage.database import Database
from storage.outbox import Outbox
from storage.records import AddressKey, Person, QueuedMessage
from storage.sessions import Connections
from storage.unit_of_work import UnitOfWork
from tests.simulation.disk import LABEL
from tests.simulation.loop import Life


@dataclass(slots=True)
class Heard:
    """A message being taken in."""

    message: InboundMessage
    key: AddressKey
    now: datetime
    person: int
    """The participant that the address belonged to."""
    extended: bool
    """Whether the worker knew of the later closing time."""
    views: dict[str, bool] = field(default_factory=dict)
    """The same, for each consultation that was looked up on the way: packs may be read again in between."""
    codes: list[str] = field(default_factory=list)
    """Codes that were made on the way."""
    child: AddressKey | None = None
    """Where the child is to be reached of whom a parent says something; None where nobody was found."""
    child_away: bool = False


@dataclass(slots=True)
class Woke:
    """A person being woken."""

    key: AddressKey
    now: datetime
    person: int
    slug: str
    away: bool
    extended: bool
    slugs: tuple[str, ...]
    """Their conversations, in the order in which the database gave them."""
    current: str | None
    """What the address talked of: a page's is not known by the address, which is nowhere in clear."""
    views: dict[str, bool] = field(default_factory=dict)
    codes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Unit:
    """One unit of work, as far as it has got."""

    steps: list[Heard | Woke] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Claim:
    """One look into the queue. `serial` is the number of its commit, once it has happened."""

    serial: int | None = None
    at: float = 0.0


@dataclass(slots=True)
class Attempt:
    """One message on its way to a provider, from its claim to the commit that says what became of it."""

    message: QueuedMessage
    life: Life | None
    claim: Claim
    lookups: list[float] = field(default_factory=list)
    """When the provider was asked whether it had the message already."""
    accepted_at: float | None = None
    let_go_at: float = inf
    """When the channel had an answer, or no longer waited for one."""
    told: bool = False
    """Whether the provider's answer reached us."""
    settled_at: float | None = None


class Journal:
    """What was committed, and what went out."""

    def __init__(self, now: Callable[[], float], note: Callable[[str], object]) -> None:
        self._now = now
        self._note = note
        self.serial = 0
        self.units: list[tuple[int, Unit]] = []
        self.attempts: list[Attempt] = []
        self.faults: list[tuple[float, Life | None, str]] = []
        self.claiming: dict[Claim, Life] = {}
        """Looks into the queue that are being made."""

    def committed(self, _life: Life | None, label: Any) -> None:  # noqa: ANN401 - whatever the transaction was for
        self.serial += 1
        match label:
            case Unit():
                self.units.append((self.serial, label))
                for one in label.steps:
                    said = one.message.provider_id if isinstance(one, Heard) else "waking"
                    self._note(f"commit {self.serial}: {said} of {one.person}")
            case Claim():
                label.serial, label.at = self.serial, self._now()
            case _:
                pass

    def failed(self, life: Life | None, what: str, _label: Any) -> None:  # noqa: ANN401 - likewise
        self.faults.append((self._now(), life, what))

    @property
    def busy(self) -> bool:
        """Whether something is on its way, or about to be."""
        return bool(self.open_attempts()) or any(life.alive for life in self.claiming.values())

    def open_attempts(self) -> list[Attempt]:
        return [one for one in self.attempts if one.settled_at is None and (one.life is None or one.life.alive)]

    def attempt_of(self, key: str, number: int, life: Life | None) -> Attempt:
        for one in reversed(self.attempts):
            if one.message.key == key and one.message.attempt == number and one.life is life:
                return one
        raise LookupError(key)

    def note(self, what: str) -> None:
        self._note(what)

    def settle(self, message: QueuedMessage, life: Life | None, how: str) -> None:
        self._note(f"line {message.seq} of {message.participant_id}: {how}")
        self.attempt_of(message.key, message.attempt, life).settled_at = self._now()


class WatchedHandler(Handler):
    """The handler, seen."""

    __slots__ = ()

    async def hear(self, sitting: Sitting, message: InboundMessage) -> Taken:
        person = await sitting.person(key_of(message))
        step = Heard(message, key_of(message), sitting.now, person.participant_id, _extended(self.library))
        unit: Unit = LABEL.get()
        unit.steps.append(step)
        return await super().hear(sitting, message)

    async def wake(self, sitting: Sitting, person: Person) -> int:
        unit: Unit = LABEL.get()
        unit.steps.append(
            Woke(
                person.key,
                sitting.now,
                person.participant_id,
                person.found_by or "",
                person.away_since is not None,
                _extended(self.library),
                tuple(person.conversations),
                person.current,
            )
        )
        return await super().wake(sitting, person)


def looked_up(slug: str, *, extended: bool) -> None:
    """Notes beside the step under way which timetable it saw."""
    match LABEL.get():
        case Unit(steps=[*_, Heard() | Woke() as step]):
            step.views[slug] = extended
        case _:
            pass


def _extended(library: Any) -> bool:  # noqa: ANN401 - a Shelf, which this module need not know
    return bool(library.extended)


class WatchedOutbox(Outbox):
    """The outbox, seen."""

    def __init__(self, connections: Connections, keyring: Keyring, journal: Journal, life: Life) -> None:
        super().__init__(connections, keyring)
        self._journal = journal
        self._life = life

    async def claim(
        self,
        channel: Channel,
        *,
        now: datetime,
        limit: int,
        lease: timedelta,
        per_second: float,
        per_address_seconds: float,
    ) -> list[QueuedMessage]:
        claim = Claim()
        self._journal.claiming[claim] = self._life
        token = LABEL.set(claim)
        try:
            found = await super().claim(
                channel,
                now=now,
                limit=limit,
                lease=lease,
                per_second=per_second,
                per_address_seconds=per_address_seconds,
            )
        finally:
            LABEL.reset(token)
            del self._journal.claiming[claim]
        self._journal.attempts += [Attempt(message, self._life, claim) for message in found]
        for one in found:
            self._journal.note(f"claim {claim.serial}: line {one.seq} of {one.participant_id}, try {one.attempt}")
        return found

    async def sent(self, results: Sequence[tuple[QueuedMessage, str, datetime]]) -> None:
        await super().sent(results)
        for message, _, _ in results:
            self._journal.settle(message, self._life, "sent")

    async def retry(self, message: QueuedMessage, at: datetime, reason: str) -> None:
        await super().retry(message, at, reason)
        self._journal.settle(message, self._life, f"again at {at:%H:%M:%S} ({reason})")

    async def failed(self, message: QueuedMessage, reason: str) -> None:
        await super().failed(message, reason)
        self._journal.settle(message, self._life, f"failed ({reason})")


class WatchedWork(UnitOfWork):
    """A unit of work, seen."""

    async def anybody(self, participant_id: int, slug: str) -> Person | None:
        found = await super().anybody(participant_id, slug)
        match LABEL.get():
            case Unit(steps=[*_, Heard() as step]) if found is not None:
                step.child, step.child_away = found.key, found.away_since is not None
            case _:
                pass
        return found


class WatchedDatabase(Database):
    """The database, seen. Opened without a look at its tables: they are copied from a migrated file."""

    def __init__(self, connections: Connections, keyring: Keyring, journal: Journal, life: Life) -> None:
        super().__init__(connections, keyring, 0)
        self.outbox = WatchedOutbox(connections, keyring, journal, life)

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[UnitOfWork]:
        token = LABEL.set(Unit())
        try:
            async with self._connections.writing() as session:
                yield WatchedWork(session, self._keyring)
        finally:
            LABEL.reset(token)


def told(content: Content) -> str:
    """What was said, for whoever reads a replay: nobody real has said it."""
    said = [getattr(content, name, "") for name in ("text", "payload", "question", "option", "answers", "command")]
    return f"{type(content).__name__} {' '.join(str(one) for one in said if one)}"
