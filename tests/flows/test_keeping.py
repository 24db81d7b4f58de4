"""How long things are kept: months and years as a calendar counts them, where the consultation is held."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from flows.keeping import Keeping, later

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("at", "months", "expected"),
    [
        (datetime(2030, 5, 31, 23, tzinfo=UTC), 12, datetime(2031, 5, 31, 23, tzinfo=UTC)),
        (datetime(2030, 6, 15, 23, tzinfo=UTC), 6, datetime(2030, 12, 16, tzinfo=UTC)),
        (datetime(2030, 1, 31, 12, tzinfo=UTC), 1, datetime(2030, 2, 28, 12, tzinfo=UTC)),
        (datetime(2031, 1, 31, 12, tzinfo=UTC), 13, datetime(2032, 2, 29, 12, tzinfo=UTC)),
        (datetime(2030, 3, 10, 12, tzinfo=UTC), -84, datetime(2023, 3, 10, 12, tzinfo=UTC)),
    ],
    ids=["a year", "over a clock change", "a short month", "a leap year", "backwards"],
)
def test_months_are_those_of_the_calendar(at: datetime, months: int, expected: datetime) -> None:
    assert later(at, months, LONDON) == expected


def test_beyond_the_years_that_there_are_is_their_end() -> None:
    assert later(datetime(9998, 1, 1, tzinfo=UTC), 120, LONDON) == datetime.max.replace(tzinfo=UTC)
    assert later(datetime(2, 1, 1, tzinfo=UTC), -120, LONDON) == datetime.min.replace(tzinfo=UTC)


def test_a_consultation_that_says_nothing_keeps_people_for_a_year_and_concerns_for_seven() -> None:
    closed = datetime(2030, 5, 31, 23, tzinfo=UTC)
    assert Keeping().until(closed, LONDON) == datetime(2031, 5, 31, 23, tzinfo=UTC)
    assert Keeping().concerns_from(closed, LONDON) == datetime(2023, 5, 31, 23, tzinfo=UTC)
