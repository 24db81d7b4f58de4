"""Workbooks made for a test, cell by cell, and packs made of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from bot.errors import FormError
from bot.xlsforms.importing import Imported, Wishes, imported
from flows.definition import AgeBand, Consultation, Question, Role

Cell = str | int | float | bool | datetime | None
Rows = Sequence[Sequence[Cell]]
HEADINGS = ("type", "name", "label")
SURVEY: Rows = (HEADINGS, ("text", "idea", "What would help?"))
COLOURS: Rows = (
    ("list_name", "name", "label"),
    ("colours", "red", "Red ones"),
    ("colours", "blue", "Blue ones"),
    ("colours", "green", "Green ones"),
)


class Forms:
    """Writes workbooks into a folder, and imports them. No pack is written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def workbook(self, survey: Rows = SURVEY, choices: Rows = COLOURS, settings: Rows = (), **others: Rows) -> Path:
        """A workbook with these sheets; those without rows are left out."""
        book = openpyxl.Workbook()
        book.remove(book["Sheet"])
        for name, rows in {"survey": survey, "choices": choices, "settings": settings, **others}.items():
            if rows:
                sheet = book.create_sheet(name)
                for row in rows:
                    sheet.append(row)
        path = self.folder / "form.xlsx"
        book.save(path)
        return path

    def wishes(
        self,
        *,
        output: str = "play",
        band: AgeBand = AgeBand.ADULT,
        roles: tuple[Role, ...] = (),
        keyword: str | None = None,
        language: str | None = None,
    ) -> Wishes:
        return Wishes(
            authority="Harbour Council",
            opens=datetime(2030, 5, 1),  # noqa: DTZ001 - local wall time, as an author writes it
            closes=datetime(2030, 6, 1),  # noqa: DTZ001 - likewise
            output=self.folder / output,
            band=band,
            roles=roles,
            keyword=keyword,
            language=language,
        )

    def taken(self, survey: Rows, choices: Rows = COLOURS, settings: Rows = ()) -> Imported:
        """What importing those sheets gives, before it is written."""
        return imported(self.workbook(survey, choices, settings), self.wishes(), self.folder)

    def asked(self, survey: Rows, choices: Rows = COLOURS, settings: Rows = ()) -> Consultation:
        """The pack that those sheets give, as it was read back."""
        return self.taken(survey, choices, settings).consultation

    def question(self, survey: Rows, code: str, choices: Rows = COLOURS) -> Question:
        """One question of the pack that those sheets give."""
        return self.asked(survey, choices).question(code)

    def refused(self, survey: Rows, choices: Rows = COLOURS, settings: Rows = ()) -> tuple[str, ...]:
        """The sentences that those sheets are refused with."""
        with pytest.raises(FormError) as error:
            self.taken(survey, choices, settings)
        return error.value.faults
