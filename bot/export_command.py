"""`sayso export`: a consultation's answers, conversations or a report, as files with their manifest.

A table can also go to standard output. Everything else needs `--output`, and so does everything with a manifest.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

from tqdm import tqdm

from bot.clock import Clock
from bot.config import Settings
from bot.errors import ExportError
from bot.export import Content, Filters, Labels, Manifest, Order, encoding_errors, fill, text_table
from bot.exports.asked import KINDS, Kind, Subject, Wish, check
from bot.exports.making import deed_of, make
from bot.exports.source import source_of
from bot.keys import key_of
from bot.packs import Library
from flows.definition import AgeBand
from flows.messages import Channel
from storage.database import Database

_ENDS = (signal.SIGTERM, signal.SIGHUP)
"""What a shutdown and a closed terminal send. A Ctrl-C is heard by asyncio itself."""


_NAMED: Final = [kind.value for kind in Kind if kind is not Kind.FOLDER]
_TO_STANDARD_OUTPUT: Final = frozenset({Kind.CSV, Kind.JSONL})
_NEEDS_A_FILE: Final = {
    Kind.XLSX: "A workbook needs a file to go into: add --output answers.xlsx.",
    Kind.SPSS: "SPSS syntax needs a file to go into: add --output answers.sps.",
    Kind.PDF: "A PDF needs a file to go into: add --output file.pdf.",
    Kind.DOCX: "A document needs a file to go into: add --output file.docx.",
    Kind.FOLDER: "Consult's files need a folder to go into: add --output FOLDER.",
}
EPILOG: Final = """\
formats:
  answers      csv (the default), xlsx, jsonl, spss
  transcripts  csv (the default), xlsx, jsonl, pdf, docx
  report       docx (the default), pdf
  consult      a folder of JSONL files

For example: sayso export herefordshire-2018 answers --format csv --output answers.csv

and:
  sayso export herefordshire-2018 answers --format spss --output answers.sps
  sayso export herefordshire-2018 transcripts --format pdf --role child --output conversations.pdf
  sayso export herefordshire-2018 report --format docx --output report.docx --why "for the cabinet"
  sayso export herefordshire-2018 consult --output for-consult
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Everything that can be asked of an export."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EPILOG
    parser.set_defaults(refuse=parser.error)
    parser.add_argument("slug", help="the consultation, such as herefordshire-2018")
    parser.add_argument(
        "what",
        choices=[subject.value for subject in Subject],
        help="a row a participant; a row a message; a report with small numbers hidden; or input for Consult",
    )
    parser.add_argument("--format", choices=_NAMED, default=None, help="the kind of file: see below")
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help="where to; without it, a csv or jsonl goes to standard output"
    )
    parser.add_argument("--why", default="", metavar="WORDS", help="what it is for, for the record")
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
    kinds = KINDS[Subject(arguments.what)]
    if arguments.format is not None and Kind(arguments.format) not in kinds:
        known = " or ".join(kind.value for kind in kinds if kind is not Kind.FOLDER)
        instead = f"use --format {known}" if known else "leave --format out"
        arguments.refuse(f"there is no export of {arguments.what} as {arguments.format}: {instead}")
    try:
        return asyncio.run(_run(settings, arguments))
    except (KeyboardInterrupt, asyncio.CancelledError):
        raise ExportError("The export was stopped before it was whole, and nothing of it was kept.") from None


async def _run(settings: Settings, arguments: argparse.Namespace) -> int:
    _stop_in_order()
    library = Library.load(settings.consultations)
    wish = _wish(library, arguments)
    check(wish)
    output: Path | None = arguments.output
    if output is None and wish.kind not in _TO_STANDARD_OUTPUT:
        raise ExportError(_NEEDS_A_FILE[wish.kind])
    database = await Database.open(settings.database_url, secret=key_of(settings))
    try:
        if output is None:
            await _to_standard_output(database, library, wish)
        else:
            await _to_files(database, library, wish, output)
    finally:
        await database.close()
    return 0


def _stop_in_order() -> None:
    """When the process is told to end, it first takes back what it had begun to write."""
    task = asyncio.current_task()
    if task is not None and threading.current_thread() is threading.main_thread():
        for number in _ENDS:
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)


def _wish(library: Library, arguments: argparse.Namespace) -> Wish:
    consultation = library.get(arguments.slug)
    if consultation is None:
        known = ", ".join(pack.slug for pack in library.all()) or "none"
        raise ExportError(f"There is no consultation «{arguments.slug}» here. Those that there are: {known}.")
    codes = arguments.labels == "code"
    if arguments.labels is not None and not codes and arguments.labels not in consultation.languages:
        languages = ", ".join(consultation.languages)
        raise ExportError(f"This consultation has no words in «{arguments.labels}». Use one of {languages}, or code.")
    subject = Subject(arguments.what)
    return Wish(
        consultation=consultation,
        subject=subject,
        kind=KINDS[subject][0] if arguments.format is None else Kind(arguments.format),
        filters=Filters(
            role=tuple(arguments.role),
            band=tuple(arguments.band),
            channel=tuple(arguments.channel),
            language=tuple(arguments.language),
            status=tuple(arguments.status),
        ),
        labels=Labels(None if codes else arguments.labels, codes=codes),
        equality=arguments.include_equality,
        why=arguments.why,
    )


async def _to_files(database: Database, library: Library, wish: Wish, output: Path) -> None:
    with closing(tqdm(total=0, unit=" rows", disable=None, leave=False, file=sys.stderr)) as bar:

        def begin(total: int) -> Callable[[int], object]:
            bar.reset(total)
            return bar.update

        await make(database, library, wish, output, now=Clock().now(), begin=begin)


async def _to_standard_output(database: Database, library: Library, wish: Wish) -> None:
    now = Clock().now()
    async with database.snapshot() as reader:
        source = await source_of(reader, library, wish)
        content = await source.content()
        manifest = source.manifest(now)
        # It goes out as it is read: whoever runs this has what came through, whatever happens then.
        await database.officers.record(deed_of(wish, now))
        with closing(tqdm(total=content.received, unit=" rows", disable=None, leave=False, file=sys.stderr)) as bar:
            await _pour(source.order, content, manifest, bar.update)


async def _pour(order: Order, content: Content, manifest: Manifest, progress: Callable[[int], object]) -> None:
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
