"""Norfolk's pack: "is this for you?", several versions of one question, and how it was to be asked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.packs import read_folder, system_words
from bot.rehearsal import Rehearsal
from bot.shows import shows_of
from flows.definition import AgeBand, Consultation, Kind, WhoOption
from flows.messages import Channel
from flows.pack import read
from flows.pack_checks import is_for
from tests.support.source import ROOT

PACK: Consultation = read(read_folder(ROOT / "consultations" / "norfolk-involvement"), system_words())
NOON = datetime(2014, 9, 20, 11, tzinfo=UTC)
BEHIND_THE_GATE = {"promise", "promise-form"}

every_option = pytest.mark.parametrize("who", PACK.who_options, ids=lambda who: who.code)


def at_the_gate(who: WhoOption) -> Rehearsal:
    talk = Rehearsal(PACK, Channel.SMS, shows_of(Channel.SMS), NOON)
    talk.hear("NORFOLK")
    talk.hear(str(PACK.who_options.index(who) + 1))
    while talk.state.current != "care":
        talk.hear("1")
    return talk


@every_option
@pytest.mark.parametrize("said", ["no", "not sure", "SKIP"])
def test_whoever_does_not_say_that_care_is_for_them_goes_past_it_without_a_word(who: WhoOption, said: str) -> None:
    talk = at_the_gate(who)
    told = " ".join(bubble.text for bubble in talk.hear(said))
    assert talk.state.current == "more"
    assert "care" not in told.casefold()
    assert "council" not in told.casefold()


@every_option
def test_whoever_says_that_it_is_for_them_is_asked_in_the_version_for_their_age(who: WhoOption) -> None:
    talk = at_the_gate(who)
    talk.hear("yes")
    assert talk.state.current == "promise"
    assert all(PACK.question(code).show_if == {"care": ("yes",)} for code in BEHIND_THE_GATE)


def test_the_promise_has_a_version_over_sixteen_one_under_sixteen_and_pictures_for_the_youngest() -> None:
    promise = PACK.question("promise")
    shapes = {band: promise.for_band(band).choices for band in AgeBand}
    assert shapes[AgeBand.EIGHT_TO_ELEVEN] == shapes[AgeBand.TWELVE_TO_FIFTEEN]
    assert shapes[AgeBand.SIXTEEN_TO_TWENTY_FIVE] == shapes[AgeBand.ADULT] == promise.choices
    assert ("leaving" in promise.choices, "leaving" in shapes[AgeBand.TWELVE_TO_FIFTEEN]) == (True, False)
    assert set(shapes[AgeBand.FOUR_TO_SEVEN]) < set(promise.choices)
    pictures = PACK.words_for("en", AgeBand.FOUR_TO_SEVEN).questions["promise"].pictures
    assert tuple(pictures) == shapes[AgeBand.FOUR_TO_SEVEN]


@every_option
def test_everybody_is_given_choices_and_one_open_question(who: WhoOption) -> None:
    asked = [question.for_band(who.band) for question in PACK.questions if is_for(question, who)]
    assert [question.code for question in asked if question.kind is Kind.TEXT] == ["more"]
    assert all("not-sure" in question.choices for question in asked if question.kind in {Kind.ONE, Kind.MANY})


@every_option
def test_everybody_rates_how_they_were_involved_and_says_whether_to_be_told_what_came_of_it(who: WhoOption) -> None:
    asked = [question.code for question in PACK.questions if is_for(question, who)]
    youngest = who.band is AgeBand.FOUR_TO_SEVEN
    assert asked[-2 if youngest else -3 :] == ["easy", *([] if youngest else ["listened"]), "tell-me"]


def test_the_faces_of_the_youngest_add_up_with_the_words_of_the_others() -> None:
    listen = PACK.question("listen")
    assert set(listen.for_band(AgeBand.FOUR_TO_SEVEN).choices) < set(listen.choices)


def test_each_principle_has_a_theme() -> None:
    assert {theme.aim for theme in PACK.themes} == {aim.code for aim in PACK.aims}
