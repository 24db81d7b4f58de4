"""How long a text may be for whom, and how much a child is asked at once."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from flows.definition import AgeBand, Kind, Question
from flows.lint_length import LIMITS, long_message, long_sentences, many_options, many_questions
from flows.lint_text import Finding

FOUR, EIGHT, TWELVE, _, ADULT = AgeBand


def rules(findings: Iterable[Finding], *, warning: bool = False) -> list[str]:
    return [finding.rule for finding in findings if finding.warning is warning]


@pytest.mark.parametrize("band", AgeBand)
def test_a_sentence_may_be_as_long_as_its_band_takes_and_no_longer(band: AgeBand) -> None:
    limit = LIMITS[band].words_in_sentence
    better = LIMITS[band].better_words_in_sentence
    assert list(long_sentences("word " * better, band)) == []
    assert rules(long_sentences("word " * limit, band)) == []
    assert rules(long_sentences("word " * (limit + 1), band)) == ["words-per-sentence"]


def test_for_adults_a_sentence_over_twenty_words_is_advised_against_before_it_is_an_error() -> None:
    assert rules(long_sentences("word " * 21, ADULT), warning=True) == ["words-per-sentence"]
    assert rules(long_sentences("word " * 26, ADULT), warning=True) == []


def test_only_the_sentence_that_is_too_long_is_quoted_and_only_its_beginning() -> None:
    (found,) = long_sentences("This is fine. " + "No one can follow this one at all any more now.", FOUR)
    assert found.problem == "A sentence of 11 words: “No one can follow this one …”"
    assert found.mend == "Say it in 10 words or fewer, or in two sentences"


@pytest.mark.parametrize("band", AgeBand)
def test_a_message_may_have_so_many_words_and_sentences(band: AgeBand) -> None:
    limits = LIMITS[band]
    assert list(long_message("word " * limits.words, band)) == []
    assert rules(long_message("word " * (limits.words + 1), band)) == ["words-per-message"]
    assert list(long_message("Word. " * limits.sentences, band)) == []
    assert rules(long_message("Word. " * (limits.sentences + 1), band)) == ["sentences-per-message"]


def choosing(count: int, *more: str, kind: Kind = Kind.ONE) -> Question:
    return Question("q", kind, choices=(*(f"option-{number}" for number in range(count)), *more))


@pytest.mark.parametrize(("band", "most"), list(zip(AgeBand, (3, 5, 6, 7, 7), strict=True)))
def test_a_question_may_have_so_many_options_beside_not_sure(band: AgeBand, most: int) -> None:
    assert list(many_options(choosing(most, "not-sure", "other"), band)) == []
    (found,) = many_options(choosing(most + 1), band)
    assert (found.rule, found.warning, found.mend) == ("options", False, f"Offer {most} beside “not sure”")


def test_an_option_that_stands_alone_is_not_one_more_to_hold_in_mind() -> None:
    question = Question("q", Kind.MANY, choices=("a", "b", "c", "nothing"), alone=frozenset(("nothing",)))
    assert list(many_options(question, FOUR)) == []


def test_roles_and_ages_are_as_many_as_there_are() -> None:
    assert list(many_options(choosing(9, kind=Kind.WHO), FOUR)) == []


def test_the_youngest_choose_from_five_faces_at_most() -> None:
    five, six = (Question("q", Kind.SCALE, minimum=1, maximum=most) for most in (5, 6))
    assert list(many_options(five, FOUR)) == []
    assert rules(many_options(six, FOUR)) == ["options"]
    assert list(many_options(six, EIGHT)) == []


@pytest.mark.parametrize(("count", "band", "told"), [(10, EIGHT, 0), (11, EIGHT, 1), (11, FOUR, 1), (11, TWELVE, 0)])
def test_children_under_twelve_are_asked_ten_questions_at_most(count: int, band: AgeBand, told: int) -> None:
    assert rules(many_questions(count, band), warning=True) == ["many-questions"] * told
