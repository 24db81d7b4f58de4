from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from flows.definition import AgeBand, Consultation, Kind, KindWords, QuestionWords
from flows.forms import Form, Option, form
from flows.state import Given, Phase, State
from flows.values import Choice, Number
from tests.support.builders import a_consultation, a_question, a_state


def shown(pack: Consultation, state: State) -> Form:
    found = form(pack, state)
    assert found is not None
    return found


def asking(code: str, **changes: object) -> State:
    return replace(a_state(Phase.ASKING, current=code, role="child"), **changes)  # type: ignore[arg-type]  # any field of State


def test_a_choice_has_its_options_in_order_with_labels_and_pictures() -> None:
    words = QuestionWords(text="Swings?", choices={"more": "More", "fewer": "Fewer"}, pictures={"more": "🛝"})
    pack = a_consultation(a_question("swings", "one", "more fewer"), words={"swings": words})
    found = shown(pack, asking("swings"))
    assert (found.question, found.kind, found.text) == ("swings", Kind.ONE, "Swings?")
    assert found.options == (Option("more", "More", "🛝"), Option("fewer", "Fewer"))
    assert not found.multiple


@pytest.mark.parametrize(("kind", "multiple"), [("one", False), ("many", True), ("rank", True), ("yes-no", False)])
def test_only_lists_and_rankings_take_several_options(kind: str, *, multiple: bool) -> None:
    pack = a_consultation(a_question("swings", kind, "a b c"))
    assert shown(pack, asking("swings")).multiple is multiple


def test_each_point_of_a_scale_is_an_option() -> None:
    words = QuestionWords(text="How is it?", low="bad", high="good")
    pack = a_consultation(a_question("mood", "scale", minimum=1, maximum=5), words={"mood": words})
    found = shown(pack, asking("mood"))
    assert [option.code for option in found.options] == ["1", "2", "3", "4", "5"]
    assert (found.low, found.high, found.minimum, found.maximum) == ("bad", "good", 1, 5)


def test_a_text_has_a_field_and_no_options() -> None:
    found = shown(a_consultation(), asking("ideas"))
    assert found.options == ()
    assert found.kind is Kind.TEXT


def test_every_question_can_be_skipped_and_only_the_first_has_no_way_back() -> None:
    pack = a_consultation()
    assert (shown(pack, asking("ideas")).skip, shown(pack, asking("ideas")).back) == ("Skip", "Back")
    assert (shown(pack, asking("who")).skip, shown(pack, asking("who")).back) == ("Skip", None)


def test_the_form_has_the_shape_that_this_band_was_asked() -> None:
    picture = a_question("issue", "one", "play school")
    pack = a_consultation(a_question("issue", variants={"4-7": picture}))
    young = asking("issue", band=AgeBand.FOUR_TO_SEVEN, asked_band=AgeBand.FOUR_TO_SEVEN)
    assert [option.code for option in shown(pack, young).options] == ["play", "school"]
    assert shown(pack, asking("issue")).options == ()


def test_the_hint_is_the_one_for_forms_filled_with_the_question_s_own_bounds() -> None:
    pack = a_consultation(a_question("swings", "many", "a b c", at_most=2))
    how = {Kind.MANY: KindWords(typed="Send numbers.", form="Tick any. Up to {at_most}. Like {example}.")}
    pack = replace(pack, words={key: replace(words, kinds=how) for key, words in pack.words.items()})
    assert shown(pack, asking("swings")).hint == "Tick any. Up to 2."
    assert shown(a_consultation(a_question("swings", "many", "a b")), asking("swings")).hint is None


def test_the_line_for_the_grown_up_stands_beside_the_form() -> None:
    pack = a_consultation(words={"ideas": QuestionWords(text="Ideas?", grown_up="Grown-up: say {skip} if you must.")})
    assert shown(pack, asking("ideas")).grown_up == "Grown-up: say SKIP if you must."


def test_a_form_knows_that_the_answer_before_was_not_understood() -> None:
    assert shown(a_consultation(), asking("ideas", attempt=1)).again
    assert not shown(a_consultation(), asking("ideas")).again


def test_while_an_answer_is_picked_for_a_change_the_options_are_the_questions() -> None:
    words = {"swings": QuestionWords(text="Swings?", name="Swings", choices={"more": "More", "fewer": "Fewer"})}
    pack = a_consultation(a_question("swings", "one", "more fewer"), a_question("ideas"), words=words)
    given = {"swings": Given(Choice("more"), 1, late=False, counts=True)}
    found = shown(pack, asking("ideas", phase=Phase.CHANGING, given=given, passed=("who",)))
    assert (found.question, found.kind, found.text) == ("/change", Kind.ONE, "change_which")
    assert found.options == (Option("who", "who?"), Option("swings", "Swings"))
    assert found.send == "Change"


def test_before_everything_is_erased_there_is_a_yes_and_a_no() -> None:
    found = shown(a_consultation(), asking("ideas", phase=Phase.CONFIRMING_DELETE))
    assert found.question == "/delete"
    assert found.options == (Option("yes", "Delete yes"), Option("no", "Delete no"))


@pytest.mark.parametrize("phase", [Phase.NEW, Phase.ELSEWHERE, Phase.FINISHED, Phase.REFUSED, Phase.ERASED])
def test_where_nothing_is_asked_there_is_no_form(phase: Phase) -> None:
    assert form(a_consultation(), a_state(phase, role="child")) is None


def test_somebody_who_said_stop_is_asked_nothing() -> None:
    assert form(a_consultation(), asking("ideas", stopped=True)) is None


def test_while_a_long_text_is_joined_its_question_stays_open() -> None:
    given = {"ideas": Given(Number(Decimal(1)), 1, late=False, counts=True)}
    assert shown(a_consultation(), asking("ideas", phase=Phase.JOINING, given=given)).question == "ideas"


def test_the_form_speaks_the_language_that_was_asked() -> None:
    pack = a_consultation(languages=("en", "cy"))
    assert shown(pack, asking("ideas", language="cy", asked_language="cy")).language == "cy"
