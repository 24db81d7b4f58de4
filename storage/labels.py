"""The language that answers were heard in: a label, found after the answer was kept, and no part of what was said."""

from __future__ import annotations

from collections.abc import Sequence

from flows.values import Text
from storage.answers import open_value
from storage.crypto import Keyring
from storage.records import HeardAnswer, Unheard
from storage.rows import Shape, plain, update
from storage.sessions import Session
from storage.tables import Answer

_NONE = ""
"""Stands where it was listened to and no language was sure."""
_KEY = Shape(Answer, "participant_id", "conversation_id", "question", "revision")
_LABEL = Shape(Answer, "heard")
_UNHEARD = """
    SELECT w.participant_id, w.conversation_id, w.question, w.revision, w.language, c.slug, c.version, w.message_seq,
           w.text_enc
    FROM answer AS w JOIN conversation AS c ON c.participant_id = w.participant_id AND c.id = w.conversation_id
    WHERE w.kind = 'text' AND w.heard IS NULL
    ORDER BY w.recorded_at LIMIT {}
"""
_HEARD = """
    SELECT c.reference, w.question, w.revision, w.language, w.heard
    FROM conversation AS c
    JOIN answer AS w ON w.participant_id = c.participant_id AND w.conversation_id = c.id
    WHERE c.slug = {} AND w.heard <> ''
    ORDER BY c.reference, w.question, w.revision
"""


async def unheard(session: Session, keyring: Keyring, limit: int) -> list[Unheard]:
    """Answers in somebody's own words that nobody has listened to yet, oldest first."""
    rows = await session.fetch(plain(session.dialect, _UNHEARD, limit))
    found = []
    for participant_id, conversation_id, question, revision, language, slug, version, seq, sealed in rows:
        value = open_value(keyring, participant_id, seq, "text", None, sealed)
        text = value.text if isinstance(value, Text) else ""
        found.append(Unheard(participant_id, conversation_id, question, revision, language, slug, version, text))
    return found


async def label(session: Session, labels: Sequence[tuple[Unheard, str | None]]) -> None:
    """Writes down what was heard; None where nothing was sure. An answer that was erased meanwhile stays erased."""
    rows = [
        (language or _NONE, one.participant_id, one.conversation_id, one.question, one.revision)
        for one, language in labels
    ]
    if rows:
        await session.run([update(session.dialect, _KEY, _LABEL, rows)])


async def heard(session: Session, slug: str) -> list[HeardAnswer]:
    """Every answer to a consultation that has a label, by reference, question and revision."""
    return [HeardAnswer(*row) for row in await session.fetch(plain(session.dialect, _HEARD, slug))]
