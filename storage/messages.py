"""Messages: kept as they came, queued as they are to go, numbered for each person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flows.messages import Button, Channel, Direction, Status
from storage import crypto
from storage.codec import decode_buttons, encode_buttons
from storage.crypto import Keyring
from storage.instants import maybe_micros, micros
from storage.records import InboundRecord, OutboundRecord
from storage.rows import Shape, fetch_with, insert, plain, returning, run_with, whole
from storage.sessions import Row, Session, Statement
from storage.tables import ErasedMessage, Message

_WHOLE = whole(Message)
_PROVIDER = Shape(Message, "channel", "provider_key")
_OWNER = Shape(Message, "participant_id")
_ERASED = whole(ErasedMessage)

# Both halves of the guard in one statement: what is in the transcript, and what is left of people who were erased.
_KEEP = f"""
    INSERT INTO message ({_WHOLE.listed}) SELECT {_WHOLE.listed} FROM k
    WHERE NOT EXISTS (SELECT 1 FROM erased_message AS e
                      WHERE e.channel = k.channel AND e.provider_key = k.provider_key)
    ON CONFLICT (channel, provider_key) WHERE provider_key IS NOT NULL DO NOTHING RETURNING provider_key
"""
_KEEP_HASH = """
    INSERT INTO erased_message (channel, provider_key) SELECT k.channel, k.provider_key FROM k WHERE true
    ON CONFLICT (channel, provider_key) DO NOTHING RETURNING channel, provider_key
"""
_ALREADY = """
    SELECT m.provider_key FROM k JOIN message AS m ON m.channel = k.channel AND m.provider_key = k.provider_key
    UNION ALL
    SELECT e.provider_key FROM k JOIN erased_message AS e ON e.channel = k.channel AND e.provider_key = k.provider_key
"""
_CANCEL = """
    UPDATE message SET status = 'cancelled', due_at = NULL
    WHERE participant_id IN (SELECT k.participant_id FROM k) AND status = 'queued' AND NOT after_stop
"""
_ANSWERED = """
    SELECT c.slug, w.question, m.seq, w.recorded_at FROM message AS m
    JOIN {table} AS w ON w.participant_id = m.participant_id AND w.message_seq = m.seq
    JOIN conversation AS c ON c.participant_id = w.participant_id AND c.id = w.conversation_id
    WHERE m.participant_id = {{}} AND m.channel = {{}} AND m.ref_key = {{}}
"""
_QUESTION = (
    " UNION ALL ".join(_ANSWERED.format(table=table) for table in ("answer", "equality_answer"))
    + " ORDER BY 3 DESC, 4 DESC LIMIT 1"
)
_HEARD_AT = """
    SELECT question FROM message WHERE participant_id = {} AND channel = {} AND ref_key = {} ORDER BY seq LIMIT 1
"""


def provider_key(keyring: Keyring, channel: Channel, provider_id: str) -> bytes:
    return keyring.lookup("provider", channel.value, provider_id)


def ref_key(keyring: Keyring, channel: Channel, message_ref: str) -> bytes:
    return keyring.lookup("ref", channel.value, message_ref)


async def keep(session: Session, keyring: Keyring, records: Sequence[InboundRecord]) -> frozenset[str]:
    """Adds what came in; returns the provider ids that were new."""
    by_key = {provider_key(keyring, record.channel, record.provider_id): record.provider_id for record in records}
    rows = [_inbound_row(keyring, record) for record in records]
    return frozenset(by_key[row[0]] for row in await fetch_with(session, _WHOLE, _KEEP, rows))


def keeping(session: Session, keyring: Keyring, records: Sequence[InboundRecord]) -> list[Statement]:
    """The statements of `keep`; they give a row for each message that was new."""
    return returning(session.dialect, _WHOLE, _KEEP, [_inbound_row(keyring, record) for record in records])


async def keep_hashes(session: Session, keyring: Keyring, records: Iterable[InboundRecord]) -> frozenset[str]:
    """Remembers that these came, and nothing of what they said or who said it; returns the ids that were new."""
    by_key = {
        (record.channel.value, provider_key(keyring, record.channel, record.provider_id)): record.provider_id
        for record in records
    }
    return frozenset(by_key[row[0], row[1]] for row in await fetch_with(session, _ERASED, _KEEP_HASH, list(by_key)))


async def already(session: Session, keyring: Keyring, channel: Channel, provider_ids: Iterable[str]) -> frozenset[str]:
    by_key = {provider_key(keyring, channel, provider_id): provider_id for provider_id in provider_ids}
    rows = await fetch_with(session, _PROVIDER, _ALREADY, [(channel.value, key) for key in by_key])
    return frozenset(by_key[row[0]] for row in rows)


def _inbound_row(keyring: Keyring, record: InboundRecord) -> Row:
    owner, seq, channel, ref = record.participant_id, record.seq, record.channel, record.message_ref
    return (
        owner,
        seq,
        record.conversation_id,
        record.address_id,
        channel.value,
        Direction.IN.value,
        record.status.value,
        record.kind,
        record.question,
        record.language,
        provider_key(keyring, channel, record.provider_id),
        None if ref is None else ref_key(keyring, channel, ref),
        maybe_micros(record.sent_at),
        micros(record.received_at),
        micros(record.recorded_at),
        None,
        False,
        0,
        None if record.text is None else keyring.seal_text(crypto.MESSAGE_TEXT, owner, seq, record.text),
        None,
        record.error,
        None,
    )


def _outbound_row(keyring: Keyring, record: OutboundRecord) -> Row:
    owner, seq, queued_at = record.participant_id, record.seq, micros(record.queued_at)
    waits = record.status is Status.QUEUED
    return (
        owner,
        seq,
        record.conversation_id,
        record.address_id,
        record.channel.value,
        Direction.OUT.value,
        record.status.value,
        "text",
        record.question,
        record.language,
        None,
        None,
        None if waits or record.status is Status.CANCELLED else queued_at,
        None,
        queued_at,
        (maybe_micros(record.not_before) or queued_at) if waits else None,
        record.after_stop,
        0,
        keyring.seal_text(crypto.MESSAGE_TEXT, owner, seq, record.text),
        _sealed_buttons(keyring, owner, seq, record.buttons),
        None,
        record.request,
    )


def _sealed_buttons(keyring: Keyring, owner: int, seq: int, buttons: tuple[Button, ...]) -> bytes | None:
    # SHOW puts answers on buttons: they are as personal as the text above them.
    return keyring.seal_text(crypto.MESSAGE_BUTTONS, owner, seq, encode_buttons(buttons)) if buttons else None


def open_text(keyring: Keyring, owner: int, seq: int, sealed: bytes | None) -> str:
    return "" if sealed is None else keyring.open_text(crypto.MESSAGE_TEXT, owner, seq, sealed)


def open_buttons(keyring: Keyring, owner: int, seq: int, sealed: bytes | None) -> tuple[Button, ...]:
    return () if sealed is None else decode_buttons(keyring.open_text(crypto.MESSAGE_BUTTONS, owner, seq, sealed))


def queue(session: Session, keyring: Keyring, records: Sequence[OutboundRecord]) -> list[Statement]:
    """The statement that adds what is to go out."""
    rows = [_outbound_row(keyring, record) for record in records]
    return [insert(session.dialect, _WHOLE, rows)] if rows else []


async def cancel(session: Session, participants: Iterable[int]) -> None:
    """Nothing more goes out to them, but for what may go out after a STOP."""
    await run_with(session, _OWNER, _CANCEL, [(number,) for number in participants])


async def question_of(
    session: Session, keyring: Keyring, participant_id: int, channel: Channel, original: str
) -> tuple[str, str] | None:
    """Slug and question of the answer that the message, or an earlier edit of it, had given."""
    place = participant_id, channel.value, ref_key(keyring, channel, original)
    rows = await session.fetch(plain(session.dialect, _QUESTION, *place, *place))
    return (rows[0][0], rows[0][1]) if rows else None


async def heard_at(
    session: Session, keyring: Keyring, participant_id: int, channel: Channel, original: str
) -> str | None:
    """The question that was open when the message came."""
    place = participant_id, channel.value, ref_key(keyring, channel, original)
    rows = await session.fetch(plain(session.dialect, _HEARD_AT, *place))
    return rows[0][0] if rows else None
