"""The tables of little words contradict neither each other nor the command words."""

from __future__ import annotations

import itertools

import pytest

from flows import small_words
from flows.commands import LANGUAGE_NAMES, reserved
from flows.folding import fold
from flows.small_words import NO, NOT_SURE, YES, denials, spoken

LANGUAGES = ("en", "cy", "pl", "ar", "xx")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_phrase_means_two_of_yes_no_and_not_sure(language: str) -> None:
    tables = [spoken(table, language) for table in (YES, NO, NOT_SURE)]
    shared = set[str]().union(*(one & other for one, other in itertools.combinations(tables, 2)))
    # In Polish "no" is a casual yes as well: it stands in both tables so that it is asked about again.
    assert shared == ({"no"} if language == "pl" else set())


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_way_to_say_yes_or_no_is_a_command(language: str) -> None:
    for table in (YES, NO, NOT_SURE, small_words.NONE):
        assert spoken(table, language).isdisjoint(reserved(tuple(LANGUAGE_NAMES)))


def test_all_and_both_are_no_commands_either() -> None:
    assert (small_words.ALL | small_words.BOTH).isdisjoint(reserved(tuple(LANGUAGE_NAMES)))


def test_a_word_that_says_yes_in_one_language_only_is_left_to_its_speakers() -> None:
    assert "do" in spoken(YES, "cy")
    assert "do" not in spoken(YES, "en")
    assert "tak" in spoken(YES, "en")


def test_every_phrase_is_folded_as_what_people_type_is() -> None:
    tables = (*YES.values(), *NO.values(), *NOT_SURE.values(), *small_words.NONE.values())
    sets = (small_words.LEADING, small_words.TRAILING, small_words.EMPTY, small_words.TURNING, small_words.MARKERS)
    phrases = set[str]().union(*tables, *sets)
    assert {phrase for phrase in phrases if fold(phrase) != phrase} == set()


def test_nothing_that_turns_an_answer_round_is_left_out_around_it() -> None:
    left_out = small_words.LEADING | small_words.TRAILING | small_words.AND
    assert left_out.isdisjoint(small_words.TURNING)


def test_how_often_words_deny_something_is_counted() -> None:
    assert [denials(words.split()) for words in ("not sure", "i do", "no i dont")] == [1, 0, 2]
