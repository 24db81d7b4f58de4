"""Numbers as people type them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.numbers import read

SLEEP = "How many hours do you sleep?"
AGE = "How old are you?"
PLAIN = "What is your number?"


@pytest.mark.parametrize(
    ("text", "asked", "number"),
    [
        ("7", PLAIN, "7"),
        (" 7. ", PLAIN, "7"),
        ("7!!", PLAIN, "7"),
        ("٧", PLAIN, "7"),
        ("７", PLAIN, "7"),
        ("7.5", PLAIN, "7.5"),
        ("7,5", PLAIN, "7.5"),
        ("٧٫٥", PLAIN, "7.5"),
        ("7½", PLAIN, "7.5"),
        ("7 ½", PLAIN, "7.5"),
        ("½", PLAIN, "0.5"),
        ("half", PLAIN, "0.5"),
        ("7 and a half", PLAIN, "7.5"),
        ("seven and a half", PLAIN, "7.5"),
        ("about 7 and a half", PLAIN, "7.5"),
        ("-3", PLAIN, "-3"),
        ("−3", PLAIN, "-3"),
        ("minus three", PLAIN, "-3"),
        ("1,000", PLAIN, "1000"),
        ("1 000", PLAIN, "1000"),
        ("12,345.50", PLAIN, "12345.50"),
        ("1.125", PLAIN, "1.125"),
        ("seven", PLAIN, "7"),
        ("Twenty-one", PLAIN, "21"),
        ("a hundred and two", PLAIN, "102"),
        ("none", PLAIN, "0"),
        ("zero", PLAIN, "0"),
        ("about 7", PLAIN, "7"),
        ("~7", PLAIN, "7"),
        ("7ish", PLAIN, "7"),
        ("7 or so", PLAIN, "7"),
        ("I think it's 7", PLAIN, "7"),
        ("maybe seven?", PLAIN, "7"),
        ("number 7", PLAIN, "7"),
        ("8 hours", SLEEP, "8"),
        ("8hrs", SLEEP, "8"),
        ("I sleep eight hours", SLEEP, "8"),
        ("I'm 7", AGE, "7"),
        ("7 years old", AGE, "7"),
        ("7yrs", AGE, "7"),
    ],
)
def test_one_number_is_read_with_the_little_words_around_it(text: str, asked: str, number: str) -> None:
    assert read(text, asked=asked, language="en") == Decimal(number)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("", PLAIN),
        ("...", PLAIN),
        ("many", PLAIN),
        ("7 or 8", PLAIN),
        ("7-8", PLAIN),
        ("7 to 8", PLAIN),
        ("7 7", PLAIN),
        ("two three", PLAIN),
        ("seven or eight", PLAIN),
        ("not 7", PLAIN),
        ("no more than 7", PLAIN),
        ("never seven", PLAIN),
        ("less than 7", PLAIN),
        ("nearly 8", PLAIN),
        ("7 months", SLEEP),
        ("7 years", SLEEP),
        ("8 hours but only on Sundays", SLEEP),
        ("1e5", PLAIN),
        ("1.2.3", PLAIN),
        ("1,2,3", PLAIN),
        ("07700 900123", PLAIN),
        ("1" * 30, PLAIN),
        ("7/10", PLAIN),
        ("7.5 and a half", PLAIN),
        ("and a half", PLAIN),
        ("half of them", PLAIN),
        ("none and a half", PLAIN),
        ("7 " + "please " * 40, PLAIN),
    ],
)
def test_several_numbers_or_anything_else_beside_one_is_not_read(text: str, asked: str) -> None:
    assert read(text, asked=asked, language="en") is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7/10", "7"),
        ("7 / 10", "7"),
        ("7 out of 10", "7"),
        ("seven out of 10", "7"),
        ("10/10!!", "10"),
        ("7/5", None),
        ("7 out of 10 but really 3", None),
        ("7 out of 10 never", None),
        ("out of 10", None),
    ],
)
def test_out_of_the_end_of_the_scale_is_read(text: str, number: str | None) -> None:
    assert read(text, asked=PLAIN, language="en", maximum=10) == (Decimal(number) if number else None)


@pytest.mark.parametrize(
    ("text", "language", "number"),
    [
        ("mam siedem lat", "pl", "7"),
        ("7,5", "pl", "7.5"),
        ("1 000", "pl", "1000"),
        ("1.000.000", "pl", "1000000"),
        ("1.000", "pl", None),
        ("1,000", "pl", None),
        ("tri deg dau", "cy", "32"),
        ("saith a hanner", "cy", "7.5"),
        ("siedem i pół", "pl", "7.5"),
        ("dim", "cy", "0"),
        ("سبعة", "ar", "7"),
    ],
)
def test_each_language_has_its_own_words_and_its_own_comma(text: str, language: str, number: str | None) -> None:
    expected = Decimal(number) if number else None
    assert read(text, asked="Ile masz lat?", language=language) == expected


@given(st.text(), st.text(max_size=20), st.sampled_from(["en", "cy", "pl", "ar", "xx"]), st.integers() | st.none())
def test_any_text_is_a_number_or_none(text: str, asked: str, language: str, maximum: int | None) -> None:
    found = read(text, asked=asked, language=language, maximum=maximum)
    assert found is None or found.is_finite()


@given(st.integers(-999_999_999, 999_999_999), st.sampled_from(["en", "cy", "pl", "ar"]))
def test_figures_are_read_as_they_are(number: int, language: str) -> None:
    assert read(str(number), asked=PLAIN, language=language) == number
