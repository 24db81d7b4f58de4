"""What stands in a form's workbook, cell by cell, and what has been found out about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Column = tuple[str, ...]
"""What a heading means, old spellings and all, such as `("label", "English (en)")` or `("bind", "relevant")`."""


class Shape(StrEnum):
    """What a row of the survey is to Sayso."""

    TEXT = "text"
    INTEGER = "integer"
    ONE = "select_one"
    MANY = "select_multiple"
    RANK = "rank"
    RANGE = "range"
    NOTE = "note"
    BEGIN = "begin_group"
    END = "end_group"
    SETTING = "setting"
    """A setting in the survey, as forms had it before there was a sheet for them."""
    DEVICE = "device"
    """Something that a survey tool notes by itself, such as when somebody began."""
    END_REFUSED = "end_repeat"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Type:
    """What a row's type says."""

    shape: Shape
    said: str
    """As the form writes it."""
    list_name: str = ""
    other: bool = False
    """Whether it adds an option "other" and asks what that is."""
    constraint: str | None = None
    """What old names of types, such as `percentage`, imply."""
    setting: str = ""


@dataclass(slots=True)
class Row:
    """One row. What is read from it is taken out of it, so that what is left over can be named."""

    sheet: str
    number: int
    """As the spreadsheet counts: the headings are row 1."""
    cells: dict[Column, str]
    headings: Mapping[Column, str] = field(repr=False)

    @property
    def place(self) -> str:
        return f"{self.sheet} row {self.number}"

    def take(self, *column: str) -> str | None:
        """The text of one cell, which counts as used from now on."""
        return self.cells.pop(column, None)

    def take_texts(self, *column: str) -> dict[str, str]:
        """The texts of a column in every language, by what its heading calls that; none is an empty text."""
        found = [key for key in self.cells if key[: len(column)] == column and len(key) <= len(column) + 1]
        return {(key[len(column)] if len(key) > len(column) else ""): self.cells.pop(key) for key in found}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet's rows that hold anything."""

    rows: tuple[Row, ...] = ()
    columns: tuple[Column, ...] = ()


@dataclass(frozen=True, slots=True)
class Book:
    """A form's workbook."""

    survey: Sheet
    choices: Sheet
    settings: Sheet
    ignored: tuple[str, ...]
    """Names of sheets that are no part of a form."""


@dataclass(slots=True)
class Findings:
    """What cannot be taken, and what was taken in another way than it was written: a sentence each, with its place."""

    refused: list[str] = field(default_factory=list[str])
    told: list[str] = field(default_factory=list[str])
    _unused: dict[tuple[str, str], list[int]] = field(default_factory=dict[tuple[str, str], list[int]])

    def refuse(self, place: str, sentence: str) -> None:
        if (refused := f"{place}: {sentence}") not in self.refused:
            self.refused.append(refused)

    def note(self, place: str, sentence: str) -> None:
        if (told := f"{place}: {sentence}") not in self.told:
            self.told.append(told)

    def leftover(self, row: Row) -> None:
        """Notes every cell of a row that nobody has taken."""
        for column in row.cells:
            self._unused.setdefault((row.sheet, row.headings[column]), []).append(row.number)

    @property
    def notes(self) -> tuple[str, ...]:
        """Everything that the form's author should know, columns that were passed over last."""
        unused = (
            f"{sheet} column {heading!r}: not used: a pack has nothing for it (row {', '.join(map(str, rows))})."
            for (sheet, heading), rows in self._unused.items()
        )
        return (*self.told, *unused)
