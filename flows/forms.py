"""What the one form of a web page holds: the question that is open, its options and hints, and its buttons' words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from flows import path, staging
from flows.definition import (
    AGE_QUESTION,
    CHANGE_QUESTION,
    DELETE_QUESTION,
    NO_OPTION,
    YES_OPTION,
    Consultation,
    Kind,
    KindWords,
    Label,
    Question,
    QuestionWords,
    Words,
)
from flows.effects import Notice
from flows.phrases import Values, beside, fill, known_to
from flows.state import Phase, State

_MANY_NUMBERS = 3


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that can be chosen."""

    code: str
    label: str
    picture: str | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """A form that can be shown and posted without any script."""

    question: str
    """What a post names: a question's code, or `/change`, `/delete` or `/age`."""
    kind: Kind
    text: str
    """The question, as a label for its field: the conversation beside the form has it already."""
    language: str
    """What its text and options are really in."""
    send: str
    """The word on the button that answers."""
    skip: str | None = None
    back: str | None = None
    options: tuple[Option, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    at_most: int | None = None
    alone: frozenset[str] = frozenset()
    hint: str | None = None
    low: str | None = None
    high: str | None = None
    grown_up: str | None = None
    again: bool = False
    """True when the answer before was not understood: what was wrong stands in the conversation's last message."""

    @property
    def multiple(self) -> bool:
        """Whether more than one option may be given."""
        return self.kind in {Kind.MANY, Kind.RANK}


def form(consultation: Consultation, state: State) -> Form | None:
    """The form for a conversation; None where nothing is to be answered just now."""
    if state.stopped:
        return None
    consultation = staging.seen(consultation, state.stage)
    match state.phase:
        case Phase.ASKING | Phase.JOINING:
            return None if state.current is None else _asking(consultation, state, state.current)
        case Phase.CHANGING:
            return _changing(consultation, state)
        case Phase.CONFIRMING_DELETE:
            return _yes_or_no(consultation, state, Notice.DELETE_SURE)
        case Phase.ASKING_AGE:
            return _yes_or_no(consultation, state, Notice.HOW_OLD)
        case Phase.NEW | Phase.ELSEWHERE | Phase.FINISHED | Phase.REFUSED | Phase.ERASED:
            return None
        case Phase.ASKING_A_PARENT | Phase.TOO_YOUNG:
            return None
        case _:
            assert_never(state.phase)


def name_of(words: QuestionWords, values: Values) -> str:
    """What a question is called in a list of answers."""
    return fill(words.name or words.text, values)


def options_of(question: Question, words: QuestionWords) -> tuple[Option, ...]:
    """The options in the order shown; the points of a scale are options too."""
    if question.kind is Kind.SCALE:
        return tuple(Option(str(point), str(point)) for point in _points(question))
    return tuple(Option(code, words.choices[code], words.pictures.get(code)) for code in question.choices)


def examples(question: Question, words: QuestionWords, *, numbered: bool) -> Mapping[str, str]:
    """What `flows.placeholders.EXAMPLES` stand for at this question.

    The example names the option that says least, so that it hints at no answer: `not-sure` or the like, else the last.
    `numbered` where options stand in the text with a number each; elsewhere only their labels can be seen.
    """
    bounds = {"minimum": question.minimum, "maximum": question.maximum, "at_most": question.at_most}
    found = {name: str(bound) for name, bound in bounds.items() if bound is not None}
    ends = {"low": words.low, "high": words.high}
    found.update((name, end) for name, end in ends.items() if end is not None)
    found.update(_example(question, words, numbered=numbered))
    return found


def hint(question: Question, words: Words, line: str | None, values: Values) -> str | None:
    """A line of `[kinds]`, filled for this question."""
    if line is None:
        return None
    return fill(line, beside(examples(question, words.questions[question.code], numbered=False), values)) or None


def _points(question: Question) -> range:
    return range(question.minimum or 0, (question.maximum or 0) + 1)


def _example(question: Question, words: QuestionWords, *, numbered: bool) -> Mapping[str, str]:
    match question.kind:
        case Kind.MANY | Kind.RANK:
            if not numbered:
                return {}
            last = min(_MANY_NUMBERS, len(question.choices))
            return {"example": "1" if question.at_most == 1 else f"1 {last}"}
        case Kind.NUMBER | Kind.SCALE:
            return {"example": str(next((end for end in (question.minimum, question.maximum) if end is not None), 3))}
        case Kind.WHO | Kind.HELPED_BY | Kind.ONE | Kind.YES_NO:
            neutral = next((code for code in question.choices if code in question.alone or code == "not-sure"), None)
            code = neutral or question.choices[-1]
            if not numbered:
                return {"example": words.choices[code]}
            return {"example": str(question.choices.index(code) + 1), "example_label": words.choices[code]}
        case Kind.TEXT | Kind.NOTE:
            return {}
        case _:
            assert_never(question.kind)


def _asking(consultation: Consultation, state: State, code: str) -> Form:
    question = path.as_it_was_asked(consultation, code, state)
    words = consultation.words_for(state.asked_language, state.asked_band)
    spoken = words.questions[code]
    language = words.language_of_question(code)
    values = beside(examples(question, spoken, numbered=False), known_to(consultation, state, None, words, language))
    labels = words.labels
    return Form(
        question=code,
        kind=question.kind,
        text=fill(spoken.text, values),
        language=language,
        send=labels[Label.SEND],
        skip=labels[Label.SKIP],
        back=labels[Label.BACK] if path.before(consultation, state, code) is not None else None,
        options=options_of(question, spoken),
        minimum=question.minimum,
        maximum=question.maximum,
        at_most=question.at_most,
        alone=question.alone,
        hint=hint(question, words, words.kinds.get(question.kind, KindWords()).form, values),
        low=spoken.low,
        high=spoken.high,
        grown_up=None if spoken.grown_up is None else fill(spoken.grown_up, values),
        again=state.attempt > 0,
    )


def _changing(consultation: Consultation, state: State) -> Form:
    words = consultation.words_for(state.language, state.band)
    values = known_to(consultation, state, None, words)
    return Form(
        question=CHANGE_QUESTION,
        kind=Kind.ONE,
        text=fill(words.say[Notice.CHANGE_WHICH], values),
        language=words.language_of("say", Notice.CHANGE_WHICH),
        send=words.labels[Label.CHANGE],
        back=words.labels[Label.BACK],
        options=tuple(
            Option(code, name_of(words.questions[code], values)) for code in path.changeable(consultation, state)
        ),
    )


def _yes_or_no(consultation: Consultation, state: State, notice: Notice) -> Form:
    """A question of Sayso's own that a yes or a no answers."""
    words = consultation.words_for(state.language, state.band)
    asks_age = notice is Notice.HOW_OLD
    yes, no = (Label.YES, Label.NO) if asks_age else (Label.DELETE_YES, Label.DELETE_NO)
    values = beside({"age": str(state.age_asked)}, known_to(consultation, state, None, words))
    return Form(
        question=AGE_QUESTION if asks_age else DELETE_QUESTION,
        kind=Kind.ONE,
        text=fill(words.say[notice], values),
        language=words.language_of("say", notice),
        send=words.labels[Label.SEND],
        skip=words.labels[Label.SKIP] if asks_age else None,
        options=tuple(Option(code, words.labels[label]) for code, label in ((YES_OPTION, yes), (NO_OPTION, no))),
    )
