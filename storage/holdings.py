"""What we hold of one person, for themselves or for an officer whom they asked: seen, mended, or gone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from flows.state import State
from storage import answers, audit, conversations, erasure, messages, participants, streams
from storage.audit import Deed
from storage.crypto import Keyring
from storage.instants import instant, micros
from storage.participants import hash_of
from storage.records import AddressKey, AnswerRecord, ConversationRecord, InboundRecord, TranscriptEntry
from storage.rows import plain
from storage.sessions import Connections, Row, Session

_CONVERSATION = f"""
    SELECT p.id, p.merged_into, (SELECT coalesce(max(m.seq), 0) + 1 FROM message AS m WHERE m.participant_id = p.id),
    (SELECT count(*) FROM conversation AS o WHERE o.participant_id = p.id AND o.id <> c.id),
    (SELECT count(*) FROM address AS a WHERE a.participant_id = p.id AND a.address_enc IS NOT NULL),
    {conversations.LISTED} FROM conversation AS c JOIN participant AS p ON p.id = c.participant_id
"""
_BY_REFERENCE = f"{_CONVERSATION} WHERE c.slug = {{}} AND c.reference = {{}} AND p.erased_at IS NULL"
_OWN = f"""
    {_CONVERSATION} JOIN address AS h ON h.participant_id = p.id
    WHERE h.channel = {{}} AND h.address_hash = {{}} AND p.erased_at IS NULL ORDER BY c.created_at, c.slug
"""
_SAID = f"""
    SELECT {streams.ENTRY} FROM message AS m WHERE m.participant_id = {{}} AND m.conversation_id = {{}} ORDER BY m.seq
"""
_CONSENTS = "SELECT consent, given, at FROM consent WHERE participant_id = {} AND conversation_id = {} ORDER BY consent"
_PARENTS = """
    SELECT allowed, decided_at, channel FROM permission_code
    WHERE participant_id = {} AND slug = {} AND decided_at IS NOT NULL ORDER BY decided_at
"""
_MERGED_INTO = "SELECT merged_into FROM participant WHERE id = {}"
_STOP = "UPDATE participant SET stopped_at = {} WHERE id = {} AND stopped_at IS NULL"

Corrected = tuple[State, InboundRecord, AnswerRecord]
"""The conversation as it is then, the message that says so, and the answer."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """What somebody said when they were asked whether they may be written to."""

    consent: str
    given: bool
    at: datetime
    """UTC."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a parent said with a code: what they said with it last."""

    allowed: bool
    at: datetime
    """UTC."""
    channel: str
    """The parent's."""


@dataclass(frozen=True, slots=True)
class Holding:
    """Everything that is held of one person about one consultation."""

    conversation: ConversationRecord
    said: Sequence[TranscriptEntry] = field(repr=False)
    """Either way, oldest first."""
    agreed: Sequence[Agreed]
    parents: Sequence[Allowed]
    """Oldest first; the last of them holds."""
    next_seq: int
    """Number of the next message."""
    elsewhere: int
    """Other consultations that the same person has a conversation in."""
    can_be_written_to: bool
    """A number or the like is held, sealed."""


class Holdings:
    """One person's own, and what they may ask for."""

    def __init__(self, connections: Connections, keyring: Keyring) -> None:
        self._connections = connections
        self._keyring = keyring

    async def own(self, key: AddressKey) -> list[Holding]:
        """What is held of whoever is at this address, one for each consultation; oldest first."""
        async with self._connections.reading() as session:
            hashed = hash_of(self._keyring, key)
            rows = await session.fetch(plain(session.dialect, _OWN, key.channel.value, hashed))
            return [await self._holding(session, row) for row in rows]

    async def of(self, slug: str, reference: str) -> Holding | None:
        """What is held under a reference; None where there is none such, or it was erased."""
        async with self._connections.reading() as session:
            return await self._find(session, slug, reference)

    async def _find(self, session: Session, slug: str, reference: str) -> Holding | None:
        rows = await session.fetch(plain(session.dialect, _BY_REFERENCE, slug, reference))
        return await self._holding(session, rows[0]) if rows else None

    async def _holding(self, session: Session, row: Row) -> Holding:
        owner, _, next_seq, elsewhere, addresses, *held = row
        record = conversations.build(self._keyring, owner, held)
        which = owner, record.conversation_id
        said = await session.fetch(plain(session.dialect, _SAID, *which))
        agreed = await session.fetch(plain(session.dialect, _CONSENTS, *which))
        parents = await session.fetch(plain(session.dialect, _PARENTS, owner, record.slug))
        return Holding(
            record,
            streams.entries(self._keyring, record.reference, said),
            [Agreed(consent, bool(given), instant(at)) for consent, given, at in agreed],
            [Allowed(bool(allowed), instant(at), channel) for allowed, at, channel in parents],
            next_seq,
            elsewhere,
            addresses > 0,
        )

    async def erase(self, slug: str, reference: str, deed: Deed) -> bool:
        """Erases that person, in every consultation, with the deed; False where nobody has the reference any more."""
        async with self._connections.writing() as session:
            found = await self._locked(session, slug, reference)
            if found is None:
                return False
            person = await self._whom(session, found.conversation.participant_id)
            gone = await erasure.erase(session, person, now=deed.at)
            await erasure.forget(session, gone)
            await audit.append(session, deed)
            await session.commit()
            return True

    async def stop(self, slug: str, reference: str, deed: Deed) -> bool:
        """Nothing more is sent to that person until they say START; False where nobody has the reference any more."""
        async with self._connections.writing() as session:
            found = await self._locked(session, slug, reference)
            if found is None:
                return False
            record = found.conversation
            person = await self._whom(session, record.participant_id)
            stopped = replace(record, state=replace(record.state, stopped=True))
            await messages.cancel(session, {record.participant_id, person})
            for number in sorted({record.participant_id, person}):
                await session.run([plain(session.dialect, _STOP, micros(deed.at), number)])
            await session.run(conversations.changes(session, self._keyring, [stopped]))
            await audit.append(session, deed)
            await session.commit()
            return True

    async def correct(
        self, slug: str, reference: str, make: Callable[[Holding], Corrected | None], deed: Deed
    ) -> bool | None:
        """Writes down what `make` says of the conversation as it is when nobody else handles it, with the deed.

        False where it makes nothing, None where nobody has the reference any more.
        """
        async with self._connections.writing() as session:
            found = await self._locked(session, slug, reference)
            if found is None:
                return None
            made = make(found)
            if made is None:
                return False
            state, said, given = made
            record = replace(found.conversation, state=state)
            statements = [
                *messages.keeping(session, self._keyring, [said]),
                *conversations.changes(session, self._keyring, [record]),
                *answers.add(session, self._keyring, [given]),
            ]
            if sum(await session.together(statements)) < 1:
                return False
            await audit.append(session, deed)
            await session.commit()
            return True

    async def _locked(self, session: Session, slug: str, reference: str) -> Holding | None:
        found = await self._find(session, slug, reference)
        if found is None:
            return None
        await participants.lock(session, found.conversation.participant_id)
        return await self._find(session, slug, reference)

    @staticmethod
    async def _whom(session: Session, participant_id: int) -> int:
        """Whom they turned out to be, when they used a code."""
        while True:
            rows = await session.fetch(plain(session.dialect, _MERGED_INTO, participant_id))
            if not rows or rows[0][0] is None:
                return participant_id
            participant_id = rows[0][0]
