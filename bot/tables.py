"""Rows into files: CSV, XLSX and JSONL, streamed, inert in spreadsheets, whole or not there at all."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Protocol, Self

import xlsxwriter

from bot.errors import ExportError

Cell = str | int | float | None
"""What one cell can hold. None is an empty cell."""

LONGEST_XLSX_CELL = 32_767
"""Most characters in one cell (Excel specifications and limits, Microsoft)."""
_RUNS_AS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""First characters that a spreadsheet may run (OWASP, CSV Injection)."""


class Table(Protocol):
    """A file that is being written, row by row."""

    def write(self, row: Mapping[str, object]) -> None:
        """Adds a row, by column name."""


def inert(cell: object) -> object:
    """The cell with an apostrophe in front if a spreadsheet would otherwise run it."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_RUNS_AS_FORMULA) else cell


class CsvTable:
    """UTF-8 with byte order mark, CRLF, quoted as RFC 4180 says."""

    def __init__(self, file: IO[str], columns: Sequence[str]) -> None:
        file.write("\ufeff")
        self._columns = columns
        self._rows = csv.writer(file, lineterminator="\r\n")
        self._rows.writerow([inert(column) for column in columns])

    def write(self, row: Mapping[str, object]) -> None:
        self._rows.writerow([inert(_flat(row.get(column))) for column in self._columns])


class JsonlTable:
    """One object for each row, exactly what was sent."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, row: Mapping[str, object]) -> None:
        self._file.write(json.dumps(row, ensure_ascii=False) + "\n")


class XlsxTable:
    """One sheet, one row at a time in memory; text is text, never a formula, a link or a number."""

    def __init__(self, path: Path, columns: Sequence[str], sheet: str) -> None:
        self._book = xlsxwriter.Workbook(path, {"constant_memory": True, "in_memory": False})
        self._sheet = self._book.add_worksheet(sheet)
        self._columns = columns
        self._row = 0
        bold = self._book.add_format({"bold": True})
        for place, column in enumerate(columns):
            self._sheet.write_string(0, place, column, bold)
        self._sheet.freeze_panes(1, 1)

    def write(self, row: Mapping[str, object]) -> None:
        self._row += 1
        for place, column in enumerate(self._columns):
            cell = _flat(row.get(column))
            if isinstance(cell, int | float):
                self._sheet.write_number(self._row, place, cell)
            elif cell:
                self._write_text(place, column, cell)

    def _write_text(self, place: int, column: str, cell: str) -> None:
        if len(cell) > LONGEST_XLSX_CELL:
            raise ExportError(
                f"Row {self._row + 1}, column {column}: a spreadsheet cell holds at most {LONGEST_XLSX_CELL:,} "
                f"characters, and this text has {len(cell):,}. Export with --format csv or jsonl, which keep it whole."
            )
        if self._sheet.write_string(self._row, place, cell) != 0:
            raise ExportError(
                "A spreadsheet holds at most 1,048,576 rows. Export with --format csv or jsonl, or filter."
            )

    def close(self) -> None:
        """Puts the workbook together. Needed also where it is to be thrown away: it holds temporary files."""
        self._book.close()


def _flat(cell: object) -> Cell:
    """Several values in one cell, joined as the contract says."""
    if isinstance(cell, list | tuple):
        return "; ".join(str(part) for part in cell)
    return cell if isinstance(cell, str | int | float) or cell is None else str(cell)


class WholeFile:
    """A file that appears under its name only when it is complete; on any error nothing is left behind."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.partial = path.with_name(f".{path.name}.partial")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        if kind is None:
            self.partial.replace(self.path)
        else:
            self.partial.unlink(missing_ok=True)


def sha256_of(path: Path) -> str:
    """The file's SHA-256, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
