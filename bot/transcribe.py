"""What somebody said, as the transcript has it: typed words as they came, and the words on a button or an option."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import assert_never

from flows import commands
from flows.definition import SKIP_OPTION, Command, Consultation
from flows.forms import form
from flows.messages import (
    Amended,
    Began,
    CameBack,
    Content,
    Other,
    Pressed,
    Submitted,
    Tapped,
    Typed,
    WentAway,
)
from flows.state import State


@dataclass(frozen=True, slots=True)
class Transcribed:
    """A message in words. No words: `kind` says what it was."""

    text: str | None = field(repr=False)
    kind: str


def transcribe(content: Content, consultation: Consultation | None, state: State) -> Transcribed:
    """The words of a message to a conversation in `state`; of one to nobody in particular without a consultation."""
    match content:
        case Typed(text):
            return Transcribed(text, "text")
        case Amended(_, text):
            return Transcribed(text, "edit")
        case Tapped(question, option):
            return Transcribed(_labels(question, (option,), consultation, state), "tap")
        case Submitted(question, answers):
            return Transcribed(_labels(question, answers, consultation, state), "form")
        case Pressed(command):
            return Transcribed(commands.word(command, state.language), "command")
        case Began(payload):
            return Transcribed(f"/start {payload}".rstrip(), "start")
        case Other(kind):
            return Transcribed(None, kind.value)
        case WentAway():
            return Transcribed(None, "went-away")
        case CameBack():
            return Transcribed(None, "came-back")
        case _:
            assert_never(content)


def question_named(content: Content, state: State) -> str | None:
    """The question that a message answers: the one that its form or button names, else the one that is open."""
    match content:
        case Tapped(question=question) | Submitted(question=question):
            return None if question.startswith("/") else question or None
        case _:
            return state.current


def _labels(question: str, chosen: tuple[str, ...], consultation: Consultation | None, state: State) -> str:
    """What stood on the options, where they were options; a free text stays as it is."""
    known = {} if consultation is None else _options(question, consultation, state)
    return "; ".join(known.get(option, option) for option in chosen)


def _options(question: str, consultation: Consultation, state: State) -> dict[str, str]:
    skip = {SKIP_OPTION: commands.word(Command.SKIP, state.language)}
    shown = form(consultation, state)
    if shown is not None and shown.question == question:
        return skip | {option.code: option.label for option in shown.options}
    spoken = consultation.words_for(state.language, state.band).questions.get(question)
    return skip | dict(spoken.choices if spoken is not None else {})
