"""A consultation in stages: each person is asked what is open to them, and answers count by their own stage's dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import events
from flows.cutoff import takes_answers
from flows.definition import Command, Consultation, Kind, LatePolicy, Question
from flows.stage import Stage
from flows.state import Phase
from tests.support.talk import OPENS, SWINGS, WHO, WORK, Talk, a_park, a_timetable

EARLY, LATE, SHUT = (datetime(2018, 2, day, 12, tzinfo=UTC) for day in (5, 20, 28))
"""During the draft, during the second look, and during a stage that nobody has approved."""


def day(of_february: int) -> datetime:
    return datetime(2018, 2, of_february, tzinfo=UTC)


APPROVED = date(2018, 1, 20)
DRAFT = Stage("draft", "The draft", OPENS, day(10), approved_by="Harbour Board", approved_on=APPROVED)
SECOND = Stage("second", "A second look", day(15), day(25), frozenset({"professional"}), "Harbour Board", APPROVED)
FINAL = Stage("final", "The last word", day(26), datetime(2018, 3, 5, tzinfo=UTC))
QUESTIONS = (
    WHO,
    replace(SWINGS, stage="draft"),
    Question("ideas", Kind.TEXT, stage="draft"),
    replace(WORK, stage="second"),
    Question("money", Kind.TEXT, stage="second", roles=frozenset({"professional"})),
    Question("last-word", Kind.TEXT, stage="final"),
)


def staged(
    *, policy: LatePolicy = LatePolicy.TAG_LATE, stages: tuple[Stage, ...] = (DRAFT, SECOND, FINAL)
) -> Consultation:
    return a_park(questions=QUESTIONS, timetable=replace(a_timetable(policy=policy), stages=stages))


def at(talk: Talk, now: datetime) -> Talk:
    talk.now = now
    return talk


def a_worker(now: datetime = EARLY, pack: Consultation | None = None) -> Talk:
    return Talk(pack or staged(), now=now).begin().say("I work with children")


def a_worker_who_finished(pack: Consultation | None = None) -> Talk:
    return a_worker(pack=pack).say("more").say("a pond")


def approve(talk: Talk) -> Talk:
    decided = replace(FINAL, approved_by="Scrutiny committee", approved_on=date(2018, 2, 24))
    talk.pack = staged(stages=(DRAFT, SECOND, decided))
    return talk


# --- what is open, and to whom ---


def test_somebody_is_asked_the_questions_of_the_stage_that_is_open() -> None:
    assert a_worker(EARLY).said == ["swings?"]
    assert a_worker(LATE).said == ["work?"]


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (OPENS - timedelta(days=1), "not_yet_open"),
        (day(12), "not_yet_open"),
        (SHUT, "not_open_now"),
        (datetime(2018, 3, 20, tzinfo=UTC), "closed"),
    ],
)
def test_between_stages_the_first_word_is_that_nothing_is_open_and_it_is_said_once(now: datetime, told: str) -> None:
    talk = Talk(staged(), now=now).begin()
    assert talk.said == [told]
    assert talk.begin().said == []
    assert talk.kept == []


def test_a_stage_without_an_approval_is_shut_whatever_its_dates() -> None:
    assert not takes_answers(staged().timetable, SHUT)
    assert takes_answers(approve(Talk(staged())).pack.timetable, SHUT)


def test_whoever_was_turned_away_begins_once_a_stage_is_open() -> None:
    talk = Talk(staged(), now=SHUT).begin()
    assert approve(talk).begin().said == ["welcome", "privacy_note", "who?"]


def test_a_role_that_no_stage_is_open_to_hears_so_and_is_asked_nothing_more() -> None:
    talk = Talk(staged(), now=LATE).begin().say("Parent or carer")
    assert talk.said == ["not_open_now"]
    assert talk.say("hello?").said == []
    assert talk.state.wake_at is None


def test_a_role_that_was_picked_by_mistake_can_be_changed_into_one_that_is_asked() -> None:
    talk = Talk(staged(), now=LATE).begin().say("Parent or carer")
    talk.press(Command.CHANGE).say("1")
    assert talk.say("I work with children").said == ["changed", "work?"]


def test_who_would_rather_not_say_who_they_are_is_asked_what_is_for_everybody() -> None:
    assert Talk(staged(), now=EARLY).begin().press(Command.SKIP).said == ["swings?"]
    assert Talk(staged(), now=LATE).begin().press(Command.SKIP).said == ["not_open_now"]


def test_stages_that_are_open_at_once_follow_each_other_without_an_end_between() -> None:
    both = staged(stages=(DRAFT, replace(SECOND, opens_at=OPENS)))
    talk = a_worker(pack=both).say("more")
    assert talk.say("a pond").said == ["work?"]
    assert talk.say("a school").say("more of it").said == ["thanks"]


# --- coming back ---


@pytest.mark.parametrize("way", ["start", "keyword", "words"])
def test_whoever_comes_back_in_a_later_stage_is_asked_only_what_is_new(way: str) -> None:
    talk = at(a_worker_who_finished(), LATE)
    match way:
        case "start":
            talk.press(Command.START)
        case "keyword":
            talk.begin()
        case _:
            talk.say("anything new?")
    assert talk.said == ["next_stage", "work?"]
    assert talk.say("a school").say("more of it").said == ["thanks"]
    assert talk.say("bye").said == ["still_here"]


def test_before_the_next_stage_opens_they_hear_only_that_it_was_kept() -> None:
    assert at(a_worker_who_finished(), day(12)).press(Command.START).said == ["still_here"]


def test_a_stop_between_stages_ends_with_start_and_the_new_question() -> None:
    talk = at(a_worker_who_finished().press(Command.STOP), LATE)
    assert talk.press(Command.START).said == ["started_again", "work?"]


def test_an_approval_reaches_somebody_who_began_before_it() -> None:
    talk = at(a_worker_who_finished(), SHUT)
    assert talk.press(Command.START).said == ["still_here"]
    assert approve(talk).press(Command.START).said == ["next_stage", "last-word?"]


@pytest.mark.parametrize("policy", list(LatePolicy))
def test_whoever_left_in_the_middle_of_a_stage_that_has_closed_goes_on_with_the_new_one(policy: LatePolicy) -> None:
    talk = at(a_worker(pack=staged(policy=policy)), LATE)
    assert talk.press(Command.START).said == ["next_stage", "work?"]
    assert not talk.say("a school").counted["work"].late


def test_show_lists_the_answers_of_every_stage() -> None:
    talk = at(a_worker_who_finished(), LATE).press(Command.START).say("a school")
    assert talk.press(Command.SHOW).said[0] == "show_heading: who swings ideas work"


def test_change_offers_the_answers_of_this_stage_alone() -> None:
    talk = at(a_worker_who_finished(), LATE).press(Command.START).say("a school")
    assert talk.press(Command.CHANGE).said == ["change_which: who work"]


# --- in time, or late ---


@pytest.mark.parametrize(("before", "late"), [(timedelta(milliseconds=1), False), (timedelta(0), True)])
def test_an_answer_counts_by_its_own_stages_cutoff_to_the_millisecond(before: timedelta, late: bool) -> None:  # noqa: FBT001 - a column of a table
    talk = at(a_worker(), DRAFT.closes_at - before).say("more")
    assert talk.counted["swings"].late is late
    assert talk.counted["swings"].cutoff == DRAFT.closes_at


def test_under_a_strict_policy_an_answer_after_the_stage_is_refused_although_the_consultation_goes_on() -> None:
    talk = at(a_worker(pack=staged(policy=LatePolicy.STRICT)), day(12)).say("more")
    assert talk.said == ["late_refused"]
    assert "swings" not in talk.counted


def test_an_edit_from_an_earlier_stage_is_late_by_that_stage_and_the_answer_in_time_stands() -> None:
    talk = at(a_worker_who_finished(), LATE).press(Command.START)
    talk.edit("ideas", "two ponds")
    assert talk.said[0] == "late_edit"
    [first, second] = [keep for keep in talk.kept if keep.question == "ideas"]
    assert (first.late, second.late, second.counts) == (False, True, False)
    assert second.cutoff == DRAFT.closes_at


def test_the_reminder_and_the_end_are_those_of_the_stage() -> None:
    talk = a_worker().wake()
    assert talk.said == ["reminder", "swings? (repeated)"]
    assert talk.now == DRAFT.closes_at - timedelta(days=2) + timedelta(hours=8)
    assert talk.wake().said == ["closing_now"]
    assert at(talk, LATE).press(Command.START).wake().said == ["reminder", "work? (repeated)"]


def test_a_stage_that_stays_open_longer_is_news_to_those_in_it() -> None:
    talk = a_worker()
    talk.pack = staged(stages=(replace(DRAFT, closes_at=day(14)), SECOND, FINAL))
    assert talk.hear(events.TimePassed(talk.now)).said == ["extended", "swings? (repeated)"]


# --- whatever happens ---

SAID = st.sampled_from(
    (
        "START",
        "STOP",
        "SKIP",
        "BACK",
        "CHANGE",
        "SHOW",
        "1",
        "more",
        "I work with children",
        "Parent or carer",
        "a pond",
    )
)
HOURS = st.integers(min_value=0, max_value=150)


@given(st.lists(st.tuples(HOURS, SAID), max_size=20), st.sampled_from(LatePolicy))
def test_no_answer_in_time_lies_outside_its_stage_and_nobody_is_asked_what_is_not_approved(
    turns: list[tuple[int, str]], policy: LatePolicy
) -> None:
    talk = Talk(staged(policy=policy), now=OPENS - timedelta(days=1)).begin()
    for hours, text in turns:
        talk.wait(timedelta(hours=hours)).say(text)
        assert talk.state.phase is not Phase.ASKING or talk.state.current is not None
    stage_of = {question.code: question.stage for question in QUESTIONS}
    stages = {stage.code: stage for stage in (DRAFT, SECOND, FINAL)}
    for keep in talk.kept:
        stage = stages.get(stage_of[keep.question] or "")
        assert stage is None or (
            stage.approved and keep.late is (keep.at >= stage.closes_at) and keep.at >= stage.opens_at
        )
    assert "last-word?" not in talk.said
