"""What a parent says of it that somebody answers, where the law of the pack asks them; and how it is waited for.

A parent's yes holds for all of a conversation, until they take it back. It is theirs alone to give: nothing here hears
the child say it. Where it is taken back, nothing more is asked. What was answered under it stays, as lawful as it was,
and the child can erase it (UK GDPR, Article 7(3)).
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from flows import ages, move, obey, permission
from flows.definition import Consultation
from flows.effects import AskParent, Notice, Tell
from flows.law import in_force
from flows.move import Step
from flows.state import Phase, State, changed

_BEGUN: Final = frozenset(
    (Phase.ASKING, Phase.JOINING, Phase.CHANGING, Phase.ELSEWHERE, Phase.ASKING_AGE, Phase.ASKING_A_PARENT)
)
"""The phases in which a no ends something."""


def decided(consultation: Consultation, state: State, at: datetime, *, allowed: bool) -> Step:
    """A parent has decided, at that UTC instant."""
    if state.phase is Phase.ERASED:
        return Step(state)
    known = changed(state, allowed=allowed)
    return _yes(consultation, known, at) if allowed else _no(consultation, known, at)


def still_held_back(consultation: Consultation, state: State, at: datetime) -> Step:
    """They write, and may not answer: that it is for others, or how a parent says yes."""
    if state.phase is Phase.TOO_YOUNG:
        return Step(*permission.ended(state, state.age_asked))
    if not move.listens(consultation, state, at):
        return obey.closed(state)
    return Step(state, (AskParent(),))


def _yes(consultation: Consultation, state: State, at: datetime) -> Step:
    if state.phase not in {Phase.ASKING_A_PARENT, Phase.TOO_YOUNG}:
        return Step(_if_waiting_beneath(state))
    if not move.listens(consultation, state, at):
        return obey.closed(state)
    on = ages.go_on if state.phase is Phase.ASKING_A_PARENT else ages.from_the_start
    return Step(state, (Tell(Notice.PARENT_SAID_YES),)).then(on(consultation, state, at))


def _if_waiting_beneath(state: State) -> State:
    """Asked just now whether everything is to be erased: should it not be, they can go on."""
    if state.phase is Phase.CONFIRMING_DELETE and state.resume is Phase.ASKING_A_PARENT:
        return changed(state, resume=Phase.ASKING)
    return state


def _no(consultation: Consultation, state: State, at: datetime) -> Step:
    """Whoever was on their way hears it; whoever is at the end hears it only if they want to change something."""
    if state.phase not in _BEGUN:
        beneath = state.phase is Phase.CONFIRMING_DELETE and state.resume in _BEGUN
        return Step(changed(state, resume=Phase.TOO_YOUNG) if beneath else state)
    age = in_force(consultation.laws, at).least_age or state.age_asked
    ended, _ = permission.ended(state, age)
    return Step(ended, (Tell(Notice.PARENT_SAID_NO),))
