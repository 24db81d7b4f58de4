"""A parent's own yes, where the law of a pack asks for one: waited for, given, refused, and taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows import events
from flows.definition import AgeBand, Command, LatePolicy
from flows.effects import Keep
from flows.events import ParentDecided
from flows.law import Basis, Law, Permission, in_force
from flows.permission import Leave, leave
from flows.state import Phase
from tests.flows.test_step_properties import QUESTIONS, at_its_time, turns
from tests.support.talk import CLOSES, NOON, OPENS, Talk, a_park, a_timetable

A_DAY = timedelta(days=1)


def required(age: int = 13, holds_from: datetime = OPENS, basis: Basis = Basis.CONSENT) -> Law:
    return Law(holds_from, basis, Permission.REQUIRED, under=age)


def talk_under(*laws: Law) -> Talk:
    return Talk(replace(a_park(), laws=laws)).begin()


def decides(talk: Talk, *, allowed: bool) -> Talk:
    return talk.hear(ParentDecided(talk.now, allowed))


def waiting(policy: LatePolicy = LatePolicy.TAG_LATE) -> Talk:
    strict = a_park(timetable=a_timetable(policy=policy))
    return Talk(replace(strict, laws=(required(),))).begin().say("8 to 11")


@pytest.mark.parametrize("basis", Basis)
def test_a_child_hears_that_a_parent_has_to_say_yes_first_and_nothing_of_them_is_kept(basis: Basis) -> None:
    talk = talk_under(required(basis=basis)).say("8 to 11")
    assert (talk.said, talk.kept, talk.state.role, talk.state.band) == (["ask_a_parent"], [], None, None)
    assert talk.state.phase is Phase.ASKING_A_PARENT


def test_somebody_in_a_band_on_both_sides_of_the_age_is_asked_first_how_old_they_are() -> None:
    talk = talk_under(required()).say("12 to 15")
    assert talk.said == ["how_old"]
    assert talk.say("no").said == ["ask_a_parent"]
    assert decides(talk, allowed=True).said == ["parent_said_yes", "swings?"]
    assert [(keep.question, keep.band) for keep in talk.kept] == [("who", AgeBand.TWELVE_TO_FIFTEEN)]
    assert talk_under(required()).say("12 to 15").say("yes").said == ["swings?"]


def test_after_a_yes_who_they_are_is_kept_and_they_go_on_to_the_end() -> None:
    talk = decides(waiting(), allowed=True)
    assert talk.said == ["parent_said_yes", "swings?"]
    assert [(keep.question, keep.band) for keep in talk.kept] == [("who", AgeBand.EIGHT_TO_ELEVEN)]
    assert talk.say("same").say("a pond").said == ["thanks"]


def test_after_a_no_nothing_more_is_asked_and_nothing_was_kept() -> None:
    talk = decides(waiting(), allowed=False)
    assert (talk.said, talk.kept, talk.state.phase) == (["parent_said_no"], [], Phase.TOO_YOUNG)
    assert talk.say("but I want to").said == ["too_young"]
    assert talk.state.age_asked == 13
    assert talk.kept == []


def test_a_parent_who_said_no_may_say_yes_after_all() -> None:
    talk = decides(decides(waiting(), allowed=False), allowed=True)
    assert talk.said == ["parent_said_yes", "who?"]
    assert talk.say("8 to 11").said == ["swings?"]


def test_a_child_whose_parent_said_no_may_ask_again_with_start() -> None:
    talk = decides(waiting(), allowed=False).say("start")
    assert talk.said == ["welcome_back", "who?"]
    assert talk.say("8 to 11").said == ["ask_a_parent"]
    assert decides(talk, allowed=True).said == ["parent_said_yes", "swings?"]


def test_a_yes_that_comes_while_they_are_asked_something_else_holds_for_their_next_answer() -> None:
    talk = decides(waiting().say("start"), allowed=True)
    assert talk.said == []
    assert talk.say("8 to 11").said == ["swings?"]


@pytest.mark.parametrize("said", ["purple", "yes", "4"])
def test_whatever_they_write_meanwhile_they_hear_once_more_how_a_parent_says_yes(said: str) -> None:
    talk = waiting().say(said)
    assert (talk.said, talk.kept) == (["ask_a_parent"], [])


@pytest.mark.parametrize("command", [Command.BACK, Command.SKIP, Command.CHANGE, Command.DONE])
def test_other_command_words_lead_back_to_it(command: Command) -> None:
    assert waiting().press(command).said == ["ask_a_parent"]


def test_help_privacy_and_another_language_work_while_a_parent_is_waited_for() -> None:
    talk = waiting()
    assert talk.say("help").said == ["help", "ask_a_parent"]
    assert talk.say("privacy").said == ["privacy", "ask_a_parent"]
    assert talk.say("Cymraeg").said == ["language_changed", "privacy_note", "ask_a_parent"]


def test_a_yes_during_the_question_whether_to_erase_lets_them_go_on_if_they_do_not() -> None:
    talk = decides(waiting().say("delete"), allowed=True)
    assert talk.said == []
    assert talk.say("no").said == ["not_deleted", "who? (repeated)"]
    assert talk.say("8 to 11").said == ["swings?"]


def test_a_no_during_the_question_whether_to_erase_ends_it_if_they_do_not() -> None:
    talk = decides(waiting().say("delete"), allowed=False).say("no")
    assert talk.said == ["not_deleted"]
    assert talk.say("hello?").said == ["too_young"]


def test_whoever_said_stop_hears_nothing_of_it_and_goes_on_with_start() -> None:
    talk = decides(waiting().say("stop"), allowed=True)
    assert talk.said == []
    assert talk.say("start").said == ["started_again", "swings? (repeated)"]


def test_a_yes_after_the_close_says_that_it_has_closed_and_nothing_is_kept() -> None:
    talk = waiting(LatePolicy.STRICT)
    talk.now = CLOSES + A_DAY
    assert (decides(talk, allowed=True).said, talk.kept) == (["closed"], [])
    late = waiting(LatePolicy.STRICT)
    late.now = CLOSES + A_DAY
    assert late.say("hello?").said == ["closed"]


def test_time_alone_says_nothing_to_who_waits_for_a_parent() -> None:
    assert waiting().state.wake_at is None


def test_a_yes_that_is_taken_back_ends_the_questions_and_what_was_answered_stays() -> None:
    talk = decides(waiting(), allowed=True).say("same")
    kept = list(talk.kept)
    assert decides(talk, allowed=False).said == ["parent_said_no"]
    assert talk.say("a pond").kept == kept
    assert "ideas" not in talk.counted


def test_a_yes_that_is_taken_back_at_the_end_is_heard_of_only_by_who_wants_to_change_something() -> None:
    talk = decides(waiting(), allowed=True).say("same").say("a pond")
    kept = list(talk.kept)
    assert (decides(talk, allowed=False).said, talk.state.phase) == ([], Phase.FINISHED)
    assert talk.say("change").say("2").said == ["ask_a_parent"]
    assert talk.kept == kept


def test_what_a_parent_allowed_stays_allowed_when_the_law_changes() -> None:
    changes = NOON + A_DAY
    talk = decides(talk_under(required(), required(16, changes)).say("8 to 11"), allowed=True)
    talk.now = changes
    assert talk.say("same").say("a pond").said == ["thanks"]


def test_a_law_that_comes_into_force_on_the_way_asks_a_parent_before_the_next_answer() -> None:
    changes = NOON + A_DAY
    talk = talk_under(Law(OPENS), required(13, changes)).say("8 to 11")
    talk.now = changes
    assert talk.say("same").said == ["ask_a_parent"]
    assert "swings" not in talk.counted
    assert decides(talk, allowed=True).said == ["parent_said_yes", "swings?"]
    assert talk.say("same").said == ["ideas?"]


@settings(max_examples=80)
@given(turns, st.data(), st.sampled_from((13, 16, 18)))
def test_no_answer_is_ever_kept_of_who_is_too_young_without_a_parents_yes(
    happenings: list[tuple[timedelta, events.Event]], data: st.DataObject, age: int
) -> None:
    laws = (required(age),)
    talk = Talk(replace(a_park(questions=QUESTIONS), laws=laws))
    for wait, event in happenings:
        if data.draw(st.integers(0, 4)) == 0:
            decides(talk, allowed=data.draw(st.booleans()))
        talk.wait(wait).hear(at_its_time(event, talk))
        for effect in talk.effects:
            if isinstance(effect, Keep):
                assert leave(in_force(laws, effect.at), talk.state, effect.band) is Leave.GIVEN
