"""Reading back what was said and answered: for pages, officers and exports. Nothing here locks or changes anything."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime

from flows.messages import Channel, Direction, Status
from storage import integrity, labels, streams, versions
from storage.conversations import LISTED, REACHED, build
from storage.crypto import Keyring
from storage.instants import maybe_instant
from storage.integrity import Excluded
from storage.participants import hash_of
from storage.records import (
    AddressKey,
    ConversationRecord,
    HeardAnswer,
    ParticipantAnswers,
    ParticipantTranscript,
    TranscriptEntry,
    Unheard,
)
from storage.rows import plain
from storage.sessions import Row, Session

_ONE = f"""
    SELECT c.reference, {streams.ENTRY}, m.buttons_enc FROM conversation AS c
    JOIN message AS m ON m.participant_id = c.participant_id AND m.conversation_id = c.id
    WHERE c.id = {{}} ORDER BY m.seq
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
_PARTICIPANTS = "SELECT count(*) FROM conversation WHERE slug = {}"
_MESSAGES = """
    SELECT count(*) FROM conversation AS c
    JOIN message AS m ON m.participant_id = c.participant_id AND m.conversation_id = c.id WHERE c.slug = {}
"""
_VERSIONS = "SELECT version FROM conversation WHERE slug = {} GROUP BY version ORDER BY min(id)"
# What was tried before waits for longer than its next attempt says.
_QUEUE = """
    SELECT channel, count(*), min(CASE WHEN attempts > 0 THEN recorded_at ELSE due_at END) FROM message
    WHERE status = 'queued' GROUP BY channel
"""
_OLDEST_WAKE = f"""
    SELECT (SELECT c.wake_at FROM conversation AS c {REACHED} WHERE c.wake_at IS NOT NULL ORDER BY c.wake_at LIMIT 1)
"""
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
        rows = await self._fetch(_ONE, conversation_id)
        return streams.entries(self._keyring, rows[0][0], [row[1:] for row in rows], buttons=True) if rows else []

    async def transcripts(self, slug: str) -> AsyncIterator[TranscriptEntry]:
        """Everything said in a consultation, one participant after another, oldest first within each."""
        async with aclosing(streams.transcripts(self._session, self._keyring, slug, buttons=True)) as pages:
            async for page in pages:
                for one in page:
                    for entry in one.entries:
                        yield entry

    async def answers(self, slug: str, *, equality: bool = False) -> AsyncIterator[ParticipantAnswers]:
        """Every participant of a consultation with the answers that count, in no order that says anything of them.

        Those to equality questions only where `equality` asks for them; without it their table is not read.
        """
        async with aclosing(self.answer_pages(slug, equality=equality)) as pages:
            async for page in pages:
                for one in page:
                    yield one

    def answer_pages(self, slug: str, *, equality: bool = False) -> AsyncGenerator[list[ParticipantAnswers]]:
        """Like `answers`, some hundred participants at a time. Close it where it is not read to its end."""
        return streams.answers(self._session, self._keyring, slug, equality=equality)

    def transcript_pages(self, slug: str) -> AsyncGenerator[list[ParticipantTranscript]]:
        """Like `transcripts`, a hundred participants at a time, and without what stood on buttons."""
        return streams.transcripts(self._session, self._keyring, slug)

    async def participants(self, slug: str) -> int:
        """How many participants a consultation has: as many as `answers` gives."""
        [(count,)] = await self._fetch(_PARTICIPANTS, slug)
        return int(count)

    async def messages(self, slug: str) -> int:
        """How many messages a consultation has: as many as `transcripts` gives."""
        [(count,)] = await self._scan(_MESSAGES, slug)
        return int(count)

    async def unheard(self, limit: int) -> list[Unheard]:
        """Answers in somebody's own words that have no label for their language yet, oldest first."""
        return await labels.unheard(self._session, self._keyring, limit)

    async def heard(self, slug: str) -> list[HeardAnswer]:
        """The labels for language of a consultation's answers, where one was sure."""
        return await labels.heard(self._session, slug)

    async def excluded(self, slug: str) -> list[Excluded]:
        """Every conversation that an officer excluded, by reference."""
        return await integrity.excluded(self._session, slug)

    async def counts(self, slug: str) -> Counts:
        [(revisions, counted, late)] = await self._scan(_BY_REVISION, slug)
        return Counts(
            conversations={row[0]: row[1] for row in await self._fetch(_BY_STATUS, slug)},
            messages={
                (Direction(direction), Status(status)): count
                for direction, status, count in await self._scan(_BY_DIRECTION, slug)
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

    async def _scan(self, sql: str, *args: object) -> Sequence[Row]:
        return await self._session.scan(plain(self._session.dialect, sql, *args))
