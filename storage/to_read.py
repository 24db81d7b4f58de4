"""The read-list: everything that people said in their own words, until a person has read it.

Rules only order it. What a rule raised comes first; of the rest, what has waited longest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from flows.definition import AgeBand
from storage import audit
from storage.audit import Deed
from storage.crypto import Keyring
from storage.instants import instant, micros
from storage.messages import open_text
from storage.records import ToRead
from storage.redactions import Covers, covers
from storage.rows import insert, plain, whole
from storage.sessions import Connections, Row, Session, Statement
from storage.tables_to_read import ToReadRow

PAGE: Final = 25
_TO_READ = whole(ToReadRow)
_ONCE = "ON CONFLICT (participant_id, message_seq) DO NOTHING"
_WAITING = """
    SELECT r.participant_id, r.message_seq, r.question, r.rank, r.said_at, c.reference, c.role, c.band, m.text_enc,
    m.language
    FROM to_read AS r JOIN message AS m ON m.participant_id = r.participant_id AND m.seq = r.message_seq
    JOIN conversation AS c ON c.participant_id = r.participant_id AND c.slug = r.slug
    WHERE r.slug = {} AND r.read_at IS NULL
    ORDER BY r.rank, r.said_at, r.participant_id, r.message_seq LIMIT {}
"""
_COUNT = "SELECT slug, count(*), min(said_at) FROM to_read WHERE read_at IS NULL GROUP BY slug"
_FIND = "SELECT participant_id FROM conversation WHERE slug = {} AND reference = {}"
_READ = """
    UPDATE to_read SET read_at = {}, read_by = {}
    WHERE participant_id = {} AND message_seq = {} AND slug = {} AND read_at IS NULL RETURNING message_seq
"""


@dataclass(frozen=True, slots=True)
class Unread:
    """One message that nobody has read yet."""

    reference: str
    message_seq: int
    question: str | None
    rank: int
    said_at: datetime
    """UTC."""
    role: str | None
    band: AgeBand | None
    language: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much of one consultation nobody has read."""

    messages: int
    oldest: datetime
    """UTC: since when the one that has waited longest does."""


def add(session: Session, records: Sequence[ToRead]) -> list[Statement]:
    """The statement that puts messages on the list: each once, however often it is handled."""
    rows = [
        (one.participant_id, one.message_seq, one.slug, one.question, one.rank, micros(one.at), None, None)
        for one in {(one.participant_id, one.message_seq): one for one in records}.values()
    ]
    return [insert(session.dialect, _TO_READ, rows, _ONCE)] if rows else []


class ReadList:
    """The list, and the way to say that somebody has read something."""

    def __init__(self, connections: Connections, keyring: Keyring) -> None:
        self._connections = connections
        self._keyring = keyring

    async def next(self, slug: str) -> list[Unread]:
        """What is to be read next in a consultation, as every reader sees it: without what was taken out."""
        async with self._connections.reading() as session:
            rows = await session.fetch(plain(session.dialect, _WAITING, slug, PAGE))
            cover = {owner: await self._cover(session, slug, owner) for owner in {row[0] for row in rows}}
        return [self._unread(row, cover[row[0]]) for row in rows]

    async def _cover(self, session: Session, slug: str, owner: int) -> Covers:
        return await covers(session, self._keyring, slug, after=owner - 1, upto=owner)

    async def waiting(self) -> Mapping[str, Waiting]:
        """How much is unread, by consultation; those where nothing is are not there."""
        async with self._connections.reading() as session:
            rows = await session.fetch(plain(session.dialect, _COUNT))
        return {slug: Waiting(int(count), instant(oldest)) for slug, count, oldest in rows}

    async def read(self, slug: str, messages: Sequence[tuple[str, int]], deed: Deed) -> int:
        """Marks messages (reference and number) as read by the officer of the deed; returns how many that were unread.

        The deed is on record where there was at least one.
        """
        async with self._connections.writing() as session:
            done = 0
            for reference, seq in messages:
                for (owner,) in await session.fetch(plain(session.dialect, _FIND, slug, reference)):
                    values = micros(deed.at), deed.officer, owner, seq, slug
                    done += len(await session.fetch(plain(session.dialect, _READ, *values)))
            if done:
                await audit.append(session, deed)
                await session.commit()
            return done

    def _unread(self, row: Row, cover: Covers) -> Unread:
        owner, seq, question, rank, said_at, reference, role, band, sealed, language = row
        return Unread(
            reference=reference,
            message_seq=seq,
            question=question,
            rank=rank,
            said_at=instant(said_at),
            role=role,
            band=None if band is None else AgeBand(band),
            language=language or "",
            text=cover.text(owner, open_text(self._keyring, owner, seq, sealed)),
        )
