"""Answers that somebody gave on paper, by telephone or face to face, and that an officer types in.

They are held to the same rules as any others: the pack's questions for a role and band, its conditions, what an answer
to each can be, and its late policy. Nothing is said to anybody, and nobody is woken. One rule is different. Nobody
knows when somebody began to fill in a sheet of paper, so the policy alone decides what a late one is worth. That
somebody was old enough to answer, or had a parent's permission, the officer has seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from flows import answers, cutoff, keep, path, staging
from flows.answers import NotUnderstood
from flows.definition import Consultation, Kind, Question, WhoOption
from flows.effects import Keep
from flows.state import Phase, State, changed
from flows.values import Choice, Choices, Number, Ranking, Text, Value

__all__ = ["Entry", "Fault", "Refused", "Sheet", "as_fields", "enter", "questions_for", "why_not_then"]


class Refused(StrEnum):
    """What is wrong with a sheet."""

    NOT_OPEN_YET = "not-open-yet"
    """It was given before answers are taken."""
    TOO_LATE = "too-late"
    """It was given after the cutoff, and the policy takes nothing then."""
    NOT_UNDERSTOOD = "not-understood"
    """This cannot be an answer to that question."""
    NOT_ASKED = "not-asked"
    """Nobody with these other answers is asked it."""
    NOTHING_GIVEN = "nothing-given"
    CANNOT_BE_TAKEN_AWAY = "cannot-be-taken-away"
    """An answer that was entered can be corrected, and not be left out again."""
    BEHIND_ONE_IN_TIME = "behind-one-in-time"
    """A correction that would be late, of an answer that was in time."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a sheet."""

    refused: Refused
    question: str | None = None
    """None where it is the time that is wrong, or all of it."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one person gave, as it is typed in."""

    who: WhoOption
    language: str
    at: datetime
    """UTC: when they gave it."""
    answers: Mapping[str, tuple[str, ...]] = field(repr=False)
    """Option codes, or one text or number, by question."""
    stage: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A sheet that was taken: what to keep, and the conversation that it makes."""

    state: State
    kept: tuple[Keep, ...] = field(repr=False)


def questions_for(consultation: Consultation, who: WhoOption, stage: str | None) -> tuple[Question, ...]:
    """Every question that somebody of this role and band may be asked, in their band's shape; conditions left aside."""
    return tuple(
        question.for_band(who.band)
        for question in consultation.questions
        if question.kind is not Kind.WHO
        and question.for_band(who.band).kind is not Kind.NOTE
        and question.stage in {None, stage}
        and (question.roles is None or who.role in question.roles)
        and (question.bands is None or who.band in question.bands)
    )


def why_not_then(consultation: Consultation, who: WhoOption, stage: str | None, at: datetime) -> Refused | None:
    """Why nothing that was given at that UTC instant can be taken; None where it can, in time or late."""
    timetable = staging.timetable_of(consultation.timetable, stage)
    if not cutoff.has_opened(timetable, at):
        return Refused.NOT_OPEN_YET
    verdict = cutoff.verdict(timetable, who.role, at, started_at=timetable.opens_at)
    return None if verdict.accepted else Refused.TOO_LATE


def enter(consultation: Consultation, sheet: Sheet, before: State | None = None) -> Entry | tuple[Fault, ...]:
    """What becomes of a sheet; everything that is wrong with it where anything is.

    `before` is what was entered already, where the sheet corrects that: only what differs is kept, as a new revision.
    An equality question that is left empty in a correction keeps its answer, which the page does not show.
    """
    refused = why_not_then(consultation, sheet.who, sheet.stage, sheet.at)
    if refused is not None:
        return (Fault(refused),)
    # For the verdict alone: see above. What is stored says when it was given.
    opened = staging.timetable_of(consultation.timetable, sheet.stage).opens_at
    state = changed(
        before or State(language=sheet.language), language=sheet.language, stage=sheet.stage, started_at=opened
    )
    kept: list[Keep] = []
    faults: list[Fault] = []
    for question in consultation.questions:
        state = _one(consultation, sheet, question, state, kept, faults)
    if before is None and not any(question.code in sheet.answers for question in _asked(consultation, kept)):
        faults.append(Fault(Refused.NOTHING_GIVEN))
    if faults:
        return tuple(faults)
    return Entry(_settled(state, sheet, before), tuple(kept))


def _asked(consultation: Consultation, kept: list[Keep]) -> tuple[Question, ...]:
    codes = {each.question for each in kept}
    return tuple(each for each in consultation.questions if each.code in codes and each.kind is not Kind.WHO)


def _one(
    consultation: Consultation, sheet: Sheet, question: Question, state: State, kept: list[Keep], faults: list[Fault]
) -> State:
    """Takes one question's answer, or notes what is wrong with it."""
    shape = question if question.kind is Kind.WHO else question.for_band(sheet.who.band)
    given = (sheet.who.code,) if shape.kind is Kind.WHO else _filled(sheet.answers.get(shape.code, ()))
    if shape.kind is Kind.NOTE:
        return state
    if shape.kind is not Kind.WHO and not path.is_for(question, state):
        if given:
            faults.append(Fault(Refused.NOT_ASKED, shape.code))
        return state
    if not given:
        return _left_empty(state, shape, faults)
    value = answers.from_form(shape, given)
    if isinstance(value, NotUnderstood):
        faults.append(Fault(Refused.NOT_UNDERSTOOD, shape.code))
        return state
    return _kept(consultation, sheet, shape, value, state, kept, faults)


def _filled(fields: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(each for each in fields if each.strip())


def _left_empty(state: State, shape: Question, faults: list[Fault]) -> State:
    if shape.code not in state.given:
        return state if shape.code in state.passed else changed(state, passed=(*state.passed, shape.code))
    if not shape.equality:
        faults.append(Fault(Refused.CANNOT_BE_TAKEN_AWAY, shape.code))
    return state


def _kept(
    consultation: Consultation,
    sheet: Sheet,
    shape: Question,
    value: Value,
    state: State,
    kept: list[Keep],
    faults: list[Fault],
) -> State:
    earlier = state.given.get(shape.code)
    if earlier is not None and earlier.value == value:
        return state
    band = None if shape.kind is Kind.WHO else sheet.who.band
    put = changed(state, current=shape.code, asked_language=sheet.language, asked_band=band)
    done = keep.answer(consultation, put, shape, value, sheet.at, vouched=True)
    if not done.taken:
        faults.append(Fault(Refused.BEHIND_ONE_IN_TIME if earlier is not None else Refused.TOO_LATE, shape.code))
        return state
    kept.extend(effect for effect in done.effects if isinstance(effect, Keep))
    return done.state


def _settled(state: State, sheet: Sheet, before: State | None) -> State:
    """A conversation that is at its end: nothing is ever asked or said in it."""
    return changed(
        state,
        phase=Phase.FINISHED,
        current=None,
        started_at=sheet.at if before is None else before.started_at,
        completed_at=sheet.at if before is None else before.completed_at,
        told_closed=True,
        told_close=None,
        wake_at=None,
    )


def as_fields(value: Value) -> tuple[str, ...]:
    """An answer as the fields of a form that would give it again."""
    match value:
        case Text(text):
            return (text,)
        case Choice(code):
            return (code,)
        case Choices(codes) | Ranking(codes):
            return tuple(codes)
        case Number(number):
            return (f"{number:f}",)
