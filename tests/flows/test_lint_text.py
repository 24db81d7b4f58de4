"""A text in its sentences and words, as every rule about words sees it."""

from __future__ import annotations

import pytest

from flows.lint_text import beginning, questions, said, sentences, unquoted, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What would help? Pick one.", ("What would help", "Pick one")),
        ("It closes at 11.59pm. Hurry!", ("It closes at 11.59pm", "Hurry")),
        ("Really?! Yes…", ("Really", "Yes")),
        ("One\nTwo", ("One", "Two")),
        ("He said “stop.” Then he left.", ("He said “stop", "” Then he left")),
        ("...", ()),
        ("هل تريد؟ نعم", ("هل تريد", "نعم")),
    ],
)
def test_a_text_is_counted_in_sentences(text: str, expected: tuple[str, ...]) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("one two  three", 3),
        ("one - two & three", 3),
        ("{closing}", 1),
        ("say {stop} or {skip}.", 4),
        ("don't", 1),
        ("🛝 Places to play", 3),
    ],
)
def test_what_holds_a_letter_or_a_digit_is_a_word_and_so_is_a_placeholder(text: str, count: int) -> None:
    assert words(text) == count


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("There is money. What would help? Pick one.", ("What would help",)),
        ("Really?! You are sure.", ("Really",)),
        ("هل تريد؟ نعم", ("هل تريد",)),
        ("Tell us more.", ()),
    ],
)
def test_the_sentences_that_ask_are_told_from_the_others(text: str, asked: tuple[str, ...]) -> None:
    assert questions(text) == asked


@pytest.mark.parametrize("text", ['Say "no".', "Say “no”.", "Napisz „no”.", "قل «no»."])
def test_what_is_quoted_is_not_said_by_us(text: str) -> None:
    assert "no" not in unquoted(text)


def test_of_two_phrases_the_longer_is_the_one_that_was_said() -> None:
    table = {"en": ("promise", "we promise", "soon")}
    assert list(said("WE  promise!", "en", table)) == ["we promise"]
    assert list(said("We promise", "cy", table)) == []


def test_a_long_sentence_is_known_by_its_beginning() -> None:
    assert beginning("one two three four five six") == "one two three four five six"
    assert beginning("one two three four five six seven") == "one two three four five six …"
