"""Makes any export that can be asked for: the same for the command line and for the console.

What a kind of file needs is imported when one is made: a table needs neither the libraries for Word nor those for PDF.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import assert_never

from bot.errors import ExportError
from bot.export import Manifest, fill, to_file
from bot.exports.asked import ENDINGS, Kind, Subject, Wish, check
from bot.exports.coded import coded
from bot.exports.figures import Coding
from bot.exports.files import Record, beside, together
from bot.exports.source import Source, source_of
from bot.packs import Library
from storage.audit import Deed
from storage.database import Database

Begin = Callable[[int], Callable[[int], object]]
"""Is told how much there is to do, and gives what is told of each step."""


@dataclass(frozen=True, slots=True)
class Made:
    """An export that is whole."""

    files: tuple[Path, ...]
    """Every file, the manifest among them."""
    manifest: Manifest


async def make(database: Database, library: Library, wish: Wish, path: Path, *, now: datetime, begin: Begin) -> Made:
    """Makes the export under that name, whole or not at all, and writes it into the record.

    Raises:
        ExportError: it cannot be made as it was asked for; the message says what to ask for instead.
    """
    check(wish)
    async with database.snapshot() as reader:
        source = await source_of(reader, library, wish)
        coding = await coded(database, source) if wish.subject is Subject.REPORT else Coding()
        return await Making(source, path, now, begin, _recorded(database, wish, now), coding).made()


def _recorded(database: Database, wish: Wish, now: datetime) -> Record:
    async def record() -> None:
        await database.officers.record(deed_of(wish, now))

    return record


def deed_of(wish: Wish, now: datetime) -> Deed:
    """The line of the record that an export is written down with."""
    subject = f"{wish.subject.value}/{wish.kind.value}"
    return Deed(now, wish.officer, "export.made", wish.consultation.slug, subject, wish.why)


@dataclass(frozen=True, slots=True)
class Making:
    """One export, on its way."""

    source: Source
    path: Path
    now: datetime
    begin: Begin
    record: Record
    coding: Coding = field(default_factory=Coding)

    async def made(self) -> Made:
        manifest = self.source.manifest(self.now)
        wish = self.source.wish
        manifest.what, manifest.format, manifest.why = wish.subject.value, wish.kind.value, wish.why
        match wish.kind:
            case Kind.CSV | Kind.XLSX | Kind.JSONL:
                files = await self._table(manifest)
            case Kind.SPSS:
                files = await self._spss(manifest)
            case Kind.PDF | Kind.DOCX:
                files = await self._document(manifest)
            case Kind.FOLDER:
                files = await self._folder(manifest)
            case _:
                assert_never(wish.kind)
        return Made(tuple(files), manifest)

    async def _table(self, manifest: Manifest) -> list[Path]:
        content = await self.source.content()
        progress = self.begin(content.received)
        await to_file(self.path, self.source.order, content, manifest, progress=progress, record=self.record)
        return [self.path, beside(self.path)]

    async def _spss(self, manifest: Manifest) -> list[Path]:
        if self.path.suffix != ENDINGS[Kind.SPSS]:
            raise ExportError("SPSS syntax needs a name that ends in .sps, such as --output answers.sps.")
        data = self.path.with_suffix(".csv")
        from bot.exports import spss  # noqa: PLC0415 - see above

        sheet = self.source.sheet()
        held = spss.variables(self.source, sheet.questions)
        content = await self.source.content()
        progress = self.begin(content.received)
        async with together([self.path, data], manifest, self.record) as (syntax, written):
            with written.open("w", encoding="utf-8", newline="") as file:
                await fill(spss.SpssTable(file, held), content, manifest, progress=progress)
            syntax.write_text(spss.syntax(data.name, held, sheet.questions), encoding="utf-8-sig", newline="\r\n")
        return [self.path, data, beside(self.path)]

    async def _document(self, manifest: Manifest) -> list[Path]:
        async with together([self.path], manifest, self.record) as (partial,):
            if self.source.wish.subject is Subject.REPORT:
                await self._report(partial, manifest)
            else:
                await self._transcripts(partial, manifest)
        return [self.path, beside(self.path)]

    async def _report(self, partial: Path, manifest: Manifest) -> None:
        from bot.exports import report  # noqa: PLC0415 - see above

        source = self.source
        progress = self.begin(await source.reader.participants(source.slug))
        tally = await report.counted(source, manifest, progress, self.coding)
        # What takes the processor's time only does so beside the event loop.
        if source.wish.kind is Kind.DOCX:
            await asyncio.to_thread(report.write_docx, partial, source, tally, self.now)
        else:
            await asyncio.to_thread(report.write_pdf, partial, source, tally, manifest, self.now)

    async def _transcripts(self, partial: Path, manifest: Manifest) -> None:
        from bot.exports import transcripts  # noqa: PLC0415 - see above

        source = self.source
        progress = self.begin(await source.reader.messages(source.slug))
        found = await transcripts.gathered(source, manifest, progress)
        if source.wish.kind is Kind.DOCX:
            await asyncio.to_thread(transcripts.write_docx, partial, source, found, self.now)
        else:
            await asyncio.to_thread(transcripts.write_pdf, partial, source, found, manifest, self.now)

    async def _folder(self, manifest: Manifest) -> list[Path]:
        from bot.exports import consult  # noqa: PLC0415 - see above

        progress = self.begin(await self.source.reader.participants(self.source.slug))
        return await consult.write(self.path, self.source, manifest, self.record, progress)
