"""What somebody is told right before a question: of a new kind of data once, and who can see the conversation.

A short notice comes just before each new kind of data (the Children's code, standard 4). What is chosen from a list is
told of by the notice before the first question of all. Who somebody is says in its own words why it is asked. Before
the first equality question every pack has a note of its own, or does not pass `sayso check`. Here are the others: the
first answer in one's own words, and the first leave to write later.

It is settled where a step's effects are complete: what is told always stands right before a question that is really
put, and counts as told only then.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from flows import path, permission
from flows.definition import Consultation, Kind, Question
from flows.effects import Ask, Effect, Notice, Tell
from flows.move import Step
from flows.state import State, changed

_ALONE: Final = "child"
"""What `helped_by` is where nobody sits beside them."""
_VISITS: Final = frozenset(
    (Notice.WELCOME_BACK, Notice.NEXT_STAGE, Notice.STARTED_AGAIN, Notice.MOVED_HERE, Notice.STILL_HERE)
)
"""What somebody hears who comes back."""


def notice_before(question: Question) -> Notice | None:
    """What is told before the first question of this kind; None where something else has told of it."""
    if question.consent is not None:
        return Notice.NOTE_WRITING_LATER
    return Notice.NOTE_OWN_WORDS if question.kind is Kind.TEXT else None


def is_watched(state: State) -> bool:
    """Whether a grown-up sits beside them, or types, and can see it all (the Children's code, standard 11)."""
    return state.helped_by is not None and state.helped_by != _ALONE


def beside_the_question(consultation: Consultation, before: State, done: Step, at: datetime) -> Step:
    """The step with what is to be told; `before` is the state that it began in, `at` (UTC) when it happened."""
    return done if done.state.stopped else _of_the_grown_up(before, _of_the_data(consultation, done, at))


def _of_the_data(consultation: Consultation, done: Step, at: datetime) -> Step:
    state = done.state
    place = next((place for place, effect in enumerate(done.effects) if _puts(effect, state.current)), None)
    if place is None or state.current is None:
        return done
    question = path.as_it_was_asked(consultation, state.current, state)
    adult = question.kind is not Kind.WHO and permission.tells_an_adult(consultation, state, at)
    notices = (Notice.TELL_A_GROWN_UP if adult else None, notice_before(question))
    new = tuple(notice for notice in notices if notice is not None and notice.value not in state.told_of)
    if not new:
        return done
    told = changed(state, told_of=(*state.told_of, *(notice.value for notice in new)))
    return Step(told, (*done.effects[:place], *(Tell(notice) for notice in new), *done.effects[place:]))


def _puts(effect: Effect, code: str | None) -> bool:
    return isinstance(effect, Ask) and effect.question == code


def _of_the_grown_up(before: State, done: Step) -> Step:
    """That a grown-up can see all this: once they have said so, and at every visit."""
    if not is_watched(done.state):
        return done
    back = next((at for at, each in enumerate(done.effects) if isinstance(each, Tell) and each.notice in _VISITS), None)
    if back is None and done.state.helped_by == before.helped_by:
        return done
    place = 0 if back is None else back + 1
    return Step(done.state, (*done.effects[:place], Tell(Notice.GROWN_UP_SEES), *done.effects[place:]))
