"""The sheets of a form into a workbook in which text is text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import xlsxwriter

from bot.errors import FormError
from bot.whole_file import WholeFile
from bot.workbook import LONGEST_CELL
from bot.xlsforms.exporting import Sheets, Table, headings

_WIDE = 40
_NARROW = 16


def write(path: Path, sheets: Sheets) -> None:
    """Writes the workbook, which appears under its name only when it is complete.

    Raises:
        FormError: a text is longer than a cell can be.
        OSError: it cannot be written.
    """
    with WholeFile(path) as whole, xlsxwriter.Workbook(whole.partial, {"in_memory": True}) as book:
        _sheet(book, "survey", sheets.survey, ("type", "name"))
        _sheet(book, "choices", sheets.choices, ("list_name", "name"))
        _sheet(book, "settings", sheets.settings, ("form_title", "form_id"))


def _sheet(book: xlsxwriter.Workbook, name: str, rows: Table, first: Sequence[str]) -> None:
    sheet, bold = book.add_worksheet(name), book.add_format({"bold": True})
    columns = headings(rows, first)
    for at, heading in enumerate(columns):
        sheet.write_string(0, at, heading, bold)
        sheet.set_column(at, at, _WIDE if "::" in heading else _NARROW)
    sheet.freeze_panes(1, 0)
    for number, row in enumerate(rows, 1):
        for at, heading in enumerate(columns):
            text = row.get(heading, "")
            if len(text) > LONGEST_CELL:
                raise FormError([f"{name} row {number + 1}: a cell holds at most {LONGEST_CELL:,} characters."])
            if text:
                sheet.write_string(number, at, text)
