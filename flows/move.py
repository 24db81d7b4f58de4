"""Going from one question to the next, and back to where a person was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flows import cutoff, keep, path, permission, staging
from flows.definition import Consultation, Kind, Question
from flows.effects import Ask, AskParent, Effect, Manner, Notice, Tell
from flows.state import Phase, State, changed
from flows.values import Choice


@dataclass(frozen=True, slots=True)
class Step:
    """What a conversation is after an event, and what the world is asked to do about it."""

    state: State
    effects: tuple[Effect, ...] = ()

    def then(self, following: Step) -> Step:
        """Both, one after the other."""
        return Step(following.state, self.effects + following.effects)


def ask(consultation: Consultation, state: State, question: Question, at: datetime) -> Step:
    """Puts a question. A statement is said and left behind at once; a question with one answer answers itself."""
    asked = changed(
        state,
        phase=Phase.ASKING,
        current=question.code,
        asked_language=state.language,
        asked_band=state.band,
        attempt=0,
    )
    if path.answers_itself(question):
        kept = keep.answer(consultation, asked, question, Choice(question.choices[0]), at)
        answered = Step(kept.state, kept.effects)
        return answered.then(onward(consultation, kept.state, at)) if kept.taken else answered
    if question.kind is not Kind.WHO and (held := permission.held_back(consultation, asked, asked.band, at)):
        return Step(*held)
    if question.kind is Kind.NOTE:
        said = changed(asked, passed=(*asked.passed, question.code))
        return Step(said, (Ask(question.code),)).then(onward(consultation, said, at))
    return Step(asked, (Ask(question.code),))


def onward(consultation: Consultation, state: State, at: datetime) -> Step:
    """To the next question; back to where they were, after a change; or to the end."""
    if state.changing:
        return come_back(consultation, state, at)
    if staging.is_between(consultation, state):
        return _end(consultation, state, at)
    following = path.following(consultation, state, state.current)
    if following is not None:
        return ask(consultation, state, following, at)
    return _end(consultation, state, at)


def _end(consultation: Consultation, state: State, at: datetime) -> Step:
    """Nothing more to ask here: on to the next stage, or to the end of all."""
    following = next_stage(consultation, state, at)
    if following is not None:
        return following
    return nothing_open(consultation, state, at) if staging.is_between(consultation, state) else finish(state, at)


def next_stage(consultation: Consultation, state: State, at: datetime) -> Step | None:
    """Into the next stage that is open to them, with its first question; None where there is none.

    What they know of an earlier stage's end says nothing of this one's.
    """
    stage = staging.waiting(consultation, state, at)
    if stage is None:
        return None
    entered = changed(
        state,
        phase=Phase.ASKING,
        stage=stage.code,
        current=None,
        changing=False,
        resume=None,
        resume_question=None,
        completed_at=None,
        reminded=False,
        told_closed=False,
        told_late=False,
        told_close=stage.closes_at,
    )
    inside = staging.seen(consultation, stage.code)
    first = path.still_open(inside, entered)
    return None if first is None else ask(inside, entered, first, at)


def nothing_open(consultation: Consultation, state: State, at: datetime) -> Step:
    """No stage is open to them: told once, with the day where one is approved to open."""
    told = changed(state, phase=Phase.FINISHED, current=None, attempt=0, told_closed=True)
    if state.told_closed:
        return Step(told)
    timetable = consultation.timetable
    coming = staging.upcoming(timetable, state.role, at)
    if coming is None:
        return Step(told, (Tell(Notice.NOT_OPEN_NOW),))
    day = cutoff.day_in_words(coming.opens_at.astimezone(timetable.zone).date(), state.language)
    return Step(told, (Tell(Notice.NOT_YET_OPEN, {"opening": day}),))


def finish(state: State, at: datetime) -> Step:
    """The end. It is thanked for once; who comes here again has heard it."""
    done = changed(state, phase=Phase.FINISHED, current=None, attempt=0, completed_at=state.completed_at or at)
    return Step(done, (Tell(Notice.THANKS),) if state.completed_at is None else ())


def come_back(consultation: Consultation, state: State, at: datetime) -> Step:
    """From a change, to the question that was open before it, or to the end; a question the change brought up first."""
    back = changed(state, changing=False, resume=None, resume_question=None, attempt=0)
    waiting = state.resume_question
    if waiting is not None and path.is_for(consultation.question(waiting), back):
        return ask(consultation, back, path.as_put_to(consultation, waiting, back), at)
    brought_up = path.still_open(consultation, back)
    if brought_up is not None:
        return ask(consultation, back, brought_up, at)
    return _end(consultation, back, at)


def pass_over(consultation: Consultation, state: State, at: datetime) -> Step:
    """Leaves the question that is open without a new answer; an answer that it had stays."""
    code = state.current
    if code is None or code in state.given or code in state.passed:
        return onward(consultation, state, at)
    return onward(consultation, changed(state, passed=(*state.passed, code)), at)


def settle(consultation: Consultation, state: State, at: datetime) -> Step:
    """The long text has ended: its answer is already kept, and now the next question may be put."""
    if state.phase is not Phase.JOINING:
        return Step(state)
    return onward(consultation, changed(state, phase=Phase.ASKING, joining_since=None, joining_until=None), at)


def repeat(consultation: Consultation, state: State, at: datetime) -> tuple[Effect, ...]:
    """The question that is open, once more, as long as an answer to it would still be taken."""
    if state.phase is Phase.ASKING_AGE:
        return (permission.how_old(state.age_asked),)
    if state.phase is Phase.ASKING_A_PARENT:
        return (AskParent(),) if listens(consultation, state, at) else ()
    if state.phase is not Phase.ASKING or state.current is None or not listens(consultation, state, at):
        return ()
    return (Ask(state.current, Manner.REPEATED),)


def listens(consultation: Consultation, state: State, at: datetime) -> bool:
    """Whether an answer given now would be taken, in time or late.

    Somebody who has no role yet may be of the one that is open longest.
    """
    if state.role is None and at < cutoff.last_close(consultation.timetable):
        return True
    return cutoff.verdict(consultation.timetable, state.role, at, started_at=state.started_at).accepted
