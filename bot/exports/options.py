"""The options that a question ever had, in any version and for any age, each with its label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.sheets import voice
from flows.definition import AgeBand, Consultation, Kind, Question


def options(packs: Sequence[Consultation], code: str, language: str) -> Mapping[str, str]:
    """Option code to label, in the order of the newest version that has it; labels as tables of answers have them."""
    found: dict[str, str] = {}
    for pack in packs:
        for question in pack.questions:
            if question.code == code:
                for band, shape in ((None, question), *question.variants.items()):
                    _add(found, pack, shape, language, band)
    return found


def kinds_of(packs: Sequence[Consultation], code: str) -> frozenset[Kind]:
    """Every kind that the question has, in any version and for any age."""
    asked = [question for pack in packs for question in pack.questions if question.code == code]
    return frozenset(shape.kind for question in asked for shape in (question, *question.variants.values()))


def words(pack: Consultation, question: Question, language: str) -> str:
    """The question as the oldest who are asked it read it."""
    said = pack.words_for(language, voice(pack, question, None)).questions.get(question.code)
    return question.code if said is None else said.text


def _add(found: dict[str, str], pack: Consultation, shape: Question, language: str, band: AgeBand | None) -> None:
    said = pack.words_for(language, voice(pack, shape, band)).questions.get(shape.code)
    for option in shape.choices:
        found.setdefault(option, option if said is None else said.choices.get(option, option))
