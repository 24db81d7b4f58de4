"""Answers that officers typed in: a participant without an address, a conversation that is at its end, its answers.

They stand in the same tables as everybody's, so that figures, reading and exports hold them without knowing of it; a
table of its own says who typed them in and when they were given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flows.messages import Channel
from flows.values import Text
from storage import answers, audit, conversations, erasure, messages, participants, to_read, versions
from storage.audit import Deed
from storage.conversations import Beginning
from storage.crypto import Keyring
from storage.errors import ConflictError
from storage.instants import instant, micros
from storage.records import AnswerRecord, ConversationRecord, InboundRecord, ToRead
from storage.rows import fetch_with, insert, plain, whole
from storage.sessions import Connections, Row, Session
from storage.tables import Participant
from storage.tables_entered import EntryRow

_ENTRY = whole(EntryRow)
_PARTICIPANT = whole(Participant)
_ADD = f"""
    INSERT INTO entry ({_ENTRY.listed}) SELECT {_ENTRY.listed} FROM k WHERE true
    ON CONFLICT DO NOTHING RETURNING number
"""
_BY_FORM = """
    SELECT c.reference FROM entry AS e
    JOIN conversation AS c ON c.participant_id = e.participant_id AND c.id = e.conversation_id WHERE e.form_hash = {}
"""
_FIND = f"""
    SELECT e.participant_id, e.number, e.channel, e.given_at, e.entered_at, e.officer,
           (SELECT coalesce(max(m.seq), 0) + 1 FROM message AS m WHERE m.participant_id = c.participant_id),
           {conversations.LISTED}
    FROM conversation AS c JOIN entry AS e ON e.participant_id = c.participant_id AND e.conversation_id = c.id
    WHERE c.reference = {{}} AND c.slug = {{}} ORDER BY e.number
"""
_RECENT = """
    SELECT c.reference, e.number, e.channel, e.given_at, e.entered_at, e.officer FROM entry AS e
    JOIN conversation AS c ON c.participant_id = e.participant_id AND c.id = e.conversation_id
    WHERE e.slug = {} ORDER BY e.entered_at DESC, e.participant_id DESC, e.number DESC LIMIT {}
"""


@dataclass(frozen=True, slots=True)
class Typing:
    """One time that somebody's answers were typed in: the first, or a correction."""

    number: int
    """1 for the first."""
    channel: Channel
    """How they were given."""
    given_at: datetime
    entered_at: datetime
    """Both UTC."""
    officer: str
    """By e-mail address."""
    form: str = field(default="", repr=False)
    """The form's own number, made by chance: the same form sent twice counts once. Kept as a keyed hash."""


@dataclass(frozen=True, slots=True)
class Typed:
    """One person's answers that were typed in, and every time they were."""

    conversation: ConversationRecord
    typings: tuple[Typing, ...]
    """Oldest first; never empty."""
    next_seq: int
    """Number of the next message."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the list of what was typed in."""

    reference: str
    typing: Typing


class Entered:
    """What officers typed in."""

    def __init__(self, connections: Connections, keyring: Keyring) -> None:
        self._connections = connections
        self._keyring = keyring

    async def add(
        self,
        conversation: ConversationRecord,
        typing: Typing,
        said: Sequence[InboundRecord],
        given: Sequence[AnswerRecord],
        deed: Deed,
        *,
        files: Mapping[str, str] | None = None,
    ) -> None:
        """Adds a new person's answers, or a correction where `typing.number` is more than 1; all of it or nothing.

        `files` are those of the version that was answered, for a new person.

        Raises:
            ConflictError: this form was entered before, somebody else made this correction, or the reference is taken.
            UnavailableError: it may or may not have been written; doing the same again is safe.
        """
        async with self._connections.writing() as session:
            if files is not None:
                await versions.keep(session, conversation.slug, conversation.version, files, typing.entered_at)
            await self._note(session, conversation, typing)
            await self._write(session, conversation, typing, said, given)
            await audit.append(session, deed)
            await session.commit()

    async def _note(self, session: Session, conversation: ConversationRecord, typing: Typing) -> None:
        row = (
            conversation.participant_id,
            conversation.conversation_id,
            typing.number,
            conversation.slug,
            self._hash(typing.form),
            typing.channel.value,
            micros(typing.given_at),
            micros(typing.entered_at),
            typing.officer,
        )
        if not await fetch_with(session, _ENTRY, _ADD, [row]):
            raise ConflictError("This form was entered before, or somebody else has corrected it: look at it again.")

    async def _write(
        self,
        session: Session,
        conversation: ConversationRecord,
        typing: Typing,
        said: Sequence[InboundRecord],
        given: Sequence[AnswerRecord],
    ) -> None:
        statements = messages.keeping(session, self._keyring, said)
        wanted = len(said)
        if typing.number == 1:
            person = (conversation.participant_id, micros(typing.entered_at), None, None, False, None, None)
            await session.run([insert(session.dialect, _PARTICIPANT, [person])])
            statements += conversations.insert(session, self._keyring, [Beginning(conversation, typing.entered_at)])
            wanted += 1
        else:
            await participants.lock(session, conversation.participant_id)
            statements += conversations.changes(session, self._keyring, [conversation])
        statements += answers.add(session, self._keyring, given)
        statements += to_read.add(session, [_unread(conversation.slug, one) for one in given if _is_own_words(one)])
        if sum(await session.together(statements)) < wanted:
            raise ConflictError("The reference is taken, or this was entered before: do it again.")

    async def by_form(self, form: str) -> str | None:
        """The reference of what was entered with this form; None where nothing was."""
        async with self._connections.reading() as session:
            rows = await session.fetch(plain(session.dialect, _BY_FORM, self._hash(form)))
        return str(rows[0][0]) if rows else None

    async def find(self, slug: str, reference: str) -> Typed | None:
        """What was typed in under this reference; None where that is nobody's, or somebody's who wrote themselves."""
        async with self._connections.reading() as session:
            rows = await session.fetch(plain(session.dialect, _FIND, reference, slug))
        if not rows:
            return None
        typings = tuple(_typing(row[1:6]) for row in rows)
        return Typed(conversations.build(self._keyring, rows[0][0], rows[0][7:]), typings, rows[0][6])

    async def recent(self, slug: str, limit: int) -> list[Listed]:
        """What was typed in last, newest first."""
        async with self._connections.reading() as session:
            rows = await session.fetch(plain(session.dialect, _RECENT, slug, limit))
        return [Listed(row[0], _typing(row[1:])) for row in rows]

    async def erase(self, typed: Typed, deed: Deed, *, now: datetime) -> None:
        """Erases a person whose answers were typed in, because they asked for it or it should never have been."""
        async with self._connections.writing() as session:
            await participants.lock(session, typed.conversation.participant_id)
            gone = await erasure.erase(session, typed.conversation.participant_id, now=now)
            await erasure.forget(session, gone)
            await audit.append(session, deed)
            await session.commit()

    def _hash(self, form: str) -> bytes:
        return self._keyring.lookup("entry", "form", form)


def _is_own_words(answer: AnswerRecord) -> bool:
    return isinstance(answer.value, Text) and not answer.equality


def _unread(slug: str, answer: AnswerRecord) -> ToRead:
    """Whoever typed it in has seen it; whoever has to know what it may mean has not."""
    return ToRead(answer.participant_id, answer.message_seq, slug, answer.question, 2, answer.received_at)


def _typing(row: Row) -> Typing:
    number, channel, given_at, entered_at, officer = row
    return Typing(number, Channel(channel), instant(given_at), instant(entered_at), officer)
