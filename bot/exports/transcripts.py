"""Conversations as a document: a heading for each participant's reference, and all that was said, as it was.

A document is held in memory whole and is read by people, so it has room for so many conversations and no more. Tables
(CSV, XLSX, JSONL) hold any number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Final

from bot.errors import ExportError
from bot.export import Filters, Manifest, transcripts_page
from bot.exports import typesetting
from bot.exports.plain import lines
from bot.exports.source import Source
from bot.exports.word import Said, WordFile
from flows.scripts import RIGHT_TO_LEFT
from storage.records import ParticipantTranscript, TranscriptEntry

MOST: Final = 300
"""Conversations in one document."""
MOST_MESSAGES: Final = 10_000
"""Messages in one document: a few conversations may be long."""

_WHO: Final[Mapping[str, str]] = {"in": "They", "out": "We"}
_WORDLESS: Final = "(no words: {})"


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation, as a document has it."""

    reference: str
    about: str
    entries: Sequence[TranscriptEntry] = field(repr=False)


async def gathered(source: Source, manifest: Manifest, progress: Callable[[int], object]) -> list[Conversation]:
    """The conversations that were asked for.

    Raises:
        ExportError: they are too many for a document, or do not add up to what was received.
    """
    order, found, messages = source.order, list[Conversation](), 0
    async with aclosing(source.conversations()) as pages:
        async for people in pages:
            for one in people:
                kept = [entry for entry in one.entries if _passes(order.filters, one, entry)]
                _count(manifest, source, one)
                if kept:
                    found.append(Conversation(one.reference, _about(one), kept))
                messages += len(kept)
                if len(found) > MOST or messages > MOST_MESSAGES:
                    raise ExportError(
                        f"A document holds at most {MOST} conversations and {MOST_MESSAGES:,} messages. Filter by "
                        "role, age band, channel, language or status, or export as csv, xlsx or jsonl, which hold any "
                        "number."
                    )
            progress(sum(len(one.entries) for one in people))
    if manifest.received != await source.reader.messages(source.slug):
        raise ExportError(
            "The export does not balance with what was received. Nothing of it may be used: run it again."
        )
    return found


def _passes(filters: Filters, one: ParticipantTranscript, entry: TranscriptEntry) -> bool:
    return filters.leaves_out(facts_of(one, entry)) is None


def facts_of(one: ParticipantTranscript, entry: TranscriptEntry) -> Mapping[str, object]:
    """What filters look at, of a message."""
    return {
        "reference": one.reference,
        "role": one.role,
        "age_band": one.band,
        "channel": entry.channel,
        "language": entry.language,
        "status": one.status,
        "question": entry.question,
    }


def _count(manifest: Manifest, source: Source, one: ParticipantTranscript) -> None:
    page = transcripts_page(source.wish.consultation, source.order.filters, [one])
    manifest.received += len(page)
    manifest.rows += len(page.rows)
    for reason, count in page.left_out.items():
        manifest.left_out[reason] = manifest.left_out.get(reason, 0) + count


def _about(one: ParticipantTranscript) -> str:
    known = [f"Role: {one.role or 'not known'}", f"age band: {one.band or 'not known'}", f"status: {one.status}"]
    return "; ".join(known) + "."


def title(source: Source) -> str:
    return f"Conversations: {source.slug}"


def about(source: Source, count: int, now: datetime) -> list[str]:
    """What stands at the beginning."""
    local = now.astimezone(source.wish.consultation.timetable.zone)
    said = [
        f"{source.wish.consultation.authority}. {count} conversations, as they stood at {_told(local)}.",
        (
            "“They” are people who took part, “We” is the service. Nobody’s name or number is in this document unless "
            "somebody wrote it."
        ),
    ]
    if source.wish.filters:
        said.append("Only a part of all conversations was asked for: the manifest beside this file says which.")
    if source.left_out:
        said.append("Messages about equality questions are left out.")
    return said


def write_docx(path: Path, source: Source, found: Sequence[Conversation], now: datetime) -> None:
    """The document for Word."""
    pack = source.wish.consultation
    made = WordFile(title(source), pack.authority, "en", now)
    for line in about(source, len(found), now):
        made.paragraph(line)
    for one in found:
        made.heading(one.reference)
        made.paragraph(one.about)
        rows = [
            (_at(entry, pack.timetable.zone), _WHO[entry.direction], Said(_words(entry), entry.language or "en"))
            for entry in one.entries
        ]
        made.table(("When", "Who", "Words"), rows, (24, 10, 66))
    made.save(path)


def write_pdf(path: Path, source: Source, found: Sequence[Conversation], manifest: Manifest, now: datetime) -> None:
    """The same as PDF.

    Raises:
        ExportError: it cannot be made here.
    """
    pack = source.wish.consultation
    zone = pack.timetable.zone
    made = typesetting.pdf(
        "transcripts.typ",
        {
            "title": title(source),
            "authority": pack.authority,
            "lang": "en",
            "about": [*about(source, len(found), now), typesetting.NAMED],
            "conversations": [
                {
                    "reference": one.reference,
                    "about": one.about,
                    "messages": [
                        {
                            "at": _at(entry, zone),
                            "who": _WHO[entry.direction],
                            "words": spoken(_words(entry), entry.language),
                        }
                        for entry in one.entries
                    ],
                }
                for one in found
            ],
        },
        now,
    )
    manifest.replaced_characters = len(made.replaced)
    path.write_bytes(made.pdf)


def spoken(text: str, language: str | None) -> Mapping[str, object]:
    """A text in its language, as the templates take it."""
    tongue = language or "en"
    return {"lang": tongue, "rtl": tongue in RIGHT_TO_LEFT, "lines": lines(text)}


def _words(entry: TranscriptEntry) -> str:
    return entry.text or _WORDLESS.format(entry.kind)


def _at(entry: TranscriptEntry, zone: tzinfo) -> str:
    return _told(entry.at.astimezone(zone))


def _told(local: datetime) -> str:
    return f"{local.day} {local:%B %Y, %H:%M}"
