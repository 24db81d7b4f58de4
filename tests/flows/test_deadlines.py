"""What the cutoff does to a conversation: late answers, refusals, the one reminder, the end, and more time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from flows import events
from flows.closings import Extension
from flows.definition import LatePolicy
from flows.state import Phase
from flows.values import Choice, Text
from tests.support.talk import CLOSES, Talk, a_child, a_finished_child, a_park, a_timetable

JUST_BEFORE = CLOSES - timedelta(milliseconds=1)
A_WEEK_LATER = CLOSES + timedelta(days=7)


def strictly() -> Talk:
    return a_child(a_park(timetable=a_timetable(policy=LatePolicy.STRICT)))


def at(talk: Talk, instant: datetime) -> Talk:
    talk.now = instant
    return talk


def test_the_last_moment_before_the_cutoff_is_in_time() -> None:
    talk = at(a_child(), JUST_BEFORE).say("same")
    assert not talk.counted["swings"].late
    assert talk.said == ["ideas?"]


def test_the_cutoff_itself_is_late_and_the_person_is_told_once() -> None:
    talk = at(a_child(), CLOSES).say("more")
    assert talk.counted["swings"].late
    assert talk.said == ["late_kept", "why?"]
    assert talk.say("a queue").said == ["ideas?"]
    assert talk.counted["why"].late


def test_under_the_strict_policy_a_late_answer_is_refused_and_the_person_is_told_once() -> None:
    talk = at(strictly(), CLOSES).say("more")
    assert "swings" not in talk.counted
    assert talk.said == ["late_refused"]
    assert talk.say("more").said == []


def test_who_was_under_way_may_finish_during_the_grace_time_and_not_after_it() -> None:
    grace = a_timetable(policy=LatePolicy.FINISH_IN_PROGRESS, grace=timedelta(minutes=30))
    talk = at(a_child(a_park(timetable=grace)), CLOSES + timedelta(minutes=29)).say("same")
    assert talk.counted["swings"].late
    assert at(talk, CLOSES + timedelta(minutes=30)).say("a pond").said == []
    assert "ideas" not in talk.counted


def test_an_edit_after_the_cutoff_never_replaces_an_answer_given_in_time() -> None:
    talk = at(a_finished_child(), CLOSES).edit("ideas", "two ponds")
    assert talk.said == ["late_edit"]
    assert talk.counted["ideas"].value == Text("a pond")
    assert [(kept.revision, kept.counts, kept.late) for kept in talk.kept if kept.question == "ideas"] == [
        (1, True, False),
        (2, False, True),
    ]


def test_a_change_asked_for_in_time_and_made_too_late_leaves_the_answer_standing() -> None:
    talk = a_finished_child().say("change").say("2")
    assert at(talk, CLOSES).say("fewer").said == ["late_edit"]
    assert talk.counted["swings"].value == Choice("same")
    assert talk.state.phase is Phase.FINISHED


def test_a_late_answer_can_be_changed_late() -> None:
    talk = at(a_child(), CLOSES).say("same").edit("swings", "fewer")
    assert talk.counted["swings"].value == Choice("fewer")
    assert talk.counted["swings"].late


def test_a_message_that_was_sent_in_time_counts_however_late_it_arrives() -> None:
    talk = at(a_child(), CLOSES + timedelta(hours=3)).hear(events.Said(JUST_BEFORE, "same"))
    assert not talk.counted["swings"].late


def test_a_long_text_that_began_in_time_is_in_time_whole() -> None:
    talk = at(a_child().say("same"), CLOSES - timedelta(seconds=2)).say("x" * 153, more=True)
    talk = at(talk, CLOSES + timedelta(seconds=2)).say(" and ducks")
    assert talk.counted["ideas"].value == Text("x" * 153 + " and ducks")
    assert not talk.counted["ideas"].late


def test_who_comes_after_the_close_is_told_once_and_nothing_is_asked() -> None:
    talk = at(Talk(), CLOSES).begin()
    assert talk.said == ["closed"]
    assert talk.begin().said == []
    assert talk.say("hello?").said == []


def test_help_show_privacy_and_delete_still_work_after_the_close() -> None:
    talk = at(a_finished_child(), CLOSES)
    assert talk.say("help").said == ["help"]
    assert talk.say("show").said == ["show_heading: who swings ideas"]
    assert talk.say("privacy").said == ["privacy"]
    assert talk.say("delete").said == ["delete_sure"]
    refused = at(Talk(), CLOSES).begin()
    assert refused.say("privacy").said == ["privacy"]
    assert refused.say("stop").said == ["stopped"]


def test_who_comes_before_the_opening_is_told_when_and_can_begin_later() -> None:
    talk = at(Talk(), datetime(2018, 1, 31, 23, 59, 59, tzinfo=UTC)).begin()
    assert talk.said == ["not_yet_open"]
    assert at(talk, datetime(2018, 2, 1, tzinfo=UTC)).say("hello").said == ["welcome", "privacy_note", "who?"]


def test_a_role_can_have_a_week_longer_than_the_others() -> None:
    longer = a_park(timetable=a_timetable(role_closes_at={"parent-carer": A_WEEK_LATER}))
    parent = Talk(longer).begin().say("parent or carer")
    assert not at(parent, CLOSES).say("same").counted["swings"].late
    child = a_child(longer)
    assert at(child, CLOSES).say("same").counted["swings"].late


def test_a_parent_may_still_begin_in_the_week_that_only_parents_have() -> None:
    longer = a_park(timetable=a_timetable(role_closes_at={"parent-carer": A_WEEK_LATER}))
    parent = at(Talk(longer), CLOSES + timedelta(days=1)).begin()
    assert parent.say("parent or carer").said == ["swings?"]
    child = at(Talk(longer), CLOSES + timedelta(days=1)).begin()
    assert child.say("8 to 11").said == ["late_refused"]
    assert child.kept == []


def test_one_reminder_goes_out_before_the_close_and_never_at_night() -> None:
    talk = a_child()
    assert talk.state.wake_at == CLOSES - timedelta(days=2) + timedelta(hours=8)
    assert talk.wake().said == ["reminder", "swings? (repeated)"]
    assert talk.wake().said == ["closing_now"]


def test_who_has_finished_or_stopped_is_never_woken() -> None:
    assert a_finished_child().state.wake_at is None
    assert a_child().say("stop").state.wake_at is None


def test_who_was_heard_from_this_day_is_not_reminded_the_same_day() -> None:
    talk = at(a_child(), CLOSES - timedelta(days=2) + timedelta(hours=7)).say("more")
    assert talk.state.wake_at == CLOSES - timedelta(days=2) + timedelta(hours=19)


def test_the_end_is_told_in_the_morning_but_at_once_to_who_is_in_the_middle_of_it() -> None:
    asleep = a_child().wake()
    assert asleep.state.wake_at == CLOSES + timedelta(hours=8)
    awake = at(a_child(), CLOSES - timedelta(minutes=5)).say("more")
    assert awake.state.wake_at == CLOSES
    assert awake.wake().said == ["closing_now"]


def test_after_the_end_was_told_a_late_answer_is_still_marked_and_told() -> None:
    talk = at(a_child(), CLOSES - timedelta(minutes=5)).say("more").wake().say("a queue")
    assert talk.said == ["late_kept", "ideas?"]


@pytest.mark.parametrize("policy", list(LatePolicy))
def test_an_extension_reaches_who_is_under_way_and_their_answers_are_in_time(policy: LatePolicy) -> None:
    talk = a_child(a_park(timetable=a_timetable(policy=policy)))
    more_time = a_timetable(policy=policy, extensions=(Extension(A_WEEK_LATER, "Snow closed the schools."),))
    talk.pack = replace(talk.pack, timetable=more_time)
    assert talk.hear(events.TimePassed(talk.now)).said == ["extended", "swings? (repeated)"]
    assert talk.hear(events.TimePassed(talk.now)).said == []
    assert not at(talk, CLOSES + timedelta(days=1)).say("same").counted["swings"].late


def test_an_extension_made_at_night_is_told_in_the_morning() -> None:
    talk = at(a_child(), datetime(2018, 3, 1, 22, tzinfo=UTC))
    talk.pack = replace(talk.pack, timetable=a_timetable(extensions=(Extension(A_WEEK_LATER, "Snow."),)))
    assert talk.hear(events.TimePassed(talk.now)).said == []
    assert talk.state.wake_at == datetime(2018, 3, 2, 8, tzinfo=UTC)


def test_being_woken_too_early_changes_nothing() -> None:
    talk = a_child()
    before = talk.state
    assert talk.hear(events.TimePassed(talk.now)).effects == ()
    assert talk.state == before
