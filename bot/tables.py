"""Rows into files: CSV and JSONL, streamed, and inert in spreadsheets."""

from __future__ import annotations

import codecs
import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import IO, Final

Cell = str | int | float | None
"""What one cell can hold. None is an empty cell."""

_QUOTE: Final = '"'
_RUNS_AS_FORMULA = frozenset("=+-@\t\r\n")
"""First characters that a spreadsheet may run (OWASP, CSV Injection)."""

ESCAPED: Final = "backslashreplace"
"""How JSONL files are encoded. What UTF-8 has no place for, half an emoji, stands there as JSON's own escape for it."""
MARKED: Final = "sayso.marked"
"""How CSV files are encoded: they have no escapes, so the replacement character stands for half an emoji."""


def _marked(error: UnicodeError) -> tuple[bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    # As bytes: a handler's text is taken only where it is ASCII.
    return "\ufffd".encode() * (error.end - error.start), error.end


codecs.register_error(MARKED, _marked)


class Table(ABC):
    """A file that is being written, row by row."""

    @abstractmethod
    def write_all(self, rows: Iterable[Mapping[str, object]]) -> None:
        """Adds rows, each by column name."""

    def write(self, row: Mapping[str, object]) -> None:
        """Adds one row."""
        self.write_all((row,))


def inert(cell: object) -> object:
    """The cell with an apostrophe in front if a spreadsheet would otherwise run it."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in _RUNS_AS_FORMULA else cell


class CsvTable(Table):
    """UTF-8 with byte order mark, CRLF, quoted as RFC 4180 says."""

    def __init__(self, file: IO[str], columns: Sequence[str]) -> None:
        self._file = file
        self._columns = columns
        file.write("\ufeff" + _line([_csv_cell(column) for column in columns]))

    def write_all(self, rows: Iterable[Mapping[str, object]]) -> None:
        columns, cell = self._columns, _csv_cell
        self._file.write("".join([_line([cell(row.get(column)) for column in columns]) for row in rows]))


def _line(cells: Iterable[str]) -> str:
    # The standard library's writer looks at every character by itself, twice, and takes four times as long.
    written = ",".join(
        [
            f'"{cell.replace(_QUOTE, _QUOTE * 2)}"'
            if "," in cell or _QUOTE in cell or "\n" in cell or "\r" in cell
            else cell
            for cell in cells
        ]
    )
    # One empty cell with nothing beside it would be no line at all.
    return (written or _QUOTE * 2) + "\r\n"


class JsonlTable(Table):
    """One object for each row, exactly what was sent."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._written = json.JSONEncoder(ensure_ascii=False).encode

    def write_all(self, rows: Iterable[Mapping[str, object]]) -> None:
        written = self._written
        self._file.write("".join([written(row) + "\n" for row in rows]))


def flat(cell: object) -> Cell:
    """Several values in one cell, joined as the contract says."""
    if isinstance(cell, list | tuple):
        return "; ".join(str(part) for part in cell)
    return cell if isinstance(cell, str | int | float) or cell is None else str(cell)


def _csv_cell(cell: object) -> str:
    # Nearly all of them are texts that no spreadsheet runs.
    if type(cell) is str:
        return f"'{cell}" if cell[:1] in _RUNS_AS_FORMULA else cell
    held = flat(cell)
    return "" if held is None else str(inert(held))
