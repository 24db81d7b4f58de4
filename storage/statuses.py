"""What providers say became of messages: it only ever moves them forward, in whatever order it comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flows.messages import Channel, Status, StatusUpdate
from storage import messages
from storage.crypto import Keyring
from storage.instants import micros
from storage.rows import Shape, fetch_with, insert, plain, run_with, whole
from storage.sessions import Row, Session
from storage.tables import EarlyStatus, Message

_EARLY_KEPT = timedelta(hours=1)

_ORDER = [Status.QUEUED, Status.CANCELLED, Status.SENT, Status.DELIVERED, Status.READ, Status.FAILED]
_RANKS = {status: rank for rank, status in enumerate(_ORDER)}
_WHENS = " ".join(f"WHEN '{status.value}' THEN {rank}" for status, rank in _RANKS.items())
_RANK = f"CASE message.status {_WHENS} ELSE 99 END"

_STATUS = Shape(Message, "channel", "provider_key", "status", "error", rank="INTEGER")
_KEY = Shape(Message, "channel", "provider_key")
_EARLY = whole(EarlyStatus)

_KNOWN = """
    SELECT m.channel, m.provider_key, m.address_id, m.seq, m.request,
           (SELECT c.reference FROM conversation AS c
            WHERE c.participant_id = m.participant_id AND c.id = m.conversation_id)
    FROM k JOIN message AS m ON m.channel = k.channel AND m.provider_key = k.provider_key
"""
_FORWARD = f"""
    UPDATE message SET status = k.status, error = k.error FROM k
    WHERE message.channel = k.channel AND message.provider_key = k.provider_key
    AND message.direction = 'out' AND {_RANK} < k.rank
"""
_OVERTAKEN = """
    SELECT e.channel, e.provider_key, e.status, e.error FROM k
    JOIN early_status AS e ON e.channel = k.channel AND e.provider_key = k.provider_key
"""
_REMEMBER = """ON CONFLICT (channel, provider_key) DO UPDATE SET status = excluded.status, error = excluded.error"""
_DROP_EARLY = """
    DELETE FROM early_status WHERE EXISTS (
        SELECT 1 FROM k WHERE k.channel = early_status.channel AND k.provider_key = early_status.provider_key)
"""
_GO_AWAY = "UPDATE address SET away_since = {} WHERE id = {} AND away_since IS NULL"
_CANCEL_AT = """
    UPDATE message SET status = 'cancelled', due_at = NULL
    WHERE participant_id = (SELECT a.participant_id FROM address AS a WHERE a.id = {})
    AND address_id = {} AND status = 'queued' AND NOT after_stop
"""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one message of ours, by what a log may say of it."""

    channel: Channel
    status: Status
    seq: int
    reference: str | None
    request: str | None
    """What had caused the message, as the log named it."""
    reason: str | None


async def move_on(session: Session, keyring: Keyring, updates: Sequence[StatusUpdate], at: datetime) -> list[Report]:
    """See `Outbox.status`."""
    furthest: dict[tuple[str, bytes], StatusUpdate] = {}
    for one in updates:
        place = one.channel.value, messages.provider_key(keyring, one.channel, one.provider_id)
        if place not in furthest or _RANKS[furthest[place].status] < _RANKS[one.status]:
            furthest[place] = one
    rows = [(*place, one.status.value, one.error, _RANKS[one.status]) for place, one in furthest.items()]
    known = {(row[0], row[1]): row[2:] for row in await fetch_with(session, _KEY, _KNOWN, list(furthest))}
    await run_with(session, _STATUS, _FORWARD, [row for row in rows if (row[0], row[1]) in known])
    for place, one in furthest.items():
        if one.gone and place in known:
            await go_away(session, known[place][0], at)
    await _set_aside(session, [row for row in rows if (row[0], row[1]) not in known], at)
    return [_report(one, known[place]) for place, one in furthest.items() if place in known]


def _report(update: StatusUpdate, row: Row) -> Report:
    _, seq, request, reference = row
    return Report(update.channel, update.status, seq, reference, request, update.error)


async def catch_up(session: Session, places: Sequence[Row]) -> None:
    """Counts what was said of these messages before their `sent` was written down."""
    early = await fetch_with(session, _KEY, _OVERTAKEN, places)
    if early:
        rows = [(*row, _RANKS[Status(row[2])]) for row in early]
        await run_with(session, _STATUS, _FORWARD, rows)
        await run_with(session, _KEY, _DROP_EARLY, places)


async def go_away(session: Session, address_id: int, at: datetime) -> None:
    """Nothing more is sent to this address until its person comes back."""
    await cancel_at(session, address_id)
    await session.run([plain(session.dialect, _GO_AWAY, micros(at), address_id)])


async def cancel_at(session: Session, address_id: int) -> None:
    """What waits for this address is not sent, but for what may go out after a STOP."""
    await session.run([plain(session.dialect, _CANCEL_AT, address_id, address_id)])


async def _set_aside(session: Session, rows: Sequence[Row], at: datetime) -> None:
    if not rows:
        return
    held = {
        (row[0], row[1]): Status(row[2])
        for row in await fetch_with(session, _KEY, _OVERTAKEN, [row[:2] for row in rows])
    }
    ahead = [row for row in rows if (row[0], row[1]) not in held or _RANKS[held[row[0], row[1]]] < row[4]]
    kept = [(*row[:4], micros(at)) for row in ahead]
    statements = [plain(session.dialect, "DELETE FROM early_status WHERE at < {}", micros(at - _EARLY_KEPT))]
    if kept:
        statements.append(insert(session.dialect, _EARLY, kept, _REMEMBER))
    await session.run(statements)
