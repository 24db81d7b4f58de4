"""A whole consultation, read a page of people at a time: what exports are made of. Nothing here locks anything.

A page is a range of the participants' numbers, so that people and what belongs to them are read in the order of the
same key, in memory that does not grow. While one page is in hand the database already looks for the next: its work and
ours are done at the same time, and neither holds more than two pages.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import replace
from itertools import groupby
from operator import itemgetter

from flows.definition import AgeBand
from flows.messages import Button, Channel, Status
from flows.state import Phase
from flows.values import Value
from storage.answers import open_apart, open_value
from storage.crypto import Keyring
from storage.errors import StorageError
from storage.instants import instant, maybe_instant
from storage.messages import open_buttons, open_text
from storage.records import CountedAnswer, ParticipantAnswers, ParticipantTranscript, TranscriptEntry
from storage.redactions import NOTHING, Covers, covers
from storage.rows import plain
from storage.sessions import Row, Session

PEOPLE = 500
"""Participants in a page of answers; each has a handful."""
TALKERS = 100
"""Participants in a page of transcripts; each has said and heard some dozen things, or some hundreds."""

_PEOPLE = """
    SELECT c.participant_id, c.reference, c.version, c.role, c.band, c.helped_by, c.channel, c.language, c.status,
           c.phase, c.created_at, c.started_at, c.completed_at
    FROM conversation AS c WHERE c.slug = {} AND c.participant_id > {} ORDER BY c.participant_id LIMIT {}
"""
_ANSWERS = """
    SELECT w.participant_id, w.question, w.message_seq, w.kind, w.codes, w.text_enc, w.late, w.role, w.band
    FROM conversation AS c
    JOIN answer AS w ON w.participant_id = c.participant_id AND w.conversation_id = c.id
    WHERE c.slug = {} AND c.participant_id > {} AND c.participant_id <= {} AND w.counts
    ORDER BY w.participant_id, w.conversation_id, w.question, w.revision
"""
# What is kept apart, only where it was asked for as well: its options are sealed, and stand where own words would.
_WITH_APART = """
    WITH c AS (
        SELECT participant_id, id FROM conversation WHERE slug = {} AND participant_id > {} AND participant_id <= {}
    )
    SELECT w.participant_id, w.question, w.message_seq, w.kind, w.codes, w.text_enc, w.late, w.role, w.band,
           0 AS apart, w.conversation_id, w.revision
    FROM c JOIN answer AS w ON w.participant_id = c.participant_id AND w.conversation_id = c.id WHERE w.counts
    UNION ALL
    SELECT w.participant_id, w.question, w.message_seq, w.kind, NULL, w.value_enc, w.late, w.role, w.band,
           1 AS apart, w.conversation_id, w.revision
    FROM c JOIN equality_answer AS w ON w.participant_id = c.participant_id AND w.conversation_id = c.id WHERE w.counts
    ORDER BY 1, 11, 2, 12
"""
ENTRY = """
    m.participant_id, m.seq, m.direction, m.channel, m.question, m.language, m.status, m.kind,
    m.sent_at, m.received_at, m.recorded_at, m.text_enc
"""
_WIDTH = 12
_IS_APART = 9
"""The place of a row that says that an answer is kept apart, where those were asked for."""
_MESSAGES = f"""
    SELECT {ENTRY}{{buttons}} FROM conversation AS c
    JOIN message AS m ON m.participant_id = c.participant_id AND m.conversation_id = c.id
    WHERE c.slug = {{{{}}}} AND c.participant_id > {{{{}}}} AND c.participant_id <= {{{{}}}}
    ORDER BY m.participant_id, m.seq
"""
_WORDS_ALONE = _MESSAGES.format(buttons="")
_WITH_BUTTONS = _MESSAGES.format(buttons=", m.buttons_enc")

_BANDS: Mapping[str | None, AgeBand | None] = {None: None, **{band.value: band for band in AgeBand}}
_CHANNELS = {channel.value: channel for channel in Channel}
_PHASES = {phase.value: phase for phase in Phase}
_STATUSES = {status.value: status for status in Status}


async def answers(
    session: Session, keyring: Keyring, slug: str, *, equality: bool = False
) -> AsyncGenerator[list[ParticipantAnswers]]:
    """Pages of participants with the answers that count, by the participants' numbers.

    Those to equality questions only where `equality` asks for them; without it their table is not read.
    """
    cover = await covers(session, keyring, slug)
    async with aclosing(pages(session, slug, PEOPLE, _WITH_APART if equality else _ANSWERS)) as found:
        async for people, rows in found:
            given = {number: _counted(keyring, group, cover) for number, group in groupby(rows, itemgetter(0))}
            yield [_participant(row, given.get(row[0], {})) for row in people]


async def transcripts(
    session: Session, keyring: Keyring, slug: str, *, buttons: bool = False
) -> AsyncGenerator[list[ParticipantTranscript]]:
    """Pages of participants with all that was said, oldest first; with what stood on buttons only where asked for."""
    cover = await covers(session, keyring, slug)
    async with aclosing(pages(session, slug, TALKERS, _WITH_BUTTONS if buttons else _WORDS_ALONE)) as found:
        async for people, rows in found:
            by_owner = {number: list(group) for number, group in groupby(rows, itemgetter(0))}
            yield [
                ParticipantTranscript(
                    reference,
                    role,
                    _BANDS[band],
                    status,
                    entries(keyring, reference, by_owner.get(number, ()), cover, buttons=buttons),
                )
                for number, reference, _, role, band, _, _, _, status, *_ in people
            ]


def entries(
    keyring: Keyring, reference: str, rows: Iterable[Row], cover: Covers = NOTHING, *, buttons: bool = False
) -> list[TranscriptEntry]:
    """One participant's messages, from the columns of `ENTRY`; with buttons, `buttons_enc` stands behind them.

    `cover` is given wherever somebody else than this participant reads them.
    """
    found = []
    for row in rows:
        owner, seq, direction, channel, question, language, status, kind, sent, received, recorded, text = row[:_WIDTH]
        found.append(
            TranscriptEntry(
                reference,
                seq,
                instant(sent or received or recorded),
                direction,
                _CHANNELS[channel],
                question,
                language,
                _STATUSES[status],
                cover.text(owner, open_text(keyring, owner, seq, text)),
                _buttons(keyring, owner, seq, row[_WIDTH], cover) if buttons else (),
                kind,
            )
        )
    return found


def _buttons(keyring: Keyring, owner: int, seq: int, sealed: bytes | None, cover: Covers) -> tuple[Button, ...]:
    found = open_buttons(keyring, owner, seq, sealed)
    return tuple(replace(button, label=cover.text(owner, button.label)) for button in found) if cover else found


async def pages(
    session: Session, slug: str, size: int, sql: str
) -> AsyncGenerator[tuple[Sequence[Row], Sequence[Row]]]:
    """People, and the rows that `sql` finds for them."""
    people: Sequence[Row] = ()
    rows: Sequence[Row] = ()
    after = -1
    coming: asyncio.Task[Sequence[Row]] | None = None
    try:
        while True:
            following = await session.fetch(plain(session.dialect, _PEOPLE, slug, after, size))
            if following:
                upto = following[-1][0]
                coming = asyncio.create_task(session.fetch(plain(session.dialect, sql, slug, after, upto)))
                # It is under way before the page in hand keeps this thread busy.
                await asyncio.sleep(0)
                after = upto
            if people:
                yield people, rows
            if coming is None:
                return
            people, rows, coming = following, await coming, None
    finally:
        if coming is not None:
            # Nobody wants it any more, but the connection may be used for something else only when it is done.
            with suppress(StorageError):
                await coming


def _counted(keyring: Keyring, rows: Iterable[Row], cover: Covers) -> dict[str, CountedAnswer]:
    # Revisions come in their order, and all of these count: the last one stands.
    last = {row[1]: row for row in rows}
    return {
        question: CountedAnswer(cover.value(row[0], _value(keyring, row)), bool(row[6]), row[7], _BANDS[row[8]])
        for question, row in last.items()
    }


def _value(keyring: Keyring, row: Row) -> Value:
    owner, _, seq, kind, codes, sealed = row[:6]
    apart = len(row) > _IS_APART and row[_IS_APART]
    return (
        open_apart(keyring, owner, seq, kind, sealed) if apart else open_value(keyring, owner, seq, kind, codes, sealed)
    )


def _participant(row: Row, given: Mapping[str, CountedAnswer]) -> ParticipantAnswers:
    _, reference, version, role, band, helped_by, channel, language, status, phase, created, started, completed = row
    return ParticipantAnswers(
        reference,
        version,
        role,
        _BANDS[band],
        helped_by,
        _CHANNELS[channel],
        language,
        status,
        instant(created if started is None else started),
        maybe_instant(completed),
        given,
        _PHASES[phase],
    )
