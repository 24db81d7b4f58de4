"""Where exports take from: one moment of the database, and every version of the pack that somebody answered."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime

from bot.codebook import codebook
from bot.export import (
    SAID,
    AnswerSheet,
    Content,
    Format,
    Manifest,
    Order,
    Page,
    What,
    a_manifest,
    answers_page,
    transcripts_page,
)
from bot.exports.asked import Kind, Subject, Wish
from bot.packs import Library
from bot.sheets import Labels, kept_apart
from flows.definition import Consultation
from storage.integrity import Excluded
from storage.records import ParticipantAnswers, ParticipantTranscript
from storage.transcripts import Reader


@dataclass(frozen=True, slots=True)
class Source:
    """What one export is made from."""

    wish: Wish
    reader: Reader
    packs: tuple[Consultation, ...]
    """The newest version, then those that people answered before the pack was edited, newest first."""
    exclusions: tuple[Excluded, ...] = ()
    """Whom an officer excluded: they are among the filters too."""

    @property
    def slug(self) -> str:
        return self.wish.consultation.slug

    @property
    def apart(self) -> frozenset[str]:
        """The equality questions of every version."""
        return kept_apart(self.packs)

    @property
    def left_out(self) -> frozenset[str]:
        """The questions that nothing may be told about in this export."""
        return frozenset() if self.wish.equality else self.apart

    @property
    def order(self) -> Order:
        """The wish, as tables know it."""
        filters = self.wish.filters
        what = What.TRANSCRIPTS if self.wish.subject is Subject.TRANSCRIPTS else What.ANSWERS
        if what is What.TRANSCRIPTS:
            filters = replace(filters, apart=self.left_out)
        kind = Format(self.wish.kind.value) if self.wish.kind in (Kind.CSV, Kind.XLSX, Kind.JSONL) else Format.CSV
        return Order(self.wish.consultation, what, kind, filters, self.wish.labels, self.wish.equality)

    def manifest(self, now: datetime) -> Manifest:
        """The manifest of an export that begins now."""
        begun = a_manifest(self.order, now, self.apart)
        zone = self.wish.consultation.timetable.zone
        begun.exclusions = [
            {
                "reference": one.reference,
                "reason": one.why,
                "at": one.at.astimezone(zone).isoformat(),
                "officer": one.officer,
            }
            for one in self.exclusions
        ]
        return begun

    def kept(self, people: Sequence[ParticipantAnswers]) -> Sequence[ParticipantAnswers]:
        """Those of them whom nobody excluded."""
        excluded = self.wish.filters.excluded
        return [one for one in people if one.reference not in excluded] if excluded else people

    def sheet(self) -> AnswerSheet:
        # For SPSS an option is a number, whose label the syntax tells.
        labels = Labels(codes=True) if self.wish.kind is Kind.SPSS else self.wish.labels
        return AnswerSheet(self.packs[0], labels, self.packs[1:], equality=self.wish.equality)

    async def content(self) -> Content:
        """The rows that were asked for, page by page."""
        order = self.order
        if order.what is What.TRANSCRIPTS:
            return Content(SAID, self._messages(order), await self.reader.messages(self.slug))
        sheet = self.sheet()
        more = (codebook(self.packs, equality=self.wish.equality),) if order.format is Format.XLSX else ()
        return Content(sheet.columns, self._rows(sheet, order), await self.reader.participants(self.slug), more)

    def people(self) -> AsyncGenerator[list[ParticipantAnswers]]:
        """Everybody with the answers that count, some hundred at a time. Close it where it is not read to its end."""
        return self.reader.answer_pages(self.slug, equality=self.wish.equality)

    def conversations(self) -> AsyncGenerator[list[ParticipantTranscript]]:
        """Everybody with all that was said, a hundred at a time. Close it where it is not read to its end."""
        return self.reader.transcript_pages(self.slug)

    async def _messages(self, order: Order) -> AsyncGenerator[Page]:
        async with aclosing(self.conversations()) as pages:
            async for people in pages:
                yield transcripts_page(order.consultation, order.filters, people)

    async def _rows(self, sheet: AnswerSheet, order: Order) -> AsyncGenerator[Page]:
        async with aclosing(self.people()) as pages:
            async for people in pages:
                yield answers_page(sheet, order.filters, people)


async def source_of(reader: Reader, library: Library, wish: Wish) -> Source:
    """Everything that an export needs, as it stands at the reader's moment."""
    exclusions = tuple(await reader.excluded(wish.consultation.slug))
    excluded = frozenset(one.reference for one in exclusions)
    wish = replace(wish, filters=replace(wish.filters, excluded=excluded))
    return Source(wish, reader, (wish.consultation, *await _older(reader, library, wish.consultation)), exclusions)


async def _older(reader: Reader, library: Library, current: Consultation) -> Sequence[Consultation]:
    older: list[Consultation] = []
    for version in await reader.versions(current.slug):
        if version != current.version and (files := await reader.version_files(version)) is not None:
            older.insert(0, library.revive(files))
    return older
