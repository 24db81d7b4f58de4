"""What is kept of somebody who may not be safe when everything else of theirs goes: see ADR 0025.

The concern itself stays where it is. Beside it are kept the words of that message, its reference and age group, and,
for an urgent one or until a lead says what was done, where the person can be reached.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flows.messages import Channel
from storage import crypto
from storage.crypto import Keyring
from storage.instants import micros
from storage.records import ConcernRecord
from storage.rows import Shape, insert, plain, run_with, whole
from storage.sessions import Connections, Session, Statement
from storage.tables_concerns import ConcernRow
from storage.tables_safeguarding import KeptConcernRow

_KEPT_WHOLE = whole(KeptConcernRow)
_ONCE = "ON CONFLICT (participant_id, message_seq) DO NOTHING"
_PERSON = Shape(KeptConcernRow, "participant_id", "person")
_SLUG = Shape(ConcernRow, "slug", until="BIGINT")

_WORDS = """
    INSERT INTO kept_concern (participant_id, message_seq, person, reference, band, text_enc, kept_at)
    SELECT n.participant_id, n.message_seq, k.person, c.reference, c.band, m.text_enc, CAST({} AS BIGINT)
    FROM k JOIN concern AS n ON n.participant_id = k.participant_id
    JOIN conversation AS c ON c.participant_id = n.participant_id AND c.id = n.conversation_id
    LEFT JOIN message AS m ON m.participant_id = n.participant_id AND m.seq = n.message_seq
    WHERE true ON CONFLICT (participant_id, message_seq) DO NOTHING
"""
# A web page is asked for and never written to: there is nothing to keep.
_ADDRESSES = """
    INSERT INTO kept_address (id, participant_id, person, channel, address_enc)
    SELECT a.id, a.participant_id, k.person, a.channel, a.address_enc
    FROM k JOIN address AS a ON a.participant_id = k.participant_id
    WHERE a.address_enc IS NOT NULL AND EXISTS (
        SELECT 1 FROM k AS also JOIN concern AS n ON n.participant_id = also.participant_id
        WHERE also.person = k.person AND (n.tier = 'urgent' OR n.acknowledged_at IS NULL))
    ON CONFLICT (id) DO NOTHING
"""
_KEPT = """
    SELECT 1 FROM kept_concern AS q
    JOIN concern AS n ON n.participant_id = q.participant_id AND n.message_seq = q.message_seq
    WHERE n.slug = {} AND q.reference = {} LIMIT 1
"""
_OWNERS = """
    SELECT DISTINCT q.participant_id FROM kept_concern AS q
    JOIN concern AS n ON n.participant_id = q.participant_id AND n.message_seq = q.message_seq
    WHERE n.slug = {} AND q.reference = {}
"""
_OF = """
    SELECT a.channel, a.participant_id, a.id, a.address_enc FROM kept_address AS a
    WHERE a.person IN (SELECT q.person FROM kept_concern AS q
                       JOIN concern AS n ON n.participant_id = q.participant_id AND n.message_seq = q.message_seq
                       WHERE n.slug = {} AND q.reference = {})
    ORDER BY a.id
"""
# What nobody has read yet is never deleted, however old: it stays on the list until somebody says what was done.
_OLD = """
    DELETE FROM concern WHERE acknowledged_at IS NOT NULL
    AND raised_at < (SELECT k.until FROM k WHERE k.slug = concern.slug)
"""
_ALONE = """
    DELETE FROM kept_concern WHERE NOT EXISTS (
        SELECT 1 FROM concern AS n
        WHERE n.participant_id = kept_concern.participant_id AND n.message_seq = kept_concern.message_seq)
"""
_UNTOLD = """
    DELETE FROM alert WHERE NOT EXISTS (
        SELECT 1 FROM concern AS n
        WHERE n.participant_id = alert.participant_id AND n.message_seq = alert.message_seq)
"""
_NOT_NEEDED = """
    DELETE FROM kept_address WHERE NOT EXISTS (
        SELECT 1 FROM kept_concern AS q
        JOIN concern AS n ON n.participant_id = q.participant_id AND n.message_seq = q.message_seq
        WHERE q.person = kept_address.person AND (n.tier = 'urgent' OR n.acknowledged_at IS NULL))
"""


@dataclass(frozen=True, slots=True)
class KeptAddress:
    """Where somebody can be reached whose own rows are gone."""

    channel: Channel
    address: str = field(repr=False)


def in_the_lobby(
    session: Session, keyring: Keyring, raised: Sequence[tuple[ConcernRecord, str, str]]
) -> list[Statement]:
    """The statement that keeps the words and the reference of concerns that belong to no conversation."""
    rows = [
        (
            one.participant_id,
            one.message_seq,
            one.participant_id,
            reference,
            None,
            keyring.seal_text(crypto.MESSAGE_TEXT, one.participant_id, one.message_seq, text),
            micros(one.at),
        )
        for one, reference, text in raised
    ]
    return [insert(session.dialect, _KEPT_WHOLE, rows, _ONCE)] if rows else []


async def keep(session: Session, people: Sequence[tuple[int, int]], now: datetime) -> None:
    """Keeps what a concern needs, before the rest goes. `people` are pairs of a number and whom it turned out to be."""
    await run_with(session, _PERSON, _WORDS, people, micros(now))
    await run_with(session, _PERSON, _ADDRESSES, people)


async def addresses(session: Session, keyring: Keyring, slug: str, reference: str) -> list[KeptAddress]:
    """Where the person of a kept concern can be reached; nothing where that is not kept, or there never was any.

    For a caller who records why it is opened, in the same transaction.
    """
    rows = await session.fetch(plain(session.dialect, _OF, slug, reference))
    return [
        KeptAddress(Channel(channel), keyring.open_text(crypto.ADDRESS, owner, number, sealed))
        for channel, owner, number, sealed in rows
    ]


async def owners(session: Session, slug: str, reference: str) -> list[int]:
    """Whose the kept concerns with this reference are."""
    return [row[0] for row in await session.fetch(plain(session.dialect, _OWNERS, slug, reference))]


async def keeps(session: Session, slug: str, reference: str) -> bool:
    """Whether anything is kept of somebody with this reference."""
    return bool(await session.fetch(plain(session.dialect, _KEPT, slug, reference)))


class Safeguarding:
    """How long what is kept for somebody's safety stays."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def forget(self, until: Mapping[str, datetime]) -> None:
        """Deletes concerns that were read and were raised before the instant (UTC) that their consultation's slug has.

        And what was kept beside them; addresses also where a lead has said what was done about a milder one.
        """
        rows = [(slug, micros(at)) for slug, at in until.items()]
        async with self._connections.writing() as session:
            await run_with(session, _SLUG, _OLD, rows)
            for sql in (_ALONE, _UNTOLD, _NOT_NEEDED):
                await session.run([plain(session.dialect, sql)])
            await session.commit()
