"""An answer that an officer corrects for somebody is what CHANGE would have made of the same words."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from flows.corrected import Correction, Unfit, correct, correctable
from flows.definition import LatePolicy
from flows.entered import Entry, Sheet, enter
from flows.state import State, changed
from flows.values import Choice
from tests.support.talk import CLOSES, NOON, SWINGS, a_park, a_timetable

PACK = a_park(timetable=a_timetable())
STRICT = replace(PACK, timetable=replace(PACK.timetable, late_policy=LatePolicy.STRICT))


def answered() -> State:
    who = next(option for option in PACK.who_options if option.code == "child-8-11")
    made = enter(PACK, Sheet(who, "en", NOON, {"swings": ("more",), "why": ("a queue",)}))
    assert isinstance(made, Entry)
    return made.state


def test_the_new_answer_takes_the_place_of_the_earlier_one_and_nothing_else_moves() -> None:
    before = answered()
    made = correct(PACK, before, "swings", "same", NOON)
    assert isinstance(made, Correction)
    assert (made.kept.value, made.kept.revision, made.counts) == (Choice("same"), 2, True)
    assert changed(made.state, given=before.given, passed=before.passed) == before


def test_after_the_close_an_answer_that_was_in_time_still_counts() -> None:
    made = correct(PACK, answered(), "swings", "same", CLOSES)
    assert isinstance(made, Correction)
    assert (made.counts, made.kept.late, made.state.given["swings"].value) == (False, True, Choice("more"))


@pytest.mark.parametrize(
    ("code", "text", "at", "expected"),
    [
        ("ideas", "a pond", NOON, Unfit.NO_SUCH_ANSWER),
        ("who", "1", NOON, Unfit.NO_SUCH_ANSWER),
        ("nothing", "1", NOON, Unfit.NO_SUCH_ANSWER),
        ("swings", "purple", NOON, Unfit.NOT_UNDERSTOOD),
        ("swings", "more", NOON, Unfit.SAME),
        ("swings", "same", CLOSES + timedelta(days=1), Unfit.TOO_LATE),
    ],
)
def test_what_is_no_correction_changes_nothing(code: str, text: str, at: datetime, expected: Unfit) -> None:
    assert correct(STRICT, answered(), code, text, at) is expected


def test_who_somebody_is_is_not_corrected_here() -> None:
    assert [question.code for question in correctable(PACK, answered())] == [SWINGS.code, "why"]
