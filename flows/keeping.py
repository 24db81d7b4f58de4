"""How long what people said can be led back to them, and how long what is kept for somebody's safety stays.

A consultation's own settings: `retention_months` after its last close, and `safeguarding_retention_years` after a
concern was raised. The council sets both; where a pack says nothing they are those below.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

LONGEST_MONTHS: Final = 120
LONGEST_YEARS: Final = 75
A_YEAR: Final = 12


@dataclass(frozen=True, slots=True)
class Keeping:
    """For how long."""

    months: int = 12
    """After the last close; then what leads to a person is destroyed, and what they said is anonymous."""
    safeguarding_years: int = 7
    """After a concern was raised, where somebody has read it; one that nobody has read stays."""

    def until(self, closed: datetime, zone: ZoneInfo) -> datetime:
        """The UTC instant from which answers to a consultation that closed at `closed` are to be anonymous."""
        return later(closed, self.months, zone)

    def concerns_from(self, now: datetime, zone: ZoneInfo) -> datetime:
        """The UTC instant before which a concern was raised whose time is over at `now`."""
        return later(now, -A_YEAR * self.safeguarding_years, zone)


def later(at: datetime, months: int, zone: ZoneInfo) -> datetime:
    """The same local day and time so many months later, or earlier; the month's last day where it has none such. UTC.

    Beyond the years that there are it is the first or last instant of them.
    """
    local = at.astimezone(zone)
    year, month = divmod(local.year * A_YEAR + local.month - 1 + months, A_YEAR)
    if not MINYEAR < year < MAXYEAR:
        return datetime.min.replace(tzinfo=UTC) if months < 0 else datetime.max.replace(tzinfo=UTC)
    # Four days after a 28th it is always the next month; the day before that one's first is the last.
    next_month = local.replace(year=year, month=month + 1, day=28) + timedelta(days=4)
    last = (next_month - timedelta(days=next_month.day)).day
    return local.replace(year=year, month=month + 1, day=min(local.day, last)).astimezone(UTC)
