"""Equality questions: asked like any other, answered or not as somebody likes, and marked to be kept apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import lint
from flows.aims import Aim, Theme
from flows.definition import AgeBand, Consultation
from flows.effects import Ask, Effect, ListAnswers, Manner, Notice, Tell
from flows.messages import Bubble, Shows
from flows.pack import read
from flows.state import Given, Phase, State
from flows.values import Choice, Text, Value
from flows.wording import Facts, compose
from tests.support.builders import DURING, a_consultation, a_question, a_state
from tests.support.pack_files import EQUALITY, PARK, STRUCTURE, SYSTEM, spoilt
from tests.support.talk import Talk

SMS = Shows(buttons=False, emoji=False, joined=True, short=True, longest=600)
TELEGRAM = Shows(buttons=True)
WEB = Shows(buttons=False, form=True)
CHANNELS = pytest.mark.parametrize("shows", [SMS, TELEGRAM, WEB], ids=["sms", "telegram", "web"])

ALONE = 'alone = ["prefer-not-to-say"]\noptional = true\n'
ABOUT_YOU = a_question("about-you", "note")
NEEDS = a_question("needs", "yes-no", "yes no prefer-not-to-say", optional=True, equality=True)
PACK = a_consultation(a_question("swings", "one", "more fewer"), ABOUT_YOU, NEEDS, a_question("ideas"))


# --- in a pack ---


def test_a_pack_with_equality_questions_can_be_without_a_fault() -> None:
    assert lint.faults(EQUALITY, SYSTEM) == ()
    pack = read(EQUALITY, SYSTEM)
    assert [question.code for question in pack.questions if question.equality] == ["needs", "home"]


def test_a_variant_of_an_equality_question_is_one_too() -> None:
    files = spoilt(
        STRUCTURE,
        "equality = true\n\n",
        'equality = true\n[questions.variants.8-11]\nchoices = ["yes", "no", "prefer-not-to-say"]\n\n',
        EQUALITY,
    )
    assert read(files, SYSTEM).question("needs").for_band(AgeBand.EIGHT_TO_ELEVEN).equality


def test_a_question_says_outright_that_it_is_one() -> None:
    files = spoilt(STRUCTURE, f"{ALONE}equality = true\n", f"{ALONE}equality = false\n", EQUALITY)
    assert not read(files, SYSTEM).question("home").equality


def test_an_equality_question_may_follow_from_another() -> None:
    files = spoilt(STRUCTURE, 'code = "home"\n', 'code = "home"\nshow_if = { needs = ["yes"] }\n', EQUALITY)
    assert lint.faults(files, SYSTEM) == ()


def test_whoever_is_asked_no_equality_question_needs_no_notice_of_them() -> None:
    files = spoilt(STRUCTURE, 'kind = "note"\n', 'kind = "note"\nroles = ["parent-carer"]\n', EQUALITY)
    for code in ("needs", "home"):
        files = spoilt(STRUCTURE, f'code = "{code}"\n', f'code = "{code}"\nroles = ["parent-carer"]\n', files)
    assert [fault for fault in lint.faults(files, SYSTEM) if fault.rule == "equality"] == []


def test_the_fault_names_whom_nothing_was_said_to() -> None:
    files = spoilt(STRUCTURE, 'kind = "note"\n', 'kind = "note"\nbands = ["8-11"]\n', EQUALITY)
    [fault] = [fault for fault in lint.faults(files, SYSTEM) if fault.rule == "equality"]
    assert fault.problem == "Nothing says to adult why 'needs' is asked"


# --- what officers sort by ---


def test_a_pack_may_name_its_aims_and_the_themes_that_serve_them() -> None:
    more = (
        '[[aims]]\ncode = "play"\nname = "Every child can play"\n\n'
        '[[themes]]\ncode = "pond"\nname = "Ponds"\naim = "play"\nquestions = ["why"]\n\n'
        '[[themes]]\ncode = "cost"\nname = "What it costs"\n\n'
    )
    pack = read(spoilt(STRUCTURE, "[[questions]]", f"{more}[[questions]]"), SYSTEM)
    assert pack.aims == (Aim("play", "Every child can play"),)
    assert pack.themes == (Theme("pond", "Ponds", "play", ("why",)), Theme("cost", "What it costs"))


def test_a_pack_without_aims_or_themes_has_none() -> None:
    pack = read(PARK, SYSTEM)
    assert (pack.aims, pack.themes) == ((), ())


# --- in a conversation ---


def test_an_answer_is_marked_to_be_kept_apart_and_no_other_is() -> None:
    talk = Talk(PACK, now=DURING).begin().say("child").say("more").say("prefer not to say").say("a pond")
    assert {keep.question: keep.equality for keep in talk.kept} == {
        "who": False,
        "swings": False,
        "needs": True,
        "ideas": False,
    }
    assert talk.counted["needs"].value == Choice("prefer-not-to-say")


def test_a_statement_stands_before_it_and_it_may_be_skipped() -> None:
    talk = Talk(PACK, now=DURING).begin().say("child").say("more")
    assert talk.said == ["about-you?", "needs?"]
    assert talk.say("skip").said == ["ideas?"]
    assert "needs" not in talk.counted


def test_what_somebody_said_is_theirs_to_see_and_to_change() -> None:
    talk = Talk(PACK, now=DURING).begin().say("child").say("more").say("yes").say("a pond")
    assert talk.say("show").said[0] == "show_heading: who swings needs ideas"
    talk.say("change").say("3").say("no")
    assert (talk.counted["needs"].value, talk.counted["needs"].revision) == (Choice("no"), 2)
    assert talk.counted["needs"].equality


# --- in words: a message that shows such an answer says which question it is about ---


def answered(*codes: str) -> State:
    values: dict[str, Value] = {"swings": Choice("more"), "needs": Choice("yes"), "ideas": Text("a pond")}
    given = {code: Given(values[code], 1, late=False, counts=True) for code in codes}
    return replace(a_state(Phase.ASKING, current="ideas", role="child"), given=given)


def said(state: State, *effects: Effect, shows: Shows, pack: Consultation = PACK) -> Sequence[Bubble]:
    return compose(pack, state, effects, shows, Facts(public_url="https://sayso.example", now=DURING))


def shown(state: State, shows: Shows) -> Sequence[Bubble]:
    listed = ListAnswers(Notice.SHOW_HEADING, tuple(state.given))
    return said(state, listed, Ask("ideas", Manner.REPEATED), shows=shows)


@CHANNELS
def test_the_list_of_somebodys_answers_is_about_the_equality_question_in_it(shows: Shows) -> None:
    bubbles = shown(answered("swings", "needs"), shows)
    [told] = [bubble for bubble in bubbles if "Yes" in bubble.text]
    assert told.question == "needs"


@CHANNELS
def test_a_list_without_such_an_answer_is_about_none(shows: Shows) -> None:
    assert {bubble.question for bubble in shown(answered("swings"), shows)} <= {None, "ideas"}


@CHANNELS
def test_a_notice_beside_the_list_is_not_drawn_into_it(shows: Shows) -> None:
    listed = ListAnswers(Notice.SHOW_HEADING, ("needs",))
    bubbles = said(answered("needs"), Tell(Notice.CHANGED), listed, shows=shows)
    assert [bubble.question for bubble in bubbles] == (["needs"] if shows.joined else [None, "needs"])


def test_every_piece_of_a_list_that_is_too_long_for_one_message_is_about_the_same() -> None:
    bubbles = shown(answered("swings", "needs", "ideas"), replace(SMS, longest=30))
    assert len(bubbles) > 2
    assert {bubble.question for bubble in bubbles} == {"needs"}
    assert not any(bubble.buttons for bubble in bubbles)


def test_a_list_to_pick_from_shows_no_answer_and_is_about_none() -> None:
    [bubble] = said(answered("needs"), ListAnswers(Notice.CHANGE_WHICH, ("needs",), numbered=True), shows=SMS)
    assert "Yes" not in bubble.text
    assert bubble.question is None


SOUND = a_consultation(
    a_question("swings", "one", "more fewer"),
    ABOUT_YOU,
    a_question("animal", "one", "zebra yak prefer-not-to-say", optional=True, equality=True),
    a_question("ideas"),
)
COMMANDS = ("SKIP", "BACK", "SHOW", "CHANGE", "HELP", "STOP", "START", "DELETE", "PRIVACY")
doings = st.sampled_from(("child", "more", "zebra", "yak", "1", "2", "3", "4", "purple", "a pond", *COMMANDS))


@given(st.lists(doings, min_size=4, max_size=14), st.sampled_from((SMS, replace(SMS, longest=25), TELEGRAM, WEB)))
def test_whatever_somebody_does_no_message_about_anything_else_says_what_they_said(
    said_by_them: list[str], shows: Shows
) -> None:
    talk = Talk(SOUND, now=DURING).begin().say("child").say("more").say("zebra")
    for words in said_by_them:
        talk.say(words)
        for bubble in said(talk.state, *talk.effects, shows=shows, pack=SOUND):
            if "zebra" in bubble.text.casefold() or "yak" in bubble.text.casefold():
                assert bubble.question == "animal"
