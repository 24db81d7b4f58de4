"""Misspelling: near enough to be the same word, never near enough to be another."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.spelling import allowance, heard, misspelt, slips


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("moar swings", "more swings"),
        ("mor swings", "more swings"),
        ("more swigns", "more swings"),
        ("moreswings", "more swings"),
        ("plases to paly", "places to play"),
        ("skool", "school"),
        ("shcool", "school"),
        ("cshool", "school"),
        ("helth", "health"),
        ("hoome", "home"),
        ("hoem", "home"),
        ("play ground", "playground"),
        ("enviroment", "environment"),
        ("feling wel", "feeling well"),
    ],
)
def test_a_slip_or_two_leave_a_word_what_it_is(said: str, meant: str) -> None:
    assert misspelt(said.split(), meant.split()) is not None


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("hope", "home"),
        ("wealth", "health"),
        ("bus", "bud"),
        ("no", "on"),
        ("very unhappy", "very happy"),
        ("dissagree", "agree"),
        ("unsafe", "safe"),
        ("very unusual", "very usual"),
        ("i dont know", "i do know"),
        ("can", "cant"),
        ("fewer swings", "newer swings"),
        ("something else", "more swings"),
        ("swings", "more swings"),
        ("", "home"),
    ],
)
def test_another_word_or_its_opposite_is_no_misspelling(said: str, meant: str) -> None:
    assert misspelt(said.split(), meant.split()) is None


@pytest.mark.parametrize(
    ("one", "other"), [("school", "skool"), ("phone", "fone"), ("knife", "nife"), ("night", "nit"), ("city", "sity")]
)
def test_what_sounds_alike_is_written_alike(one: str, other: str) -> None:
    assert heard(one) == heard(other)


def test_longer_texts_may_have_more_slips() -> None:
    allowed = [allowance(length) for length in range(40)]
    assert allowed == sorted(allowed)
    assert (allowed[3], allowed[4], allowed[7], allowed[11], allowed[39]) == (0, 1, 1, 2, 3)


def distance(left: str, right: str) -> int:
    """The distance of Damerau, restricted, straight from its definition."""

    @cache
    def between(i: int, j: int) -> int:
        if not i or not j:
            return i + j
        costs = [between(i - 1, j) + 1, between(i, j - 1) + 1, between(i - 1, j - 1) + (left[i - 1] != right[j - 1])]
        if i > 1 and j > 1 and left[i - 1] == right[j - 2] and left[i - 2] == right[j - 1]:
            costs.append(between(i - 2, j - 2) + 1)
        return min(costs)

    return between(len(left), len(right))


WORDS = st.text("abcd", max_size=8)


@given(WORDS, WORDS, st.integers(0, 4))
def test_slips_are_counted_as_defined_up_to_the_limit(left: str, right: str, limit: int) -> None:
    true = distance(left, right)
    assert slips(left, right, limit) == (true if true <= limit else None)


@given(st.lists(WORDS.filter(bool), min_size=1, max_size=4))
def test_every_text_is_itself(words: list[str]) -> None:
    assert misspelt(words, words) == 0


@given(st.lists(WORDS.filter(bool), min_size=1, max_size=4), st.lists(WORDS.filter(bool), min_size=1, max_size=4))
def test_a_misspelling_is_never_further_off_than_its_length_allows(said: list[str], meant: list[str]) -> None:
    found = misspelt(said, meant)
    assert found is None or found <= allowance(min(len("".join(said)), len("".join(meant)))) or found == 1
