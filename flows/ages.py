"""Whether somebody is old enough: their answer to that, and what follows from it."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from flows import answers, keep, move, path, permission
from flows.definition import NO_OPTION, YES_OPTION, Consultation, Kind, Question, QuestionWords
from flows.effects import Notice, Tell
from flows.law import in_force
from flows.move import Step
from flows.state import Phase, State, changed
from flows.values import Choice

_ASKED: Final = Question("", Kind.YES_NO, choices=(YES_OPTION, NO_OPTION))
_AGE: Final = re.compile(r"\s*([0-9]{1,3})[\s.!]*")
"""Alone: "nearly 13" is not 13."""
_YOUNGEST, _OLDEST = 4, 120
"""What can be an age: a lower number may be that of an option."""
_TRIES: Final = 3


def typed(consultation: Consultation, state: State, text: str, at: datetime) -> Step:
    """A yes, a no, or an age; what is neither is asked about again, and in the end taken for a no."""
    found = _AGE.fullmatch(text)
    age = 0 if found is None else int(found[1])
    if _YOUNGEST <= age <= _OLDEST:
        return chosen(consultation, state, YES_OPTION if age >= state.age_asked else NO_OPTION, at)
    match answers.understand(_ASKED, QuestionWords(text=""), text, language=state.language):
        case Choice(code):
            return chosen(consultation, state, code, at)
        case _ if state.attempt + 1 < _TRIES:
            return Step(changed(state, attempt=state.attempt + 1), (permission.how_old(state.age_asked),))
        case _:
            return chosen(consultation, state, NO_OPTION, at)


def chosen(consultation: Consultation, state: State, option: str, at: datetime) -> Step:
    """Only a yes leads on; whoever would rather not say may not answer."""
    age = state.age_asked
    if option != YES_OPTION:
        younger = changed(state, below=age, at_least=0)
        return Step(*permission.too_young(in_force(consultation.laws, at), younger, age))
    return go_on(consultation, changed(state, at_least=age, below=0), at)


def go_on(consultation: Consultation, state: State, at: datetime) -> Step:
    """They may answer now: who they are is kept if that had waited, and they are back where they were."""
    free = changed(state, phase=Phase.ASKING, age_asked=0, attempt=0, waiting_who=None, resume=None)
    if state.waiting_who is not None:
        return _as_they_said(consultation, free, state.waiting_who, at)
    if state.current is not None:
        return move.ask(consultation, free, path.as_put_to(consultation, state.current, state), at)
    back = changed(free, phase=state.resume or Phase.FINISHED)
    return Step(back, (Tell(Notice.NO_CHANGE),))


def _as_they_said(consultation: Consultation, state: State, option: str, at: datetime) -> Step:
    """Who they are was waiting for this: it is kept now."""
    who = next(question for question in consultation.questions if question.kind is Kind.WHO)
    kept = keep.answer(consultation, changed(state, current=who.code), who, Choice(option), at)
    done = Step(kept.state, kept.effects)
    return done.then(move.onward(consultation, kept.state, at)) if kept.taken else done


def start_again(consultation: Consultation, state: State, at: datetime) -> Step:
    """START, from somebody who may have said the wrong thing by mistake: they are asked once more."""
    return Step(state, (Tell(Notice.WELCOME_BACK),)).then(from_the_start(consultation, state, at))


def from_the_start(consultation: Consultation, state: State, at: datetime) -> Step:
    """The first question that has no answer, as if nothing had been said of their age."""
    anew = changed(state, phase=Phase.ASKING, current=None, at_least=0, below=0, age_asked=0, passed=())
    return move.onward(consultation, anew, at)
