"""What the figures are to be, in one place, and what falls short of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final


class Way(Enum):
    """On which side of an aim a figure is to be."""

    AT_LEAST = "at least"
    AT_MOST = "at most"


@dataclass(frozen=True, slots=True)
class Aim:
    """A bound, on its better side, in a unit."""

    way: Way
    bound: float
    unit: str
    """Behind a number, with the space before it; `×` for a ratio."""

    def met_by(self, value: float) -> bool:
        return value >= self.bound if self.way is Way.AT_LEAST else value <= self.bound

    def share(self, value: float) -> float:
        """How much of the aim a value reaches: 1.0 exactly, more is better."""
        return value / self.bound if self.way is Way.AT_LEAST else self.bound / value

    def written(self, value: float) -> str:
        """A value in this unit, to three figures: `1.50×`, `0.37 ms`, `122 MiB`."""
        digits = 0 if value >= 100 else 1 if value >= 10 else 2
        return f"{value:.{digits}f}{self.unit}"

    def __str__(self) -> str:
        return f"{self.way.value} {self.bound:g}{self.unit}"


FLOOR: Final = {
    "SQLite": Aim(Way.AT_LEAST, 2.0, "×"),
    "PostgreSQL": Aim(Way.AT_LEAST, 1.0, "×"),
}
"""Inbound messages a second against the floor's, in the same run."""
USUAL_BOT: Final = Aim(Way.AT_LEAST, 5.0, "×")
"""Telegram messages a second against the bot that most people would write, in the same run."""
CPU: Final = Aim(Way.AT_MOST, 0.4, " ms")
"""CPU of the service for one message, received to committed; and for one reply, claimed to marked sent."""
P99_AT_HALF: Final = Aim(Way.AT_MOST, 50, " ms")
"""The slowest hundredth of messages at half of the highest load."""
EXPORT: Final = Aim(Way.AT_MOST, 60, " s")
"""All answers of England's largest consultation, at the rate of this export."""
EXPORT_MEMORY: Final = Aim(Way.AT_MOST, 300, " MiB")
START: Final = Aim(Way.AT_MOST, 1.5, " s")
"""From the command to the first 200."""
IDLE: Final = Aim(Way.AT_MOST, 150, " MiB")
"""Memory of a worker with nothing to do."""
GROWTH: Final = Aim(Way.AT_MOST, 1.2, "×")
"""CPU for a message with the most participants in the database, against the fewest."""


@dataclass(frozen=True, slots=True)
class Figure:
    """Something that was measured and has an aim."""

    what: str
    value: float
    aim: Aim

    @property
    def met(self) -> bool:
        return self.aim.met_by(self.value)

    def __str__(self) -> str:
        return f"{self.what}: {self.aim.written(self.value)} (aim: {self.aim})"


def shortfall(figures: Iterable[Figure]) -> str:
    """The figures that fall short of their aims, named; or that none does."""
    measured = list(figures)
    short = [figure for figure in measured if not figure.met]
    if not short:
        return "Every aim of what was measured is met." if measured else "Nothing that was measured has an aim."
    return "\n".join(["Short of its aim:", *(f"- {figure}" for figure in short)])
