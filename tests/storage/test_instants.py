"""Instants are numbers in the database, and lose nothing on the way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.instants import EPOCH, instant, maybe_instant, maybe_micros, micros

TIMES = st.builds(
    lambda since, hours: (EPOCH + since).astimezone(timezone(timedelta(hours=hours))),
    st.timedeltas(timedelta(days=-70_000), timedelta(days=80_000)),
    st.integers(-12, 12),
)


@given(TIMES)
def test_an_instant_comes_back_equal_and_in_utc(at: datetime) -> None:
    back = instant(micros(at))
    assert back == at
    assert back.tzinfo is UTC


@given(TIMES, TIMES)
def test_numbers_stand_in_the_order_of_their_instants(one: datetime, other: datetime) -> None:
    assert (micros(one) < micros(other)) == (one < other)


def test_no_instant_is_no_number() -> None:
    assert maybe_micros(None) is None
    assert maybe_instant(None) is None
    assert maybe_instant(maybe_micros(datetime(2030, 5, 1, tzinfo=UTC))) == datetime(2030, 5, 1, tzinfo=UTC)


def test_a_time_without_a_zone_is_no_instant() -> None:
    with pytest.raises(TypeError):
        micros(datetime(2030, 5, 1))  # noqa: DTZ001 (that is what is being refused)
