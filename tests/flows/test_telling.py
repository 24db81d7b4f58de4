"""What is told right before a question: of a new kind of data once, and who can see the conversation."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from flows import events, turn
from flows.consents import Consent
from flows.definition import AgeBand, Command, Kind, Question, Role
from flows.effects import Ask, Notice, Tell
from flows.law import Law, Permission
from flows.messages import Channel
from flows.state import State
from flows.telling import notice_before
from tests.support.talk import CLOSES, IDEAS, NOON, OPENS, SWINGS, WHO, WHY, Talk, a_child, a_park

LATER = Question("later", Kind.YES_NO, choices=("yes", "no", "not-sure"), consent=Consent.FEEDBACK)
YOUNGEST = Role("child", (AgeBand.FOUR_TO_SEVEN,))
HELPED = Question("helped-by", Kind.HELPED_BY, choices=("child", "together", "grown-up"))


def with_a_grown_up(answer: str) -> Talk:
    """A child of 4 to 7 who has said who is typing."""
    who = replace(WHO, choices=("child",))
    return Talk(a_park(questions=(who, HELPED, SWINGS, IDEAS), roles=(YOUNGEST,))).begin().say(answer)


@pytest.mark.parametrize(
    ("question", "notice"),
    [
        (IDEAS, Notice.NOTE_OWN_WORDS),
        (LATER, Notice.NOTE_WRITING_LATER),
        (SWINGS, None),
        (WHO, None),
        (HELPED, None),
        (Question("needs", Kind.ONE, choices=("yes", "prefer-not-to-say"), optional=True, equality=True), None),
    ],
    ids=lambda value: value.code if isinstance(value, Question) else "",
)
def test_each_kind_of_data_has_its_notice_where_nothing_else_tells_of_it(
    question: Question, notice: Notice | None
) -> None:
    assert notice_before(question) is notice


def test_the_notice_stands_right_before_the_first_question_of_its_kind_and_is_said_once() -> None:
    talk = a_child()
    assert talk.told == ["swings?"]
    assert talk.say("more").told == ["note_own_words", "why?"]
    assert talk.say("because").told == ["ideas?"]


def test_a_question_that_is_repeated_or_put_again_brings_no_second_notice() -> None:
    talk = a_child().say("more")
    assert talk.say("help").told == ["help", "why?"]
    assert talk.say("!!").told == ["why?"]
    assert talk.say("back").say("more").told == ["why?"]


def test_a_leave_to_write_later_is_told_of_before_it_is_asked_for() -> None:
    talk = Talk(a_park(questions=(WHO, SWINGS, IDEAS, LATER))).begin().say("8 to 11").say("same")
    assert talk.say("a pond").told == ["note_writing_later", "later?"]


def test_whoever_said_stop_before_they_could_hear_the_notice_hears_it_when_they_come_back() -> None:
    talk = Talk(a_park(questions=(WHO, WHY, IDEAS, SWINGS))).begin().say("STOP")
    assert talk.say("8 to 11").told == []
    assert talk.say("START").told == ["started_again", "who?"]
    assert talk.say("8 to 11").told == ["note_own_words", "ideas?"]


def test_a_conversation_from_before_there_were_notices_hears_one_with_its_next_question() -> None:
    talk = a_child().say("more")
    talk.state = replace(talk.state, told_of=())
    assert talk.say("help").told == ["help", "note_own_words", "why?"]


def test_who_is_too_young_for_telegram_hears_the_notice_where_they_go() -> None:
    pack = replace(a_park(questions=(WHO, IDEAS)), min_age={Channel.TELEGRAM.value: 16})
    begun = turn.take(pack, State(), (events.Began(NOON),), Channel.TELEGRAM, now=NOON)
    handed = turn.take(pack, begun.state, (events.Tapped(NOON, "who", "child-8-11"),), Channel.TELEGRAM, now=NOON)
    assert [type(effect).__name__ for effect in handed.effects] == ["Keep", "OfferCode"]
    there = turn.take(pack, handed.state, (events.Moved(NOON),), Channel.WEB, now=NOON)
    assert [each.notice.value if isinstance(each, Tell) else "?" for each in there.effects] == [
        "moved_here",
        "note_own_words",
        "?",
    ]
    assert isinstance(there.effects[-1], Ask)


@pytest.mark.parametrize("answer", ["together", "grown-up"])
def test_a_child_is_told_that_their_grown_up_can_see_it_as_soon_as_one_is_there(answer: str) -> None:
    assert with_a_grown_up(answer).told == ["grown_up_sees", "swings?"]


def test_and_at_every_visit_after_that() -> None:
    talk = with_a_grown_up("together")
    assert talk.say("same").told == ["note_own_words", "ideas?"], "not at every message"
    assert talk.press(Command.START).told == ["welcome_back", "grown_up_sees", "ideas?"]
    assert talk.say("a pond").told == ["thanks"]
    assert talk.wait(timedelta(days=1)).say("and a slide").told == ["still_here", "grown_up_sees"]


def test_who_types_alone_is_not_told_of_anybody() -> None:
    assert with_a_grown_up("child").told == ["swings?"]


def test_below_the_age_they_are_asked_once_to_tell_a_grown_up() -> None:
    pack = replace(a_park(), laws=(Law(OPENS, permission=Permission.TELL_AN_ADULT, under=13),))
    talk = Talk(pack).begin()
    assert talk.told == ["welcome", "privacy_note", "who?"]
    assert talk.say("8 to 11").told == ["tell_a_grown_up", "swings?"]
    assert talk.say("same").told == ["note_own_words", "ideas?"]


@pytest.mark.parametrize(
    ("said", "asked"),
    [("12 to 15", True), ("skip", True), ("parent or carer", False)],
    ids=("perhaps", "unknown", "no"),
)
def test_whose_age_may_be_below_it_is_asked_too(said: str, *, asked: bool) -> None:
    pack = replace(a_park(), laws=(Law(OPENS, permission=Permission.TELL_AN_ADULT, under=13),))
    assert ("tell_a_grown_up" in Talk(pack).begin().say(said).told) is asked


def test_it_is_the_law_of_the_moment_that_asks_for_it() -> None:
    later = Law(NOON + timedelta(days=1), permission=Permission.TELL_AN_ADULT, under=13)
    pack = replace(a_park(), laws=(Law(OPENS), later))
    assert later.holds_from < CLOSES
    talk = Talk(pack).begin().say("8 to 11")
    assert talk.told == ["swings?"]
    assert talk.wait(timedelta(days=1) - timedelta(microseconds=1)).say("help").told == ["help", "swings?"]
    assert talk.wait(timedelta(microseconds=1)).say("help").told == ["help", "tell_a_grown_up", "swings?"]
