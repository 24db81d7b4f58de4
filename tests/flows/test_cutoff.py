"""What counts as in time: deadlines, cutoffs of roles, late policies, quiet hours, and how it is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.closings import Extension
from flows.cutoff import (
    closes_at,
    closing_in_words,
    day_in_words,
    has_opened,
    instant,
    is_open,
    last_close,
    not_at_night,
    reason_of_extension,
    reminder_at,
    verdict,
)
from flows.definition import LatePolicy, Timetable
from flows.errors import LocalTimeError

LONDON = ZoneInfo("Europe/London")
MOMENT = timedelta(milliseconds=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text)


HEREFORDSHIRE = Timetable(LONDON, opens_at=utc("2018-02-01T00:00"), closes_at=utc("2018-03-10T00:00"))


# ---------------------------------------------------------------- local time


@pytest.mark.parametrize(
    ("wall", "expected"),
    [
        ("2018-03-10T00:00", "2018-03-10T00:00"),
        ("2026-07-31T23:59", "2026-07-31T22:59"),
        ("2026-08-01T00:00", "2026-07-31T23:00"),
        ("2026-10-25T00:00", "2026-10-24T23:00"),  # the last minute of 24 October
        ("2026-10-26T00:00", "2026-10-26T00:00"),  # the clocks went back in between
        ("2027-03-28T00:00", "2027-03-28T00:00"),
        ("2027-03-29T00:00", "2027-03-28T23:00"),  # they went forward
        ("2027-03-28T00:59", "2027-03-28T00:59"),
        ("2027-03-28T02:00", "2027-03-28T01:00"),
        ("2026-10-25T00:59", "2026-10-24T23:59"),
        ("2026-10-25T02:00", "2026-10-25T02:00"),
    ],
)
def test_a_local_time_becomes_one_utc_instant(wall: str, expected: str) -> None:
    assert instant(local(wall), LONDON) == utc(expected)


@pytest.mark.parametrize("fold", [0, 1])
@pytest.mark.parametrize(
    ("wall", "problem"),
    [
        ("2027-03-28T01:30", "never happens"),
        ("2027-03-28T01:00", "never happens"),
        ("2026-10-25T01:30", "happens twice"),
        ("2026-10-25T01:00", "happens twice"),
    ],
)
def test_a_local_time_that_is_not_exactly_one_instant_is_refused_in_words(wall: str, problem: str, fold: int) -> None:
    with pytest.raises(LocalTimeError, match=problem) as refused:
        instant(local(wall).replace(fold=fold), LONDON)
    assert str(refused.value).startswith(wall)
    assert "an hour earlier or later" in str(refused.value)
    assert "Europe/London" in str(refused.value)


def test_a_time_with_an_offset_is_no_local_time() -> None:
    with pytest.raises(LocalTimeError, match="Leave the offset out"):
        instant(utc("2026-07-31T23:59"), LONDON)


@pytest.mark.parametrize("edge", [datetime.max, datetime.min])  # noqa: DTZ901 -- naive is what a pack holds
def test_a_time_at_the_end_of_the_calendar_is_refused_and_does_not_overflow(edge: datetime) -> None:
    with pytest.raises(LocalTimeError, match="outside the calendar"):
        instant(edge, ZoneInfo("Pacific/Auckland") if edge.year == 1 else ZoneInfo("America/Los_Angeles"))


@given(st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1)), st.sampled_from(["Europe/London", "Pacific/Auckland"]))  # noqa: DTZ001
def test_a_local_time_is_shown_by_clocks_at_its_instant_or_refused(wall: datetime, zone: str) -> None:
    there = ZoneInfo(zone)
    readings = {wall.replace(tzinfo=there, fold=fold).astimezone(UTC) for fold in (0, 1)}
    shown = {at for at in readings if at.astimezone(there).replace(tzinfo=None) == wall}
    if len(shown) == 1:
        assert {instant(wall, there)} == shown
    else:
        with pytest.raises(LocalTimeError):
            instant(wall, there)


# ---------------------------------------------------------------- cutoffs


TABLE = [
    ("2026-08-01T00:00", "2026-07-31T23:00", "11:59pm on Friday 31 July 2026"),
    ("2026-10-25T00:00", "2026-10-24T23:00", "11:59pm on Saturday 24 October 2026"),
    ("2026-10-26T00:00", "2026-10-26T00:00", "11:59pm on Sunday 25 October 2026"),
    ("2027-03-29T00:00", "2027-03-28T23:00", "11:59pm on Sunday 28 March 2027"),
    ("2018-03-10T00:00", "2018-03-10T00:00", "11:59pm on Friday 9 March 2018"),
]


@pytest.mark.parametrize(("wall", "closes", "told"), TABLE)
def test_an_answer_counts_up_to_the_last_moment_and_is_told_so(wall: str, closes: str, told: str) -> None:
    timetable = replace(HEREFORDSHIRE, closes_at=instant(local(wall), LONDON))
    cutoff = closes_at(timetable, None)
    assert cutoff == utc(closes)
    assert closing_in_words(cutoff, LONDON, "en") == told
    late = [verdict(timetable, None, cutoff + step, started_at=None).late for step in (-MOMENT, 0 * MOMENT, MOMENT)]
    assert late == [False, True, True]


@pytest.mark.parametrize(("wall", "closes", "told"), TABLE)
@pytest.mark.parametrize("offset", [-11, 0, 13])
def test_in_which_zone_an_instant_is_written_plays_no_part(wall: str, closes: str, told: str, offset: int) -> None:
    elsewhere = timezone(timedelta(hours=offset))
    timetable = replace(HEREFORDSHIRE, closes_at=instant(local(wall), LONDON))
    at = utc(closes).astimezone(elsewhere)
    assert verdict(timetable, None, at, started_at=None).late
    assert not verdict(timetable, None, at - MOMENT, started_at=None).late
    assert closing_in_words(at, LONDON, "en") == told


def test_a_role_has_its_own_cutoff_where_the_pack_gives_it_one() -> None:
    later = HEREFORDSHIRE.closes_at + timedelta(days=7)
    timetable = replace(HEREFORDSHIRE, role_closes_at={"parent-carer": later})
    assert closes_at(timetable, "parent-carer") == later
    assert closes_at(timetable, "child") == HEREFORDSHIRE.closes_at
    assert closes_at(timetable, None) == HEREFORDSHIRE.closes_at
    assert last_close(timetable) == later


def test_a_role_can_close_before_the_others() -> None:
    earlier = HEREFORDSHIRE.closes_at - timedelta(days=7)
    timetable = replace(HEREFORDSHIRE, role_closes_at={"professional": earlier})
    assert verdict(timetable, "professional", earlier, started_at=None).late
    assert not verdict(timetable, "child", earlier, started_at=None).late
    assert last_close(timetable) == HEREFORDSHIRE.closes_at


def test_an_extension_reaches_those_it_is_for_and_the_latest_one_holds() -> None:
    close, day = HEREFORDSHIRE.closes_at, timedelta(days=1)
    timetable = replace(
        HEREFORDSHIRE,
        role_closes_at={"parent-carer": close + 5 * day},
        extensions=(
            Extension(close + 3 * day, "The snow closed the schools."),
            Extension(close + 9 * day, "Schools asked for a week.", role="child"),
            Extension(close + 2 * day, "An earlier one.", role="child"),
        ),
    )
    assert {role: closes_at(timetable, role) - close for role in ("child", "other", "parent-carer", None)} == {
        "child": 9 * day,
        "other": 3 * day,
        "parent-carer": 5 * day,
        None: 3 * day,
    }
    assert reason_of_extension(timetable, "child") == "Schools asked for a week."
    assert reason_of_extension(timetable, "other") == "The snow closed the schools."
    assert reason_of_extension(timetable, "parent-carer") is None
    assert last_close(timetable) == close + 9 * day


def test_without_an_extension_there_is_no_reason_for_one() -> None:
    assert reason_of_extension(HEREFORDSHIRE, None) is None
    assert last_close(HEREFORDSHIRE) == HEREFORDSHIRE.closes_at


def test_it_listens_from_the_opening_instant_until_just_before_the_close() -> None:
    opens, closes = HEREFORDSHIRE.opens_at, HEREFORDSHIRE.closes_at
    assert [is_open(HEREFORDSHIRE, None, at) for at in (opens - MOMENT, opens, closes - MOMENT, closes)] == [
        False,
        True,
        True,
        False,
    ]
    assert [has_opened(HEREFORDSHIRE, at) for at in (opens - MOMENT, opens, closes)] == [False, True, True]


# ---------------------------------------------------------------- late answers

HOUR = timedelta(hours=1)
BEFORE, AFTER = -HOUR, HOUR


@pytest.mark.parametrize(
    ("policy", "started", "came", "accepted"),
    [
        (LatePolicy.STRICT, BEFORE, 0 * MOMENT, False),
        (LatePolicy.STRICT, BEFORE, AFTER, False),
        (LatePolicy.TAG_LATE, BEFORE, 0 * MOMENT, True),
        (LatePolicy.TAG_LATE, BEFORE, timedelta(days=400), True),
        (LatePolicy.TAG_LATE, -MOMENT, AFTER, True),
        (LatePolicy.TAG_LATE, 0 * MOMENT, AFTER, False),
        (LatePolicy.TAG_LATE, AFTER, 2 * AFTER, False),
        (LatePolicy.TAG_LATE, None, AFTER, False),
        (LatePolicy.FINISH_IN_PROGRESS, BEFORE, 0 * MOMENT, True),
        (LatePolicy.FINISH_IN_PROGRESS, BEFORE, 2 * HOUR - MOMENT, True),
        (LatePolicy.FINISH_IN_PROGRESS, BEFORE, 2 * HOUR, False),
        (LatePolicy.FINISH_IN_PROGRESS, 0 * MOMENT, MOMENT, False),
        (LatePolicy.FINISH_IN_PROGRESS, None, MOMENT, False),
    ],
)
def test_what_a_late_answer_is_worth_is_the_policy(
    policy: LatePolicy, started: timedelta | None, came: timedelta, *, accepted: bool
) -> None:
    timetable = replace(HEREFORDSHIRE, late_policy=policy, grace=2 * HOUR)
    cutoff = timetable.closes_at
    found = verdict(timetable, None, cutoff + came, started_at=None if started is None else cutoff + started)
    assert (found.late, found.accepted, found.cutoff) == (True, accepted, cutoff)


@pytest.mark.parametrize("policy", LatePolicy)
@pytest.mark.parametrize("started", [None, HEREFORDSHIRE.opens_at])
def test_an_answer_in_time_stands_under_every_policy(policy: LatePolicy, started: datetime | None) -> None:
    timetable = replace(HEREFORDSHIRE, late_policy=policy)
    found = verdict(timetable, None, timetable.closes_at - MOMENT, started_at=started)
    assert (found.late, found.accepted) == (False, True)


def test_an_extension_makes_a_late_answer_one_in_time() -> None:
    at = HEREFORDSHIRE.closes_at + HOUR
    extended = replace(HEREFORDSHIRE, extensions=(Extension(at + HOUR, "Snow."),))
    assert verdict(HEREFORDSHIRE, "child", at, started_at=at).late
    assert not verdict(extended, "child", at, started_at=at).late


@given(
    st.datetimes(datetime(2018, 1, 1), datetime(2018, 5, 1)).map(lambda at: at.replace(tzinfo=UTC)),  # noqa: DTZ001
    st.sampled_from(LatePolicy),
    st.sampled_from([None, "child", "parent-carer"]),
)
def test_late_means_not_before_the_cutoff_and_only_late_answers_are_refused(
    at: datetime, policy: LatePolicy, role: str | None
) -> None:
    timetable = replace(HEREFORDSHIRE, late_policy=policy, role_closes_at={"child": utc("2018-03-20T12:00")})
    found = verdict(timetable, role, at, started_at=HEREFORDSHIRE.opens_at)
    assert found.late is (at >= found.cutoff)
    assert found.accepted or found.late
    assert is_open(timetable, role, at) is (has_opened(timetable, at) and not found.late)


# ---------------------------------------------------------------- not at night


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2018-02-05T12:00", "2018-02-05T12:00"),
        ("2018-02-05T07:59", "2018-02-05T08:00"),
        ("2018-02-05T08:00", "2018-02-05T08:00"),
        ("2018-02-05T19:59", "2018-02-05T19:59"),
        ("2018-02-05T20:00", "2018-02-06T08:00"),
        ("2018-02-05T23:59", "2018-02-06T08:00"),
        ("2018-02-06T00:00", "2018-02-06T08:00"),
        ("2018-07-05T18:59", "2018-07-05T18:59"),  # in summer the local evening begins an hour earlier in UTC
        ("2018-07-05T19:00", "2018-07-06T07:00"),
        ("2026-10-24T20:00", "2026-10-25T08:00"),  # the night when the clocks go back is an hour longer
        ("2027-03-27T20:00", "2027-03-28T07:00"),  # the night when they go forward is an hour shorter
    ],
)
def test_nobody_is_written_to_in_the_quiet_hours(at: str, expected: str) -> None:
    assert not_at_night(HEREFORDSHIRE, utc(at)) == utc(expected)


def test_quiet_hours_may_lie_within_one_day_or_be_none() -> None:
    siesta = replace(HEREFORDSHIRE, quiet_from=13, quiet_until=15)
    assert not_at_night(siesta, utc("2018-02-05T14:00")) == utc("2018-02-05T15:00")
    assert not_at_night(siesta, utc("2018-02-05T23:00")) == utc("2018-02-05T23:00")
    never = replace(HEREFORDSHIRE, quiet_from=8, quiet_until=8)
    assert not_at_night(never, utc("2018-02-05T03:00")) == utc("2018-02-05T03:00")


def test_quiet_hours_may_end_at_midnight() -> None:
    evening = replace(HEREFORDSHIRE, quiet_from=20, quiet_until=24)
    assert not_at_night(evening, utc("2018-02-05T22:00")) == utc("2018-02-06T00:00")
    assert not_at_night(evening, utc("2018-02-06T01:00")) == utc("2018-02-06T01:00")


@given(
    st.datetimes(datetime(2018, 1, 1), datetime(2028, 1, 1)).map(lambda at: at.replace(tzinfo=UTC)),  # noqa: DTZ001
    st.integers(0, 24),
    st.integers(0, 24),
    st.sampled_from(["Europe/London", "Pacific/Auckland", "America/St_Johns"]),
)
def test_it_is_never_made_earlier_nor_put_off_by_more_than_a_day(
    at: datetime, quiet_from: int, quiet_until: int, zone: str
) -> None:
    timetable = replace(HEREFORDSHIRE, zone=ZoneInfo(zone), quiet_from=quiet_from, quiet_until=quiet_until)
    moved = not_at_night(timetable, at)
    assert at <= moved <= at + timedelta(hours=25)
    assert not_at_night(timetable, moved) == moved


def test_the_reminder_goes_out_before_the_cutoff_of_the_role_and_not_at_night() -> None:
    timetable = replace(HEREFORDSHIRE, role_closes_at={"parent-carer": utc("2018-03-17T12:00")})
    assert reminder_at(timetable, "child") == utc("2018-03-08T08:00")
    assert reminder_at(timetable, "parent-carer") == utc("2018-03-15T12:00")


@pytest.mark.parametrize(
    ("before", "why"),
    [
        (None, "the pack wants none"),
        (timedelta(hours=3), "the morning after is not before the cutoff"),
        (timedelta(days=100), "it would come before the opening"),
    ],
)
def test_there_is_no_reminder_where_it_would_make_no_sense(before: timedelta | None, why: str) -> None:
    assert reminder_at(replace(HEREFORDSHIRE, reminder_before=before), None) is None, why


# ---------------------------------------------------------------- in words


@pytest.mark.parametrize(
    ("wall", "language", "told"),
    [
        ("2018-03-10T00:00", "en", "11:59pm on Friday 9 March 2018"),
        ("2018-03-10T00:00", "cy", "11:59pm ddydd Gwener 9 Mawrth 2018"),
        ("2018-03-10T00:00", "pl", "23:59 w piątek 9 marca 2018 roku"),
        ("2018-03-10T00:00", "ar", "الساعة 11:59 مساءً يوم الجمعة 9 مارس 2018"),
        ("2018-03-10T00:00", "xx", "11:59pm on Friday 9 March 2018"),
        ("2018-03-09T17:00", "en", "4:59pm on Friday 9 March 2018"),
        ("2018-03-09T17:01", "en", "5pm on Friday 9 March 2018"),
        ("2018-03-09T12:00", "en", "11:59am on Friday 9 March 2018"),
        ("2018-03-09T12:01", "en", "midday on Friday 9 March 2018"),
        ("2018-03-09T12:01", "cy", "hanner dydd ddydd Gwener 9 Mawrth 2018"),
        ("2018-03-09T12:31", "ar", "الساعة 12:30 ظهرًا يوم الجمعة 9 مارس 2018"),
        ("2018-03-09T09:01", "ar", "الساعة 9 صباحًا يوم الجمعة 9 مارس 2018"),
        ("2018-03-06T09:01", "pl", "9:00 we wtorek 6 marca 2018 roku"),
        ("2018-03-09T00:01", "en", "12am on Friday 9 March 2018"),
        ("2018-03-09T17:00:30", "en", "4:59pm on Friday 9 March 2018"),
        ("2019-01-01T00:00", "en", "11:59pm on Monday 31 December 2018"),
    ],
)
def test_a_closing_time_is_told_as_the_last_whole_minute(wall: str, language: str, told: str) -> None:
    assert closing_in_words(instant(local(wall), LONDON), LONDON, language) == told


def test_the_minute_before_is_found_across_a_clock_change() -> None:
    assert closing_in_words(utc("2026-10-25T02:00"), LONDON, "en") == "1:59am on Sunday 25 October 2026"
    assert closing_in_words(utc("2027-03-28T01:00"), LONDON, "en") == "12:59am on Sunday 28 March 2027"


@given(
    st.datetimes(datetime(2018, 1, 1), datetime(2040, 1, 1)).map(lambda at: at.replace(tzinfo=UTC)),  # noqa: DTZ001
    st.sampled_from(["en", "cy", "pl", "ar", "xx"]),
)
def test_a_closing_time_never_says_midnight_and_names_the_day_of_its_last_minute(at: datetime, language: str) -> None:
    told = closing_in_words(at, LONDON, language)
    last = (at - timedelta(minutes=1)).astimezone(LONDON)
    assert "midnight" not in told
    assert f"{last.day} " in told
    assert str(last.year) in told


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "Sunday 30 September 2018"),
        ("cy", "dydd Sul 30 Medi 2018"),
        ("pl", "30 września 2018 roku"),
        ("ar", "الأحد 30 سبتمبر 2018"),
        ("xx", "Sunday 30 September 2018"),
    ],
)
def test_a_day_is_told_in_the_language(language: str, told: str) -> None:
    assert day_in_words(local("2018-09-30").date(), language) == told


def test_every_day_of_a_week_and_every_month_has_its_name() -> None:
    days = [local("2018-01-01").date() + timedelta(days=offset) for offset in range(365)]
    for language, weekdays in (("en", 7), ("cy", 7), ("ar", 7)):
        told = [day_in_words(day, language) for day in days]
        assert len(set(told)) == 365
        assert len({words.split(str(day.day))[0] for words, day in zip(told, days, strict=True)}) == weekdays
    assert len({day_in_words(day, "pl").split()[1] for day in days}) == 12
