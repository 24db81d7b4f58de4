"""The rules about words, with good and bad examples for each age."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from flows.definition import AgeBand
from flows.lint_rules import (
    LIMITS,
    Finding,
    dear_text,
    double_question,
    long_message,
    long_sentences,
    many_options,
    secrecy,
    sentences,
    words,
)


def rules(findings: Iterable[Finding], *, warning: bool = False) -> list[str]:
    return [finding.rule for finding in findings if finding.warning is warning]


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


@pytest.mark.parametrize("band", AgeBand)
def test_a_sentence_may_be_as_long_as_its_band_takes_and_no_longer(band: AgeBand) -> None:
    limit = LIMITS[band].words_in_sentence
    better = LIMITS[band].better_words_in_sentence
    assert list(long_sentences("word " * better, band)) == []
    assert rules(long_sentences("word " * limit, band)) == []
    assert rules(long_sentences("word " * (limit + 1), band)) == ["words-per-sentence"]


@pytest.mark.parametrize(
    ("band", "good", "bad"),
    [
        (
            AgeBand.FOUR_TO_SEVEN,
            "What would make it nicer to be a child here?",
            "What would make it much nicer to be a small child here?",
        ),
        (
            AgeBand.EIGHT_TO_ELEVEN,
            "What needs to get better for children where you live?",
            "What is the biggest thing that needs to get better for children where you live?",
        ),
        (
            AgeBand.TWELVE_TO_FIFTEEN,
            "What is the main thing in the way of a good life round here?",
            "What is the main thing that gets in the way of a good life for people your age here?",
        ),
        (
            AgeBand.SIXTEEN_TO_TWENTY_FIVE,
            "If the people who run things here could sort out one thing for young people, what should it be?",
            f"If the people who run things {'and services ' * 5}could sort out one thing, what should it be now?",
        ),
        (
            AgeBand.ADULT,
            "Which issues matter most if children in Herefordshire are to be safe, healthy and doing well?",
            f"Having regard to provision that is commissioned {'across the partnership ' * 6}which outcomes matter?",
        ),
    ],
)
def test_each_band_has_its_own_ear(band: AgeBand, good: str, bad: str) -> None:
    assert rules(long_sentences(good, band)) == []
    assert rules(long_sentences(bad, band)) == ["words-per-sentence"]


def test_for_adults_a_sentence_over_twenty_words_is_advised_against_before_it_is_an_error() -> None:
    assert rules(long_sentences("word " * 21, AgeBand.ADULT), warning=True) == ["words-per-sentence"]
    assert rules(long_sentences("word " * 26, AgeBand.ADULT), warning=True) == []


def test_only_the_sentence_that_is_too_long_is_quoted_and_only_its_beginning() -> None:
    (found,) = long_sentences(
        "This is fine. " + "No one can follow this one at all any more now.", AgeBand.FOUR_TO_SEVEN
    )
    assert found.problem == "A sentence of 11 words: “No one can follow this one …”"
    assert found.mend == "Say it in 10 words or fewer, or in two sentences"


@pytest.mark.parametrize("band", AgeBand)
def test_a_message_may_have_so_many_words_and_sentences(band: AgeBand) -> None:
    limits = LIMITS[band]
    assert list(long_message("word " * limits.words, band)) == []
    assert rules(long_message("word " * (limits.words + 1), band)) == ["words-per-message"]
    assert list(long_message("Word. " * limits.sentences, band)) == []
    assert rules(long_message("Word. " * (limits.sentences + 1), band)) == ["sentences-per-message"]


@pytest.mark.parametrize(
    ("band", "fine", "advised_against", "refused"),
    [
        (AgeBand.FOUR_TO_SEVEN, 3, 5, 6),
        (AgeBand.EIGHT_TO_ELEVEN, 5, None, 6),
        (AgeBand.TWELVE_TO_FIFTEEN, 6, None, 7),
        (AgeBand.ADULT, 7, None, 8),
    ],
)
def test_a_question_may_have_so_many_options(
    band: AgeBand, fine: int, advised_against: int | None, refused: int
) -> None:
    assert list(many_options(fine, band)) == []
    if advised_against is not None:
        assert rules(many_options(advised_against, band), warning=True) == ["options"]
    assert rules(many_options(refused, band)) == ["options"]


@pytest.mark.parametrize("text", ["Swings and/or slides?", "Swings and / or slides", "More? Or fewer?", "Why? How?!"])
def test_two_questions_in_one_are_found(text: str) -> None:
    assert rules(double_question(text)) == ["double-question"]


@pytest.mark.parametrize("text", ["More swings?", "What?! It can be anything.", "Sand or grass: which is better?"])
def test_one_question_is_one(text: str) -> None:
    assert list(double_question(text)) == []


@pytest.mark.parametrize(
    ("text", "language", "rule"),
    [
        ("This is our secret.", "en", "secrecy"),
        ("What you say is CONFIDENTIAL!", "en", "secrecy"),
        ("We will treat it in confidence", "en", "secrecy"),
        ("We promise that it will be better.", "en", "promise"),
        ("Mae hyn yn gyfrinachol.", "cy", "secrecy"),
        ("Rydym yn addo ei drwsio.", "cy", "promise"),
        ("To zostanie między nami.", "pl", "secrecy"),
        ("Obiecujemy to naprawić.", "pl", "promise"),
        ("هذا سر بيننا", "ar", "secrecy"),
        ("نعدك بذلك", "ar", "promise"),
    ],
)
def test_nothing_is_promised_and_no_secret_is_offered(text: str, language: str, rule: str) -> None:
    assert set(rules(secrecy(text, language))) == {rule}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The secretary reads it.", "en"),
        ("What should the council keep of its promise?", "en"),
        ("Es ist ein secret", "cy"),
        ("If you tell us that someone hurts you, we have to pass it on.", "en"),
    ],
)
def test_words_that_only_look_like_it_are_left_alone(text: str, language: str) -> None:
    assert list(secrecy(text, language)) == []


def test_a_question_that_may_sound_like_an_interview_is_warned_of() -> None:
    assert rules(secrecy("Why did you choose this?", "en"), warning=True) == ["probing"]
    assert list(secrecy("Why does it matter?", "en")) == []


def test_a_text_message_of_two_segments_will_do_and_one_of_three_will_not() -> None:
    assert list(dear_text("a" * 306)) == []
    assert rules(dear_text("a" * 307), warning=True) == ["sms-segments"]
    (found,) = dear_text("ŵ" + "a" * 134)
    assert found.problem == "By text this costs 3 segments (135 characters in UCS-2 because of ŵ)"
