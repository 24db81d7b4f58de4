"""`sayso export`: a consultation's answers or transcripts, into a file with its manifest, or to standard output."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import threading
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing, closing
from dataclasses import replace
from pathlib import Path

from tqdm import tqdm

from bot.clock import Clock
from bot.config import Settings
from bot.errors import ExportError
from bot.export import (
    SAID,
    AnswerSheet,
    Content,
    Filters,
    Format,
    Labels,
    Manifest,
    Order,
    Page,
    What,
    a_manifest,
    answers_page,
    encoding_errors,
    fill,
    text_table,
    to_file,
    transcripts_page,
)
from bot.keys import key_of
from bot.packs import Library
from bot.sheets import kept_apart
from flows.definition import AgeBand, Consultation
from flows.messages import Channel
from storage.database import Database
from storage.transcripts import Reader

_ENDS = (signal.SIGTERM, signal.SIGHUP)
"""What a shutdown and a closed terminal send. A Ctrl-C is heard by asyncio itself."""


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
    try:
        return asyncio.run(_run(settings, arguments))
    except (KeyboardInterrupt, asyncio.CancelledError):
        raise ExportError("The export was stopped before it was whole, and nothing of it was kept.") from None


async def _run(settings: Settings, arguments: argparse.Namespace) -> int:
    _stop_in_order()
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


def _stop_in_order() -> None:
    """When the process is told to end, it first takes back what it had begun to write."""
    task = asyncio.current_task()
    if task is not None and threading.current_thread() is threading.main_thread():
        for number in _ENDS:
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)


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
    content = await _content(reader, order, older)
    manifest = a_manifest(order, Clock().now(), apart)
    with closing(tqdm(total=content.received, unit=" rows", disable=None, leave=False, file=sys.stderr)) as bar:
        if output is not None:
            await to_file(output, order, content, manifest, progress=bar.update)
        else:
            await _to_standard_output(order, content, manifest, bar.update)


async def _to_standard_output(
    order: Order, content: Content, manifest: Manifest, progress: Callable[[int], object]
) -> None:
    try:
        sys.stdout.reconfigure(encoding="utf-8", errors=encoding_errors(order), newline="")  # type: ignore[union-attr] # it is a TextIOWrapper
        await fill(text_table(order, sys.stdout, content.columns), content, manifest, progress=progress)
        # What cannot be written is told here, not when the process ends.
        sys.stdout.flush()
    except OSError as error:
        _give_up_standard_output()
        raise ExportError(
            f"Standard output took only a part of the export ({error.strerror}): use nothing of it. A file named with "
            "--output is there whole or not at all."
        ) from error


def _give_up_standard_output() -> None:
    """Python would try to write the rest when it ends, complain once more, and change the exit code."""
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


async def _content(reader: Reader, order: Order, older: Sequence[Consultation]) -> Content:
    slug = order.consultation.slug
    if order.what is What.TRANSCRIPTS:
        return Content(SAID, _messages(reader, order), await reader.messages(slug))
    sheet = AnswerSheet(order.consultation, order.labels, older, equality=order.equality)
    return Content(sheet.columns, _people(reader, sheet, order), await reader.participants(slug))


async def _messages(reader: Reader, order: Order) -> AsyncGenerator[Page]:
    async with aclosing(reader.transcript_pages(order.consultation.slug)) as pages:
        async for people in pages:
            yield transcripts_page(order.consultation, order.filters, people)


async def _people(reader: Reader, sheet: AnswerSheet, order: Order) -> AsyncGenerator[Page]:
    async with aclosing(reader.answer_pages(order.consultation.slug, equality=order.equality)) as pages:
        async for people in pages:
            yield answers_page(sheet, order.filters, people)


async def _older_versions(reader: Reader, library: Library, current: Consultation) -> list[Consultation]:
    """The versions that people answered before the pack was edited, newest first."""
    older: list[Consultation] = []
    for version in await reader.versions(current.slug):
        if version != current.version and (files := await reader.version_files(version)) is not None:
            older.insert(0, library.revive(files))
    return older
