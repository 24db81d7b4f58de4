"""Whether somebody may answer, as far as their age decides that, and what happens instead where they may not.

No answer is kept of anybody who is too young, or whose age is not known: `flows.keep` asks here before it keeps one.
An age band may lie on both sides of the age that decides. Then they are asked whether they are that old, and only that
is remembered: no age, and no date of birth.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final

from flows.definition import AgeBand, Consultation
from flows.effects import Effect, Notice, Tell
from flows.law import Law, Permission, in_force
from flows.state import Phase, State, changed

HELD: Final = frozenset((Phase.ASKING_AGE, Phase.TOO_YOUNG))
"""The phases in which no answer is taken until it is known that they may give one."""


class Leave(StrEnum):
    """Whether somebody may answer."""

    GIVEN = "given"
    UNKNOWN = "unknown"
    REFUSED = "refused"


def leave(law: Law, state: State, band: AgeBand | None) -> Leave:
    """Whether somebody of that band may answer under that law; with what they have said of their age themselves."""
    age = law.least_age
    if age is None:
        return Leave.GIVEN
    if band is not None and band.oldest < age:
        return Leave.REFUSED
    if state.at_least >= age or (band is not None and band.youngest >= age):
        return Leave.GIVEN
    return Leave.REFUSED if 0 < state.below <= age else Leave.UNKNOWN


def held_back(
    consultation: Consultation, state: State, band: AgeBand | None, at: datetime
) -> tuple[State, tuple[Effect, ...]] | None:
    """The conversation instead of an answer or a question at that UTC instant; None where they may answer.

    `band` is the one that they are in, or say that they are in.
    """
    if not consultation.laws:
        return None
    law = in_force(consultation.laws, at)
    found = leave(law, state, band)
    if found is Leave.GIVEN or law.least_age is None:
        return None
    if found is Leave.REFUSED:
        return ended(state, law.least_age)
    waiting = changed(
        state,
        phase=Phase.ASKING_AGE,
        resume=None if state.phase in {Phase.ASKING, Phase.JOINING} else state.phase,
        age_asked=law.least_age,
        attempt=0,
        joining_since=None,
        joining_until=None,
    )
    return waiting, (how_old(law.least_age),)


def how_old(age: int) -> Tell:
    """The question whether they are of that age or older."""
    return Tell(Notice.HOW_OLD, {"age": str(age)})


def ended(state: State, age: int) -> tuple[State, tuple[Effect, ...]]:
    """A kind end: this is for people of that age. What they had said of theirs is not kept; answers from before are."""
    closed = changed(
        state,
        phase=Phase.TOO_YOUNG,
        current=None,
        attempt=0,
        changing=False,
        resume=None,
        resume_question=None,
        waiting_who=None,
        age_asked=age,
        joining_since=None,
        joining_until=None,
    )
    return closed, (Tell(Notice.TOO_YOUNG, {"age": str(age)}),)


def tells_an_adult(consultation: Consultation, state: State, at: datetime) -> bool:
    """Whether they are asked to tell a grown-up: below the age, perhaps below it, or of an age that nobody knows."""
    if not consultation.laws:
        return False
    law = in_force(consultation.laws, at)
    if law.permission is not Permission.TELL_AN_ADULT or law.under is None:
        return False
    return state.band is None or state.band.youngest < law.under
