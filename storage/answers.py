"""Answers: only ever added to, each frozen with all that was true when it was given.

Those to equality questions are in a table of their own, where their options are sealed as well (rule R1.4).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Any

from flows.values import Text, Value
from storage import crypto
from storage.codec import decode_json, decode_value, encode_json, encode_value
from storage.crypto import Keyring
from storage.instants import maybe_micros, micros
from storage.records import AnswerRecord
from storage.rows import insert, whole
from storage.sessions import Row, Session, Statement
from storage.tables import Answer, EqualityAnswer

_WHOLE = whole(Answer)
_APART = whole(EqualityAnswer)
_SECOND = timedelta(seconds=1)


def add(session: Session, keyring: Keyring, records: Sequence[AnswerRecord]) -> list[Statement]:
    """The statements that add answers: one for each table that gets any."""
    rows = [_row(keyring, record) for record in records if not record.equality]
    apart = [_row_apart(keyring, record) for record in records if record.equality]
    return [insert(session.dialect, shape, some) for shape, some in ((_WHOLE, rows), (_APART, apart)) if some]


def _row(keyring: Keyring, record: AnswerRecord) -> Row:
    kind, held = encode_value(record.value)
    own_words = isinstance(record.value, Text)
    return (
        record.participant_id,
        record.conversation_id,
        record.question,
        record.revision,
        kind,
        None if own_words else encode_json(held),
        seal_words(keyring, record.participant_id, record.message_seq, held) if own_words else None,
        *_circumstances(record),
        None,
    )


def _row_apart(keyring: Keyring, record: AnswerRecord) -> Row:
    kind, held = encode_value(record.value)
    owner, seq = record.participant_id, record.message_seq
    return (
        owner,
        record.conversation_id,
        record.question,
        record.revision,
        kind,
        keyring.seal_text(crypto.EQUALITY_VALUE, owner, seq, encode_json(held)),
        *_circumstances(record),
    )


def _circumstances(record: AnswerRecord) -> Row:
    """All that was true when it was given: the same columns in both tables."""
    return (
        record.role,
        None if record.band is None else record.band.value,
        record.helped_by,
        record.language,
        record.wording,
        record.wording_language,
        None if record.wording_band is None else record.wording_band.value,
        record.channel.value,
        record.message_seq,
        maybe_micros(record.sent_at),
        micros(record.received_at),
        micros(record.recorded_at),
        micros(record.counts_at),
        record.clock,
        micros(record.cutoff),
        record.late_policy,
        record.late,
        late_by_seconds(record),
        record.counts,
    )


def late_by_seconds(record: AnswerRecord) -> int:
    """Whole seconds after the cutoff, rounded up, so that it is never 0 for a late one; 0 when in time."""
    return -((record.cutoff - record.counts_at) // _SECOND) if record.late else 0


def seal_words(keyring: Keyring, participant_id: int, message_seq: int, text: str) -> bytes:
    return keyring.seal_text(crypto.ANSWER_TEXT, participant_id, message_seq, text)


def open_value(
    keyring: Keyring, participant_id: int, message_seq: int, kind: str, codes: str | None, sealed: bytes | None
) -> Value:
    if sealed is not None:
        return Text(keyring.open_text(crypto.ANSWER_TEXT, participant_id, message_seq, sealed))
    return _chosen(kind, codes)


@lru_cache(4096)
def _chosen(kind: str, codes: str | None) -> Value:
    # Most people choose what others chose too.
    held: Any = decode_json(codes or "null")
    return decode_value(kind, held)


def open_apart(keyring: Keyring, participant_id: int, message_seq: int, kind: str, sealed: bytes) -> Value:
    """The value of an answer to an equality question."""
    held: Any = decode_json(keyring.open_text(crypto.EQUALITY_VALUE, participant_id, message_seq, sealed))
    return decode_value(kind, held)
