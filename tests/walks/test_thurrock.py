"""Thurrock's pack: four priorities in order, a scale for each, and figures for a performance framework."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.packs import read_folder, system_words
from bot.rehearsal import Rehearsal, in_codes
from bot.shows import shows_of
from flows.definition import AgeBand, Consultation, Kind, WhoOption
from flows.messages import Channel
from flows.pack import read
from flows.pack_checks import is_for
from tests.support.source import ROOT

PACK: Consultation = read(read_folder(ROOT / "consultations" / "thurrock-2013"), system_words())
NOON = datetime(2012, 11, 20, 12, tzinfo=UTC)
PRIORITIES = PACK.question("first").choices

every_option = pytest.mark.parametrize("who", PACK.who_options, ids=lambda who: who.code)


def ranking(said: str, who: str) -> str:
    """What is kept of a text that answers "what should come first?"."""
    talk = Rehearsal(PACK, Channel.SMS, shows_of(Channel.SMS), NOON)
    for text in ("THURROCK", who, said):
        talk.hear(text)
    return in_codes(talk.kept["first"]) if "first" in talk.kept else ""


@pytest.mark.parametrize("who", ["10", "13", "17", "mum"])
@pytest.mark.parametrize(
    "said",
    [
        *("2 1 4 3", "2143", "2,1,4,3", "2>1>4>3", "2. 1. 4. 3.", "2/1/4/3 thanks", "2\n1\n4\n3", "B A D C"),
        *("2 then 1 then 4 then 3", "two one four three", "1st 2, 2nd 1, 3rd 4, 4th 3"),
        *("number 2 first, then 1, 4 and 3", "2 first, 1 second, 4 third, 3 fourth"),
    ],
)
def test_an_order_by_text_may_be_written_in_many_ways(said: str, who: str) -> None:
    assert ranking(said, who) == "services succeeding protection families"


@pytest.mark.parametrize("who", ["10", "13", "17"])
def test_some_of_them_in_order_are_an_answer_too_in_numbers_or_in_words(who: str) -> None:
    assert ranking("3 1", who) == "families succeeding"
    assert ranking("families first, then doing well", who) == "families succeeding"


@pytest.mark.parametrize("said", ["2 1 4 4", "2 1 5", "all of them", "second first", "1=2 2=1", "4 is most important"])
def test_an_order_in_doubt_is_asked_about_again(said: str) -> None:
    assert ranking(said, "13") == ""


@every_option
def test_each_priority_has_a_scale_and_the_youngest_have_faces_for_all_four(who: WhoOption) -> None:
    asked = {question.code: question.for_band(who.band) for question in PACK.questions if is_for(question, who)}
    shapes = {(asked[code].kind, asked[code].minimum, asked[code].maximum) for code in PRIORITIES}
    youngest = who.band is AgeBand.FOUR_TO_SEVEN
    assert shapes == {(Kind.ONE, None, None) if youngest else (Kind.SCALE, 1, 5)}


@pytest.mark.parametrize(
    ("who", "figures"),
    [
        ("child-4-7", []),
        ("child-8-11", ["active-days", "trusted-adults"]),
        ("young-person-12-15", ["active-days", "trusted-adults"]),
        ("young-person-16-25", ["active-days", "trusted-adults"]),
        ("parent-carer", ["active-days"]),
        ("professional", []),
        ("other", []),
    ],
)
def test_figures_are_asked_of_those_who_know_them(who: str, figures: list[str]) -> None:
    [option] = [option for option in PACK.who_options if option.code == who]
    asked = [question for question in PACK.questions if is_for(question, option)]
    assert [question.code for question in asked if question.kind is Kind.NUMBER] == figures


def test_reasons_are_asked_for_only_where_something_was_put_first() -> None:
    assert PACK.question("reason").show_if == {"first": PRIORITIES}


def test_each_aim_has_a_theme() -> None:
    assert {theme.aim for theme in PACK.themes} == {aim.code for aim in PACK.aims}
