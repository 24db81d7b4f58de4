"""Buttons carry their question and option in 64 bytes, and nothing has to be kept for them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import taps

codes = st.text(min_size=1, max_size=80)


@given(codes, codes)
def test_any_question_and_option_fit_and_are_recognised(question: str, option: str) -> None:
    data = taps.data_for(question, option)
    assert 1 <= len(data.encode()) <= taps.MOST_BYTES
    asked, chosen = taps.read(data)
    assert taps.matches(asked, question)
    assert taps.matches(chosen, option)


@given(codes, codes, codes)
def test_a_button_is_never_taken_for_another(question: str, option: str, other: str) -> None:
    _, chosen = taps.read(taps.data_for(question, option))
    assert taps.matches(chosen, other) == (option == other)


@pytest.mark.parametrize(
    ("question", "option", "data"),
    [
        ("park", "more-swings", "q:park:more-swings"),
        ("q" * 30, "o" * 31, f"q:{'q' * 30}:{'o' * 31}"),
        ("q" * 30, "o" * 32, f"q:{'q' * 30}:~QalEZcz6bqJzfUrp"),
    ],
)
def test_codes_travel_as_they_are_where_they_fit(question: str, option: str, data: str) -> None:
    # What is on people's phones already has to stay readable: a change here breaks every button that was ever sent.
    assert taps.data_for(question, option) == data


@given(codes, codes, codes, codes)
def test_a_tap_is_put_in_full_by_whoever_has_the_codes(question: str, option: str, other: str, another: str) -> None:
    asked, chosen = taps.read(taps.data_for(question, option))
    assert taps.in_full(asked, chosen, {question: [option]}) == (question, option)
    assert taps.in_full(asked, chosen, {question + other: [option]}) == (asked, chosen)
    assert taps.in_full(asked, chosen, {question: [option + another]}) == (question, chosen)


@pytest.mark.parametrize("data", ["", "q7f3:1", "q", "q:", "q:park", "park:more", "x:park:more"])
def test_data_that_is_not_ours_has_a_question_of_no_name(data: str) -> None:
    assert taps.read(data) == ("", data)
    assert not taps.matches("", "park")
