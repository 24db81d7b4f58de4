"""What somebody typed or picked -> the value of an answer, or that it was not understood. And back into words.

Every function here is total: any text for any question gives a value or `NotUnderstood`, never an error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import assert_never

from flows import choosing, lexicon, numbers, several
from flows.choosing import NotUnderstood
from flows.definition import Kind, Question, QuestionWords
from flows.folding import fold, has_substance
from flows.values import Choice, Choices, Number, Ranking, Text, Value

__all__ = ["NotUnderstood", "from_form", "in_words", "understand"]

_NO_WORDS = QuestionWords(text="")


def understand(question: Question, words: QuestionWords, text: str, *, language: str = "en") -> Value | NotUnderstood:
    """What a typed text means as an answer, given the words that were shown and the language they were in.

    Numbers of options count from 1 in the order of `question.choices`. A text is kept exactly as it was sent.
    """
    match question.kind:
        case Kind.TEXT:
            return Text(text) if has_substance(text) else NotUnderstood()
        case Kind.WHO | Kind.HELPED_BY | Kind.ONE | Kind.YES_NO:
            return choosing.one(lexicon.of(question, words, language), text)
        case Kind.MANY:
            return several.chosen(lexicon.of(question, words, language), question, text)
        case Kind.RANK:
            return several.ranked(lexicon.of(question, words, language), question, text)
        case Kind.NUMBER | Kind.SCALE:
            return _number(question, words, text, language)
        case Kind.NOTE:
            return NotUnderstood()
        case _:
            assert_never(question.kind)


def from_form(question: Question, answers: Sequence[str]) -> Value | NotUnderstood:
    """What a form's fields mean: option codes (a ranking in its order, also as one "a,b"), or one text or number.

    Empty fields are left out of choices. A code that the question does not have is not understood.
    """
    match question.kind:
        case Kind.TEXT:
            return Text(answers[0]) if len(answers) == 1 and has_substance(answers[0]) else NotUnderstood()
        case Kind.NUMBER | Kind.SCALE:
            return _number(question, _NO_WORDS, answers[0], "en") if len(answers) == 1 else NotUnderstood()
        case Kind.WHO | Kind.HELPED_BY | Kind.ONE | Kind.YES_NO | Kind.MANY | Kind.RANK:
            return _picked(question, answers)
        case Kind.NOTE:
            return NotUnderstood()
        case _:
            assert_never(question.kind)


def _picked(question: Question, answers: Sequence[str]) -> Value | NotUnderstood:
    codes = tuple(answer for answer in answers if answer)
    if question.kind is Kind.RANK and len(codes) == 1 and codes[0] not in question.choices:
        codes = tuple(code for part in codes[0].split(",") if (code := part.strip()))
    known = tuple(code for code in codes if code in question.choices)
    if len(known) != len(codes):
        return NotUnderstood(tuple(dict.fromkeys(known)))
    if question.kind is Kind.MANY:
        return several.choices(question, codes)
    if question.kind is Kind.RANK:
        return several.ranking(question, codes)
    return Choice(codes[0]) if len(codes) == 1 else NotUnderstood(tuple(dict.fromkeys(codes)))


def _number(question: Question, words: QuestionWords, text: str, language: str) -> Number | NotUnderstood:
    number = _end_of_scale(question, words, text)
    if number is None:
        number = numbers.read(text, asked=words.text, language=language, maximum=question.maximum)
    if number is None:
        return NotUnderstood()
    if question.kind is Kind.SCALE and number != number.to_integral_value():
        return NotUnderstood()
    if question.minimum is not None and number < question.minimum:
        return NotUnderstood()
    if question.maximum is not None and number > question.maximum:
        return NotUnderstood()
    return Number(number.quantize(Decimal(1)) if question.kind is Kind.SCALE else number)


def _end_of_scale(question: Question, words: QuestionWords, text: str) -> Decimal | None:
    """The point of a scale whose meaning was said instead of its number."""
    for meaning, point in ((words.low, question.minimum), (words.high, question.maximum)):
        if meaning and point is not None and fold(meaning) and fold(meaning) == fold(text):
            return Decimal(point)
    return None


def in_words(value: Value, question: Question, words: QuestionWords) -> str:
    """An answer as people read it: for SHOW, and for the labels of an export.

    Several options are joined by `; `, ranked ones with their place before them. An option that the question no longer
    has is told by its code.
    """
    labels: Mapping[str, str] = words.choices
    match value:
        case Text(text):
            return text
        case Choice(code):
            return labels.get(code, code)
        case Choices(codes):
            known = [code for code in question.choices if code in codes]
            gone = [code for code in codes if code not in question.choices]
            return "; ".join(labels.get(code, code) for code in (*known, *gone))
        case Number(number):
            return f"{number:f}"
        case Ranking(codes):
            return "; ".join(f"{place} {labels.get(code, code)}" for place, code in enumerate(codes, 1))
        case _:
            assert_never(value)
