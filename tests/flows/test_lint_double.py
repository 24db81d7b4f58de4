"""Two questions in one are found; one question with two words in it is left alone."""

from __future__ import annotations

import pytest

from flows.definition import Kind
from flows.lint_double import double_questions


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Swings and/or slides?", "en"),
        ("Swings and / or slides", "en"),
        ("Siglenni a/neu lithrennau?", "cy"),
        ("Huśtawki i/lub zjeżdżalnie?", "pl"),
        ("الأراجيح و/أو الزلاجات؟", "ar"),
        ("More? Or fewer?", "en"),
        ("Why? How?!", "en"),
        ("هل تريد؟ لماذا؟", "ar"),
        ("What would help, and why?", "en"),
        ("Who helps you and how?", "en"),
        ("What do you like and what would you change?", "en"),
        ("Beth fyddai'n helpu, a pham?", "cy"),
        ("Co by pomogło i dlaczego?", "pl"),
        ("How clean and safe is the park?", "en"),
        ("How good are the parks and the buses?", "en"),
        ("How safe are roads and parks here?", "en"),
    ],
)
def test_two_questions_in_one_are_found(text: str, language: str) -> None:
    findings = list(double_questions(text, language, Kind.TEXT))
    assert {finding.rule for finding in findings} == {"double-question"}
    assert all(finding.mend for finding in findings)


@pytest.mark.parametrize(
    "text", ["Do you feel safe and happy at school?", "Is the letter clear and useful?", "Is it the bus and the price?"]
)
@pytest.mark.parametrize("kind", [Kind.YES_NO, Kind.SCALE])
def test_two_things_in_a_question_are_two_where_they_are_rated(text: str, kind: Kind) -> None:
    assert [finding.rule for finding in double_questions(text, "en", kind)] == ["double-question"]
    assert list(double_questions(text, "en", Kind.TEXT)) == [], "in their own words people can say two things"


@pytest.mark.parametrize(
    "text",
    [
        "More swings?",
        "What?! It can be anything.",
        "Sand or grass: which is better?",
        "Say “Why?” if you like. What would help?",
        "What do children and young people need to be healthy?",
        "How well are parents and carers kept up to date?",
        "How happy are you and your friends here?",
        "If you were scared and the street was dark, how safe would you feel?",
        "How safe do you feel when you walk and cycle to school?",
        "Do you live with your mum and dad?",
        "Do you have brothers and sisters?",
        "Do you feel safe and well?",
        "How old are you?",
        "Where and how you answer is up to you. What would you change?",
        "Who reads this, and when, is on our page. What would you say to them?",
        "Which issues matter most if children in Herefordshire are to be safe, healthy and doing well?",
    ],
)
@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.YES_NO, Kind.SCALE])
def test_one_question_is_one(text: str, kind: Kind) -> None:
    assert list(double_questions(text, "en", kind)) == []


@pytest.mark.parametrize(
    ("text", "language"),
    [("Beth yw dy hoff beth am y parc a'r pwll?", "cy"), ("Jak czujesz się w domu i w szkole?", "pl")],
)
def test_in_other_languages_two_things_are_nobodys_business_yet(text: str, language: str) -> None:
    assert list(double_questions(text, language, Kind.SCALE)) == []
