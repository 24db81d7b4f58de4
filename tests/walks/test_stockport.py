"""Stockport's pack: a draft asked about ambition by ambition, in stages that named bodies open."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.packs import examine, read_folder, system_words
from bot.rehearsal import Rehearsal
from bot.shows import shows_of
from flows.definition import AgeBand, Consultation, Kind, Question, WhoOption
from flows.messages import Channel
from flows.pack import read
from flows.pack_checks import is_for
from flows.segments import count
from flows.stage import Stage
from tests.support.source import ROOT

FOLDER = ROOT / "consultations" / "stockport-2024"
PACK: Consultation = read(read_folder(FOLDER), system_words())
STAGES = {stage.code: stage for stage in PACK.timetable.stages}
AMBITIONS = ("early-years", "health", "learning", "safe", "voice", "needs", "adult-life")
SEPTEMBER = datetime(2024, 9, 20, 12, tzinfo=UTC)
OCTOBER = datetime(2024, 10, 20, 12, tzinfo=UTC)
NOVEMBER = datetime(2024, 11, 10, 12, tzinfo=UTC)

every_option = pytest.mark.parametrize("who", PACK.who_options, ids=lambda who: who.code)


def asked(who: WhoOption, stage: str) -> list[Question]:
    mine = [question for question in PACK.questions if question.stage == stage and is_for(question, who)]
    return [question.for_band(who.band) for question in mine]


def by_text(pack: Consultation, who: str, now: datetime) -> Rehearsal:
    talk = Rehearsal(pack, Channel.SMS, shows_of(Channel.SMS), now)
    talk.hear("STOCKPORT")
    talk.hear(who)
    return talk


def approved(code: str) -> Consultation:
    """The pack as it is once a body has decided on one more stage."""
    decided = replace(STAGES[code], approved_by="Scrutiny committee", approved_on=date(2024, 11, 1))
    stages = tuple(decided if stage.code == code else stage for stage in PACK.timetable.stages)
    return replace(PACK, timetable=replace(PACK.timetable, stages=stages))


def test_it_has_no_fault_and_no_warning() -> None:
    assert examine(FOLDER).faults == ()


def test_the_board_opened_two_stages_and_the_scrutiny_committee_has_yet_to_open_the_third() -> None:
    assert [stage for stage, each in STAGES.items() if each.approved] == ["draft", "locality"]
    assert {each.approved_on for each in STAGES.values() if each.approved} == {date(2024, 9, 4)}
    assert not STAGES["scrutiny"].approved


def test_early_years_are_the_first_of_seven_ambitions_and_each_has_a_question() -> None:
    assert tuple(aim.code for aim in PACK.aims) == AMBITIONS
    drafted = [question.code for question in PACK.questions if question.stage == "draft"]
    assert tuple(drafted[:7]) == AMBITIONS


@every_option
def test_everybody_is_asked_about_every_ambition_and_what_is_missing(who: WhoOption) -> None:
    codes = [question.code for question in asked(who, "draft")]
    assert tuple(codes[:7]) == AMBITIONS
    assert codes[-1] == "missing"


@every_option
def test_every_question_says_why_it_is_asked_and_every_choice_can_be_left_open(who: WhoOption) -> None:
    for stage in STAGES:
        for question in asked(who, stage):
            words = PACK.words_for("en", who.band).questions[question.code]
            assert words.why or question.kind is Kind.NOTE, question.code
            assert words.name or question.kind is Kind.NOTE, question.code
            assert not question.choices or "not-sure" in question.choices
            assert question.kind is not Kind.TEXT or (words.again and words.again_differently and words.sms)


def test_the_youngest_pick_one_of_three_pictures_and_face_one_empty_page() -> None:
    youngest = next(option for option in PACK.who_options if option.band is AgeBand.FOUR_TO_SEVEN)
    questions = [question for question in asked(youngest, "draft") if question.kind is not Kind.NOTE]
    assert [question.code for question in questions if question.kind is Kind.TEXT] == ["missing"]
    for question in questions:
        words = PACK.words_for("en", youngest.band).questions[question.code]
        assert words.grown_up
        assert tuple(words.pictures) == question.choices
        assert len(question.choices) in {0, 3}


@every_option
def test_what_being_in_care_is_like_is_asked_only_of_those_who_say_that_it_is_theirs(who: WhoOption) -> None:
    codes = {question.code for question in asked(who, "draft")}
    young = who.role in {"child", "young-person"} and who.band is not AgeBand.FOUR_TO_SEVEN
    assert codes & {"care-yours", "care-change"} == ({"care-yours", "care-change"} if young else set())
    assert PACK.question("care-change").show_if == {"care-yours": ("yes",)}


@pytest.mark.parametrize(
    ("who", "now", "first"),
    [
        ("nurse", SEPTEMBER, "early-years"),
        ("nurse", OCTOBER, "ready"),
        ("nurse", NOVEMBER, None),
        ("mum", SEPTEMBER, "early-years"),
        ("mum", OCTOBER, None),
    ],
)
def test_a_stage_asks_its_own_audience_between_its_own_dates(who: str, now: datetime, first: str | None) -> None:
    assert by_text(PACK, who, now).state.current == first


@pytest.mark.parametrize(("who", "first"), [("mum", "look-into"), ("15", "look-into"), ("9", None)])
def test_the_scrutiny_stage_opens_with_the_committees_decision(who: str, first: str | None) -> None:
    assert by_text(approved("scrutiny"), who, NOVEMBER).state.current == first


def test_the_decision_reaches_somebody_who_had_finished_before_it() -> None:
    talk = by_text(PACK, "mum", SEPTEMBER)
    for _ in range(8):
        talk.hear("1")
    assert talk.state.completed_at is not None
    talk.now = NOVEMBER
    talk.consultation = approved("scrutiny")
    [said] = talk.hear("START")
    assert said.text.startswith("Hello again. There are new questions for you.")
    assert talk.state.current == "look-into"
    talk.hear("What it costs")
    assert not talk.kept["look-into"].late
    assert talk.kept["look-into"].cutoff == STAGES["scrutiny"].closes_at


ANSWERS = {Kind.TEXT: "more buses", Kind.ONE: "1", Kind.YES_NO: "1"}


@every_option
@pytest.mark.parametrize("stage", STAGES.values(), ids=lambda stage: stage.code)
def test_no_text_of_a_whole_conversation_costs_more_than_two_segments(who: WhoOption, stage: Stage) -> None:
    talk = Rehearsal(approved("scrutiny"), Channel.SMS, shows_of(Channel.SMS), stage.opens_at)
    said = talk.hear("STOCKPORT") + talk.hear(str(PACK.who_options.index(who) + 1))
    while talk.state.current is not None:
        current = PACK.question(talk.state.current).for_band(who.band)
        said += talk.hear(ANSWERS.get(current.kind, "1"))
    assert (talk.state.completed_at is not None) is stage.is_for(who.role)
    assert {count(bubble.text).encoding for bubble in said} == {"GSM-7"}
    assert max(count(bubble.text).segments for bubble in said) == 2
    assert sum(count(bubble.text).segments for bubble in said) <= 18
