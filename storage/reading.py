"""Answers one after another, as officers read them: found by filters, a page at a time, however many there are.

A page looks at participants for no longer than `SECONDS`, in the order of their numbers, which says nothing of
anybody. What a filter seldom finds therefore takes several pages, and none of them takes long. Own words are sealed
in their column, so that only whoever holds the key can search them: they are opened one by one, within that time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter

from flows.definition import AgeBand
from flows.messages import Channel
from flows.values import Value
from storage.answers import open_value
from storage.crypto import Keyring
from storage.instants import instant, maybe_instant, micros
from storage.records import TranscriptEntry
from storage.redactions import Covers, covers
from storage.rows import plain
from storage.sessions import Connections, Row, Session
from storage.streams import ENTRY, entries

PAGE = 50
SECONDS = 0.1
"""How long one page looks; it ends with the step that it is at (docs/adr/0016-reading-sealed-answers.md)."""
STEP = 500
"""Participants that are looked at together."""

_AFTER = "SELECT participant_id FROM conversation WHERE slug = {} AND reference = {}"
_UPTO = """
    SELECT max(participant_id), count(*) FROM (
        SELECT participant_id FROM conversation WHERE slug = {} AND participant_id > {}
        ORDER BY participant_id LIMIT {}
    ) AS looked
"""
_LISTED = """
    w.participant_id, w.conversation_id, c.reference, c.version, c.status, w.question, w.revision, w.message_seq,
    w.kind, w.codes, w.text_enc, w.role, w.band, w.helped_by, w.channel, w.language, w.heard, w.late, w.counts,
    w.counts_at
"""
# The last revision that counts: an edit that came too late stands behind it in the record, and not here.
STANDS = """
    w.counts AND NOT EXISTS (
        SELECT 1 FROM answer AS n
        WHERE n.participant_id = w.participant_id AND n.conversation_id = w.conversation_id
        AND n.question = w.question AND n.revision > w.revision AND n.counts
    )
"""
_FOUND = f"""
    SELECT {_LISTED} FROM conversation AS c
    JOIN answer AS w ON w.participant_id = c.participant_id AND w.conversation_id = c.id AND w.question = {{}}
    WHERE c.slug = {{}} AND c.participant_id > {{}} AND c.participant_id <= {{}} AND {STANDS}
"""
_ORDER = " ORDER BY c.participant_id"
_WHO = """
    SELECT participant_id, id, reference, version, status, role, band, helped_by, channel, language, created_at,
           started_at, completed_at
    FROM conversation WHERE slug = {} AND reference = {}
"""
_REVISIONS = f"""
    SELECT {_LISTED} FROM conversation AS c
    JOIN answer AS w ON w.participant_id = c.participant_id AND w.conversation_id = c.id
    WHERE c.participant_id = {{}} AND c.id = {{}} ORDER BY w.question, w.revision
"""
_MESSAGES = (
    f"SELECT {ENTRY} FROM message AS m WHERE m.participant_id = {{}} AND m.conversation_id = {{}} ORDER BY m.seq"
)

_BANDS: dict[str | None, AgeBand | None] = {None: None, **{band.value: band for band in AgeBand}}


@dataclass(frozen=True, slots=True)
class Also:
    """A further condition of another part of storage: SQL over `c` (the conversation) and `w` (the answer)."""

    sql: str
    """With a `{}` for each of `args`."""
    args: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which answers to one question are wanted. Within a field any of its values will do; every field has to fit."""

    question: str
    roles: tuple[str, ...] = ()
    bands: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    """The one that an answer was heard in, else that of the conversation."""
    statuses: tuple[str, ...] = ()
    late: bool | None = None
    since: datetime | None = None
    until: datetime | None = None
    """Instants (UTC) of the time that decided whether it was late; `until` is the first that is not wanted."""
    also: tuple[Also, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadAnswer:
    """One revision of one answer, with all that was true when it was given."""

    participant_id: int
    conversation_id: int
    reference: str
    version: str
    status: str
    question: str
    revision: int
    message_seq: int
    value: Value = field(repr=False)
    role: str | None
    band: AgeBand | None
    helped_by: str | None
    channel: Channel
    language: str
    """That of the conversation at the time."""
    heard: str | None
    """That of the answer, where it was sure."""
    late: bool
    counts: bool
    counts_at: datetime
    """UTC: the time that decided whether it was late."""


Fits = Callable[[ReadAnswer], bool]
"""Whether an answer that was opened is wanted."""


@dataclass(frozen=True, slots=True)
class Page:
    """Answers, and how far was looked for them."""

    answers: Sequence[ReadAnswer]
    looked_at: int
    """Participants that this page looked at."""
    further: str
    """The reference to go on after; empty at the end."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A participant's whole conversation: everything said, and every revision of every answer."""

    participant_id: int
    conversation_id: int
    reference: str
    version: str
    status: str
    role: str | None
    band: AgeBand | None
    helped_by: str | None
    channel: Channel
    language: str
    started_at: datetime
    completed_at: datetime | None
    messages: Sequence[TranscriptEntry]
    answers: Sequence[ReadAnswer]


class Reading:
    """What officers read. Nothing here changes anything, and nothing is read of equality questions."""

    def __init__(self, connections: Connections, keyring: Keyring) -> None:
        self._connections = connections
        self._keyring = keyring

    async def page(self, slug: str, wanted: Wanted, *, after: str = "", fits: Fits | None = None) -> Page:
        """The next answers behind the participant called `after`, in an order that says nothing of anybody.

        `fits` looks at an answer once it has been opened, for what cannot be asked of the database: its words.
        """
        till = perf_counter() + SECONDS
        found: list[ReadAnswer] = []
        looked = 0
        async with self._connections.reading() as session:
            at = await self._number(session, slug, after)
            while len(found) <= PAGE:
                [(upto, some)] = await session.fetch(plain(session.dialect, _UPTO, slug, at, STEP))
                if not some:
                    return Page(found, looked, "")
                found += await self._some(session, slug, wanted, fits, at, upto)
                at, looked = upto, looked + some
                if some < STEP and len(found) <= PAGE:
                    return Page(found, looked, "")
                if perf_counter() >= till and len(found) <= PAGE:
                    return Page(found, looked, await self._after(session, slug, at))
            return Page(found[:PAGE], looked, found[PAGE - 1].reference)

    async def _some(
        self, session: Session, slug: str, wanted: Wanted, fits: Fits | None, after: int, upto: int
    ) -> list[ReadAnswer]:
        """What is wanted of some participants; no more than makes a page whole."""
        cover = await covers(session, self._keyring, slug, after=after, upto=upto)
        sql, args = _query(slug, wanted, after, upto)
        if fits is None:
            rows = await session.fetch(plain(session.dialect, f"{sql} LIMIT {PAGE + 1}", *args))
            return [self._answer(row, cover) for row in rows]
        rows = await session.fetch(plain(session.dialect, sql, *args))
        return [answer for row in rows if fits(answer := self._answer(row, cover))]

    async def conversation(self, slug: str, reference: str) -> Spoken | None:
        """Everything that was said with one participant about a consultation; None where there is no such reference."""
        async with self._connections.reading() as session:
            found = await session.fetch(plain(session.dialect, _WHO, slug, reference))
            if not found:
                return None
            owner, conversation, *who = found[0]
            cover = await covers(session, self._keyring, slug, after=owner - 1, upto=owner)
            said = await session.fetch(plain(session.dialect, _MESSAGES, owner, conversation))
            given = await session.fetch(plain(session.dialect, _REVISIONS, owner, conversation))
            _, version, status, role, band, helped_by, channel, language, created, started, completed = who
            return Spoken(
                owner,
                conversation,
                reference,
                version,
                status,
                role,
                _BANDS[band],
                helped_by,
                Channel(channel),
                language,
                instant(created if started is None else started),
                maybe_instant(completed),
                entries(self._keyring, reference, said, cover),
                [self._answer(row, cover) for row in given],
            )

    async def _number(self, session: Session, slug: str, after: str) -> int:
        rows = await session.fetch(plain(session.dialect, _AFTER, slug, after)) if after else ()
        return int(rows[0][0]) if rows else -1

    async def _after(self, session: Session, slug: str, number: int) -> str:
        """The reference of the last participant looked at, where there is anybody behind them."""
        sql = "SELECT reference FROM conversation WHERE slug = {} AND participant_id = {}"
        more = "SELECT 1 FROM conversation WHERE slug = {} AND participant_id > {} LIMIT 1"
        if not await session.fetch(plain(session.dialect, more, slug, number)):
            return ""
        [(reference,)] = await session.fetch(plain(session.dialect, sql, slug, number))
        return str(reference)

    def _answer(self, row: Row, cover: Covers) -> ReadAnswer:
        owner, conversation, reference, version, status, question, revision, seq, kind, codes, sealed, *rest = row
        role, band, helped_by, channel, language, heard, late, counts, counts_at = rest
        return ReadAnswer(
            owner,
            conversation,
            reference,
            version,
            status,
            question,
            revision,
            seq,
            cover.value(owner, open_value(self._keyring, owner, seq, kind, codes, sealed)),
            role,
            _BANDS[band],
            helped_by,
            Channel(channel),
            language,
            heard or None,
            bool(late),
            bool(counts),
            instant(counts_at),
        )


def _query(slug: str, wanted: Wanted, after: int, upto: int) -> tuple[str, list[object]]:
    conditions: list[str] = []
    args: list[object] = [wanted.question, slug, after, upto]
    for column, values in (
        ("w.role", wanted.roles),
        ("w.band", wanted.bands),
        ("w.channel", wanted.channels),
        ("coalesce(nullif(w.heard, ''), w.language)", wanted.languages),
        ("c.status", wanted.statuses),
    ):
        if values:
            conditions.append(f"{column} IN ({', '.join(['{}'] * len(values))})")
            args += values
    if wanted.late is not None:
        conditions.append("w.late" if wanted.late else "NOT w.late")
    if wanted.since is not None:
        conditions.append("w.counts_at >= {}")
        args.append(micros(wanted.since))
    if wanted.until is not None:
        conditions.append("w.counts_at < {}")
        args.append(micros(wanted.until))
    for also in wanted.also:
        conditions.append(also.sql)
        args += also.args
    return _FOUND + "".join(f" AND {each}" for each in conditions) + _ORDER, args
