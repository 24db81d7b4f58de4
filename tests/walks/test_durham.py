"""Durham's pack: the widest span of ages, four aims to be traced to, and equality questions that fit each age."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.packs import examine, read_folder, system_words
from bot.rehearsal import Rehearsal
from bot.shows import shows_of
from flows.aims import Aim
from flows.definition import PREFER_NOT_TO_SAY, AgeBand, Consultation, Kind, Question, WhoOption
from flows.messages import Channel
from flows.pack import read
from flows.pack_checks import is_for
from flows.segments import count
from tests.support.source import ROOT

FOLDER = ROOT / "consultations" / "durham-2019"
PACK: Consultation = read(read_folder(FOLDER), system_words())
NOON = datetime(2018, 11, 20, 12, tzinfo=UTC)
SET_APART = {"other", "none", "not-sure", PREFER_NOT_TO_SAY}
OURS = {Kind.WHO, Kind.HELPED_BY}

every_option = pytest.mark.parametrize("who", PACK.who_options, ids=lambda who: who.code)


def asked(who: WhoOption) -> list[Question]:
    return [question.for_band(who.band) for question in PACK.questions if is_for(question, who)]


def labels(question: Question, band: AgeBand) -> list[str]:
    words = PACK.words_for("en", band).questions[question.code]
    return [words.choices[code] for code in question.choices if code not in SET_APART]


def test_it_has_no_fault_and_no_warning() -> None:
    assert examine(FOLDER).faults == ()


def test_it_asks_everybody_whom_durham_asked() -> None:
    assert {(option.role, option.band.value) for option in PACK.who_options} == {
        *(("child", "4-7"), ("child", "8-11"), ("young-person", "12-15"), ("young-person", "16-25")),
        *((role, "adult") for role in ("parent-carer", "professional", "group", "other")),
    }


@pytest.mark.parametrize(
    ("who", "about_themselves"),
    [
        ("child-4-7", []),
        ("child-8-11", ["disability"]),
        ("young-person-12-15", ["disability", "in-care"]),
        ("young-person-16-25", ["disability", "in-care", "gender-identity", "sexual-orientation", "ethnicity"]),
        ("parent-carer", ["disability", "child-needs", "gender-identity", "sexual-orientation", "ethnicity"]),
        ("professional", []),
        ("group", []),
        ("other", ["disability", "gender-identity", "sexual-orientation", "ethnicity"]),
    ],
)
def test_nobody_is_asked_more_about_themselves_than_fits_their_age_and_role(
    who: str, about_themselves: list[str]
) -> None:
    [option] = [option for option in PACK.who_options if option.code == who]
    assert [question.code for question in asked(option) if question.equality] == about_themselves


@every_option
def test_equality_questions_come_last_behind_a_statement_that_says_so(who: WhoOption) -> None:
    apart = [question.equality for question in asked(who)]
    assert apart == sorted(apart)
    if any(apart):
        assert asked(who)[apart.index(True) - 1].code == "about-you"


@every_option
def test_every_choice_can_be_left_open_and_every_question_says_why_it_is_asked(who: WhoOption) -> None:
    for question in asked(who):
        words = PACK.words_for("en", who.band).questions[question.code]
        if question.kind is Kind.NOTE:
            continue
        assert words.why, question.code
        assert words.name, question.code
        assert question.kind in OURS or not question.choices or "not-sure" in question.choices
        assert question.kind is not Kind.TEXT or (words.again and words.again_differently and words.sms)


@pytest.mark.parametrize("band", AgeBand)
@pytest.mark.parametrize("code", ["matters", "service", "sexual-orientation", "ethnicity"])
def test_options_without_an_order_of_their_own_are_in_that_of_the_alphabet(code: str, band: AgeBand) -> None:
    question = PACK.question(code).for_band(band)
    assert labels(question, band) == sorted(labels(question, band))


def test_the_youngest_pick_a_face_with_a_word_and_face_one_empty_page_at_most() -> None:
    youngest = next(option for option in PACK.who_options if option.band is AgeBand.FOUR_TO_SEVEN)
    questions = [question for question in asked(youngest) if question.kind is not Kind.NOTE]
    assert len(questions) <= 10
    assert [question.code for question in questions if question.kind is Kind.TEXT] == ["change"]
    for question in questions[2:]:
        words = PACK.words_for("en", youngest.band).questions[question.code]
        assert words.grown_up
        assert tuple(words.pictures) == question.choices
        assert len(labels(question, youngest.band)) in {0, 3}


@pytest.mark.parametrize("aim", PACK.aims, ids=lambda aim: aim.code)
def test_each_aim_leads_back_to_an_option_a_question_and_a_theme(aim: Aim) -> None:
    assert aim.code in PACK.question("matters").choices
    assert PACK.question(aim.code).show_if == {"matters": (aim.code,)}
    assert PACK.question(aim.code).for_band(AgeBand.FOUR_TO_SEVEN).show_if == {}
    assert any(theme.aim == aim.code for theme in PACK.themes)


ANSWERS = {Kind.TEXT: "more buses", Kind.ONE: "1", Kind.YES_NO: "3"}


@every_option
@pytest.mark.parametrize("aim", ["1", "2", "3", "4"])
def test_no_text_of_a_whole_conversation_costs_more_than_two_segments(who: WhoOption, aim: str) -> None:
    talk = Rehearsal(PACK, Channel.SMS, shows_of(Channel.SMS), NOON)
    said = talk.hear("DURHAM") + talk.hear(str(PACK.who_options.index(who) + 1))
    while talk.state.completed_at is None:
        current = PACK.question(talk.state.current or "").for_band(who.band)
        said += talk.hear(aim if current.code == "matters" else ANSWERS.get(current.kind, "1"))
    assert {count(bubble.text).encoding for bubble in said} == {"GSM-7"}
    assert max(count(bubble.text).segments for bubble in said) == 2
    assert sum(count(bubble.text).segments for bubble in said) <= 16
