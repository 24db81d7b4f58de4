"""The codebook of a consultation: every question with its words, and every option with its code and its labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from bot.sheets import answered_questions, kept_apart
from bot.workbook import Sheet
from flows.definition import AgeBand, Consultation, Question, QuestionWords

CODEBOOK: Final = "codebook"
"""The name of its sheet."""
COLUMNS: Final = ("question", "type", "option", "language", "age_band", "words", "optional", "equality", "version")
"""A row without an option is the question itself."""


def codebook(packs: Sequence[Consultation], *, equality: bool) -> Sheet:
    """Every question that has a column, newest version first, in every language and for every age that is asked it."""
    return Sheet(CODEBOOK, COLUMNS, list(_rows(packs, equality=equality)))


def _rows(packs: Sequence[Consultation], *, equality: bool) -> Iterator[Mapping[str, object]]:
    apart = frozenset[str]() if equality else kept_apart(packs)
    told: set[tuple[object, ...]] = set()
    for question in answered_questions(packs):
        if question.code in apart:
            continue
        for pack in packs:
            for row in _of_question(pack, question.code):
                # An older version is told of only where it said something else.
                key = tuple(row[name] for name in COLUMNS if name != "version")
                if key not in told:
                    told.add(key)
                    yield row


def _of_question(pack: Consultation, code: str) -> Iterator[Mapping[str, object]]:
    asked = next((question for question in pack.questions if question.code == code), None)
    if asked is None:
        return
    for language in pack.languages:
        for band in _bands(pack, asked):
            shape = asked.for_band(band)
            words = pack.words_for(language, band).questions.get(code)
            if words is not None:
                yield from _of_band(pack, shape, words, language, band)


def _of_band(
    pack: Consultation, shape: Question, words: QuestionWords, language: str, band: AgeBand
) -> Iterator[Mapping[str, object]]:
    about: Mapping[str, object] = {
        "question": shape.code,
        "type": shape.kind.value,
        "language": words.language or language,
        "age_band": band.value,
        "optional": "yes" if shape.optional else "no",
        "equality": "yes" if shape.equality else "no",
        "version": pack.version,
    }
    yield {**about, "option": "", "words": words.text}
    for option in shape.choices:
        yield {**about, "option": option, "words": words.choices.get(option, option)}


def _bands(pack: Consultation, question: Question) -> list[AgeBand]:
    """The ages that are asked it, youngest first."""
    asked = {
        band
        for role in pack.roles
        if question.roles is None or role.code in question.roles
        for band in role.bands
        if question.bands is None or band in question.bands
    }
    return [band for band in AgeBand if band in asked]
