"""Whom somebody can call who may not be safe: a list that the council keeps, and the day it was last checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

MOST: Final = 2
"""Lines said at once, beside 999: more are not read by somebody in trouble."""
_OR: Final[Mapping[str, str]] = {"en": " or ", "cy": " neu ", "pl": " albo ", "ar": " أو "}
_MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class HelpLine:
    """One help line."""

    code: str
    bands: frozenset[str]
    """Values of the age bands that it is for."""
    said: Mapping[str, str]
    """By language, how to reach it, so that it follows "you can": `call Childline on 0800 1111`."""
    nations: frozenset[str] = frozenset()
    """Values of the nations whose councils name it; every one where there are none."""


@dataclass(frozen=True, slots=True)
class HelpLines:
    """The list, in the order in which lines are preferred."""

    lines: tuple[HelpLine, ...] = ()
    reviewed: date | None = None
    """The day on which somebody last made sure that every number is right."""
    due_after_months: int = _MONTHS

    @property
    def due(self) -> date | None:
        """The first day on which the list is stale."""
        return None if self.reviewed is None else months_after(self.reviewed, self.due_after_months)

    def is_stale(self, today: date) -> bool:
        """Whether it has to be checked again before anything is published. A list that was never checked is stale."""
        return self.due is None or today >= self.due

    def spoken(self, band: str | None, language: str, nation: str | None = None) -> str | None:
        """The lines for somebody, as one piece of a sentence; None where there is none in that language."""
        fitting = [
            line.said[language]
            for line in self.lines
            if language in line.said
            and (band is None or band in line.bands)
            and (not line.nations or nation in line.nations)
        ]
        return _OR.get(language, ", ").join(fitting[:MOST]) or None


def months_after(day: date, months: int) -> date:
    """The same day so many months later; the first of the next month where there is no such day."""
    ahead = day.month - 1 + months
    year, month = day.year + ahead // _MONTHS, ahead % _MONTHS + 1
    try:
        return date(year, month, day.day)
    except ValueError:
        return months_after(date(year, month, 1), 1)
