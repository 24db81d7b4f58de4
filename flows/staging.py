"""Which stage of a consultation somebody is in, and which they can go on to. A pack without stages knows none of this.

A conversation is in one stage at a time (`State.stage`). Inside it the stage's dates are the consultation's: cutoff,
reminder, end. From the end of one it goes on to the next that is open to this person and has something to ask.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from flows import path
from flows.closings import EarlyClose, Extension
from flows.definition import Consultation, Timetable
from flows.same import Same
from flows.stage import Stage
from flows.state import State, changed


def seen(consultation: Consultation, stage: str | None) -> Consultation:
    """The consultation as somebody in that stage has it: with its dates. The same object each time, for the caches."""
    if stage is None or not consultation.timetable.stages:
        return consultation
    return _seen(Same(consultation), stage)


@lru_cache(256)
def _seen(same: Same, stage: str) -> Consultation:
    return replace(same.held, timetable=timetable_of(same.held.timetable, stage))


def timetable_of(timetable: Timetable, stage: str | None) -> Timetable:
    """The timetable by which answers to a stage's questions count; the whole one's for a stage that it does not have.

    A stage has one closing time for everybody in it: `flows.pack_stages` refuses any other beside stages.
    """
    found = next((each for each in timetable.stages if each.code == stage), None)
    if found is None:
        return timetable
    planned, moved = found.planned_closes_at or found.closes_at, found.closes_at
    later = (Extension(moved, found.reason, None, found.reasons),) if moved > planned else ()
    earlier = EarlyClose(moved, found.reason, found.reasons) if moved < planned else None
    return replace(
        timetable,
        opens_at=found.opens_at,
        closes_at=planned,
        role_closes_at={},
        extensions=later,
        closed_early=earlier,
    )


def at_hand(consultation: Consultation, state: State, at: datetime) -> Consultation:
    """The consultation as somebody has it who may not have begun: with the dates of the stage they would come into."""
    coming = (each.code for each in consultation.timetable.stages if each.is_open(at) and each.is_for(state.role))
    return seen(consultation, state.stage or next(coming, None))


def is_between(consultation: Consultation, state: State) -> bool:
    """Whether somebody has said who they are (or would rather not) and is in no stage of a pack that has some."""
    if not consultation.timetable.stages or state.stage is not None:
        return False
    said_who = state.role is not None or bool(state.passed)
    return said_who and any(question.stage is not None for question in consultation.questions)


def is_over(consultation: Consultation, state: State, at: datetime) -> bool:
    """Whether the stage that somebody is in has closed."""
    return any(each.code == state.stage and each.closes_at <= at for each in consultation.timetable.stages)


def waiting(consultation: Consultation, state: State, at: datetime) -> Stage | None:
    """The first open stage that somebody can go on to: with a question for them that was never put to them."""
    for stage in consultation.timetable.stages:
        if stage.code != state.stage and stage.is_open(at) and _asks(consultation, state, stage):
            return stage
    return None


def _asks(consultation: Consultation, state: State, stage: Stage) -> bool:
    inside = changed(state, stage=stage.code)
    return stage.is_for(state.role) and any(
        question.stage == stage.code
        and question.code not in state.given
        and question.code not in state.passed
        and path.is_for(question, inside)
        for question in consultation.questions
    )


def upcoming(timetable: Timetable, role: str | None, at: datetime) -> Stage | None:
    """The next approved stage for a role that has not opened yet."""
    if not timetable.approved:
        return None
    coming = [each for each in timetable.stages if each.approved and each.opens_at > at and each.is_for(role)]
    return min(coming, key=lambda stage: stage.opens_at, default=None)
