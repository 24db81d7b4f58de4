"""The list of hard words is long enough, in order, and tells no one to write another hard word."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from flows.definition import AgeBand
from flows.hard_words import forms, listed


@pytest.mark.parametrize(
    ("band", "fewest"), [("adult", 60), ("16-25", 60), ("12-15", 100), ("8-11", 120), ("4-7", 150)]
)
def test_there_are_so_many_hard_words_for_each_band(band: str, fewest: int) -> None:
    assert len(listed("en", AgeBand(band))) >= fewest


def test_the_younger_a_band_is_the_more_words_are_hard() -> None:
    lists = [set(listed("en", band)) for band in AgeBand]
    assert all(younger >= older for younger, older in pairwise(lists))


def test_every_word_comes_with_a_plainer_one() -> None:
    for word, plainer in listed("en", AgeBand.FOUR_TO_SEVEN).items():
        assert plainer.strip(), word
        assert word == word.lower()


@pytest.mark.parametrize("band", AgeBand)
def test_no_plainer_word_is_hard_itself_for_those_whom_it_is_for(band: AgeBand) -> None:
    hard = {parts for entries in forms("en", band).values() for parts, _ in entries}
    older = {word for other in tuple(AgeBand)[tuple(AgeBand).index(band) + 1 :] for word in listed("en", other)}
    for word, plainer in listed("en", band).items():
        if word not in older:  # a word that is hard for older people too has a plainer one that will do for them
            assert not {(part,) for part in re.findall(r"[a-z]+", plainer)} & hard, f"{word} = {plainer}"


def test_the_usual_endings_come_with_a_word() -> None:
    words = {parts for entries in forms("en", AgeBand.ADULT).values() for parts, _ in entries}
    assert {("facilitates",), ("facilitating",), ("synergies",), ("multi", "agency"), ("service", "users")} <= words


def test_a_language_without_a_list_has_no_hard_words() -> None:
    assert listed("cy", AgeBand.ADULT) == {}
    assert forms("cy", AgeBand.ADULT) == {}
