"""`sayso export`: a consultation's answers or transcripts, into a file with its manifest, or to standard output."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from tqdm import tqdm

from bot.clock import Clock
from bot.config import Settings
from bot.errors import ExportError
from bot.export import (
    SAID,
    AnswerSheet,
    Filters,
    Format,
    Labels,
    Order,
    What,
    a_manifest,
    fill,
    kept_apart,
    to_file,
    transcript_row,
)
from bot.keys import key_of
from bot.packs import Library
from bot.tables import CsvTable, JsonlTable
from flows.definition import AgeBand, Consultation
from flows.messages import Channel
from storage.database import Database
from storage.transcripts import Reader


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Everything that can be asked of an export."""
    parser.add_argument("slug", help="the consultation, such as herefordshire-2018")
    parser.add_argument("what", choices=[what.value for what in What], help="a row a participant, or a row a message")
    parser.add_argument("--format", choices=[kind.value for kind in Format], default=Format.CSV.value)
    parser.add_argument("--output", type=Path, metavar="FILE", help="where to; without it, to standard output")
    parser.add_argument(
        "--labels", metavar="LANGUAGE", default=None, help="write choices in this language, or `code` for their codes"
    )
    parser.add_argument("--role", action="append", default=[], help="only this role; may be repeated")
    parser.add_argument("--band", action="append", default=[], choices=[band.value for band in AgeBand])
    parser.add_argument("--channel", action="append", default=[], choices=[channel.value for channel in Channel])
    parser.add_argument("--language", action="append", default=[], help="only who answered in this language")
    parser.add_argument("--status", action="append", default=[], choices=["complete", "partial", "stopped"])
    parser.add_argument(
        "--include-equality",
        action="store_true",
        help="with what people said about themselves in the equality questions, which is otherwise left out",
    )


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Writes the export. 0 when it is whole.

    Raises:
        ExportError: it cannot be written as it was asked for.
    """
    return asyncio.run(_run(settings, arguments))


async def _run(settings: Settings, arguments: argparse.Namespace) -> int:
    library = Library.load(settings.consultations)
    order = _order(library, arguments)
    output: Path | None = arguments.output
    if output is None and order.format is Format.XLSX:
        raise ExportError("A workbook needs a file to go into: add --output answers.xlsx.")
    database = await Database.open(settings.database_url, secret=key_of(settings))
    try:
        async with database.snapshot() as reader:
            await _write(reader, library, order, output)
    finally:
        await database.close()
    return 0


def _order(library: Library, arguments: argparse.Namespace) -> Order:
    consultation = library.get(arguments.slug)
    if consultation is None:
        known = ", ".join(pack.slug for pack in library.all()) or "none"
        raise ExportError(f"There is no consultation «{arguments.slug}» here. Those that there are: {known}.")
    codes = arguments.labels == "code"
    if arguments.labels is not None and not codes and arguments.labels not in consultation.languages:
        languages = ", ".join(consultation.languages)
        raise ExportError(f"This consultation has no words in «{arguments.labels}». Use one of {languages}, or code.")
    return Order(
        consultation=consultation,
        what=What(arguments.what),
        format=Format(arguments.format),
        filters=Filters(
            role=tuple(arguments.role),
            band=tuple(arguments.band),
            channel=tuple(arguments.channel),
            language=tuple(arguments.language),
            status=tuple(arguments.status),
        ),
        labels=Labels(None if codes else arguments.labels, codes=codes),
        equality=arguments.include_equality,
    )


async def _write(reader: Reader, library: Library, order: Order, output: Path | None) -> None:
    older = await _older_versions(reader, library, order.consultation)
    apart = kept_apart((order.consultation, *older))
    if order.what is What.TRANSCRIPTS and not order.equality:
        order = replace(order, filters=replace(order.filters, apart=apart))
    columns, rows = _content(reader, order, older)
    manifest = a_manifest(order, Clock().now(), apart)
    counts = await reader.counts(order.consultation.slug)
    total = counts.participants if order.what is What.ANSWERS else sum(counts.messages.values())
    with closing(tqdm(total=total, unit=" rows", disable=None, leave=False, file=sys.stderr)) as bar:
        if output is not None:
            await to_file(output, order, columns, rows, manifest, progress=bar.update)
        else:
            sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr] # it is a TextIOWrapper
            csv = order.format is Format.CSV
            table = CsvTable(sys.stdout, columns) if csv else JsonlTable(sys.stdout)
            await fill(table, rows, order.filters, manifest, progress=bar.update)
    if manifest.received != total:
        raise ExportError(
            "The export does not balance with what was received. Nothing of it may be used: run it again."
        )


def _content(
    reader: Reader, order: Order, older: Sequence[Consultation]
) -> tuple[tuple[str, ...], AsyncIterator[Mapping[str, object]]]:
    if order.what is What.TRANSCRIPTS:
        return SAID, _messages(reader, order.consultation)
    sheet = AnswerSheet(order.consultation, order.labels, older, equality=order.equality)
    return sheet.columns, _people(reader, sheet, order)


async def _messages(reader: Reader, consultation: Consultation) -> AsyncIterator[Mapping[str, object]]:
    async for entry in reader.transcripts(consultation.slug):
        yield transcript_row(entry, consultation)


async def _people(reader: Reader, sheet: AnswerSheet, order: Order) -> AsyncIterator[Mapping[str, object]]:
    async for person in reader.answers(order.consultation.slug, equality=order.equality):
        yield sheet.row(person)


async def _older_versions(reader: Reader, library: Library, current: Consultation) -> list[Consultation]:
    """The versions that people answered before the pack was edited, newest first."""
    older: list[Consultation] = []
    for version in await reader.versions(current.slug):
        if version != current.version and (files := await reader.version_files(version)) is not None:
            older.insert(0, library.revive(files))
    return older
