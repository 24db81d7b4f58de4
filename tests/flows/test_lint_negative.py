"""What is asked has no "not" in it; the lines around a question may."""

from __future__ import annotations

import pytest

from flows.lint_negative import negatives


@pytest.mark.parametrize(
    ("text", "language", "word"),
    [
        ("What do you not like?", "en", "not"),
        ("What don't you like?", "en", "don't"),
        ("Which of these can’t you do?", "en", "can’t"),
        ("Would you never go there?", "en", "never"),
        ("Is there nothing to do here?", "en", "nothing"),
        ("Are there no places to play near you?", "en", "no"),
        ("Does nobody help you?", "en", "nobody"),
        ("Tell us what does not work.", "en", "not"),
        ("Beth sydd ddim yn gweithio?", "cy", "ddim"),
        ("Pa un nad wyt ti'n ei hoffi?", "cy", "nad"),
        ("Co nie działa?", "pl", "nie"),
        ("Czy nigdy tam nie chodzisz?", "pl", "nigdy"),
        ("ما الذي لا يعجبك؟", "ar", "لا"),
        ("ما الذي لم يساعدك؟", "ar", "لم"),
    ],
)
def test_a_no_in_a_question_is_found(text: str, language: str, word: str) -> None:
    (found,) = negatives(text, language)
    assert found.rule == "negative"
    assert f"“{word}”" in found.problem


@pytest.mark.parametrize(
    "text",
    ["Would you not be unhappy about it?", "Do you never go without a friend?", "Is it not true that nobody came?"],
)
def test_a_question_that_says_no_twice_is_told_so(text: str) -> None:
    (found,) = negatives(text, "en")
    assert "say no twice over" in found.problem


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("What would make your street nicer?", "en"),
        ("Which of these is it? Pick “Not sure” if you do not know.", "en"),
        ("What is it like? It does not have to be long.", "en"),
        ("Whether or not you use it, what do you think of it?", "en"),
        ("Is it a yes or no for you?", "en"),
        ("Is it good, or not?", "en"),
        ("What would you say if you do not know?", "en"),
        ('What do you think of the "no ball games" sign?', "en"),
        ("What do you know about the notice?", "en"),
        ("You do not have to answer. Say what you like.", "en"),
        ("Beth fyddai'n well? Ddim yn siŵr? Iawn.", "cy"),
        ("Wyt ti'n cytuno neu beidio?", "cy"),
        ("Czy to ci się podoba, czy nie?", "pl"),
        ("Kto, nie tylko w szkole, ci pomaga?", "pl"),
        ("هل يعجبك أم لا؟", "ar"),
        ("من لا يزال يساعدك؟", "ar"),
        ("Que no te gusta?", "es"),
    ],
)
def test_what_only_looks_like_a_no_is_left_alone(text: str, language: str) -> None:
    assert list(negatives(text, language)) == []
