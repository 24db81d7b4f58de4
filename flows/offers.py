"""The offer to carry on in another language: made once, to who keeps writing in it. Nobody is ever switched unasked."""

from __future__ import annotations

from typing import Final

from flows import commands, wake
from flows.definition import Consultation, Kind
from flows.effects import Ask, Effect, Notice, Tell
from flows.events import LanguageHeard
from flows.move import Step
from flows.state import State, changed

ENOUGH: Final = 2
"""Answers one after another: a single one may be a quotation, or a label that was wrong."""


def heard(consultation: Consultation, state: State, event: LanguageHeard) -> Step:
    """Remembers it, without a word: whatever is said about it goes with the next question, and costs no text."""
    if state.stopped or state.language_offered or not wake.under_way(state):
        return Step(state)
    if event.language not in consultation.languages:
        return Step(state)
    if event.language == state.language:
        return Step(changed(state, writes_in=None, wrote_for=()))
    before = state.wrote_for if event.language == state.writes_in else ()
    if event.question in before:
        return Step(state)
    return Step(changed(state, writes_in=event.language, wrote_for=(*before, event.question)))


def beside_the_question(consultation: Consultation, done: Step) -> Step:
    """The offer, right before the question that a step puts; nothing where it puts none, or it was made."""
    state, place = done.state, _where_a_question_is_put(consultation, done.effects)
    language = state.writes_in
    if place is None or language is None or state.stopped or state.language_offered or len(state.wrote_for) < ENOUGH:
        return done
    if language == state.language:
        # They have found the way themselves.
        return Step(changed(state, writes_in=None, wrote_for=()), done.effects)
    if consultation.words_for(language, state.band).language_of("say", Notice.OFFER_LANGUAGE) != language:
        # Nobody has put it into words for their age: what is offered would be answered in another language.
        return done
    values = {"language": commands.name_of(language), "word": commands.word_for(language)}
    told = (Tell(Notice.OFFER_LANGUAGE, values), Tell(Notice.OFFER_LANGUAGE, values, language=language))
    offered = changed(state, language_offered=True, writes_in=None, wrote_for=())
    return Step(offered, (*done.effects[:place], *told, *done.effects[place:]))


def _where_a_question_is_put(consultation: Consultation, effects: tuple[Effect, ...]) -> int | None:
    """The last one: the others are dropped, and a statement asks for nothing."""
    puts = [
        place
        for place, effect in enumerate(effects)
        if isinstance(effect, Ask) and consultation.question(effect.question).kind is not Kind.NOTE
    ]
    return puts[-1] if puts else None
