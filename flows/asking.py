"""One question into one bubble: its words, how to answer it, its options, and its buttons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from flows.definition import SKIP_OPTION, Kind, KindWords, Label, Question, QuestionWords, Words
from flows.effects import Manner, Notice
from flows.forms import Option, examples, options_of
from flows.messages import Bubble, Button, Shows
from flows.phrases import Values, beside, chosen, fill

NOT_UNDERSTOOD: Mapping[Kind, Notice] = {
    Kind.WHO: Notice.NOT_UNDERSTOOD_CHOICE,
    Kind.HELPED_BY: Notice.NOT_UNDERSTOOD_CHOICE,
    Kind.ONE: Notice.NOT_UNDERSTOOD_CHOICE,
    Kind.YES_NO: Notice.NOT_UNDERSTOOD_CHOICE,
    Kind.MANY: Notice.NOT_UNDERSTOOD_MANY,
    Kind.NUMBER: Notice.NOT_UNDERSTOOD_NUMBER,
    Kind.SCALE: Notice.NOT_UNDERSTOOD_NUMBER,
    Kind.RANK: Notice.NOT_UNDERSTOOD_RANK,
    Kind.TEXT: Notice.NOT_UNDERSTOOD_TEXT,
    Kind.NOTE: Notice.NOT_UNDERSTOOD_TEXT,
}
"""What is said of a kind when its question has no `again` of its own."""

_PICKED = frozenset((Kind.WHO, Kind.HELPED_BY, Kind.ONE, Kind.YES_NO))
_TAPPED = _PICKED | {Kind.SCALE}
"""Kinds that one tap answers. Several taps would be several answers, so lists and rankings are numbered everywhere."""
_NUMBERED = _PICKED | {Kind.MANY, Kind.RANK}


def text_of(words: QuestionWords, shows: Shows) -> str:
    """The question itself, unfilled: the shorter one for SMS where there is one."""
    return words.sms if shows.short and words.sms is not None else words.text


def put(question: Question, manner: Manner, words: Words, shows: Shows, values: Values, *, why: bool) -> Bubble:
    """The question as it is put: the reason first, the options last."""
    spoken = words.questions[question.code]
    values = beside(examples(question, spoken, numbered=by_number(question, shows)), values)
    # Each text is filled by itself: what is left out of one for want of a fact takes nothing of the next with it.
    said = (
        fill(text, values) for text in (_words(question, manner, words, shows), *_how(question, manner, words, shows))
    )
    lines = [" ".join(filter(None, said)), *_lines(question, spoken, shows)]
    first = manner is Manner.FIRST
    if first and spoken.grown_up is not None and not shows.form:
        lines.append(f"({fill(spoken.grown_up, values)})")
    text = "\n".join(lines)
    if first and why and spoken.why is not None:
        text = (" " if shows.joined else "\n\n").join((fill(spoken.why, values), text))
    if manner is Manner.AGAIN_DIFFERENTLY:
        differently = spoken.again_differently or chosen(words, Notice.NOT_UNDERSTOOD_AGAIN, short=shows.short)
        text = "\n".join(filter(None, (fill(differently, values), text)))
    return Bubble(text, question=question.code, buttons=_buttons(question, words, shows))


def numbered(labels: Iterable[str]) -> Sequence[str]:
    """The labels as lines to answer with a number."""
    return [f"{number} {label}" for number, label in enumerate(labels, start=1)]


def by_number(question: Question, shows: Shows) -> bool:
    """Whether its options stand in the text, each with a number."""
    return not shows.form and question.kind in _NUMBERED and not _by_button(question, shows)


def _words(question: Question, manner: Manner, words: Words, shows: Shows) -> str:
    spoken = words.questions[question.code]
    if manner is Manner.AGAIN:
        return spoken.again or chosen(words, NOT_UNDERSTOOD[question.kind], short=shows.short)
    return text_of(spoken, shows)


def _how(question: Question, manner: Manner, words: Words, shows: Shows) -> tuple[str, ...]:
    """How to answer, as the options are shown. "Pick one of these" needs no second "pick one" behind it."""
    if shows.form or (manner is Manner.AGAIN and question.kind in _PICKED):
        return ()
    lines = words.kinds.get(question.kind, KindWords())
    line = lines.tapped if _by_button(question, shows) else lines.typed
    return () if line is None else (line,)


def _by_button(question: Question, shows: Shows) -> bool:
    return shows.buttons and question.kind in _TAPPED


def _lines(question: Question, spoken: QuestionWords, shows: Shows) -> Sequence[str]:
    if not by_number(question, shows):
        return ()
    return numbered(_label(option, shows) for option in options_of(question, spoken))


def _buttons(question: Question, words: Words, shows: Shows) -> tuple[Button, ...]:
    """An option each where one tap answers, and always a way past the question."""
    if not shows.buttons or question.kind is Kind.NOTE:
        return ()
    options = options_of(question, words.questions[question.code]) if _by_button(question, shows) else ()
    skip = Button(words.labels[Label.SKIP], question.code, SKIP_OPTION)
    return (*(Button(_label(option, shows), question.code, option.code) for option in options), skip)


def _label(option: Option, shows: Shows) -> str:
    return f"{option.picture} {option.label}" if shows.emoji and option.picture is not None else option.label
