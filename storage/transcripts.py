"""Reading back what was said and answered: for pages, officers and exports. Nothing here locks or changes anything."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from flows.definition import AgeBand
from flows.messages import Channel, Direction, Status
from flows.state import Phase
from storage import labels, versions
from storage.answers import open_apart, open_value
from storage.conversations import LISTED, build
from storage.crypto import Keyring
from storage.instants import instant, maybe_instant
from storage.messages import open_buttons, open_text
from storage.participants import hash_of
from storage.records import (
    AddressKey,
    ConversationRecord,
    CountedAnswer,
    HeardAnswer,
    ParticipantAnswers,
    TranscriptEntry,
    Unheard,
)
from storage.rows import plain
from storage.sessions import Row, Session

_PAGE = 1000
"""Conversations read at a time for answers; their messages are many more."""
_TRANSCRIPT_PAGE = 100

_ENTRY = """
    c.reference, m.participant_id, m.seq, m.direction, m.channel, m.question, m.language, m.status, m.kind,
    m.sent_at, m.received_at, m.recorded_at, m.text_enc, m.buttons_enc
"""
_ONE = f"""
    SELECT {_ENTRY} FROM conversation AS c
    JOIN message AS m ON m.participant_id = c.participant_id AND m.conversation_id = c.id
    WHERE c.id = {{}} ORDER BY m.seq
"""
# Pages are ranges of the participant's number, so that both sides of the join are read in the order of their keys.
_BOUND = """
    SELECT max(participant_id), count(*) FROM (
        SELECT participant_id FROM conversation WHERE slug = {} AND participant_id > {}
        ORDER BY participant_id LIMIT {}) AS page
"""
_MANY = f"""
    SELECT {_ENTRY} FROM conversation AS c
    JOIN message AS m ON m.participant_id = c.participant_id AND m.conversation_id = c.id
    WHERE c.slug = {{}} AND c.participant_id > {{}} AND c.participant_id <= {{}}
    ORDER BY m.participant_id, m.seq
"""
_PEOPLE = """
    SELECT c.participant_id, c.reference, c.version, c.role, c.band, c.helped_by, c.channel, c.language, c.status,
           c.phase, c.created_at, c.started_at, c.completed_at
    FROM conversation AS c WHERE c.slug = {} AND c.participant_id > {} AND c.participant_id <= {}
    ORDER BY c.participant_id
"""
_ANSWERS = """
    SELECT w.participant_id, w.question, w.message_seq, w.kind, w.codes, w.text_enc, w.late, w.role, w.band
    FROM conversation AS c
    JOIN answer AS w ON w.participant_id = c.participant_id AND w.conversation_id = c.id
    WHERE c.slug = {} AND c.participant_id > {} AND c.participant_id <= {} AND w.counts
    ORDER BY w.participant_id, w.conversation_id, w.question, w.revision
"""
_APART = """
    SELECT w.participant_id, w.question, w.message_seq, w.kind, w.value_enc, w.late, w.role, w.band
    FROM conversation AS c
    JOIN equality_answer AS w ON w.participant_id = c.participant_id AND w.conversation_id = c.id
    WHERE c.slug = {} AND c.participant_id > {} AND c.participant_id <= {} AND w.counts
    ORDER BY w.participant_id, w.conversation_id, w.question, w.revision
"""
_CONVERSATION = f"""
    SELECT p.id, {LISTED}
    FROM address AS a JOIN participant AS p ON p.id = a.participant_id
    JOIN conversation AS c ON c.participant_id = p.id
    WHERE a.channel = {{}} AND a.address_hash = {{}} AND c.slug = {{}}
"""
_BY_STATUS = "SELECT status, count(*) FROM conversation WHERE slug = {} GROUP BY status"
_BY_DIRECTION = """
    SELECT m.direction, m.status, count(*) FROM conversation AS c
    JOIN message AS m ON m.participant_id = c.participant_id AND m.conversation_id = c.id
    WHERE c.slug = {} GROUP BY m.direction, m.status
"""
_BY_REVISION = """
    SELECT count(*), coalesce(sum(CASE WHEN w.counts THEN 1 ELSE 0 END), 0),
           coalesce(sum(CASE WHEN w.late THEN 1 ELSE 0 END), 0)
    FROM conversation AS c JOIN answer AS w ON w.participant_id = c.participant_id AND w.conversation_id = c.id
    WHERE c.slug = {}
"""
_VERSIONS = "SELECT version FROM conversation WHERE slug = {} GROUP BY version ORDER BY min(id)"
# What was tried before waits for longer than its next attempt says.
_QUEUE = """
    SELECT channel, count(*), min(CASE WHEN attempts > 0 THEN recorded_at ELSE due_at END) FROM message
    WHERE status = 'queued' GROUP BY channel
"""
_OLDEST_WAKE = "SELECT min(wake_at) FROM conversation WHERE wake_at IS NOT NULL"
_FAILED = "SELECT count(*) FROM message WHERE status = 'failed-step'"
_LAST = "SELECT max(received_at) FROM message WHERE channel = {} AND received_at IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Counts:
    """What a consultation has received: an export's manifest balances against it."""

    conversations: Mapping[str, int]
    """By status: `complete`, `partial`, `stopped`."""
    messages: Mapping[tuple[Direction, Status], int]
    revisions: int
    """Every revision of every answer that was kept. What is kept apart, on equality questions, is in none of these."""
    counted: int
    """Revisions that count, before later ones took their place."""
    late: int

    @property
    def participants(self) -> int:
        return sum(self.conversations.values())


@dataclass(frozen=True, slots=True)
class QueueDepth:
    """How much waits on one channel, and since when the oldest could have been sent (UTC)."""

    waiting: int
    oldest_due: datetime | None


class Reader:
    """Reads within one transaction, which sees one instant for as long as it lasts."""

    def __init__(self, session: Session, keyring: Keyring) -> None:
        self._session = session
        self._keyring = keyring

    async def transcript(self, conversation_id: int) -> list[TranscriptEntry]:
        """Everything said in one conversation, oldest first."""
        return [self._entry(row) for row in await self._fetch(_ONE, conversation_id)]

    async def transcripts(self, slug: str) -> AsyncIterator[TranscriptEntry]:
        """Everything said in a consultation, one participant after another, oldest first within each."""
        async for after, upto in self._pages(slug, _TRANSCRIPT_PAGE):
            for row in await self._fetch(_MANY, slug, after, upto):
                yield self._entry(row)

    async def answers(self, slug: str, *, equality: bool = False) -> AsyncIterator[ParticipantAnswers]:
        """Every participant of a consultation with the answers that count, in no order that says anything of them.

        Those to equality questions only where `equality` asks for them; without it their table is not read.
        """
        async for after, upto in self._pages(slug, _PAGE):
            people = await self._fetch(_PEOPLE, slug, after, upto)
            rows = await self._fetch(_ANSWERS, slug, after, upto)
            given = {number: self._counted(list(group)) for number, group in groupby(rows, itemgetter(0))}
            if equality:
                apart = await self._fetch(_APART, slug, after, upto)
                for number, group in groupby(apart, itemgetter(0)):
                    given[number] = {**given.get(number, {}), **self._counted_apart(list(group))}
            for row in people:
                yield _participant(row, given.get(row[0], {}))

    async def unheard(self, limit: int) -> list[Unheard]:
        """Answers in somebody's own words that have no label for their language yet, oldest first."""
        return await labels.unheard(self._session, self._keyring, limit)

    async def heard(self, slug: str) -> list[HeardAnswer]:
        """The labels for language of a consultation's answers, where one was sure."""
        return await labels.heard(self._session, slug)

    async def _pages(self, slug: str, size: int) -> AsyncIterator[tuple[int, int]]:
        after, found = -1, size
        while found == size:
            [(upto, found)] = await self._fetch(_BOUND, slug, after, size)
            if found:
                yield after, upto
                after = upto

    async def counts(self, slug: str) -> Counts:
        [(revisions, counted, late)] = await self._fetch(_BY_REVISION, slug)
        return Counts(
            conversations={row[0]: row[1] for row in await self._fetch(_BY_STATUS, slug)},
            messages={
                (Direction(direction), Status(status)): count
                for direction, status, count in await self._fetch(_BY_DIRECTION, slug)
            },
            revisions=revisions,
            counted=counted,
            late=late,
        )

    async def find(self, key: AddressKey, slug: str) -> ConversationRecord | None:
        """The conversation that this address has about a consultation, as it was last committed."""
        hashed = hash_of(self._keyring, key)
        rows = await self._fetch(_CONVERSATION, key.channel.value, hashed, slug)
        return build(self._keyring, rows[0][0], rows[0][1:]) if rows else None

    async def version_files(self, version: str) -> Mapping[str, str] | None:
        """The files of a version of a pack, if it was ever answered."""
        return await versions.files(self._session, version)

    async def versions(self, slug: str) -> tuple[str, ...]:
        """Every version of a consultation that somebody's conversation is on, oldest conversation first."""
        return tuple(row[0] for row in await self._fetch(_VERSIONS, slug))

    async def queue_depth(self) -> dict[Channel, QueueDepth]:
        """What waits to be sent, by channel."""
        return {
            Channel(channel): QueueDepth(waiting, maybe_instant(oldest))
            for channel, waiting, oldest in await self._fetch(_QUEUE)
        }

    async def oldest_wake(self) -> datetime | None:
        """When the first conversation is to be woken (UTC)."""
        [(oldest,)] = await self._fetch(_OLDEST_WAKE)
        return maybe_instant(oldest)

    async def last_received(self, channel: Channel) -> datetime | None:
        """When the newest message on a channel reached us (UTC)."""
        [(newest,)] = await self._fetch(_LAST, channel.value)
        return maybe_instant(newest)

    async def failed_steps(self) -> int:
        """How many messages were kept that our own fault kept from being handled."""
        [(count,)] = await self._fetch(_FAILED)
        return int(count)

    async def _fetch(self, sql: str, *args: object) -> Sequence[Row]:
        return await self._session.fetch(plain(self._session.dialect, sql, *args))

    def _entry(self, row: Row) -> TranscriptEntry:
        reference, owner, seq, direction, channel, question, language, status, kind = row[:9]
        sent_at, received_at, recorded_at, text, buttons = row[9:]
        return TranscriptEntry(
            reference=reference,
            seq=seq,
            at=instant(sent_at or received_at or recorded_at),
            direction=direction,
            channel=Channel(channel),
            question=question,
            language=language,
            status=Status(status),
            text=open_text(self._keyring, owner, seq, text),
            buttons=open_buttons(self._keyring, owner, seq, buttons),
            kind=kind,
        )

    def _counted(self, rows: Sequence[Row]) -> dict[str, CountedAnswer]:
        # Revisions come in their order, and all of these count: the last one stands.
        last = {row[1]: row for row in rows}
        return {
            question: CountedAnswer(
                value=open_value(self._keyring, owner, seq, kind, codes, sealed),
                late=bool(late),
                role=role,
                band=None if band is None else AgeBand(band),
            )
            for question, (owner, _, seq, kind, codes, sealed, late, role, band) in last.items()
        }

    def _counted_apart(self, rows: Sequence[Row]) -> dict[str, CountedAnswer]:
        last = {row[1]: row for row in rows}
        return {
            question: CountedAnswer(
                value=open_apart(self._keyring, owner, seq, kind, sealed),
                late=bool(late),
                role=role,
                band=None if band is None else AgeBand(band),
            )
            for question, (owner, _, seq, kind, sealed, late, role, band) in last.items()
        }


def _participant(row: Row, given: Mapping[str, CountedAnswer]) -> ParticipantAnswers:
    _, reference, version, role, band, helped_by, channel, language, status, phase, created, started, completed = row
    return ParticipantAnswers(
        reference=reference,
        version=version,
        role=role,
        band=None if band is None else AgeBand(band),
        helped_by=helped_by,
        channel=Channel(channel),
        language=language,
        status=status,
        started_at=instant(created if started is None else started),
        completed_at=maybe_instant(completed),
        answers=given,
        phase=Phase(phase),
    )
