"""Nothing is promised, kept secret or praised, and nobody is interviewed."""

from __future__ import annotations

import pytest

from flows.lint_promises import praise, promises


@pytest.mark.parametrize(
    ("text", "language", "rule"),
    [
        ("This is our secret.", "en", "secrecy"),
        ("What you say is CONFIDENTIAL!", "en", "secrecy"),
        ("We will treat it in confidence", "en", "secrecy"),
        ("We won’t tell anyone.", "en", "secrecy"),
        ("Nobody will know.", "en", "secrecy"),
        ("We promise that it will be better.", "en", "promise"),
        ("We will fix it.", "en", "promise"),
        ("Mae hyn yn gyfrinachol.", "cy", "secrecy"),
        ("Rydym yn addo ei drwsio.", "cy", "promise"),
        ("To zostanie między nami.", "pl", "secrecy"),
        ("Nikomu nie powiemy.", "pl", "secrecy"),
        ("Obiecujemy to naprawić.", "pl", "promise"),
        ("هذا سر بيننا", "ar", "secrecy"),
        ("نعدك بذلك", "ar", "promise"),
    ],
)
def test_nothing_is_promised_and_no_secret_is_offered(text: str, language: str, rule: str) -> None:
    findings = list(promises(text, language))
    assert {finding.rule for finding in findings} == {rule}
    assert not any(finding.warning for finding in findings)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The secretary reads it.", "en"),
        ("What should the council keep of its promise?", "en"),
        ("How would you fix the park?", "en"),
        ("Es ist ein secret", "cy"),
        ("If you tell us that someone hurts you, we have to pass it on.", "en"),
    ],
)
def test_words_that_only_look_like_it_are_left_alone(text: str, language: str) -> None:
    assert list(promises(text, language)) == []


@pytest.mark.parametrize(
    ("text", "language"), [("Why did you choose this?", "en"), ("Pam wnest ti hyn?", "cy"), ("Kto to zrobił?", "pl")]
)
def test_a_question_that_may_sound_like_an_interview_is_warned_of(text: str, language: str) -> None:
    assert [(finding.rule, finding.warning) for finding in promises(text, language)] == [("probing", True)]


def test_a_question_about_reasons_is_no_interview() -> None:
    assert list(promises("Why does it matter?", "en")) == []


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Great! Next question.", "en"),
        ("Thank you. Well done! Here is the next.", "en"),
        ("Good choice.", "en"),
        ("Brilliant idea!", "en"),
        ("Da iawn! Diolch.", "cy"),
        ("Świetnie! Dalej.", "pl"),
        ("أحسنت! شكرا.", "ar"),
    ],
)
def test_no_answer_is_praised(text: str, language: str) -> None:
    assert [finding.rule for finding in praise(text, language)] == ["praise"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("What would be great for children here?", "en"),
        ("Great parks have trees.", "en"),
        ("It went well. Done with that, we go on.", "en"),
        ("Thank you. People will read it.", "en"),
        ("Mae'r parc yn gwych.", "cy"),
        ("Świetnie byłoby mieć park.", "pl"),
        ("Parfait!", "fr"),
    ],
)
def test_good_things_may_be_talked_of(text: str, language: str) -> None:
    assert list(praise(text, language)) == []
