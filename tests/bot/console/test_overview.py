"""What the page that watches a consultation says, whatever its roles, stages and dates are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.console.overview import moment, overview, questions_of, time_left
from flows.definition import AgeBand, Consultation, Kind, Question
from flows.messages import Channel
from flows.stage import Stage
from flows.targets import Targets
from storage.figures import QUARTER, Alike, Arrived, Taken
from tests.support.talk import CLOSES, OPENS, SWINGS, WHO, a_park, a_timetable

NOW = OPENS + timedelta(days=3, hours=4)


def people(number: int, role: str | None = "child", band: AgeBand | None = AgeBand.EIGHT_TO_ELEVEN) -> Alike:
    return Alike(role, band, Channel.SMS.value, "en", "swings", finished=False, people=number)


def counted(*alike: Alike, at: datetime = OPENS) -> Taken:
    return Taken(NOW, [Arrived(at, sum(each.people for each in alike))], alike)


def rows(pack: Consultation, taken: Taken | None, part: str, now: datetime = NOW) -> dict[str, int]:
    [found] = [each for each in overview(pack, taken, now).parts if each.code == part]
    return {row.label: row.people for row in found.rows}


def test_roles_and_bands_are_sums_of_what_is_shown_of_each_group() -> None:
    taken = counted(people(9), people(9, band=AgeBand.TWELVE_TO_FIFTEEN), people(4, "professional", AgeBand.ADULT))
    assert rows(a_park(), taken, "role")["Child"] == 10, "eighteen children, in two groups of nine"
    assert rows(a_park(), taken, "band")["8 to 11 years"] == 5
    assert rows(a_park(), taken, "role")["Professional"] == 0


def test_whoever_is_in_no_group_of_today_has_a_line_once_they_are_enough() -> None:
    assert "Not known" not in rows(a_park(), counted(people(4, "nobody"), people(20)), "role")
    assert rows(a_park(), counted(people(6, "nobody"), people(20)), "role")["Not known"] == 5
    assert rows(a_park(), counted(people(6, None, None), people(20)), "role")["Not known"] == 5


def test_a_channel_and_a_language_that_nobody_knows_are_counted_with_the_rest() -> None:
    taken = counted(people(20), replace(people(7), channel="pigeon", language="uk"))
    assert rows(a_park(), taken, "channel")["Not known"] == 5
    assert rows(a_park(), taken, "language")["Not known"] == 5


def test_every_line_is_there_before_anybody_has_come() -> None:
    told = overview(a_park(), None, NOW)
    assert told.people == 0
    assert all(row.people == 0 and row.share is None for part in told.parts for row in part.rows)
    assert [part.code for part in told.parts] == ["day", "role", "band", "channel", "language", "progress"]


def test_a_day_is_a_day_of_the_consultations_own_zone() -> None:
    before_midnight = datetime(OPENS.year, OPENS.month, OPENS.day, 23, 45, tzinfo=UTC)
    days = rows(a_park(), counted(people(5), at=before_midnight), "day")
    assert days[f"{OPENS.day} {OPENS:%B %Y}"] == 5
    assert len(days) == 4


def test_a_long_consultation_is_told_by_the_week() -> None:
    long = replace(a_timetable(), closes_at=OPENS + timedelta(days=200))
    pack = a_park(timetable=long)
    weeks = rows(pack, counted(people(5), at=OPENS + timedelta(days=8)), "day", OPENS + timedelta(days=99))
    assert len(weeks) == 15
    assert list(weeks.values()) == [0, 5, *[0] * 13]


def test_days_end_with_the_consultation() -> None:
    assert len(rows(a_park(), None, "day", CLOSES + timedelta(days=400))) == (CLOSES - OPENS).days + 1


def test_how_far_people_got_knows_no_statement_and_no_equality_question() -> None:
    unasked = (Question("hello", Kind.NOTE), Question("needs", Kind.ONE, equality=True))
    assert questions_of(a_park(questions=(WHO, *unasked, SWINGS))) == ["who", "swings"]


def test_a_target_says_at_most_how_many_are_still_wanted() -> None:
    pack = replace(a_park(), targets=Targets(roles={"child": 30}, bands={"8-11": 10}))
    told = overview(pack, counted(people(14)), NOW).targets
    assert told is not None
    assert [(row.label, row.wanted, row.people, row.missing, row.share) for row in told.rows] == [
        ("Child", 30, 10, 20, 33),
        ("8 to 11 years", 10, 10, 0, 100),
    ]
    assert overview(a_park(), None, NOW).targets is None


def test_the_smallest_number_is_the_packs_own() -> None:
    pack = replace(a_park(), targets=Targets(fewest=10))
    assert rows(pack, counted(people(19)), "role")["Child"] == 10
    assert overview(pack, None, NOW).fewest == 10


# --- when it closes ---


def test_a_role_with_a_closing_time_of_its_own_has_a_line() -> None:
    pack = a_park(timetable=a_timetable(role_closes_at={"professional": CLOSES + timedelta(days=7)}))
    told = {closing.who: closing.left for closing in overview(pack, None, CLOSES + timedelta(hours=1)).closings}
    assert told["Child"] == "Closed"
    assert told["Professional"] == "6 days and 23 hours"


def test_stages_have_a_line_each() -> None:
    first = Stage("draft", "The draft", OPENS, NOW + timedelta(hours=30), None, "The board", date(2018, 1, 20))
    second = Stage("final", "The last word", NOW + timedelta(days=2), CLOSES)
    timetable = replace(a_timetable(), stages=(first, second))
    told = {closing.who: closing.left for closing in overview(a_park(timetable=timetable), None, NOW).closings}
    assert told == {"The draft": "1 day and 6 hours", "The last word": "Not open yet"}


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(minutes=59), "Less than an hour"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(hours=25, minutes=59), "1 day and 1 hour"),
        (timedelta(days=12), "12 days"),
    ],
)
def test_the_time_left_is_never_more_than_there_is(left: timedelta, words: str) -> None:
    assert time_left(left) == words


# --- of when figures are ---


def test_figures_are_of_the_end_of_a_full_hour_with_five_people_in_it() -> None:
    arrived = [Arrived(OPENS, 3), Arrived(OPENS + 3 * QUARTER, 2), Arrived(OPENS + 4 * QUARTER, 4)]
    assert moment(arrived, 5) == OPENS + timedelta(hours=1)
    assert moment(arrived, 9) == OPENS + timedelta(hours=2)
    assert moment(arrived, 10) is None
