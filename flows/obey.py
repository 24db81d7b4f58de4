"""The command words: each of them works in every phase."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from flows import ages, cutoff, hear, move, path, staging
from flows.definition import NO_OPTION, Command, Consultation
from flows.effects import CancelQueued, ListAnswers, Notice, OfferCode, Tell
from flows.move import Step
from flows.state import Phase, State, changed


def command(consultation: Consultation, state: State, spoken: Command, at: datetime, *, silently: bool = False) -> Step:
    """Does what the word says. `silently` where the provider has confirmed a STOP or START itself."""
    if state.stopped:
        return _while_stopped(consultation, state, spoken, at, silently=silently)
    match spoken:
        case Command.STOP:
            return _stop(state, silently=silently)
        case Command.START:
            return greet_again(consultation, state, at)
        case Command.HELP:
            return _tell(consultation, state, Notice.HELP, at)
        case Command.PRIVACY:
            return _tell(consultation, state, Notice.PRIVACY, at)
        case Command.SHOW:
            return _show(consultation, state, at)
        case Command.DELETE:
            return _delete(state)
        case Command.CODE:
            return Step(state, (OfferCode(Notice.CARRY_OVER),))
        case Command.BACK | Command.SKIP | Command.CHANGE | Command.DONE:
            return _find_the_way(consultation, state, spoken, at)
        case _:
            assert_never(spoken)


def _stop(state: State, *, silently: bool) -> Step:
    """Answers so far stay. One confirmation, and then nothing more is ever sent."""
    farewell = () if silently else (Tell(Notice.STOPPED, after_stop=True),)
    return Step(changed(state, stopped=True), (CancelQueued(), *farewell))


def _while_stopped(consultation: Consultation, state: State, spoken: Command, at: datetime, *, silently: bool) -> Step:
    """Only START brings words back. DELETE still works, without a word: said twice, everything is erased."""
    if spoken is Command.START:
        back = changed(state, stopped=False)
        greeting = () if silently else (Tell(Notice.STARTED_AGAIN),)
        new = move.next_stage(consultation, back, at) if back.phase is Phase.FINISHED else None
        if new is not None:
            return Step(new.state, (*greeting, *new.effects))
        return Step(back, (*greeting, *move.repeat(consultation, back, at)))
    if spoken is Command.DELETE:
        return hear.erase(state) if state.phase is Phase.CONFIRMING_DELETE else Step(_confirming(state))
    return Step(state)


def greet_again(consultation: Consultation, state: State, at: datetime) -> Step:
    """START, the keyword or the link, from somebody whom we know: we are still here, and this is where you were."""
    if state.phase is Phase.FINISHED:
        return after_the_end(consultation, state, at)
    if state.phase is Phase.ASKING and staging.is_over(consultation, state, at):
        new = _new_questions(consultation, state, at)
        if new is not None:
            return new
    if not move.listens(consultation, state, at):
        return closed(state)
    if state.phase in {Phase.TOO_YOUNG, Phase.ASKING_A_PARENT}:
        return ages.start_again(consultation, state, at)
    return Step(state, (Tell(Notice.WELCOME_BACK), *move.repeat(consultation, state, at)))


def _tell(consultation: Consultation, state: State, notice: Notice, at: datetime) -> Step:
    return Step(state, (Tell(notice), *move.repeat(consultation, state, at)))


def _show(consultation: Consultation, state: State, at: datetime) -> Step:
    given = tuple(question.code for question in consultation.questions if question.code in state.given)
    told = ListAnswers(Notice.SHOW_HEADING, given) if given else Tell(Notice.SHOW_NOTHING)
    return Step(state, (told, *move.repeat(consultation, state, at)))


def _confirming(state: State) -> State:
    resume = state.resume if state.phase is Phase.CONFIRMING_DELETE else state.phase
    return changed(state, phase=Phase.CONFIRMING_DELETE, resume=resume)


def _delete(state: State) -> Step:
    """Asked once whether to; the same word again is a yes."""
    if state.phase is Phase.CONFIRMING_DELETE:
        return hear.erase(state)
    return Step(_confirming(state), (Tell(Notice.DELETE_SURE),))


def _find_the_way(consultation: Consultation, state: State, spoken: Command, at: datetime) -> Step:
    """BACK, SKIP, CHANGE and DONE mean something else in each phase."""
    match state.phase:
        case Phase.ASKING | Phase.JOINING:
            return _while_asking(consultation, state, spoken, at)
        case Phase.CHANGING:
            return hear.leave_the_list(consultation, state, at)
        case Phase.CONFIRMING_DELETE:
            return hear.keep_everything(consultation, state, at)
        case Phase.ELSEWHERE:
            return Step(state, (OfferCode(Notice.TOO_YOUNG_HERE),))
        case Phase.ASKING_AGE if spoken is Command.SKIP:
            return ages.chosen(consultation, state, NO_OPTION, at)
        case Phase.ASKING_AGE | Phase.ASKING_A_PARENT:
            return Step(state, move.repeat(consultation, state, at))
        case Phase.FINISHED:
            return _once_finished(consultation, state, spoken, at)
        case Phase.NEW | Phase.REFUSED | Phase.TOO_YOUNG | Phase.ERASED:
            return Step(state)
        case _:
            assert_never(state.phase)


def _while_asking(consultation: Consultation, state: State, spoken: Command, at: datetime) -> Step:
    if not move.listens(consultation, state, at):
        return closed(state)
    match spoken:
        case Command.BACK:
            return _back(consultation, state, at)
        case Command.SKIP:
            return move.pass_over(consultation, state, at)
        case Command.CHANGE:
            return _choose_a_change(consultation, state, at)
        case _:
            return Step(state, move.repeat(consultation, state, at))


def _once_finished(consultation: Consultation, state: State, spoken: Command, at: datetime) -> Step:
    if not move.listens(consultation, state, at):
        return closed(state)
    match spoken:
        case Command.CHANGE:
            return _choose_a_change(consultation, state, at)
        case Command.BACK:
            last = path.before(consultation, state, None)
            return Step(state) if last is None else move.ask(consultation, changed(state, changing=True), last, at)
        case _:
            return Step(state, (Tell(Notice.NOTHING_TO_SKIP),))


def _back(consultation: Consultation, state: State, at: datetime) -> Step:
    """To the question before; out of a change, to where they were."""
    if state.changing:
        return move.come_back(consultation, state, at)
    earlier = path.before(consultation, state, state.current)
    if earlier is None:
        return Step(state, (Tell(Notice.NO_EARLIER), *move.repeat(consultation, state, at)))
    return move.ask(consultation, state, earlier, at)


def _choose_a_change(consultation: Consultation, state: State, at: datetime) -> Step:
    listed = path.changeable(consultation, state)
    if not listed:
        return Step(state, (Tell(Notice.CHANGE_NOTHING), *move.repeat(consultation, state, at)))
    waiting = state.resume_question if state.changing else state.current
    choosing = changed(state, phase=Phase.CHANGING, changing=False, resume_question=waiting, attempt=0)
    return Step(choosing, (ListAnswers(Notice.CHANGE_WHICH, listed, numbered=True),))


def closed(state: State) -> Step:
    """That it has closed, once; whoever knows it hears nothing more (rule R9.4)."""
    if state.told_closed:
        return Step(state)
    return Step(changed(state, told_closed=True), (Tell(Notice.CLOSED),))


def after_the_end(consultation: Consultation, state: State, at: datetime) -> Step:
    """What somebody says after the end is kept in the transcript; they hear how to change an answer.

    If a stage has opened since, they are asked what is new in it.
    """
    new = _new_questions(consultation, state, at)
    if new is not None:
        return new
    if staging.is_between(consultation, state) and at < cutoff.last_close(consultation.timetable):
        return move.nothing_open(consultation, state, at)
    if not move.listens(consultation, state, at):
        return closed(state)
    return Step(state, (Tell(Notice.STILL_HERE),))


def _new_questions(consultation: Consultation, state: State, at: datetime) -> Step | None:
    new = move.next_stage(consultation, state, at)
    return None if new is None else Step(new.state, (Tell(Notice.NEXT_STAGE), *new.effects))


def carry_on_here(consultation: Consultation, state: State, at: datetime) -> Step:
    """The conversation has come to this channel with a code."""
    here = changed(state, phase=Phase.ASKING, resume=None) if state.phase is Phase.ELSEWHERE else state
    return Step(here, (Tell(Notice.MOVED_HERE), *move.repeat(consultation, here, at)))
