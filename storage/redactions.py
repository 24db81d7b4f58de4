"""Parts of answers that officers took out. Answers stay as they were given: what is read of them passes this first.

Readers ask for the covers of a consultation once, in the transaction that they read in, and put every text of a
participant through theirs. Where nothing was ever taken out that is one look into an index, and nothing after it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from flows.redaction import Kind, Removal, Span, covered, fitting
from flows.values import Text, Value
from storage import audit
from storage.answers import open_value
from storage.audit import Deed
from storage.codec import decode_json, encode_json
from storage.crypto import Keyring
from storage.errors import ConflictError
from storage.instants import instant, maybe_instant, micros
from storage.rows import insert, plain, whole
from storage.sessions import Connections, Row, Session
from storage.tables_redactions import RedactionRow

_REDACTION = whole(RedactionRow)
_MOST: Final = 2**62
_COVERS = """
    SELECT r.participant_id, r.spans, w.message_seq, w.text_enc FROM redaction AS r
    JOIN answer AS w ON w.participant_id = r.participant_id AND w.conversation_id = r.conversation_id
    AND w.question = r.question AND w.revision = r.revision
    WHERE r.slug = {} AND r.undone_at IS NULL AND r.participant_id > {} AND r.participant_id <= {}
    ORDER BY r.participant_id, r.number
"""
_ANSWER = """
    SELECT w.participant_id, w.conversation_id, w.message_seq, w.text_enc, w.language, w.heard
    FROM conversation AS c JOIN answer AS w ON w.participant_id = c.participant_id AND w.conversation_id = c.id
    WHERE c.slug = {} AND c.reference = {} AND w.question = {} AND w.revision = {} AND w.kind = 'text'
"""
_HISTORY = """
    SELECT number, spans, at, officer, reason, undone_at, undone_by, undone_why FROM redaction
    WHERE participant_id = {} AND conversation_id = {} AND question = {} AND revision = {} ORDER BY number
"""
# Held until the end: two officers take turns, and an erasure meanwhile leaves nothing to add to.
_LOCK = "UPDATE participant SET language = language WHERE id = {} AND erased_at IS NULL RETURNING id"
_LAST = "SELECT coalesce(max(number), 0) FROM redaction WHERE participant_id = {} AND conversation_id = {}"
_UNDO = """
    UPDATE redaction SET undone_at = {}, undone_by = {}, undone_why = {}
    WHERE participant_id = {} AND conversation_id = {} AND question = {} AND revision = {} AND number = {}
    AND undone_at IS NULL RETURNING number
"""


@dataclass(frozen=True, slots=True)
class Redaction:
    """What was taken out of an answer at one time, and whether that was undone."""

    number: int
    spans: Sequence[Span]
    at: datetime
    """UTC."""
    officer: str
    """By e-mail address."""
    reason: str
    undone_at: datetime | None = None
    undone_by: str | None = None
    undone_why: str | None = None


@dataclass(frozen=True, slots=True)
class Whole:
    """An answer in somebody's own words as it was given, and all that was ever taken out of it."""

    participant_id: int
    conversation_id: int
    question: str
    revision: int
    text: str = field(repr=False)
    language: str
    """The one it was heard in, else that of the conversation."""
    history: Sequence[Redaction]
    """Oldest first."""

    @property
    def spans(self) -> list[Span]:
        """What is taken out of it now."""
        return [span for one in self.history if one.undone_at is None for span in one.spans]


class Covers:
    """What is taken out now, by participant."""

    __slots__ = ("_by_owner",)

    def __init__(self, by_owner: Mapping[int, Sequence[Removal]]) -> None:
        self._by_owner = by_owner

    def __bool__(self) -> bool:
        return bool(self._by_owner)

    def text(self, owner: int, text: str) -> str:
        """What is read of something that this participant said, or that was said to them."""
        removals = self._by_owner.get(owner)
        return text if removals is None else covered(text, removals)

    def value(self, owner: int, value: Value) -> Value:
        """What is read of an answer."""
        if isinstance(value, Text) and owner in self._by_owner:
            return Text(self.text(owner, value.text))
        return value


NOTHING: Final = Covers({})


async def covers(session: Session, keyring: Keyring, slug: str, *, after: int = -1, upto: int = _MOST) -> Covers:
    """What is taken out of a consultation, of participants behind `after` and up to `upto`."""
    found: dict[int, list[Removal]] = {}
    for owner, spans, seq, sealed in await session.fetch(plain(session.dialect, _COVERS, slug, after, upto)):
        found.setdefault(owner, []).append(Removal(_opened(keyring, owner, seq, sealed), _decoded(spans)))
    return Covers(found) if found else NOTHING


class Redactions:
    """Taking out, undoing, and looking at what was there before."""

    def __init__(self, connections: Connections, keyring: Keyring) -> None:
        self._connections = connections
        self._keyring = keyring

    async def covers(self, slug: str, participant_id: int) -> Covers:
        """What is taken out of one participant's answers, for what is read elsewhere than in `storage`."""
        async with self._connections.reading() as session:
            return await covers(session, self._keyring, slug, after=participant_id - 1, upto=participant_id)

    async def find(self, slug: str, reference: str, question: str, revision: int) -> Whole | None:
        """An answer in somebody's own words, as it was given; None where there is no such one."""
        async with self._connections.reading() as session:
            found = await session.fetch(plain(session.dialect, _ANSWER, slug, reference, question, revision))
            if not found:
                return None
            owner, conversation, seq, sealed, language, heard = found[0]
            key = owner, conversation, question, revision
            history = [_redaction(row) for row in await session.fetch(plain(session.dialect, _HISTORY, *key))]
        return Whole(*key, _opened(self._keyring, owner, seq, sealed), heard or language, history)

    async def remove(self, slug: str, answer: Whole, spans: Sequence[Span], deed: Deed) -> int:
        """Takes parts out of an answer, with the deed that says who and why; returns the number of the redaction.

        Raises:
            ConflictError: they are gone meanwhile, or what is to be taken out is no part of the answer.
            UnavailableError: it may or may not have been written; the next look tells.
        """
        if not spans or not fitting(spans, len(answer.text)):
            raise ConflictError("What is to be removed is no part of the answer: choose it again.")
        place = answer.participant_id, answer.conversation_id
        async with self._connections.writing() as session:
            if not await session.fetch(plain(session.dialect, _LOCK, answer.participant_id)):
                raise ConflictError("This answer was erased meanwhile.")
            [(last,)] = await session.fetch(plain(session.dialect, _LAST, *place))
            told = encode_json([[span.start, span.end, span.kind.value] for span in sorted(spans)])
            which = slug, answer.question, answer.revision, told
            row = (*place, last + 1, *which, micros(deed.at), deed.officer, deed.why, None, None, None)
            await session.run([insert(session.dialect, _REDACTION, [row])])
            await audit.append(session, deed)
            await session.commit()
        return int(last) + 1

    async def undo(self, answer: Whole, number: int, deed: Deed) -> None:
        """Shows again what was taken out. That it was, and why, stays.

        Raises:
            ConflictError: there is no such redaction, or it was undone already.
            UnavailableError: it may or may not have been written; the next look tells.
        """
        key = answer.participant_id, answer.conversation_id, answer.question, answer.revision, number
        async with self._connections.writing() as session:
            if not await session.fetch(plain(session.dialect, _UNDO, micros(deed.at), deed.officer, deed.why, *key)):
                raise ConflictError("There is nothing to undo any more: look at the answer again.")
            await audit.append(session, deed)
            await session.commit()


def _redaction(row: Row) -> Redaction:
    number, spans, at, officer, reason, undone_at, undone_by, undone_why = row
    return Redaction(
        number, _decoded(spans), instant(at), officer, reason, maybe_instant(undone_at), undone_by, undone_why
    )


def _decoded(spans: str) -> list[Span]:
    held: Any = decode_json(spans)
    return [Span(start, end, Kind(kind)) for start, end, kind in held]


def _opened(keyring: Keyring, owner: int, seq: int, sealed: bytes) -> str:
    value = open_value(keyring, owner, seq, "text", None, sealed)
    return value.text if isinstance(value, Text) else ""
