"""On what ground a consultation asks, and who may answer: of nobody who may not, an answer is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows import events
from flows.definition import AGE_QUESTION, AgeBand, Command, Role
from flows.effects import Keep
from flows.law import WITHOUT, Basis, Law, Permission, in_force
from flows.permission import Leave, leave
from flows.state import Phase, State
from tests.flows.test_step_properties import QUESTIONS, at_its_time, turns
from tests.support.talk import CLOSES, NOON, OPENS, ROLES, WHO, Talk, a_park

FOUR, EIGHT, TWELVE, SIXTEEN, ADULT = AgeBand
G, U, W, R = Leave
A_DAY = timedelta(days=1)
A_MOMENT = timedelta(microseconds=1)


def consent(age: int, holds_from: datetime = OPENS) -> Law:
    return Law(holds_from, Basis.CONSENT, under=age)


def required(age: int, holds_from: datetime = OPENS, basis: Basis = Basis.CONSENT) -> Law:
    return Law(holds_from, basis, Permission.REQUIRED, under=age)


def talk_under(*laws: Law) -> Talk:
    return Talk(replace(a_park(), laws=laws)).begin()


@pytest.mark.parametrize(
    ("law", "found"),
    [
        (WITHOUT, (G, G, G, G, G, G)),
        (Law(OPENS, Basis.PUBLIC_TASK, under=13), (G, G, G, G, G, G)),
        (consent(13), (R, R, U, G, G, U)),
        (consent(16), (R, R, R, G, G, U)),
        (consent(18), (R, R, R, U, G, U)),
        (consent(10), (R, U, G, G, G, U)),
        (required(13), (W, W, U, G, G, U)),
        (required(13, basis=Basis.PUBLIC_TASK), (W, W, U, G, G, U)),
    ],
)
def test_who_may_answer_by_age_band_and_where_it_is_not_known(law: Law, found: tuple[Leave, ...]) -> None:
    assert tuple(leave(law, State(), band) for band in (*AgeBand, None)) == found


@pytest.mark.parametrize(
    ("state", "found"),
    [
        (State(at_least=13), G),
        (State(at_least=12), U),
        (State(below=13), R),
        (State(below=16), U),
        (State(allowed=True), G),
        (State(below=13, allowed=True), G),
    ],
)
def test_what_they_said_of_their_age_counts_for_an_age_that_it_decides(state: State, found: Leave) -> None:
    assert leave(consent(13), state, TWELVE) is found


def test_the_law_in_force_is_the_last_that_has_begun_and_before_all_of_them_the_first() -> None:
    first, second = Law(OPENS), consent(13, NOON)
    assert in_force((), NOON) == WITHOUT
    assert [in_force((first, second), at) for at in (OPENS - A_DAY, NOON - A_MOMENT, NOON, CLOSES)] == [
        first,
        first,
        second,
        second,
    ]


# --- conversations ---


def test_somebody_of_twelve_is_asked_whether_they_are_thirteen_and_nothing_of_them_is_kept() -> None:
    talk = talk_under(consent(13)).say("12 to 15")
    assert (talk.said, talk.kept, talk.state.role, talk.state.band) == (["how_old"], [], None, None)
    talk.say("no")
    assert (talk.said, talk.kept, talk.state.role, talk.state.band) == (["too_young"], [], None, None)
    assert talk.say("but I want to").said == ["too_young"]
    assert talk.kept == []


def test_somebody_of_thirteen_goes_on_and_who_they_are_is_kept_then() -> None:
    talk = talk_under(consent(13)).say("12 to 15").say("yes")
    assert talk.said == ["swings?"]
    assert [(keep.question, keep.band, keep.revision) for keep in talk.kept] == [("who", TWELVE, 1)]
    assert talk.say("same").say("a pond").said == ["thanks"]


def test_an_age_of_sixteen_stops_somebody_of_fifteen_at_once() -> None:
    talk = talk_under(consent(16)).say("12 to 15")
    assert (talk.said, talk.kept) == (["too_young"], [])


@pytest.mark.parametrize(("said", "may"), [("13", True), (" 14. ", True), ("12", False), ("4", False)])
def test_an_age_in_figures_is_an_answer_and_is_not_remembered(said: str, *, may: bool) -> None:
    assert talk_under(consent(13)).say("12 to 15").say("nearly 13").said == ["how_old"]
    talk = talk_under(consent(13)).say("12 to 15").say(said)
    assert talk.said == (["swings?"] if may else ["too_young"])
    assert (talk.state.at_least, talk.state.below) == ((13, 0) if may else (0, 13))


def test_an_adult_is_asked_nothing_more() -> None:
    assert talk_under(consent(13)).say("parent or carer").said == ["swings?"]


def test_whoever_does_not_say_who_they_are_is_asked_and_whoever_does_not_say_that_either_may_not_answer() -> None:
    talk = talk_under(consent(13)).say("skip")
    assert talk.said == ["how_old"]
    assert talk.say("skip").said == ["too_young"]
    known = talk_under(consent(13)).say("skip").say("yes")
    assert known.said == ["swings?"]
    assert known.say("same").kept[0].band is None


def test_after_three_answers_that_say_nothing_they_may_not_answer() -> None:
    talk = talk_under(consent(13)).say("12 to 15")
    assert [talk.say("purple").said for _ in range(3)] == [["how_old"], ["how_old"], ["too_young"]]


@pytest.mark.parametrize("command", [Command.BACK, Command.CHANGE, Command.DONE])
def test_other_command_words_put_the_question_once_more(command: Command) -> None:
    assert talk_under(consent(13)).say("12 to 15").press(command).said == ["how_old"]


def test_help_privacy_and_another_language_work_while_they_are_asked() -> None:
    talk = talk_under(consent(13)).say("12 to 15")
    assert talk.say("help").said == ["help", "how_old"]
    assert talk.say("privacy").said == ["privacy", "how_old"]
    assert talk.say("Cymraeg").said == ["language_changed", "privacy_note", "how_old"]
    assert talk.say("delete").say("no").said == ["not_deleted", "how_old"]


def test_buttons_and_the_form_of_the_page_answer_it_too() -> None:
    for answered in (
        talk_under(consent(13)).tap("who", "child-12-15").tap(AGE_QUESTION, "yes"),
        talk_under(consent(13)).submit("who", "child-12-15").submit(AGE_QUESTION, "yes"),
    ):
        assert answered.said == ["swings?"]
    asked = talk_under(consent(13)).say("12 to 15")
    assert asked.submit(AGE_QUESTION).said == ["how_old"], "a form sent without a choice says nothing"


def test_start_gives_whoever_slipped_another_try() -> None:
    talk = talk_under(consent(13)).say("12 to 15").say("no").say("start")
    assert talk.said == ["welcome_back", "who?"]
    assert talk.say("12 to 15").say("yes").said == ["swings?"]


def test_a_pack_with_one_role_and_band_asks_the_age_instead_of_who_somebody_is() -> None:
    one = a_park(
        questions=(replace(WHO, choices=("child",)), *QUESTIONS[1:2]),
        roles=(Role("child", (AgeBand.TWELVE_TO_FIFTEEN,)),),
    )
    talk = Talk(replace(one, laws=(consent(13),))).begin()
    assert talk.said == ["welcome", "privacy_note", "how_old"]
    assert talk.say("yes").said == ["swings?"]
    assert [keep.question for keep in talk.kept] == ["who"]


def test_who_turns_out_to_be_younger_by_a_change_may_not_answer_any_more() -> None:
    talk = talk_under(consent(13)).say("parent or carer").say("same")
    kept = list(talk.kept)
    assert talk.say("change").say("1").say("8 to 11").said == ["too_young"]
    assert (talk.kept, talk.state.phase) == (kept, Phase.TOO_YOUNG)
    assert talk.say("a pond").kept == kept


# --- both sides of a date ---


@pytest.mark.parametrize(("before", "kept"), [(A_MOMENT, True), (timedelta(0), False)])
def test_an_answer_is_held_to_the_law_of_its_own_moment(before: timedelta, *, kept: bool) -> None:
    changes = NOON + A_DAY
    talk = talk_under(Law(OPENS), consent(16, changes)).say("12 to 15").say("same")
    talk.now = changes - before
    talk.say("a pond")
    assert ("ideas" in talk.counted) is kept
    assert talk.said == (["thanks"] if kept else ["too_young"])


def test_a_higher_age_from_a_day_on_is_asked_about_anew_before_the_next_answer() -> None:
    changes = NOON + A_DAY
    roles = (*ROLES[1:], Role("student", (AgeBand.SIXTEEN_TO_TWENTY_FIVE,)))
    who = replace(WHO, choices=("parent-carer", "professional", "student"))
    pack = replace(
        a_park(questions=(who, *QUESTIONS[1:2], QUESTIONS[-2]), roles=roles), laws=(consent(13), consent(18, changes))
    )
    talk = Talk(pack).begin().say("student")
    assert talk.said == ["swings?"]
    talk.now = changes
    assert talk.say("same").said == ["how_old"]
    assert "swings" not in talk.counted
    assert talk.say("yes").said == ["swings?"]
    assert talk.say("same").said == ["ideas?"]


def test_a_lower_age_from_a_day_on_lets_in_who_was_too_young() -> None:
    talk = talk_under(consent(16), consent(12, NOON + A_DAY)).say("12 to 15")
    assert talk.said == ["too_young"]
    assert talk.wait(A_DAY).say("start").say("12 to 15").said == ["swings?"]


def test_a_long_text_is_held_back_like_a_short_one() -> None:
    changes = NOON + A_DAY
    talk = talk_under(Law(OPENS), consent(16, changes)).say("12 to 15").say("same")
    talk.now = changes
    assert talk.say("a pond " * 22, more=True).said == ["too_young"]
    assert "ideas" not in talk.counted


# --- for everybody, whatever they do ---


@settings(max_examples=80)
@given(turns, st.sampled_from((13, 16)), st.sampled_from((timedelta(0), timedelta(hours=7), timedelta(days=3))))
def test_no_answer_is_ever_kept_of_somebody_who_may_not_give_one(
    happenings: list[tuple[timedelta, events.Event]], age: int, later: timedelta
) -> None:
    laws = (Law(OPENS), consent(age, NOON + later)) if later else (consent(age),)
    talk = Talk(replace(a_park(questions=QUESTIONS), laws=laws))
    for wait, event in happenings:
        talk.wait(wait).hear(at_its_time(event, talk))
        for effect in talk.effects:
            if isinstance(effect, Keep):
                assert leave(in_force(laws, effect.at), talk.state, effect.band) is Leave.GIVEN
        if talk.state.phase is Phase.ASKING_AGE:
            assert talk.state.age_asked == age


@settings(max_examples=30)
@given(turns)
def test_as_a_public_task_nobody_is_asked_for_their_age(happenings: list[tuple[timedelta, events.Event]]) -> None:
    talk = Talk(replace(a_park(questions=QUESTIONS), laws=(Law(OPENS, under=13),)))
    for wait, event in happenings:
        assert not {"how_old", "too_young"} & set(talk.wait(wait).hear(at_its_time(event, talk)).said)
