"""Conversations: written whole after every step, read whole before the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flows.messages import Channel
from flows.state import State
from storage import crypto
from storage.codec import decode_state, encode_state
from storage.crypto import Keyring
from storage.instants import maybe_micros, micros
from storage.records import ConversationRecord
from storage.rows import Shape, plain, returning, update, whole
from storage.sessions import Dialect, Row, Session, Statement
from storage.tables import Conversation

_WHOLE = whole(Conversation)
_KEYS = Shape(Conversation, "participant_id", "slug")
_CHANGES = Shape(
    Conversation,
    "version",
    "state_enc",
    "status",
    "phase",
    "role",
    "band",
    "helped_by",
    "language",
    "channel",
    "address_id",
    "started_at",
    "completed_at",
    "heard_at",
    "wake_at",
)
_INSERT = f"""
    INSERT INTO conversation ({_WHOLE.listed}) SELECT {_WHOLE.listed} FROM k WHERE true
    ON CONFLICT (reference) DO NOTHING RETURNING reference
"""


LISTED = "c.id, c.slug, c.version, c.reference, c.channel, c.state_enc, c.address_id"
"""What `build` takes, of a conversation called `c`."""

REACHED: Final = "JOIN address AS a ON a.id = c.address_id AND a.participant_id = c.participant_id"
"""Conversations `c` of people who can be told something: not of who they were before they turned out to be another."""
# Rows are taken in the order of their keys, as units of work take theirs.
_WAKE_ALL = f"""
    WITH sleeping AS (
        SELECT c.participant_id, c.slug FROM conversation AS c {REACHED}
        WHERE c.slug = {{}} AND c.status = 'partial' AND c.phase NOT IN ('new', 'refused', 'too-young', 'erased')
        AND (c.wake_at IS NULL OR c.wake_at > {{}})
        ORDER BY c.participant_id, c.slug LOCK
    )
    UPDATE conversation SET wake_at = {{}} FROM sleeping
    WHERE conversation.participant_id = sleeping.participant_id AND conversation.slug = sleeping.slug
    RETURNING 1
"""


@dataclass(slots=True)
class Beginning:
    """A conversation that is not in the database yet."""

    record: ConversationRecord
    at: datetime


def status_of(state: State) -> str:
    """What the export calls it: `complete` once it was, else `stopped` after a STOP, else `partial`.

    In stages it is the one that they came to last that is complete, or not.
    """
    if state.completed_at is not None:
        return "complete"
    return "stopped" if state.stopped else "partial"


def seal_state(keyring: Keyring, record: ConversationRecord) -> bytes:
    return keyring.seal(crypto.STATE, record.participant_id, record.conversation_id, encode_state(record.state))


def open_state(keyring: Keyring, participant_id: int, conversation_id: int, sealed: bytes) -> State:
    return decode_state(keyring.open(crypto.STATE, participant_id, conversation_id, sealed))


def build(keyring: Keyring, participant_id: int, held: Sequence[Any]) -> ConversationRecord:
    """A record from the columns that `LISTED` names."""
    number, slug, version, reference, channel, sealed, address_id = held
    state = open_state(keyring, participant_id, number, sealed)
    return ConversationRecord(number, participant_id, slug, version, reference, Channel(channel), state, address_id)


def changes(session: Session, keyring: Keyring, records: Sequence[ConversationRecord]) -> list[Statement]:
    """The statement that writes changed records."""
    rows = [(*_changing(keyring, record), record.participant_id, record.slug) for record in records]
    return [update(session.dialect, _KEYS, _CHANGES, rows)] if rows else []


def _changing(keyring: Keyring, record: ConversationRecord) -> tuple[Any, ...]:
    state = record.state
    return (
        record.version,
        seal_state(keyring, record),
        status_of(state),
        state.phase.value,
        state.role,
        None if state.band is None else state.band.value,
        state.helped_by,
        state.language,
        record.channel.value,
        record.address_id,
        maybe_micros(state.started_at),
        maybe_micros(state.completed_at),
        maybe_micros(state.heard_at),
        maybe_micros(state.wake_at),
    )


def insert(session: Session, keyring: Keyring, beginnings: Sequence[Beginning]) -> list[Statement]:
    """The statements that add conversations; they give a row for each that was added.

    One whose reference another conversation has is not.
    """
    return returning(session.dialect, _WHOLE, _INSERT, [_whole_row(keyring, beginning) for beginning in beginnings])


def _whole_row(keyring: Keyring, beginning: Beginning) -> Row:
    record = beginning.record
    by_name = dict(zip(_CHANGES.columns, _changing(keyring, record), strict=True))
    by_name |= {
        "participant_id": record.participant_id,
        "slug": record.slug,
        "id": record.conversation_id,
        "reference": record.reference,
        "created_at": micros(beginning.at),
    }
    return tuple(by_name[name] for name in _WHOLE.columns)


async def wake_all(session: Session, slug: str, at: datetime) -> int:
    """Has every conversation that is under way woken by `at`; returns how many were to sleep longer."""
    when = micros(at)
    lock = "FOR UPDATE OF c" if session.dialect is Dialect.POSTGRESQL else ""
    return len(await session.fetch(plain(session.dialect, _WAKE_ALL.replace("LOCK", lock), slug, when, when)))
