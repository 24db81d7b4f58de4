"""Whether somebody may answer, as far as their age decides that, and what happens instead where they may not.

No answer is kept of anybody who is too young, or whose age is not known: `flows.keep` asks here before it keeps one.
An age band may lie on both sides of the age that decides. Then they are asked whether they are that old, and only that
is remembered: no age, and no date of birth. Where the law asks a parent, whoever is too young waits for one: see
`flows.parents`.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final

from flows.definition import AgeBand, Consultation
from flows.effects import AskParent, Effect, Notice, Tell
from flows.law import Law, Permission, in_force
from flows.state import Phase, State, changed

HELD: Final = frozenset((Phase.ASKING_AGE, Phase.ASKING_A_PARENT, Phase.TOO_YOUNG))
"""The phases in which no answer is taken until it is known that they may give one."""


class Leave(StrEnum):
    """Whether somebody may answer."""

    GIVEN = "given"
    UNKNOWN = "unknown"
    WANTED = "wanted"
    """Once a parent has said yes."""
    REFUSED = "refused"


def leave(law: Law, state: State, band: AgeBand | None) -> Leave:
    """Whether somebody of that band may answer under that law; with what they have said of their age themselves."""
    age = law.least_age
    if age is None or state.allowed:
        return Leave.GIVEN
    too_young = Leave.WANTED if law.asks_parents else Leave.REFUSED
    if band is not None and band.oldest < age:
        return too_young
    if state.at_least >= age or (band is not None and band.youngest >= age):
        return Leave.GIVEN
    return too_young if 0 < state.below <= age else Leave.UNKNOWN


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
    if found is Leave.UNKNOWN:
        return _waiting(state, Phase.ASKING_AGE, law.least_age), (how_old(law.least_age),)
    return too_young(law, state, law.least_age)


def _waiting(state: State, phase: Phase, age: int) -> State:
    back = state.resume if state.phase in HELD else state.phase
    return changed(
        state,
        phase=phase,
        resume=None if back in {Phase.ASKING, Phase.JOINING} else back,
        age_asked=age,
        attempt=0,
        joining_since=None,
        joining_until=None,
    )


def too_young(law: Law, state: State, age: int) -> tuple[State, tuple[Effect, ...]]:
    """What comes of it that somebody is younger than that: a parent is asked, or it ends here."""
    if law.asks_parents:
        return _waiting(state, Phase.ASKING_A_PARENT, age), (AskParent(),)
    return ended(state, age)


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
