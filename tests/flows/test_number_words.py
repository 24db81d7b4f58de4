"""Numbers in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.folding import fold
from flows.number_words import cardinal, figure, is_number_word, ordinal

UNITS = "one two three four five six seven eight nine".split()  # noqa: SIM905 -- reads as counting
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()  # noqa: SIM905


@pytest.mark.parametrize(
    ("words", "language", "number"),
    [
        ("seven", "en", 7),
        ("zero", "en", 0),
        ("nineteen", "en", 19),
        ("twenty", "en", 20),
        ("forty two", "en", 42),
        ("a hundred", "en", 100),
        ("a hundred and two", "en", 102),
        ("two hundred ninety nine", "en", 299),
        ("seven", "cy", 7),
        ("saith", "cy", 7),
        ("dwy", "cy", 2),
        ("un deg un", "cy", 11),
        ("dau ddeg", "cy", 20),
        ("tri deg dau", "cy", 32),
        ("bum", "cy", 5),
        ("un ar ddeg", "cy", 11),
        ("tair ar ddeg", "cy", 13),
        ("un ar bymtheg", "cy", 16),
        ("deunaw", "cy", 18),
        ("pedwar ugain", "cy", 80),
        ("siedem", "pl", 7),
        ("dwadzieścia pięć", "pl", 25),
        ("sto", "pl", 100),
        ("سبعة", "ar", 7),
        ("أربع", "ar", 4),
        ("اثنا عشر", "ar", 12),
        ("خمسة عشر", "ar", 15),
        ("خمسة وعشرون", "ar", 25),
        ("أربعين", "ar", 40),
        ("مئة", "ar", 100),
    ],
)
def test_words_make_a_number(words: str, language: str, number: int) -> None:
    assert cardinal(fold(words).split(), language) == number


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("two three", "en"),
        ("five twenty", "en"),
        ("twenty twelve", "en"),
        ("ten five", "en"),
        ("hundred", "en"),
        ("a", "en"),
        ("and", "en"),
        ("", "en"),
        ("saith", "en"),
        ("siedem", "cy"),
        ("swings", "en"),
        ("ar", "cy"),
        ("اثنان عشر", "ar"),
        ("one one one one one one one one", "en"),
    ],
)
def test_words_that_are_not_exactly_one_number_are_none(words: str, language: str) -> None:
    assert cardinal(words.split(), language) is None


@given(st.integers(1, 9), st.integers(2, 9), st.integers(1, 9))
def test_every_number_below_a_thousand_can_be_spelt(hundreds: int, tens: int, units: int) -> None:
    words = [UNITS[hundreds - 1], "hundred", "and", TENS[tens - 2], UNITS[units - 1]]
    assert cardinal(words, "en") == 100 * hundreds + 10 * tens + units


@pytest.mark.parametrize(
    ("word", "language", "place"),
    [
        ("second", "en", 2),
        ("2nd", "en", 2),
        ("1st", "pl", 1),
        ("3ydd", "cy", 3),
        ("7fed", "cy", 7),
        ("20fed", "cy", 20),
        ("ail", "cy", 2),
        ("druga", "pl", 2),
        ("الثاني", "ar", 2),
        ("two", "en", None),
        ("ail", "en", None),
        ("2x", "en", None),
    ],
)
def test_a_place_is_named_by_its_ordinal(word: str, language: str, place: int | None) -> None:
    assert ordinal(fold(word), language) == place


@pytest.mark.parametrize(
    ("token", "number"), [("7", 7), ("007", 7), ("seven", None), ("", None), ("1" * 40, None), ("፩", None)]
)
def test_only_a_few_plain_digits_are_a_figure(token: str, number: int | None) -> None:
    assert figure(token) == number


def test_little_words_are_no_number_words() -> None:
    assert is_number_word("hundred", "en")
    assert is_number_word("ddeg", "cy")
    assert not is_number_word("ddeg", "en")
    assert not is_number_word("a", "en")
    assert not is_number_word("ar", "cy"), "on its own it is on"
    assert not is_number_word("and", "en")
