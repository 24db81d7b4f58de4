"""Small numbers: what may be shown of counts of people, so that no count of a few can be worked out from it.

    published = publish({"role": {"child": 12, "parent": 3}, "channel": {"web": 9, "sms": 6}})
    published.tables["role"]     # {"child": 10, "parent": 0}: 0 stands for "too few to show, or nobody"
    published.total              # 10: at least so many
    published.share("role", "child")

Each table counts the same people, each of them once (`publish` refuses others); what overlaps, such as the themes of an
answer, goes into `within`. A count is rounded down to a multiple of `fewest`; below that it is hidden, and nobody is
hidden as a few are: else a nobody that becomes somebody would tell of one person. There is no true total: the one shown
is the largest sum of what is shown. Shares and means are made of shown counts alone.

Rounding is not enough where tables lean on each other: five cells of four are five times "fewer than five", yet beside
a table with a 20 in it each can only be a four. So no table may show more than every other has room for, even with one
of its cells left out (secondary suppression, `_room`): the largest cell of one that would is shown lower.

**Promise.** For every cell of every table, whatever is shown elsewhere and although this code is known: each count from
what is shown to `fewest - 1` more gives the same picture. Why, and what holds of two moments, is in
docs/adr/0015-small-numbers.md. Everything that is shown of the same people at the same moment goes through one call.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

FEWEST: Final = 5
"""The smallest number of people that is ever shown, unless a consultation says another."""
LOWEST: Final = 3
"""No consultation may say less: with two, two moments can tell a single person."""
HIDDEN: Final = "c"
"""What stands in an export where a count is hidden, as in official statistics."""
NOT_APPLICABLE: Final = "z"
"""What stands there where nobody could have been counted."""

Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Published:
    """Counts that may be shown, each a multiple of `fewest`, and at least so many; 0 where it is hidden."""

    fewest: int
    tables: Mapping[str, Counts]
    within: Mapping[str, Counts]

    @property
    def total(self) -> int:
        """At least so many people were counted."""
        overlapping = (count for cells in self.within.values() for count in cells.values())
        return max((*(sum(cells.values()) for cells in self.tables.values()), *overlapping), default=0)

    def together(self, table: str, cells: Iterable[str]) -> int:
        """Several cells of a table as one, such as the bands of a role: at least so many; 0 where all are hidden."""
        return sum(self.tables[table][cell] for cell in cells)

    def share(self, table: str, cell: str) -> int | None:
        """A cell in per cent of what its table shows, rounded; None where it is hidden."""
        return percent(self.tables[table][cell], sum(self.tables[table].values()))

    def mean(self, table: str) -> Decimal | None:
        """The mean of a table whose cells are called by whole numbers; None where all are hidden."""
        cells = self.tables[table]
        counted = sum(cells.values())
        return Decimal(sum(int(point) * count for point, count in cells.items())) / counted if counted else None


def percent(part: int, whole: int) -> int | None:
    """One shown count in per cent of another, rounded half up; None where either is hidden."""
    return (200 * part + whole) // (2 * whole) if part and whole else None


def publish(
    tables: Mapping[str, Counts], *, within: Mapping[str, Counts] | None = None, fewest: int = FEWEST
) -> Published:
    """What may be shown of these counts.

    `tables` each divide the same people; every cell that somebody might be in is there, with a 0 where nobody is.
    `within` are counts of some of these people, where one person may be in several.

    Raises:
        ValueError: a table counts other people than the next, a count is negative, or `fewest` is below `LOWEST`.
    """
    overlapping = within or {}
    _check(tables, overlapping, fewest)
    rounded = {name: {cell: count // fewest for cell, count in cells.items()} for name, cells in tables.items()}
    most = min((sum(cells.values()) + _room(len(cells), fewest) for cells in rounded.values()), default=0)
    return Published(
        fewest,
        {name: _times(fewest, _at_most(cells, most)) for name, cells in rounded.items()},
        {
            name: {cell: fewest * min(count // fewest, most) for cell, count in cells.items()}
            for name, cells in overlapping.items()
        },
    )


def last_moment(arrived: Iterable[tuple[datetime, int]], fewest: int = FEWEST) -> datetime | None:
    """The newest moment that figures may be of: since the one before it at least `fewest` people came.

    `arrived` are moments in order, each with how many people came since the one before; None while too few have. Never
    show it: that figures moved on and still look the same would tell of at least so many people. See the record.
    """
    found, waiting = None, 0
    for moment, people in arrived:
        waiting += people
        if waiting >= fewest:
            found, waiting = moment, 0
    return found


def _check(tables: Mapping[str, Counts], within: Mapping[str, Counts], fewest: int) -> None:
    if fewest < LOWEST:
        raise ValueError(f"counts below {LOWEST} are always hidden, and {fewest} is less")
    sums = {sum(cells.values()) for cells in tables.values()}
    if len(sums) > 1:
        raise ValueError("each table has to count the same people, and each of them once")
    parts = [count for cells in (*tables.values(), *within.values()) for count in cells.values()]
    if any(count < 0 for count in parts):
        raise ValueError("a count of people is never negative")
    people = max(sums, default=0)
    if any(count > people for cells in within.values() for count in cells.values()):
        raise ValueError("what counts some of the people counts no more than all of them")


def _room(cells: int, fewest: int) -> int:
    """How many steps more than a table shows its people may be, should one of its cells hold no more than is shown.

    Each cell may hold up to `fewest - 1` more than is shown of it.
    """
    return (fewest - 1) * max(0, cells - 1) // fewest


def _at_most(cells: Counts, most: int) -> Counts:
    lowered = dict(cells)
    for _ in range(sum(cells.values()) - most):
        lowered[max(lowered, key=lambda cell: lowered[cell])] -= 1
    return lowered


def _times(fewest: int, cells: Counts) -> Counts:
    return {cell: fewest * count for cell, count in cells.items()}
