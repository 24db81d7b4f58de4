"""Segments are counted as the provider's own published calculator counts them.

`segments.json` holds what `sms-segments-calculator` 1.3.0 (npm) said of edge cases and of 3,000 random texts. A row is
a text as runs (piece, times, piece, times ...), then the encoding, the segments and the code units that it gave.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.segments import Segments, count, is_full_segment

Row = tuple[list[str | int], str, int, int]
ORACLE: list[Row] = json.loads(Path(__file__).with_name("segments.json").read_text(encoding="utf-8"))


def _text(runs: list[str | int]) -> str:
    return "".join(str(piece) * int(times) for piece, times in zip(runs[::2], runs[1::2], strict=True))


def test_every_text_counts_as_it_does_in_the_published_calculator() -> None:
    assert len(ORACLE) > 3300
    counted = [(_text(runs), (encoding, segments, units)) for runs, encoding, segments, units in ORACLE]
    wrong = [
        (text, expected, found)
        for text, expected in counted
        if ((found := count(text)).encoding, found.segments, found.units) != expected
    ]
    assert not wrong


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Segments("GSM-7", 0, 1)),
        ("a" * 160, Segments("GSM-7", 160, 1)),
        ("a" * 161, Segments("GSM-7", 161, 2)),
        ("€" * 80, Segments("GSM-7", 160, 1)),
        ("a" * 152 + "€" + "a" * 152, Segments("GSM-7", 306, 3)),  # an escape is not divided from its character
        ("ŵ" * 70, Segments("UCS-2", 70, 1)),
        ("ŵ" * 71, Segments("UCS-2", 71, 2)),
        ("ç", Segments("UCS-2", 1, 1)),  # the upper-case one is in GSM-7
        ("don’t", Segments("UCS-2", 5, 1)),
        ("🚲" * 36, Segments("UCS-2", 72, 2)),
        ("👨‍👩‍👧‍👦" * 7, Segments("UCS-2", 77, 2)),
    ],
)
def test_the_sizes_that_matter_most(text: str, expected: Segments) -> None:
    assert count(text) == expected


@given(st.text(max_size=700))
def test_any_text_has_a_size_with_room_for_all_of_it(text: str) -> None:
    found = count(text)
    alone, part = (160, 153) if found.encoding == "GSM-7" else (70, 67)
    assert found.units <= (alone if found.segments == 1 else part * found.segments)
    assert found.encoding == "UCS-2" or found.units <= 2 * len(text)


@given(st.text("abc €ŵ😀", max_size=400), st.text("abc €ŵ😀", max_size=40))
def test_a_longer_text_never_takes_fewer_segments(text: str, more: str) -> None:
    assert count(text + more).segments >= count(text).segments


@pytest.mark.parametrize("length", [153, 160, 306, 320, 459, 152, 151])
def test_a_text_as_long_as_whole_segments_may_go_on(length: int) -> None:
    assert is_full_segment("a" * length)


@pytest.mark.parametrize("length", [67, 70, 66, 134, 140, 201])
def test_a_text_in_another_alphabet_may_go_on_from_its_own_lengths(length: int) -> None:
    assert is_full_segment("ŵ" * length)


@pytest.mark.parametrize("length", [67, 70, 134])
def test_a_plain_part_of_a_text_with_an_emoji_further_on_may_go_on(length: int) -> None:
    assert is_full_segment("a" * length)


@pytest.mark.parametrize("length", [1, 20, 60, 64, 80, 100, 120, 145, 149, 156, 165, 190, 250, 301])
def test_a_text_of_any_other_length_is_whole(length: int) -> None:
    assert not is_full_segment("a" * length)


@pytest.mark.parametrize("text", ["", "yes", "ŵ", "More swings please 😀", "ŵ" * 60, "ŵ" * 75])
def test_a_short_answer_is_whole(text: str) -> None:
    assert not is_full_segment(text)


def test_a_part_that_ends_early_rather_than_divide_a_character_may_go_on() -> None:
    assert is_full_segment("a" * 152)  # the next part begins with €
    assert is_full_segment("ŵ" * 66)  # the next part begins with 😀
