"""What becomes of an answer: kept in time, kept and marked late, or refused."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from flows import cutoff, permission, staging
from flows.definition import Consultation, Kind, Question
from flows.effects import Effect, Keep, Notice, Tell
from flows.state import Given, Phase, State, changed
from flows.values import Choice, Value


@dataclass(frozen=True, slots=True)
class Kept:
    """What a conversation is after an answer reached it, and what is to be recorded and said about that."""

    state: State
    effects: tuple[Effect, ...]
    taken: bool
    """False where the answer was refused, is held back, or stands behind one that was given in time."""


def answer(
    consultation: Consultation, state: State, question: Question, value: Value, at: datetime, *, vouched: bool = False
) -> Kept:
    """Takes in an understood answer whose time is `at` (UTC).

    `vouched` where an officer has seen that somebody may answer. Of anybody else nothing is kept before that is known.
    """
    answering = _as(consultation, state, question, value)
    timetable = staging.timetable_of(consultation.timetable, question.stage)
    verdict = cutoff.verdict(timetable, answering.role, at, started_at=state.started_at)
    if not verdict.accepted:
        return _refused(state)
    if not vouched and (held := permission.held_back(consultation, state, answering.band, at)) is not None:
        return _held(question, value, *held)
    earlier = state.given.get(question.code)
    if verdict.late and earlier is not None and not earlier.late:
        return _behind_one_in_time(state, question, value, earlier, at, verdict.cutoff)
    revision = earlier.revision + 1 if earlier is not None else 1
    given = Given(value, revision, late=verdict.late, counts=True)
    kept = changed(
        answering,
        given={**state.given, question.code: given},
        passed=tuple(code for code in state.passed if code != question.code),
    )
    effects = _recorded(kept, question, given, at, verdict.cutoff)
    if verdict.late and not state.told_late:
        kept = changed(kept, told_late=True, told_closed=True)
        effects += (Tell(Notice.LATE_KEPT),)
    return Kept(kept, effects, taken=True)


def _as(consultation: Consultation, state: State, question: Question, value: Value) -> State:
    """The person as they are once this answer holds: two questions say who they are."""
    match question.kind, value:
        case Kind.WHO, Choice(code):
            who = next(option for option in consultation.who_options if option.code == code)
            told = cutoff.closes_at(consultation.timetable, who.role)
            return changed(state, role=who.role, band=who.band, told_close=told)
        case Kind.HELPED_BY, Choice(code):
            return changed(state, helped_by=code)
        case _:
            return state


def _recorded(state: State, question: Question, given: Given, at: datetime, closing: datetime) -> tuple[Effect, ...]:
    match question.kind:
        case Kind.HELPED_BY | Kind.NOTE:
            return ()
        case Kind.WHO | Kind.TEXT | Kind.ONE | Kind.MANY | Kind.NUMBER | Kind.SCALE | Kind.YES_NO | Kind.RANK:
            return (_record(state, question, given, at, closing),)
        case _:
            assert_never(question.kind)


def _record(state: State, question: Question, given: Given, at: datetime, closing: datetime) -> Keep:
    return Keep(
        question=question.code,
        value=given.value,
        revision=given.revision,
        at=at,
        late=given.late,
        counts=given.counts,
        cutoff=closing,
        role=state.role,
        band=state.band,
        helped_by=state.helped_by,
        language=state.language,
        asked_language=state.asked_language,
        asked_band=state.asked_band,
        equality=question.equality,
    )


def _held(question: Question, value: Value, state: State, effects: tuple[Effect, ...]) -> Kept:
    """It is not known that they may answer. Who they are, if that was the answer, waits until it is."""
    if state.phase is not Phase.TOO_YOUNG and question.kind is Kind.WHO and isinstance(value, Choice):
        state = changed(state, waiting_who=value.code)
    return Kept(state, effects, taken=False)


def _refused(state: State) -> Kept:
    """The words stay in the transcript; they are told once that it is too late."""
    if state.told_late:
        return Kept(state, (), taken=False)
    return Kept(changed(state, told_late=True, told_closed=True), (Tell(Notice.LATE_REFUSED),), taken=False)


def _behind_one_in_time(
    state: State, question: Question, value: Value, earlier: Given, at: datetime, closing: datetime
) -> Kept:
    """An edit after the cutoff never replaces an answer given in time (rule R7.5); both are on record."""
    edit = Given(value, earlier.revision + 1, late=True, counts=False)
    stands = replace(earlier, revision=edit.revision)
    told = changed(state, given={**state.given, question.code: stands}, told_late=True, told_closed=True)
    return Kept(told, (*_recorded(state, question, edit, at, closing), Tell(Notice.LATE_EDIT)), taken=False)
