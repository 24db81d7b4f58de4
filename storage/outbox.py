"""The queue, seen from whoever sends: claimed in order, paced, leased, and moved only forward.

A message is claimable from its `due_at` on, and an address from its `next_send_at` on. Claiming puts both at the end of
the lease: so nobody else takes them meanwhile, and everybody may when whoever did has died.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TypeVar

from flows.messages import Channel, StatusUpdate
from storage import crypto, erasure, messages, statuses
from storage.crypto import Keyring
from storage.errors import ConflictError
from storage.instants import instant, maybe_instant, micros
from storage.records import QueuedMessage
from storage.rows import Shape, fetch_with, insert, plain, returning, run_with, update
from storage.sessions import Connections, Dialect, Row, Session, Statement
from storage.set_back import set_back
from storage.statuses import Report
from storage.tables import Address, Message, Pace

_BURST = timedelta(milliseconds=100)
_SKEW = timedelta(seconds=5)
_APART = timedelta(seconds=60)
"""Further apart than this two machines' clocks never are: a time further ahead is from before a clock was set back."""
_LOOK = 4
_TRIES = 4
T = TypeVar("T")

_OWNER = Shape(Message, "participant_id")
_PLACE = Shape(Message, "participant_id", "seq")
_LEASE = Shape(Message, "due_at", "attempts")
_ADDRESS_ID = Shape(Address, "id")
_NEXT = Shape(Address, "next_send_at")
_PACE = Shape(Pace, "channel", "next_at")
_PROVIDER = Shape(Message, "channel", "provider_key")
_SENT = Shape(Message, "participant_id", "seq", "provider_key", "sent_at")
_FREED = Shape(Message, "participant_id", "seq", "address_id", "due_at")
_WENT = Shape(Message, "participant_id", "seq", "provider_key", "channel")

_SET_NEXT = "ON CONFLICT (channel) DO UPDATE SET next_at = excluded.next_at"
_SET_STOPPED = "UPDATE pace SET stopped_reason = {} WHERE channel = {}"
_READ_PACE = "SELECT next_at, paused_until, stopped_reason FROM pace WHERE channel = {}"
_CANDIDATES = """
    WITH due AS (
        SELECT participant_id, seq, address_id, due_at, after_stop FROM message
        WHERE status = 'queued' AND channel = {} AND due_at <= {} ORDER BY due_at, participant_id, seq LIMIT {}
    ), able AS (
        SELECT d.participant_id, d.seq, d.address_id, d.due_at,
               row_number() OVER (PARTITION BY d.address_id ORDER BY d.seq) AS place
        FROM due AS d JOIN address AS a ON a.id = d.address_id JOIN participant AS p ON p.id = d.participant_id
        WHERE a.next_send_at <= {} AND (d.after_stop OR (p.stopped_at IS NULL AND a.away_since IS NULL))
    )
    SELECT m.participant_id, m.seq, m.attempts, m.recorded_at, m.text_enc, m.buttons_enc, a.id, a.participant_id,
           a.address_enc, (SELECT c.reference FROM conversation AS c
                           WHERE c.participant_id = m.participant_id AND c.id = m.conversation_id), m.request
    FROM able AS b JOIN message AS m ON m.participant_id = b.participant_id AND m.seq = b.seq
    JOIN address AS a ON a.id = b.address_id
    WHERE b.place = 1 AND m.status = 'queued' AND m.due_at <= {} AND a.next_send_at <= {}
    AND NOT EXISTS (
        SELECT 1 FROM message AS e WHERE e.participant_id = m.participant_id AND e.seq < m.seq
        AND e.address_id = m.address_id AND e.status = 'queued' AND e.due_at <= {}
        AND (e.after_stop OR NOT m.after_stop))
    ORDER BY b.due_at, m.participant_id, m.seq LIMIT {}
"""
_COUNT_DUE = """
    SELECT count(*) FROM (
        SELECT 1 FROM message WHERE status = 'queued' AND channel = {} AND due_at <= {} LIMIT {}) AS due
"""
_DROP_UNWANTED = """
    UPDATE message SET status = 'cancelled', due_at = NULL
    WHERE status = 'queued' AND channel = {} AND due_at <= {} AND NOT after_stop
    AND (EXISTS (SELECT 1 FROM participant AS p WHERE p.id = message.participant_id AND p.stopped_at IS NOT NULL)
         OR EXISTS (SELECT 1 FROM address AS a WHERE a.id = message.address_id AND a.away_since IS NOT NULL))
"""
_MARK_SENT = """
    UPDATE message SET status = 'sent', provider_key = k.provider_key, sent_at = k.sent_at, due_at = NULL, error = NULL
    FROM k WHERE message.participant_id = k.participant_id AND message.seq = k.seq
    AND message.status IN ('queued', 'cancelled') RETURNING message.seq
"""
# Not where it is down as sent already, by a commit that we did not hear of: the address may be another worker's now.
_FREE = """
    UPDATE address SET next_send_at = k.due_at FROM k WHERE address.id = k.address_id AND NOT EXISTS (
        SELECT 1 FROM message AS m WHERE m.participant_id = k.participant_id AND m.seq = k.seq
        AND m.status NOT IN ('queued', 'cancelled')) RETURNING address.id
"""
# To somebody erased while it was on its way: its id is remembered as those of their other messages are.
_REMEMBER = """
    INSERT INTO erased_message (channel, provider_key) SELECT k.channel, k.provider_key FROM k
    WHERE NOT EXISTS (SELECT 1 FROM message AS m WHERE m.participant_id = k.participant_id AND m.seq = k.seq)
    ON CONFLICT (channel, provider_key) DO NOTHING
"""
_OTHERS = """
    SELECT m.provider_key FROM k JOIN message AS m ON m.channel = k.channel AND m.provider_key = k.provider_key
    WHERE NOT (m.participant_id = {} AND m.seq = {})
    UNION ALL
    SELECT e.provider_key FROM k JOIN erased_message AS e ON e.channel = k.channel AND e.provider_key = k.provider_key
"""
_ERASED = """
    SELECT p.id FROM k JOIN participant AS p ON p.id = k.participant_id WHERE p.erased_at IS NOT NULL
"""
# Only of the last attempt: somebody else may be at the next one by now, and nobody must take it from them.
_LATEST = "participant_id = {} AND seq = {} AND status = 'queued' AND attempts = {}"
_AGAIN = f"UPDATE message SET due_at = {{}}, error = {{}} WHERE {_LATEST}"
_NOT_BEFORE = (
    f"UPDATE address SET next_send_at = {{}} WHERE id = {{}} AND EXISTS (SELECT 1 FROM message WHERE {_LATEST})"
)
_HOLD = """
    UPDATE message SET due_at = {} WHERE participant_id = {} AND address_id = {} AND status = 'queued' AND due_at < {}
    AND EXISTS (SELECT 1 FROM message AS m WHERE m.participant_id = {} AND m.seq = {} AND m.status = 'queued'
                AND m.attempts = {})
"""
_MARK_FAILED = """
    UPDATE message SET status = 'failed', error = {}, due_at = NULL
    WHERE participant_id = {} AND seq = {} AND status IN ('queued', 'cancelled')
"""


def burst_of(per_second: float) -> timedelta:
    """For how long what was not used of a rate is kept: it bounds how many go out at once after a quiet time."""
    return max(_BURST, timedelta(seconds=1 / per_second))


class Outbox:
    """What waits to be sent. Every method is one transaction, done again when another worker gets in its way.

    Each may raise UnavailableError; after `sent` that means that the messages may go out a second time.
    """

    def __init__(self, connections: Connections, keyring: Keyring) -> None:
        self._connections = connections
        self._keyring = keyring
        self._behind: dict[Channel, datetime] = {}
        """When the clock last seemed to have been set back, by that clock."""

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
        """Takes up to `limit` messages that may go out now: oldest first, one for each address, a person's in order.

        Over all workers together no more than `per_second` of a channel are claimed. Whoever has stopped or cannot be
        reached is sent nothing but confirmations; what else waits for them is cancelled. What is claimed and not
        reported on within `lease` can be claimed again, as the next attempt.
        """

        async def work(session: Session) -> Sequence[Row]:
            tokens, start = await self._tokens(session, channel, now, limit, per_second)
            rows = await self._candidates(session, channel, now, tokens) if tokens else ()
            if rows:
                next_at = start + timedelta(seconds=len(rows) / per_second)
                pace = insert(session.dialect, _PACE, [(channel.value, micros(next_at))], _SET_NEXT)
                await session.together([*_lease(session.dialect, rows, now + lease), pace])
            return rows

        gap = timedelta(seconds=per_address_seconds)
        return [self._queued(channel, row, gap) for row in await self._transact(work)]

    async def _transact(self, work: Callable[[Session], Awaitable[T]]) -> T:
        for _ in range(_TRIES - 1):
            with suppress(ConflictError):
                return await self._once(work)
        return await self._once(work)

    async def _once(self, work: Callable[[Session], Awaitable[T]]) -> T:
        async with self._connections.writing() as session:
            done = await work(session)
            await session.commit()
            return done

    async def _tokens(
        self, session: Session, channel: Channel, now: datetime, limit: int, per_second: float
    ) -> tuple[int, datetime]:
        lock = " FOR UPDATE" if session.dialect is Dialect.POSTGRESQL else ""
        fresh = insert(session.dialect, _PACE, [(channel.value, 0)], "ON CONFLICT (channel) DO NOTHING")
        found = await session.fetch(plain(session.dialect, _READ_PACE + lock, channel.value))
        if not found:
            await session.run([fresh])
            found = await session.fetch(plain(session.dialect, _READ_PACE + lock, channel.value))
        next_at, paused_until, stopped = found[0]
        if instant(next_at) <= now + _APART:
            self._behind.pop(channel, None)
        elif not self._is_confirmed(channel, now):
            return 0, now
        else:
            paused_until = await set_back(session, channel, now, next_at - micros(now), paused_until)
            next_at = 0
        pause = maybe_instant(paused_until)
        if stopped is not None or (pause is not None and pause > now):
            return 0, now
        burst = burst_of(per_second)
        # A time far ahead was not reached by sending: the clock was set back since (a demonstration does that).
        start = now - burst if instant(next_at) > now + _SKEW else max(instant(next_at), now - burst)
        return max(0, min(limit, int((now - start).total_seconds() * per_second + 1e-6))), start

    def _is_confirmed(self, channel: Channel, now: datetime) -> bool:
        """Whether a later look at the clock shows again that it was set back.

        One alone may be old: a machine that sleeps, or is moved, stops between looking at its clock and asking here.
        """
        before = self._behind.get(channel)
        self._behind[channel] = now
        return before is not None and before < now <= before + _APART

    async def _candidates(self, session: Session, channel: Channel, now: datetime, wanted: int) -> Sequence[Row]:
        at, name = micros(now), channel.value
        # What a machine whose clock is ahead has queued is not due yet here, and goes before what came after it.
        soon = micros(now + _APART)
        lock = " FOR UPDATE OF m, a SKIP LOCKED" if session.dialect is Dialect.POSTGRESQL else ""
        look = wanted * _LOOK
        while True:
            statement = plain(session.dialect, _CANDIDATES + lock, name, at, look, at, at, at, soon, wanted)
            rows = await session.fetch(statement)
            if len(rows) == wanted:
                return rows
            # The head of the queue is full of what may not go yet. Clear what never will, and look further.
            [(waiting,)] = await session.fetch(plain(session.dialect, _COUNT_DUE, name, at, look + 1))
            if waiting <= look:
                return rows
            await session.run([plain(session.dialect, _DROP_UNWANTED, name, at)])
            look *= 8

    def _queued(self, channel: Channel, row: Row, gap: timedelta) -> QueuedMessage:
        owner, seq, attempts, recorded_at, text, buttons, address_id, address_owner, address = row[:9]
        reference, request = row[9:]
        keyring = self._keyring
        return QueuedMessage(
            participant_id=owner,
            seq=seq,
            channel=channel,
            address_id=address_id,
            key=keyring.lookup("message", str(owner), str(seq)).hex(),
            address="" if address is None else keyring.open_text(crypto.ADDRESS, address_owner, address_id, address),
            text=messages.open_text(keyring, owner, seq, text),
            buttons=messages.open_buttons(keyring, owner, seq, buttons),
            attempt=attempts + 1,
            queued_at=instant(recorded_at),
            reference=reference,
            gap=gap,
            request=request,
        )

    async def sent(self, results: Sequence[tuple[QueuedMessage, str, datetime]]) -> None:
        """Messages that the provider took, each under its id and at its UTC instant."""
        rows = [
            (
                message.participant_id,
                message.seq,
                messages.provider_key(self._keyring, message.channel, provider_id),
                micros(at),
            )
            for message, provider_id, at in results
        ]
        free = [
            (message.participant_id, message.seq, message.address_id, micros(at + message.gap))
            for message, _, at in results
        ]
        went = [(*row[:3], message.channel.value) for (message, _, _), row in zip(results, rows, strict=True)]
        places = [(channel, key) for *_, key, channel in went]

        async def work(session: Session) -> None:
            marked = returning(session.dialect, _SENT, _MARK_SENT, rows)
            freed = returning(session.dialect, _FREED, _FREE, free)
            counts = await session.together([*freed, *marked])
            if sum(counts[len(freed) :]) < len(rows):
                await run_with(session, _WENT, _REMEMBER, went)
            await statuses.catch_up(session, places)
            await _forget_erased(session, {message.participant_id for message, _, _ in results})

        if results:
            await self._transact(work)

    async def had_by_others(self, message: QueuedMessage, provider_ids: Sequence[str]) -> frozenset[str]:
        """Those of a provider's ids under which other messages than this one went out, to anybody erased since too."""
        by_key = {messages.provider_key(self._keyring, message.channel, one): one for one in provider_ids}
        places = [(message.channel.value, key) for key in by_key]
        if not places:
            return frozenset()
        async with self._connections.reading() as session:
            rows = await fetch_with(session, _PROVIDER, _OTHERS, places, message.participant_id, message.seq)
        return frozenset(by_key[row[0]] for row in rows)

    async def retry(self, message: QueuedMessage, at: datetime, reason: str) -> None:
        """Not sent: to be tried again at that UTC instant, and nothing else to that address before.

        Changes nothing where the message was claimed again since.
        """
        due, owner, address_id = micros(at), message.participant_id, message.address_id
        latest = owner, message.seq, message.attempt

        async def work(session: Session) -> None:
            await session.run(
                [
                    plain(session.dialect, _AGAIN, due, reason, *latest),
                    plain(session.dialect, _HOLD, due, owner, address_id, due, *latest),
                    plain(session.dialect, _NOT_BEFORE, due, address_id, *latest),
                ]
            )

        await self._transact(work)

    async def failed(self, message: QueuedMessage, reason: str) -> None:
        """It can never be sent. What comes after it may go out at once."""

        async def work(session: Session) -> None:
            await session.run(
                [
                    plain(session.dialect, _MARK_FAILED, reason, message.participant_id, message.seq),
                    update(session.dialect, _ADDRESS_ID, _NEXT, [(0, message.address_id)]),
                ]
            )
            await _forget_erased(session, {message.participant_id})

        await self._transact(work)

    async def away(self, address_id: int, at: datetime) -> None:
        """This address cannot be reached any more: nothing is sent there until the person comes back."""

        async def work(session: Session) -> None:
            await statuses.go_away(session, address_id, at)

        await self._transact(work)

    async def pause(self, channel: Channel, until: datetime) -> None:
        """The provider wants quiet on the whole channel until then (UTC)."""
        await self._set_pace(channel, "UPDATE pace SET paused_until = {} WHERE channel = {}", micros(until))

    async def stop(self, channel: Channel, reason: str) -> None:
        """The provider refuses us: nothing more is claimed on this channel, by any worker, until `resume`."""
        await self._set_pace(channel, _SET_STOPPED, reason)

    async def resume(self, channel: Channel) -> None:
        """Somebody has seen to it."""
        await self._set_pace(channel, _SET_STOPPED, None)

    async def _set_pace(self, channel: Channel, sql: str, held: object) -> None:
        async def work(session: Session) -> None:
            fresh = insert(session.dialect, _PACE, [(channel.value, 0)], "ON CONFLICT (channel) DO NOTHING")
            await session.run([fresh, plain(session.dialect, sql, held, channel.value)])

        await self._transact(work)

    async def stopped(self) -> Mapping[Channel, str]:
        """The channels that are stopped, and why."""
        async with self._connections.reading() as session:
            found = "SELECT channel, stopped_reason FROM pace WHERE stopped_reason IS NOT NULL"
            rows = await session.fetch(plain(session.dialect, found))
            return {Channel(channel): reason for channel, reason in rows}

    async def looked(self, channel: Channel) -> datetime | None:
        """Up to which UTC instant everything that the provider received for us was fetched, as far as is known."""
        known = "SELECT looked_at FROM pace WHERE channel = {}"
        async with self._connections.reading() as session:
            rows = await session.fetch(plain(session.dialect, known, channel.value))
            return maybe_instant(rows[0][0]) if rows else None

    async def note_look(self, channel: Channel, at: datetime) -> None:
        """Everything that the provider received for us before that UTC instant was fetched."""
        await self._set_pace(channel, "UPDATE pace SET looked_at = {} WHERE channel = {}", micros(at))

    async def status(self, updates: Sequence[StatusUpdate], at: datetime) -> list[Report]:
        """What providers say became of messages, in any order and any number of times: they only move forward.

        Gives those that are about messages of ours. One for a message whose `sent` is not written down yet is kept
        aside, and counts when it is.
        """
        if not updates:
            return []
        return await self._transact(lambda session: statuses.move_on(session, self._keyring, updates, at))


def _lease(dialect: Dialect, rows: Sequence[Row], until: datetime) -> list[Statement]:
    end = micros(until)
    return [
        update(dialect, _PLACE, _LEASE, [(end, row[2] + 1, row[0], row[1]) for row in rows]),
        update(dialect, _ADDRESS_ID, _NEXT, [(end, row[6]) for row in rows]),
    ]


async def _forget_erased(session: Session, participants: Iterable[int]) -> None:
    erased = await fetch_with(session, _OWNER, _ERASED, [(number,) for number in participants])
    if erased:
        await erasure.forget(session, [row[0] for row in erased])
