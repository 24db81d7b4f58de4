"""A form's workbook, opened with care and read by pyxform, which knows every spelling that XLSForm ever had."""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import ParseError  # nosec B405 # an error to catch: nothing is read with it

import openpyxl
from openpyxl.utils import get_column_letter
from pyxform import aliases, constants
from pyxform.errors import PyXFormError
from pyxform.parsing.sheet_headers import clean_text_values, process_header
from pyxform.question import MultipleChoiceQuestion, Option
from pyxform.question_type_dictionary import QUESTION_TYPE_DICT
from pyxform.survey import Survey
from pyxform.xls2json import RE_BEGIN_CONTROL, RE_END_CONTROL, RE_SELECT, workbook_to_json
from pyxform.xls2json_backends import DefinitionData, xlsx_to_dict

from bot.errors import FormError
from bot.xlsforms.sheets import Book, Column, Row, Shape, Sheet, Type

LARGEST_FILE: Final = 10_000_000
"""Bytes. A form of a thousand questions has a hundred thousand."""
LARGEST_INSIDE: Final = 60_000_000
"""Bytes, all parts unpacked."""
MOST_PARTS: Final = 1_000
MOST_ROWS: Final = 2_000
"""Rows of one sheet that hold anything."""
MOST_COLUMNS: Final = 200

_EMPTY_ROWS: Final = 60
_EMPTY_COLUMNS: Final = 20
"""So many, and pyxform takes a sheet to have ended (pyxform.xls2json_backends)."""
_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How files of Office before 2007 begin, and encrypted ones since ([MS-CFB] 2.2)."""
_PART_START: Final = 1024
_UNREADABLE: Final = (
    AttributeError,
    EOFError,
    IndexError,
    KeyError,
    NotImplementedError,
    ParseError,
    RuntimeError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What openpyxl and zipfile raise for a workbook that is damaged."""
_FORM_SHEETS: Final = frozenset(constants.SUPPORTED_SHEET_NAMES)
_REFUSED_SHEETS: Final = ("external_choices", "entities", "osm")
_HEADINGS: Final[Mapping[str, tuple[Mapping[str, Any], frozenset[str]]]] = {
    constants.SURVEY: (aliases.survey_header, frozenset(MultipleChoiceQuestion.get_slot_names())),
    constants.CHOICES: (aliases.list_header, frozenset(Option.get_slot_names())),
    constants.SETTINGS: (aliases.settings_header, frozenset(Survey.get_slot_names())),
}
_UNSAID: Final = re.compile(r"^\[row : \d+\] ?")


def opened(path: Path) -> Book:
    """What stands in a workbook.

    Raises:
        FormError: it is none, or one that is not to be opened.
        OSError: the file cannot be read.
    """
    _guard(path)
    try:
        with warnings.catch_warnings():
            # openpyxl warns of what it leaves out, such as drop-down lists, which hold no words.
            warnings.simplefilter("ignore")
            names = _guard_cells(path)
            read: dict[str, Any] = xlsx_to_dict(str(path))
    except PyXFormError as error:
        raise FormError([f"{path.name}: {_plain(error)}"]) from error
    except _UNREADABLE as error:
        raise FormError(
            [f"{path.name} cannot be read: it is damaged, or no workbook. Save it again as .xlsx."]
        ) from error
    if constants.SURVEY not in read:
        raise FormError([f"{path.name} has no sheet called survey, which holds the questions."])
    form = [constants.SURVEY] if len(names) == 1 else [name.lower() for name in names]
    return Book(
        survey=_sheet(constants.SURVEY, read),
        choices=_sheet(constants.CHOICES, read),
        settings=_sheet(constants.SETTINGS, read),
        ignored=tuple(name for name, lower in zip(names, form, strict=True) if lower not in _FORM_SHEETS),
    )


def fault_of(path: Path) -> str | None:
    """What pyxform itself refuses about a form whose rows are all sayable; None where it takes the form."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        read = xlsx_to_dict(str(path))
    try:
        workbook_to_json(DefinitionData(**read), form_name="form", warnings=[])
    except PyXFormError as error:
        return _plain(error)
    return None


def type_of(text: str) -> Type:
    """What a row of a type is."""
    said = clean_text_values(text, strip_whitespace=True)
    if (begun := RE_BEGIN_CONTROL.match(said)) is not None:
        whole = aliases.control[begun["type"]] == constants.GROUP and begun["list_name"] is None
        return Type(Shape.BEGIN if whole else Shape.REFUSED, said)
    if (ended := RE_END_CONTROL.match(said)) is not None:
        whole = aliases.control[ended["type"]] == constants.GROUP
        return Type(Shape.END if whole else Shape.END_REFUSED, said)
    if said in aliases.settings_header:
        return Type(Shape.SETTING, said, setting=_settings_name(said))
    if (selecting := RE_SELECT.match(said)) is not None:
        return _selecting(said, selecting)
    return _plain_type(said)


def _selecting(said: str, found: re.Match[str]) -> Type:
    command, name = found["select_command"], found["list_name"]
    shapes = {
        constants.SELECT_ONE: Shape.ONE,
        constants.SELECT_ALL_THAT_APPLY: Shape.MANY,
        constants.RANK: Shape.RANK,
    }
    shape = shapes.get(aliases.select[command], Shape.REFUSED)
    if command in aliases.select_from_file or "${" in name:
        shape = Shape.REFUSED
    return Type(shape, said, list_name=name, other=found["specify_other"] is not None)


def _plain_type(said: str) -> Type:
    known: Mapping[str, Any] = QUESTION_TYPE_DICT.get(said, {})
    bind, control = known.get("bind") or {}, known.get("control") or {}
    tag, kind = control.get("tag"), bind.get("type")
    if tag == "range":
        return Type(Shape.RANGE, said)
    if tag == "input" and kind == "int":
        return Type(Shape.INTEGER, said, constraint=bind.get("constraint"))
    if tag == "input" and kind == "string" and said not in aliases.select:
        note = bind.get("readonly") == "true()"
        return Type(Shape.NOTE if note else Shape.TEXT, said, constraint=bind.get("constraint"))
    if "jr:preload" in bind or said == "audit":
        return Type(Shape.DEVICE, said)
    return Type(Shape.REFUSED, said)


def _settings_name(said: str) -> str:
    return str(aliases.settings_header[said])


# --- before anything is opened ---


def _guard(path: Path) -> None:
    """Refuses what is no workbook, or one that would take the machine's memory or bring something along."""
    name = path.name
    if path.suffix.lower() == ".xlsm":
        raise FormError([f"{name} may hold macros, which Sayso does not open. Save it as .xlsx (Excel workbook)."])
    if path.suffix.lower() != ".xlsx":
        raise FormError([f"{name} does not end in .xlsx. Save the form as .xlsx (Excel workbook)."])
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise FormError([f"{name} has {size:,} bytes, and a form has at most {LARGEST_FILE:,}."])
    with path.open("rb") as file:
        start = file.read(len(_OLD_OFFICE))
    if start == _OLD_OFFICE:
        raise FormError(
            [f"{name} is locked with a password, or older than .xlsx. Save it as .xlsx without a password."]
        )
    try:
        with zipfile.ZipFile(path) as packed:
            _guard_parts(name, packed)
    except _UNREADABLE as error:
        raise FormError([f"{name} is not a workbook. Save the form as .xlsx (Excel workbook)."]) from error


def _guard_parts(name: str, packed: zipfile.ZipFile) -> None:
    parts = packed.infolist()
    inside = sum(part.file_size for part in parts)
    if inside > LARGEST_INSIDE or len(parts) > MOST_PARTS:
        raise FormError([f"{name} unpacks to {inside:,} bytes in {len(parts):,} parts, which is too large for a form."])
    names = [part.filename.lower() for part in parts]
    if "[content_types].xml" not in names:
        raise FormError([f"{name} is not a workbook. Save the form as .xlsx (Excel workbook)."])
    if any(each.endswith("vbaproject.bin") or "/macrosheets/" in each for each in names):
        raise FormError([f"{name} holds macros, which Sayso does not open. Save it as .xlsx (Excel workbook)."])
    if any("/externallinks/" in each or each.endswith("/connections.xml") for each in names):
        raise FormError([f"{name} takes cells from other files. Break its links (Data, Edit Links) and save it again."])
    for part in parts:
        if part.filename.lower().endswith((".xml", ".rels")):
            with packed.open(part) as opened_part:
                start = opened_part.read(_PART_START)
            # A document type is where XML's own bombs are made; no program writes one into a workbook.
            if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
                raise FormError([f"{name} is not a workbook that a spreadsheet program wrote. Save it again as .xlsx."])


def _guard_cells(path: Path) -> list[str]:
    """The names of the workbook's sheets. Refuses cells that would be lost, or read as something else."""
    faults: list[str] = []
    values = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    formulas = openpyxl.load_workbook(path, read_only=True, data_only=False, keep_links=False)
    try:
        names = list(values.sheetnames)
        for name in names:
            lower = constants.SURVEY if len(names) == 1 else name.lower()
            if lower not in _FORM_SHEETS:
                continue
            shown, written = values[name], formulas[name]
            filled = _filled(name, shown, faults)
            faults += _lost_formulas(name, shown, written)
            if lower in _REFUSED_SHEETS and filled > 1:
                faults.append(f"The sheet {name} holds what a conversation cannot use. Take it out of the form.")
    finally:
        values.close()
        formulas.close()
    if len({name.lower() for name in names}) < len(names):
        faults.append("Two sheets have the same name but for capitals. Rename one of them.")
    if faults:
        raise FormError(faults)
    return names


def _rows(sheet: Any) -> Iterator[Sequence[Any]]:  # noqa: ANN401 - a chart sheet has no rows, which is no fault
    yield from (sheet.iter_rows() if hasattr(sheet, "iter_rows") else ())


def _filled(name: str, sheet: Any, faults: list[str]) -> int:  # noqa: ANN401 - likewise
    """How many rows hold anything. Names those that pyxform would pass over."""
    headed: set[int] = set()
    filled = empty = 0
    for number, row in enumerate(_rows(sheet), 1):
        cells = {at: cell for at, cell in enumerate(row, 1) if _holds(cell)}
        if cells and empty >= _EMPTY_ROWS:
            faults.append(f"{name} row {number} stands below {empty} empty rows, where the form has ended. Move it up.")
        empty = 0 if cells else empty + 1
        filled += bool(cells)
        if filled > MOST_ROWS or max(cells, default=0) > MOST_COLUMNS:
            raise FormError(
                [f"The sheet {name} is too large: a form has at most {MOST_ROWS:,} rows and {MOST_COLUMNS} columns."]
            )
        if number == 1:
            headed = set(cells)
            faults += _far_headings(name, sorted(headed))
            continue
        for at in sorted(cells.keys() - headed):
            faults.append(f"{name}!{get_column_letter(at)}{number} stands under no heading. Give its column one.")
        for at, cell in cells.items():
            if cell.data_type == "e":
                faults.append(f"{name}!{get_column_letter(at)}{number} holds the error {cell.value}. Write a text.")
    return filled


def _far_headings(name: str, headed: Sequence[int]) -> Iterator[str]:
    for before, at in pairwise((0, *headed)):
        if at - before > _EMPTY_COLUMNS:
            yield f"{name}!{get_column_letter(at)}1 stands behind {at - before - 1} empty columns. Move it to the left."


def _holds(cell: Any) -> bool:  # noqa: ANN401 - openpyxl's cells of several kinds
    return cell.value is not None and str(cell.value).strip() != ""


def _lost_formulas(name: str, shown: Any, written: Any) -> Iterator[str]:  # noqa: ANN401 - likewise
    """Formulas of which the workbook does not hold the result."""
    for number, (values, formulas) in enumerate(zip(_rows(shown), _rows(written), strict=False), 1):
        for at, (value, formula) in enumerate(zip(values, formulas, strict=False), 1):
            if formula.data_type == "f" and not _holds(value):
                place = f"{name}!{get_column_letter(at)}{number}"
                yield f"{place} holds a formula without its result. Write the text itself, or save the file in Excel."


# --- rows ---


def _sheet(name: str, read: Mapping[str, Any]) -> Sheet:
    rows: Sequence[Mapping[str, str | None]] = read.get(name) or ()
    headers: Sequence[str] = list((read.get(f"{name}_header") or [{}])[0])
    headings = _headings(name, headers)
    columns = {column: heading for heading, column in headings.items()}
    found = tuple(
        Row(name, number, {headings[each]: text for each, text in row.items() if text}, columns)
        for number, row in enumerate(rows, 2)
    )
    return Sheet(tuple(row for row in found if row.cells), tuple(columns))


def _headings(name: str, headers: Sequence[str]) -> dict[str, Column]:
    known, plain = _HEADINGS[name]
    doubled = any("::" in header for header in headers)
    found: dict[str, Column] = {}
    for header in headers:
        column: Column = tuple(
            process_header(header=header, use_double_colon=doubled, header_aliases=known, header_columns=plain)[1]
        )
        if column in found.values():
            twice = next(each for each, other in found.items() if other == column)
            raise FormError([f"The sheet {name} has two columns for one thing: {twice!r} and {header!r}."])
        found[header] = column
    return found


def _plain(error: PyXFormError) -> str:
    """What pyxform says, in one line and otherwise as it stands."""
    return _UNSAID.sub("", " ".join(str(error).split())).rstrip(".") + "."
