"""Answers that an officer types in: the pack's own rules hold for them, and its late policy alone for their time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from flows.definition import Consultation, Kind, LatePolicy, Question, WhoOption
from flows.entered import Entry, Fault, Refused, Sheet, as_fields, enter, questions_for
from flows.stage import Stage
from flows.state import Phase, State
from flows.values import Choice, Choices, Number, Ranking, Text, Value
from tests.support.talk import CLOSES, IDEAS, NOON, OPENS, SWINGS, WHO, WHY, a_park, a_timetable

PACK = a_park(timetable=a_timetable())


def who(code: str = "child-8-11", pack: Consultation = PACK) -> WhoOption:
    return next(option for option in pack.who_options if option.code == code)


def a_sheet(at: datetime = NOON, code: str = "child-8-11", stage: str | None = None, **answers: str) -> Sheet:
    return Sheet(who(code), "en", at, {name: (text,) for name, text in answers.items()}, stage)


def taken(made: Entry | tuple[Fault, ...]) -> Entry:
    assert isinstance(made, Entry), made
    return made


def test_a_sheet_becomes_a_conversation_that_is_at_its_end() -> None:
    made = taken(enter(PACK, a_sheet(swings="more", why="a queue")))
    state = made.state
    assert [(kept.question, kept.value) for kept in made.kept] == [
        ("who", Choice("child-8-11")),
        ("swings", Choice("more")),
        ("why", Text("a queue")),
    ]
    assert (state.phase, state.role, state.started_at, state.completed_at) == (Phase.FINISHED, "child", NOON, NOON)
    assert state.passed == ("ideas",)
    assert state.wake_at is None


def test_only_the_questions_of_the_role_and_band_are_asked() -> None:
    assert [question.code for question in questions_for(PACK, who(), None)] == ["swings", "why", "ideas"]
    professional = questions_for(PACK, who("professional"), None)
    assert [question.code for question in professional] == ["swings", "why", "ideas", "work"]


@pytest.mark.parametrize(
    ("sheet", "expected"),
    [
        (a_sheet(swings="some"), Fault(Refused.NOT_UNDERSTOOD, "swings")),
        (a_sheet(swings="same", why="a queue"), Fault(Refused.NOT_ASKED, "why")),
        (a_sheet(why="a queue"), Fault(Refused.NOT_ASKED, "why")),
        (a_sheet(swings="same", work="a school"), Fault(Refused.NOT_ASKED, "work")),
        (a_sheet(), Fault(Refused.NOTHING_GIVEN)),
        (a_sheet(swings="  "), Fault(Refused.NOTHING_GIVEN)),
        (a_sheet(OPENS - timedelta(seconds=1), swings="more"), Fault(Refused.NOT_OPEN_YET)),
    ],
)
def test_what_is_wrong_with_a_sheet_is_told_and_nothing_is_kept(sheet: Sheet, expected: Fault) -> None:
    found = enter(PACK, sheet)
    assert not isinstance(found, Entry)
    assert expected in found


def test_everything_that_is_wrong_is_told_at_once() -> None:
    found = enter(PACK, a_sheet(swings="some", ideas="...", work="a school"))
    assert not isinstance(found, Entry)
    assert {fault.question for fault in found} >= {"swings", "ideas", "work"}


GRACE = timedelta(minutes=30)


@pytest.mark.parametrize(
    ("policy", "after", "expected"),
    [
        (LatePolicy.STRICT, -timedelta(seconds=1), "in time"),
        (LatePolicy.STRICT, timedelta(0), "refused"),
        (LatePolicy.TAG_LATE, -timedelta(seconds=1), "in time"),
        (LatePolicy.TAG_LATE, timedelta(0), "late"),
        (LatePolicy.TAG_LATE, timedelta(days=30), "late"),
        (LatePolicy.FINISH_IN_PROGRESS, timedelta(0), "late"),
        (LatePolicy.FINISH_IN_PROGRESS, GRACE - timedelta(seconds=1), "late"),
        (LatePolicy.FINISH_IN_PROGRESS, GRACE, "refused"),
    ],
)
def test_when_it_was_given_decides_by_the_policy_of_the_consultation(
    policy: LatePolicy, after: timedelta, expected: str
) -> None:
    pack = a_park(timetable=a_timetable(policy=policy, grace=GRACE))
    found = enter(pack, a_sheet(CLOSES + after, swings="more"))
    if expected == "refused":
        assert found == (Fault(Refused.TOO_LATE),)
        return
    made = taken(found)
    assert {kept.late for kept in made.kept} == {expected == "late"}
    assert all(kept.counts and kept.cutoff == CLOSES for kept in made.kept)


def test_nothing_is_taken_for_a_consultation_that_was_not_approved() -> None:
    shut = replace(PACK, timetable=replace(PACK.timetable, approved=False))
    assert enter(shut, a_sheet(swings="more")) == (Fault(Refused.NOT_OPEN_YET),)


def _first() -> State:
    return taken(enter(PACK, a_sheet(swings="more", why="a queue"))).state


def test_a_correction_keeps_only_what_differs_as_a_further_revision() -> None:
    made = taken(enter(PACK, a_sheet(swings="more", why="a long queue", ideas="a pond"), _first()))
    assert [(kept.question, kept.revision) for kept in made.kept] == [("why", 2), ("ideas", 1)]
    assert (made.state.started_at, made.state.completed_at) == (NOON, NOON)


def test_a_correction_that_changes_nothing_keeps_nothing() -> None:
    assert taken(enter(PACK, a_sheet(swings="more", why="a queue"), _first())).kept == ()


def test_a_correction_takes_no_answer_away() -> None:
    found = enter(PACK, a_sheet(swings="fewer"), _first())
    assert found == (Fault(Refused.CANNOT_BE_TAKEN_AWAY, "why"),)


def test_a_correction_that_would_be_late_does_not_replace_an_answer_in_time() -> None:
    found = enter(PACK, a_sheet(CLOSES, swings="fewer", why="a queue"), _first())
    assert found == (Fault(Refused.BEHIND_ONE_IN_TIME, "swings"),)


def test_an_equality_question_that_is_left_empty_in_a_correction_keeps_its_answer() -> None:
    sex = Question("sex", Kind.ONE, choices=("more", "fewer"), optional=True, equality=True)
    pack = a_park(questions=(WHO, SWINGS, WHY, IDEAS, sex), timetable=a_timetable())
    first = taken(enter(pack, a_sheet(swings="same", sex="fewer")))
    assert first.kept[-1].equality
    again = taken(enter(pack, a_sheet(swings="more"), first.state))
    assert [kept.question for kept in again.kept] == ["swings"]
    assert again.state.given["sex"].value == Choice("fewer")


def test_in_a_consultation_in_stages_the_sheet_belongs_to_one() -> None:
    spring = Stage("spring", "Spring", OPENS, NOON, None, "the Cabinet", OPENS.date())
    questions = (WHO, replace(SWINGS, stage="spring"), IDEAS)
    pack = a_park(questions=questions, timetable=replace(a_timetable(), stages=(spring,)))
    assert taken(enter(pack, a_sheet(NOON - timedelta(days=1), stage="spring", swings="same"))).state.stage == "spring"
    late = taken(enter(pack, a_sheet(NOON, stage="spring", swings="same")))
    assert [kept.late for kept in late.kept if kept.question == "swings"] == [True]


@pytest.mark.parametrize(
    ("value", "fields"),
    [
        (Text("a\nb"), ("a\nb",)),
        (Choice("more"), ("more",)),
        (Choices(("more",)), ("more",)),
        (Ranking(("b", "a")), ("b", "a")),
        (Number(Decimal(7)), ("7",)),
    ],
)
def test_an_answer_can_be_typed_again(value: Value, fields: tuple[str, ...]) -> None:
    assert as_fields(value) == fields
