"""`sayso import` and `sayso export-form`: packs from XLSForm workbooks, and back."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from bot.errors import FormError, PackMissingError
from bot.packs import examine
from bot.xlsforms import exporting, importing, writing
from flows.definition import AgeBand, Role

_BANDS = [band.value for band in AgeBand]


def add_import_arguments(parser: argparse.ArgumentParser) -> None:
    """What `sayso import` can be asked."""
    parser.add_argument("form", type=Path, metavar="FORM.xlsx", help="the workbook")
    parser.add_argument("--authority", required=True, metavar="NAME", help="who asks, as people know them")
    parser.add_argument("--opens", required=True, type=_local, metavar="TIME", help="from when, such as 2030-05-01")
    parser.add_argument("--closes", required=True, type=_local, metavar="TIME", help="until when; not included")
    parser.add_argument("--output", type=Path, metavar="FOLDER", help="the pack's folder (default: after the form_id)")
    parser.add_argument("--timezone", default="Europe/London", metavar="ZONE", help="whose times these are")
    parser.add_argument("--keyword", metavar="WORD", help="what starts it by text message (default: after the folder)")
    parser.add_argument("--band", choices=_BANDS, default=AgeBand.ADULT.value, help="whom its words are for")
    parser.add_argument(
        "--role", action="append", type=_role, default=[], metavar="CODE[=BAND,...]", help="a role; may be repeated"
    )
    parser.add_argument("--language", metavar="CODE", help="the language of texts whose heading names none")
    parser.add_argument("--contact", metavar="ADDRESS", help="how to reach a person at the authority")


def add_export_arguments(parser: argparse.ArgumentParser) -> None:
    """What `sayso export-form` can be asked."""
    parser.add_argument("pack", type=Path, metavar="PACK", help="a pack's folder or its name")
    parser.add_argument("--output", type=Path, required=True, metavar="FORM.xlsx", help="the workbook to write")
    parser.add_argument("--band", choices=_BANDS, default=AgeBand.ADULT.value, help="whose form (default: adult)")


def run_import(arguments: argparse.Namespace, *, folder: Path) -> int:
    """Makes a pack of a form; 0, or 1 where it is refused, with a line for each reason on stderr and nothing written.

    `folder` holds the packs.

    Raises:
        OSError: a file cannot be read or written.
    """
    band = AgeBand(arguments.band)
    wishes = importing.Wishes(
        authority=arguments.authority,
        opens=arguments.opens,
        closes=arguments.closes,
        output=arguments.output,
        timezone=arguments.timezone,
        keyword=arguments.keyword,
        band=band,
        roles=tuple(Role(code, bands or (band,)) for code, bands in arguments.role),
        language=arguments.language,
        contact=arguments.contact,
    )
    try:
        made = importing.imported(arguments.form, wishes, folder)
        importing.write(made)
    except FormError as error:
        return _refused(error)
    _tell(made.notes)
    asked = len(made.consultation.questions)
    _tell([f"{made.folder}: {asked} questions, with those that Sayso adds. Now run: sayso check {made.folder}"])
    return 0


def run_export(arguments: argparse.Namespace, *, folder: Path) -> int:
    """Writes a pack as a form; 0, or 1 where that cannot be.

    Raises:
        PackMissingError: there is no such pack.
        OSError: a file cannot be read or written.
    """
    path = next((path for path in (arguments.pack, folder / arguments.pack) if path.is_dir()), None)
    if path is None:
        raise PackMissingError(arguments.pack, folder)
    try:
        sheets = _sheets_of(path, AgeBand(arguments.band), arguments.output)
        writing.write(arguments.output, sheets)
    except FormError as error:
        return _refused(error)
    _tell(f"Not in the form: {note}" for note in sheets.notes)
    _tell([f"{arguments.output}: {len(sheets.survey)} questions for {arguments.band}."])
    return 0


def _sheets_of(path: Path, band: AgeBand, output: Path) -> exporting.Sheets:
    consultation = examine(path if path.name else path.resolve()).consultation
    if consultation is None:
        raise FormError([f"The pack in {path} has errors. Run sayso check on it first."])
    if output.suffix.lower() != ".xlsx":
        raise FormError([f"{output.name} does not end in .xlsx. Give the workbook a name that does."])
    if output.exists():
        raise FormError([f"{output} is there already. Give another name with --output, or move that one away."])
    sheets = exporting.sheets(consultation, band)
    if not sheets.survey:
        raise FormError([f"{consultation.slug} asks nothing of {band.value}. Choose another --band."])
    return sheets


def _refused(error: FormError) -> int:
    for fault in error.faults:
        print(f"sayso: {fault}", file=sys.stderr)  # noqa: T201 - a command speaks by printing
    return 1


def _tell(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)  # noqa: T201 - likewise


def _local(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no time: write it as 2030-05-01 or 2030-05-01T09:00") from error
    if moment.tzinfo is not None:
        raise argparse.ArgumentTypeError(f"{text!r} names an offset: write the local time, and the zone in --timezone")
    return moment


def _role(text: str) -> tuple[str, tuple[AgeBand, ...]]:
    code, _, named = text.partition("=")
    bands = [name.strip() for name in named.split(",") if name.strip()]
    if unknown := [name for name in bands if name not in _BANDS]:
        raise argparse.ArgumentTypeError(f"there is no age band {unknown[0]!r}: use {', '.join(_BANDS)}")
    return code.strip(), tuple(AgeBand(name) for name in bands)
