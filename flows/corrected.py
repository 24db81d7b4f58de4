"""An answer that an officer corrects because the person asked for it: what CHANGE would make of the same words.

Nothing is asked or said, and where the person is in the conversation stays as it is. The earlier answer stays too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from flows import answers, keep
from flows.answers import NotUnderstood
from flows.definition import Consultation, Kind, Question
from flows.effects import Keep
from flows.state import State, changed

_ABOUT_THE_PERSON = frozenset({Kind.WHO, Kind.HELPED_BY, Kind.NOTE})


class Unfit(StrEnum):
    """Why nothing was corrected."""

    NO_SUCH_ANSWER = "no-such-answer"
    NOT_UNDERSTOOD = "not-understood"
    SAME = "same"
    TOO_LATE = "too-late"
    """The policy takes nothing after the close."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What to keep, and the conversation with it."""

    state: State
    kept: Keep = field(repr=False)
    counts: bool
    """False where it is late, and stands behind an answer that was in time."""


def correctable(consultation: Consultation, state: State) -> tuple[Question, ...]:
    """Every question that has an answer to correct, in the shape in which it was put; but for who they are."""
    return tuple(
        question.for_band(state.band)
        for question in consultation.questions
        if question.code in state.given and question.kind not in _ABOUT_THE_PERSON
    )


def correct(consultation: Consultation, state: State, code: str, text: str, at: datetime) -> Correction | Unfit:
    """What becomes of these words as a new answer to the question `code`, given at that UTC instant."""
    shape = next((each for each in correctable(consultation, state) if each.code == code), None)
    if shape is None:
        return Unfit.NO_SUCH_ANSWER
    words = consultation.words_for(state.language, state.band).questions[code]
    value = answers.understand(shape, words, text, language=state.language)
    if isinstance(value, NotUnderstood):
        return Unfit.NOT_UNDERSTOOD
    if value == state.given[code].value:
        return Unfit.SAME
    put = changed(state, current=code, asked_language=state.language, asked_band=state.band)
    done = keep.answer(consultation, put, shape, value, at)
    kept = next((effect for effect in done.effects if isinstance(effect, Keep)), None)
    if kept is None:
        return Unfit.TOO_LATE
    return Correction(changed(state, given=done.state.given, passed=done.state.passed), kept, counts=done.taken)
