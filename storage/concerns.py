"""Messages that may mean that somebody is not safe: written down with the message itself, listed until a person reads.

What stands here outlives an erasure, with what `storage.safeguarding` keeps beside it: see ADR 0025.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from flows.concern_rules import Tier
from storage import audit, crypto
from storage.audit import Deed
from storage.crypto import Keyring
from storage.instants import instant, maybe_instant, micros
from storage.messages import open_text
from storage.records import ConcernRecord
from storage.rows import insert, plain, whole
from storage.sessions import Connections, Row, Session, Statement
from storage.tables_concerns import ConcernRow

_WHOLE = whole(ConcernRow)
_ONCE = "ON CONFLICT (participant_id, message_seq) DO NOTHING"
_LIST = """
    SELECT n.participant_id, n.message_seq, n.slug, n.question, n.tier, n.rules, n.harms, n.raised_at,
    n.acknowledged_at, n.acknowledged_by, n.outcome_enc, coalesce(m.text_enc, q.text_enc),
    coalesce(c.reference, q.reference), coalesce(c.band, q.band)
    FROM concern AS n
    LEFT JOIN conversation AS c ON c.participant_id = n.participant_id AND c.id = n.conversation_id
    LEFT JOIN message AS m ON m.participant_id = n.participant_id AND m.seq = n.message_seq
    LEFT JOIN kept_concern AS q ON q.participant_id = n.participant_id AND q.message_seq = n.message_seq
"""
# Urgent first, and of each tier who has waited longest.
_WAITING = f"""{_LIST} WHERE n.acknowledged_at IS NULL
    ORDER BY CASE n.tier WHEN 'urgent' THEN 0 ELSE 1 END, n.raised_at, n.participant_id, n.message_seq"""
_READ = f"{_LIST} WHERE n.acknowledged_at IS NOT NULL ORDER BY n.acknowledged_at DESC, n.participant_id LIMIT {{}}"
_COUNT = "SELECT tier, count(*) FROM concern WHERE acknowledged_at IS NULL GROUP BY tier"
_FIND = """
    SELECT n.participant_id FROM concern AS n
    LEFT JOIN conversation AS c ON c.participant_id = n.participant_id AND c.id = n.conversation_id
    LEFT JOIN kept_concern AS q ON q.participant_id = n.participant_id AND q.message_seq = n.message_seq
    WHERE n.slug = {} AND coalesce(c.reference, q.reference) = {} AND n.message_seq = {}
"""
_ACKNOWLEDGE = """
    UPDATE concern SET acknowledged_at = {}, acknowledged_by = {}, outcome_enc = {}, alert_due_at = NULL
    WHERE participant_id = {} AND message_seq = {} AND acknowledged_at IS NULL RETURNING message_seq
"""


@dataclass(frozen=True, slots=True)
class Raised:
    """A message that a person must read, with its words, and what was done about it."""

    slug: str
    reference: str
    message_seq: int
    band: str | None
    question: str | None
    """The question that was open when it was said."""
    tier: Tier
    rules: tuple[str, ...]
    harms: tuple[str, ...]
    raised_at: datetime
    """UTC."""
    text: str = field(repr=False)
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    outcome: str = field(default="", repr=False)


def add(session: Session, records: Sequence[ConcernRecord]) -> list[Statement]:
    """The statement that writes concerns down; a message has one, however often it is handled."""
    rows = [
        (
            one.participant_id,
            one.message_seq,
            one.conversation_id,
            one.slug,
            one.question,
            one.concern.tier.value,
            " ".join(one.concern.rules),
            " ".join(harm.value for harm in one.concern.harms),
            micros(one.at),
            None,
            None,
            None,
            micros(one.at) if one.alert else None,
        )
        for one in {(one.participant_id, one.message_seq): one for one in records}.values()
    ]
    return [insert(session.dialect, _WHOLE, rows, _ONCE)] if rows else []


class Concerns:
    """The list of what a person must read, and the way to say that one has."""

    MOST_READ: Final = 50

    def __init__(self, connections: Connections, keyring: Keyring) -> None:
        self._connections = connections
        self._keyring = keyring

    async def waiting(self, slugs: Collection[str] | None = None) -> list[Raised]:
        """All that nobody has acknowledged, urgent ones first, then the oldest; of these consultations, or of all."""
        return await self._listed(slugs, _WAITING)

    async def acknowledged(self, slugs: Collection[str] | None = None) -> list[Raised]:
        """Those that were acknowledged last, newest first, among the last fifty of all."""
        return await self._listed(slugs, _READ, self.MOST_READ)

    async def unacknowledged(self) -> dict[Tier, int]:
        """How many of each tier wait for somebody to read them."""
        async with self._connections.reading() as session:
            counted = {row[0]: row[1] for row in await session.fetch(plain(session.dialect, _COUNT))}
        return {tier: counted.get(tier.value, 0) for tier in Tier}

    async def acknowledge(self, slug: str, reference: str, message_seq: int, outcome: str, deed: Deed) -> bool:
        """Writes down who read it and what was done, with the deed; False where another did, or it was erased."""
        async with self._connections.writing() as session:
            found = await session.fetch(plain(session.dialect, _FIND, slug, reference, message_seq))
            if not found:
                return False
            owner = found[0][0]
            sealed = self._keyring.seal_text(crypto.CONCERN_OUTCOME, owner, message_seq, outcome)
            values = micros(deed.at), deed.officer, sealed, owner, message_seq
            if not await session.fetch(plain(session.dialect, _ACKNOWLEDGE, *values)):
                return False
            await audit.append(session, deed)
            await session.commit()
            return True

    async def _listed(self, slugs: Collection[str] | None, sql: str, *args: object) -> list[Raised]:
        async with self._connections.reading() as session:
            rows = await session.fetch(plain(session.dialect, sql, *args))
        return [self._raised(row) for row in rows if slugs is None or row[2] in slugs]

    def _raised(self, row: Row) -> Raised:
        owner, seq, slug, question, tier, rules, harms, at, read_at, read_by, outcome, text, reference, band = row
        return Raised(
            slug=slug,
            reference=reference,
            message_seq=seq,
            band=band,
            question=question,
            tier=Tier(tier),
            rules=tuple(rules.split()),
            harms=tuple(harms.split()),
            raised_at=instant(at),
            text=open_text(self._keyring, owner, seq, text),
            acknowledged_at=maybe_instant(read_at),
            acknowledged_by=read_by,
            outcome=self._keyring.open_text(crypto.CONCERN_OUTCOME, owner, seq, outcome) if outcome else "",
        )
