"""The reading grade is advice about a whole file, never about a sentence."""

from __future__ import annotations

import pytest

from flows.definition import AgeBand
from flows.lint_reading import ENOUGH_WORDS, TARGETS, grade, hard_to_read

EASY = "We ask what you think. You can say it in your own words. " * 10
HARD = "Representatives of organisations communicate circumstances regarding recreational possibilities. " * 15
MIDDLING = "The council would like to know which services families in the county use most often. " * 8


def test_the_grade_is_that_of_flesch_and_kincaid() -> None:
    # 130 words in 20 sentences, 130 syllables.
    assert grade([EASY]) == pytest.approx(0.39 * 130 / 20 + 11.8 * 130 / 130 - 15.59)


def test_too_few_words_have_no_grade() -> None:
    assert grade(["word " * (ENOUGH_WORDS - 1)]) is None
    assert grade(["word " * ENOUGH_WORDS]) is not None
    assert grade([]) is None


def test_texts_are_added_up_before_they_are_measured() -> None:
    assert grade(EASY.split(". ")) == pytest.approx(grade([EASY]))


@pytest.mark.parametrize("band", AgeBand)
def test_each_band_has_words_that_are_easy_and_words_that_are_hard(band: AgeBand) -> None:
    assert list(hard_to_read([EASY], "en", band)) == []
    (found,) = hard_to_read([HARD], "en", band)
    assert (found.rule, found.warning) == ("reading-score", True)
    assert f"{TARGETS[band]:.0f} is the aim" in found.problem


def test_what_adults_read_easily_may_be_hard_for_children() -> None:
    assert list(hard_to_read([MIDDLING], "en", AgeBand.EIGHT_TO_ELEVEN))
    assert TARGETS[AgeBand.ADULT] > TARGETS[AgeBand.TWELVE_TO_FIFTEEN] > TARGETS[AgeBand.EIGHT_TO_ELEVEN]


def test_a_formula_for_english_says_nothing_of_other_languages() -> None:
    assert list(hard_to_read([HARD], "cy", AgeBand.FOUR_TO_SEVEN)) == []
