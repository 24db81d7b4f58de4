"""Which questions a person sees, and in what order."""

from __future__ import annotations

from flows.definition import Consultation, Kind, Question
from flows.state import State
from flows.values import Choice, Choices, Number, Ranking, Text, Value


def as_put_to(consultation: Consultation, code: str, state: State) -> Question:
    """The question in the shape that this person's age band has of it."""
    return consultation.question(code).for_band(state.band)


def as_it_was_asked(consultation: Consultation, code: str, state: State) -> Question:
    """The question in the shape that was last shown, which decides what an answer to it means."""
    return consultation.question(code).for_band(state.asked_band)


def is_for(question: Question, state: State) -> bool:
    """Whether this person is asked this question, as far as is known now: in the shape that their band has of it."""
    question = question.for_band(state.band)
    if question.stage is not None and question.stage != state.stage:
        return False
    if question.roles is not None and state.role not in question.roles:
        return False
    if question.bands is not None and state.band not in question.bands:
        return False
    return all(_holds(state, code, options) for code, options in question.show_if.items())


def _holds(state: State, code: str, options: tuple[str, ...]) -> bool:
    given = state.given.get(code)
    return given is not None and not _chosen(given.value).isdisjoint(options)


def _chosen(value: Value) -> frozenset[str]:
    match value:
        case Choice(code):
            return frozenset((code,))
        case Choices(codes) | Ranking(codes):
            return frozenset(codes)
        case Number(number):
            return frozenset((str(number),))
        case Text():
            return frozenset()


def following(consultation: Consultation, state: State, after: str | None) -> Question | None:
    """The next question without an answer, behind the one named; None at the end."""
    codes = [question.code for question in consultation.questions]
    start = codes.index(after) + 1 if after is not None else 0
    for question in consultation.questions[start:]:
        if question.code not in state.given and is_for(question, state):
            return question.for_band(state.band)
    return None


def still_open(consultation: Consultation, state: State) -> Question | None:
    """The first question that was never put to this person, wherever it stands: a change may have brought it up."""
    for question in consultation.questions:
        if question.code not in state.given and question.code not in state.passed and is_for(question, state):
            return question.for_band(state.band)
    return None


def before(consultation: Consultation, state: State, code: str | None) -> Question | None:
    """The nearest earlier question that this person is asked; the last one of all when `code` is None."""
    codes = [question.code for question in consultation.questions]
    end = codes.index(code) if code is not None else len(codes)
    for question in reversed(consultation.questions[:end]):
        if is_for(question, state) and question.kind is not Kind.NOTE and not answers_itself(question):
            return question.for_band(state.band)
    return None


def answers_itself(question: Question) -> bool:
    """A pack with a single role and band has nothing to ask about who somebody is."""
    return question.kind is Kind.WHO and len(question.choices) == 1


def changeable(consultation: Consultation, state: State) -> tuple[str, ...]:
    """Codes of the questions that can be picked for a change, in the pack's order: answered, or left without one."""
    reached = state.given.keys() | set(state.passed)
    return tuple(
        question.code
        for question in consultation.questions
        if question.code in reached
        and is_for(question, state)
        and question.for_band(state.band).kind is not Kind.NOTE
        and not answers_itself(question)
    )
