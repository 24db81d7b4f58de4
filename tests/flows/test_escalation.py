"""Who is told that somebody may not be safe, and who after them."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.concern_rules import Concern, Harm, Tier
from flows.escalation import FAILED, is_told_at_once, next_to_tell, on_call, wait_before_next
from flows.rota import Hours, Member, WorkingHours

OFFICE = WorkingHours()
DAY = Member(1, 1, Hours.WORKING)
NIGHT = Member(2, 2, Hours.OUTSIDE)
LEAD = Member(3, 3, Hours.ALWAYS)
PARKS = Member(4, 0, Hours.ALWAYS, frozenset({"parks"}))
MONDAY = datetime(2030, 6, 3)  # noqa: DTZ001 - the time where the consultation is held
QUARTER = timedelta(minutes=15)


@pytest.mark.parametrize(
    ("local", "told"),
    [
        (MONDAY.replace(hour=8, minute=59), [2, 3]),
        (MONDAY.replace(hour=9), [1, 3]),
        (MONDAY.replace(hour=16, minute=59), [1, 3]),
        (MONDAY.replace(hour=17), [2, 3]),
        (MONDAY.replace(day=8, hour=11), [2, 3]),
        (MONDAY.replace(day=7, hour=11), [1, 3]),
    ],
)
def test_who_is_on_call_follows_the_hours_of_the_office(local: datetime, told: list[int]) -> None:
    assert [one.rota_id for one in on_call([LEAD, NIGHT, DAY, PARKS], "play", local, OFFICE)] == told


def test_where_it_is_nobodys_hour_everybody_is_told() -> None:
    assert on_call([DAY], "play", MONDAY.replace(hour=3), OFFICE) == (DAY,)


def test_somebody_for_one_consultation_is_not_told_of_another() -> None:
    assert on_call([PARKS], "play", MONDAY, OFFICE) == ()
    assert on_call([PARKS], "parks", MONDAY, OFFICE) == (PARKS,)


def test_an_office_may_have_other_hours() -> None:
    assert WorkingHours(time(7), time(15, 30)).cover(MONDAY.replace(hour=15, minute=29))
    assert not WorkingHours(time(7), time(15, 30)).cover(MONDAY.replace(hour=15, minute=30))


@given(st.integers(1, 5), st.integers(1, 20))
def test_everybody_is_told_as_often_as_everybody_else_in_turn(people: int, times: int) -> None:
    members = [Member(number, number) for number in range(people)]
    told: dict[int, int] = {}
    order = []
    for _ in range(times):
        chosen = next_to_tell(members, told)
        assert chosen is not None
        told[chosen.rota_id] = told.get(chosen.rota_id, 0) + 1
        order.append(chosen.rota_id)
    assert order == [number % people for number in range(times)]


def test_nobody_can_be_told_where_there_is_nobody() -> None:
    assert next_to_tell([], {}) is None


def test_after_three_rounds_it_goes_on_hourly() -> None:
    waits = [wait_before_next(times, 2, QUARTER) for times in range(1, 8)]
    assert waits == [QUARTER] * 5 + [timedelta(hours=1)] * 2


@pytest.mark.parametrize(
    ("tier", "rules", "at_once"),
    [
        (Tier.URGENT, ("en/self-harm",), True),
        (Tier.CONCERN, ("en/worry",), False),
        (Tier.CONCERN, ("any/lone-help",), False),
        (Tier.CONCERN, (FAILED,), True),
    ],
)
def test_people_are_told_at_once_of_what_is_urgent_or_could_not_be_looked_at(
    tier: Tier, rules: tuple[str, ...], *, at_once: bool
) -> None:
    assert is_told_at_once(Concern(tier, rules, (Harm.UNCLEAR,))) is at_once
