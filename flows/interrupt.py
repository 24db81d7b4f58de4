"""Stopping once for somebody who may not be safe: where help is, that a person reads it, and then their question again.

What they said was kept as it always is, before anything here happens.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from flows import answers, move
from flows.concern_rules import Concern, Tier
from flows.definition import NO_OPTION, YES_OPTION, Consultation, Kind, Question, QuestionWords
from flows.effects import Ask, AskParent, ConcernRaised, Effect, ListAnswers, Notice, OfferCode, Tell
from flows.events import Said
from flows.move import Step
from flows.state import Phase, State, changed
from flows.values import Choice

QUIET: Final = timedelta(minutes=15)
"""For so long the help lines are not said again: somebody who goes on telling is not told to stop at every message."""


def beside(done: Step, concern: Concern, question: str | None, at: datetime) -> Step:
    """A step with what follows from a concern about the words that caused it.

    The world is told in any case. The person is, where it is urgent, before everything else that the step says. Whoever
    said STOP hears nothing, and is read all the same. `question` is the one that was open when they said it.
    """
    raised = ConcernRaised(concern, question, at)
    state, effects = done.state, done.effects
    if concern.tier is not Tier.URGENT or state.stopped or state.phase is Phase.ERASED or _told_lately(state, at):
        return Step(state, (*effects, raised))
    first = next((place for place, effect in enumerate(effects) if _speaks(effect)), len(effects))
    asks = any(isinstance(effect, Ask) for effect in effects)
    told = (Tell(Notice.CONCERN), Tell(Notice.CONCERN_READ), *((Tell(Notice.CONCERN_GO_ON),) if asks else ()))
    helped = changed(state, helped_at=at, asked_to_go_on=asks)
    return Step(helped, (*effects[:first], raised, *told, *effects[first:]))


def answered(consultation: Consultation, state: State, event: Said) -> Step | None:
    """What a plain yes or no does to who was asked whether to carry on; None for anything else, which is an answer.

    Where the question that stands behind it can be answered with yes or no itself, it is that question's.
    """
    if state.phase is not Phase.ASKING or state.current is None or state.stopped:
        return None
    open_now = consultation.question(state.current).for_band(state.asked_band)
    if open_now.kind is Kind.YES_NO or {YES_OPTION, NO_OPTION} <= set(open_now.choices):
        return None
    asked = Question("", Kind.YES_NO, choices=(YES_OPTION, NO_OPTION))
    match answers.understand(asked, QuestionWords(text=""), event.text, language=state.language):
        case Choice(code) if code == YES_OPTION:
            return Step(state, move.repeat(consultation, state, event.at))
        case Choice():
            return Step(state, (Tell(Notice.CONCERN_REST),))
        case _:
            return None


def _told_lately(state: State, at: datetime) -> bool:
    return state.helped_at is not None and abs(at - state.helped_at) < QUIET


def _speaks(effect: Effect) -> bool:
    return isinstance(effect, Ask | Tell | ListAnswers | OfferCode | AskParent)
