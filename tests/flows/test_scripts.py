"""Which way a language is written, and texts that keep their own way inside another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.scripts import direction, isolated


@pytest.mark.parametrize(
    ("language", "way"), [("en", "ltr"), ("cy", "ltr"), ("ar", "rtl"), ("ur", "rtl"), ("xx", "ltr")]
)
def test_a_language_runs_the_way_it_is_written(language: str, way: str) -> None:
    assert direction(language) == way


@pytest.mark.parametrize(
    ("text", "language", "marked"),
    [
        ("Snow has closed many schools.", "ar", True),
        ("أغلق الثلج المدارس.", "ar", False),
        ("Snow has closed many schools.", "en", False),
        ("المدرسة بعيدة.", "en", True),
        ("K7M2QX", "ar", False),
        ("https://sayso.example/chat/plan", "ar", False),
        ("12 30", "ar", False),
        ("", "ar", False),
    ],
)
def test_only_several_words_that_run_the_other_way_are_set_apart(text: str, language: str, *, marked: bool) -> None:
    assert isolated(text, language) == (f"\u2068{text}\u2069" if marked else text)


@given(st.text(), st.sampled_from(["en", "ar"]))
def test_nothing_of_a_text_is_lost(text: str, language: str) -> None:
    assert isolated(text, language).translate({0x2068: None, 0x2069: None}) == text.translate(
        {0x2068: None, 0x2069: None}
    )


def test_every_line_is_set_apart_by_itself() -> None:
    assert isolated("المدرسة بعيدة.\nAnd nobody came.\nNobody", "ar") == (
        "المدرسة بعيدة.\n\u2068And nobody came.\u2069\nNobody"
    )
