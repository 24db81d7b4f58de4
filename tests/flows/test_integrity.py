"""What counts as a sign that nobody meant an answer, and what does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from flows.integrity import begun_too_fast, gone_through_too_fast, mark_of

KEY = b"a key of a test."
NOW = datetime(2030, 5, 15, 11, tzinfo=UTC)
LONG = "There is always a queue at the swings"


@pytest.mark.parametrize(
    "text", ["there is  ALWAYS a queue, at the swings!", "There is always a queue — at the swings 🙂"]
)
def test_the_same_words_have_the_same_mark_however_they_are_written(text: str) -> None:
    assert mark_of(text, KEY) == mark_of(LONG, KEY)


def test_other_words_or_another_key_have_another_mark() -> None:
    marks = {mark_of(LONG, KEY), mark_of(f"{LONG} too", KEY), mark_of(LONG, b"another key")}
    assert len(marks) == 3


@pytest.mark.parametrize("text", ["", "I don't know", "more swings please", "!" * 100, "\ud83d"])
def test_short_answers_are_the_same_by_themselves_and_have_no_mark(text: str) -> None:
    assert mark_of(text, KEY) is None


@pytest.mark.parametrize(("seconds", "fast"), [(0.2, True), (0.99, True), (1, False), (3600, False), (-5, True)])
def test_nobody_begins_within_a_second(seconds: float, *, fast: bool) -> None:
    assert begun_too_fast(NOW, NOW + timedelta(seconds=seconds)) is fast


def test_a_form_that_does_not_say_when_it_was_made_is_not_too_fast() -> None:
    assert not begun_too_fast(None, NOW)


@pytest.mark.parametrize(
    ("seconds", "answers", "fast"), [(1, 2, True), (2, 2, False), (0.5, 0, False), (30, 12, False)]
)
def test_every_answer_takes_a_second_on_average(seconds: float, answers: int, *, fast: bool) -> None:
    assert gone_through_too_fast(NOW, NOW + timedelta(seconds=seconds), answers) is fast
