"""XLSX: sheets of which no more than a few hundred rows are ever in memory; text is text and nothing else.

xlsxwriter makes the workbook with its headings; the rows are written into its sheets here. The library itself keeps a
row as objects, writes it to a temporary file, and copies that file twice when it is closed: for England's largest
consultation that takes minutes, and three times the room. It also takes a text from `<r>` to `</r>` for markup of its
own and writes it as it is, which anybody could use to spoil the whole file.

Shapes and limits are those of ECMA-376 (Office Open XML, part 1, 18.3) and of Excel's specifications (Microsoft).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from bot.errors import ExportError
from bot.tables import Table, flat

MOST_ROWS: Final = 1_048_576
"""Rows of a sheet, the headings among them."""
LONGEST_CELL: Final = 32_767
"""Characters in one cell; what lies outside Unicode's first plane, such as an emoji, counts twice."""
MOST_BYTES: Final = (1 << 31) - 1
"""Of a sheet before it is packed: past this, Excel takes the file for a damaged one."""

_SHEET = "xl/worksheets/sheet{}.xml"
_ROWS_END = b"</sheetData>"
_SIZE = re.compile(rb"<dimension [^>]*/>")
# What XML does not allow, what a reader would change (a carriage return), and what would be read as such an escape.
_SPECIAL = re.compile("[&<>\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]|_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "_": "_x005F_"}
_LACKING = "\ufffd"
"""Stands for what no XML file can hold: half an emoji, and two code points that are no characters."""
_FAST = 3
"""Of zlib's nine levels; the ordinary sixth takes twice as long for a tenth less."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Another sheet of a workbook, small enough to be held whole."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Mapping[str, object]]


class XlsxTable(Table):
    """A workbook that is being written; what it is closed with after an error does not open as one."""

    def __init__(self, path: Path, columns: Sequence[str], sheet: str, more: Sequence[Sheet] = ()) -> None:
        """`more` stand behind the sheet whose rows are written; they are added when the workbook is closed."""
        self._more = more
        self._book = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=_FAST)
        self._parts: list[bytes] = []
        with zipfile.ZipFile(_with_headings([(sheet, columns), *((one.name, one.columns) for one in more)])) as made:
            places = [_SHEET.format(number) for number in range(1, len(more) + 2)]
            for name in made.namelist():
                if name not in places:
                    self._book.writestr(name, made.read(name))
            self._parts = [made.read(place) for place in places]
        self._begin(1, columns)

    def write_all(self, rows: Iterable[Mapping[str, object]]) -> None:
        """Adds rows.

        Raises:
            ExportError: they do not fit into a spreadsheet.
        """
        self._add("".join(map(self._row, rows)).encode())

    def close(self) -> None:
        """Ends the workbook."""
        self._end()
        for number, sheet in enumerate(self._more, start=2):
            self._begin(number, sheet.columns)
            self.write_all(sheet.rows)
            self._end()
        self._book.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
            return
        for part in (self._part, self._book):
            # The disk may be full: what went wrong first is told.
            with suppress(OSError):
                part.close()

    def _begin(self, number: int, columns: Sequence[str]) -> None:
        self._columns = tuple((column, f'<c r="{xl_col_to_name(place)}') for place, column in enumerate(columns))
        self._rows = 1
        self._size = 0
        head, self._tail = self._parts[number - 1].split(_ROWS_END)
        self._part = self._book.open(_SHEET.format(number), "w")
        # Readers take the size of a sheet from its rows where it is not told.
        self._add(_SIZE.sub(b"", head))

    def _end(self) -> None:
        self._add(_ROWS_END + self._tail)
        self._part.close()

    def _add(self, data: bytes) -> None:
        self._size += len(data)
        if self._size > MOST_BYTES:
            raise ExportError(
                "This is more text than a spreadsheet can be opened with. Export with --format csv or jsonl, or filter."
            )
        self._part.write(data)

    def _row(self, row: Mapping[str, object]) -> str:
        self._rows = number = self._rows + 1
        if number > MOST_ROWS:
            raise too_many_rows()
        cells = [f'<row r="{number}">']
        for column, begun in self._columns:
            cell = row.get(column)
            if type(cell) is not str:
                cell = flat(cell)
            if isinstance(cell, str):
                if cell:
                    text = self._text(column, cell)
                    cells.append(f'{begun}{number}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>')
            elif cell is not None:
                cells.append(f'{begun}{number}"><v>{cell}</v></c>')
        cells.append("</row>")
        return "".join(cells)

    def _text(self, column: str, text: str) -> str:
        if len(text) > LONGEST_CELL // 2 and (length := _utf_16_units(text)) > LONGEST_CELL:
            raise ExportError(
                f"Row {self._rows}, column {column}: a spreadsheet cell holds at most {LONGEST_CELL:,} characters, and "
                f"this text has {length:,}. Export with --format csv or jsonl, which keep it whole."
            )
        # Most texts hold nothing special, which this says sooner than looking for what is.
        plain = text.isprintable() and "&" not in text and "<" not in text and ">" not in text and "_x" not in text
        return text if plain else _SPECIAL.sub(_escaped, text)


def _utf_16_units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def too_many_rows() -> ExportError:
    return ExportError(
        f"A spreadsheet holds at most {MOST_ROWS:,} rows, the headings among them. Export with --format csv or jsonl, "
        "which hold any number, or filter."
    )


def _escaped(found: re.Match[str]) -> str:
    character = found.group()
    if character < "\x20":
        return f"_x{ord(character):04X}_"
    return _ESCAPES.get(character, _LACKING)


def _with_headings(sheets: Sequence[tuple[str, Sequence[str]]]) -> io.BytesIO:
    """A workbook without rows."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True})
        for name, columns in sheets:
            page = book.add_worksheet(name)
            for place, column in enumerate(columns):
                page.write_string(0, place, column, bold)
            page.freeze_panes(1, 1)
    return made
