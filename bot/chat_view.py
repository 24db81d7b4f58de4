"""What a chat page shows, worked out from a conversation and the clock. No I/O, no markup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, assert_never

from flows import cutoff, staging, telling
from flows.closings import Moved
from flows.commands import name_of
from flows.definition import Command, Consultation, Kind, Label
from flows.effects import Notice
from flows.messages import Bubble, Direction
from flows.state import Phase, State
from flows.wording import Form, form
from storage.records import TranscriptEntry

TEXT: Final = "text"
NUMBER: Final = "number"
ONE: Final = "one"
MANY: Final = "many"
SCALE: Final = "scale"
RANK: Final = "rank"

_SHAPES: Final[Mapping[Kind, str]] = {
    Kind.WHO: ONE,
    Kind.HELPED_BY: ONE,
    Kind.TEXT: TEXT,
    Kind.ONE: ONE,
    Kind.MANY: MANY,
    Kind.NUMBER: NUMBER,
    Kind.SCALE: SCALE,
    Kind.YES_NO: ONE,
    Kind.RANK: RANK,
}
_UNDER_WAY: Final = (
    Command.HELP,
    Command.SHOW,
    Command.CHANGE,
    Command.CODE,
    Command.PRIVACY,
    Command.DELETE,
)
_FINISHED: Final = (Command.SHOW, Command.CHANGE, Command.HELP, Command.PRIVACY, Command.DELETE)
_BEFORE_ANY_ANSWER: Final = (Command.HELP, Command.PRIVACY, Command.DELETE)
_AT_FIRST: Final = (Command.HELP, Command.PRIVACY)


_ASKING: Final = frozenset((Phase.ASKING, Phase.JOINING, Phase.ASKING_AGE))
_STARTS_AGAIN: Final = frozenset((Phase.ASKING_A_PARENT, Phase.TOO_YOUNG))
"""They may have said the wrong thing by mistake."""


@dataclass(frozen=True, slots=True)
class Said:
    """One bubble."""

    mine: bool
    """Said by the person, not by us."""
    text: str
    language: str | None = None
    anchor: str = ""
    """The bubble's id on the page, where something points at it."""
    asks: bool = False
    """It puts the question that is open: its last line."""

    @property
    def lines(self) -> tuple[str, ...]:
        """Paragraphs; why we ask stands above the question in one of its own."""
        return tuple(line for line in self.text.split("\n") if line)


@dataclass(frozen=True, slots=True)
class Button:
    """A button of the one form; without a name it sends the answer."""

    label: str
    name: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of the field."""

    code: str
    label: str
    picture: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """The field that is open."""

    shape: str
    text: str
    language: str
    options: tuple[Choice, ...] = ()
    places: int = 0
    hint: str | None = None
    grown_up: str | None = None
    low: str | None = None
    high: str | None = None
    """Like the rest, in `language`, which is another than the page's where nobody has translated the question."""

    @property
    def pictured(self) -> bool:
        return any(option.picture for option in self.options)

    def takes(self, typed: Sequence[str]) -> bool:
        """Whether words that came back can stand in this field."""
        if self.shape in {TEXT, NUMBER}:
            return len(typed) == 1
        return {*typed} <= {option.code for option in self.options}


@dataclass(frozen=True, slots=True)
class View:
    """Everything that the chat's template asks for."""

    language: str
    title: str
    title_language: str
    authority: str
    closing: str
    moved: tuple[str, Moved] | None
    """That the closing time was moved, in words, and why; None where it was not."""
    watched: tuple[str, str] | None
    """That a grown-up can see all this, with the language it is in; None where nobody sits beside them."""
    band: str
    labels: Mapping[str, str] = field(hash=False)
    labels_language: str
    """What the labels are really in."""
    languages: tuple[tuple[str, str], ...]
    """Code and own name of each language on offer; empty where there is only one."""
    begun: bool
    """The person has said something, so the conversation is stored."""
    said: tuple[Said, ...]
    question: str
    """What the form answers: its hidden field."""
    asked: Asked | None
    again: bool
    """The last answer was not understood."""
    finished: bool
    main: tuple[Button, ...]
    """Buttons of one size; where something is asked, the first of them sends the answer."""
    more: tuple[Button, ...]

    def asked_takes(self, typed: Sequence[str]) -> bool:
        return self.asked is not None and self.asked.takes(typed)


def from_bubbles(bubbles: Sequence[Bubble], language: str) -> tuple[Said, ...]:
    """What we say to somebody for whom nothing is stored yet."""
    return tuple(Said(mine=False, text=bubble.text, language=bubble.language or language) for bubble in bubbles)


def from_transcript(entries: Sequence[TranscriptEntry]) -> tuple[Said, ...]:
    """A conversation so far, on whichever channels it was held. What had no words to show is left out."""
    return tuple(
        Said(mine=entry.direction == Direction.IN, text=entry.text, language=entry.language)
        for entry in entries
        if entry.text and not entry.text.isspace()
    )


def view(
    consultation: Consultation,
    state: State,
    said: Sequence[Said],
    page_words: Mapping[str, str],
    *,
    begun: bool,
    now: datetime,
) -> View:
    """The page of one conversation at this moment (UTC)."""
    words = consultation.words_for(state.language, state.band)
    open_form = form(consultation, state)
    asked = None if open_form is None else _asked(open_form)
    again = open_form is not None and open_form.again
    return View(
        language=state.language,
        title=words.say[Notice.TITLE],
        title_language=words.language_of("say", Notice.TITLE),
        authority=consultation.authority,
        closing=_closing(consultation, state, page_words, now),
        moved=_moved(consultation, state, page_words, now),
        watched=(words.say[Notice.GROWN_UP_SEES], words.language_of("say", Notice.GROWN_UP_SEES))
        if telling.is_watched(state)
        else None,
        band=state.band.value if state.band else "",
        labels=words.labels,
        labels_language=words.language_of("labels", Label.SEND),
        languages=() if state.stopped else _languages(consultation),
        begun=begun,
        said=_marked(said, asked=asked is not None, again=again),
        question="" if open_form is None else open_form.question,
        asked=asked,
        again=again,
        finished=state.phase is Phase.FINISHED,
        main=_main(state, open_form, words.labels, more=staging.waiting(consultation, state, now) is not None),
        more=_more(state, words.labels, begun=begun),
    )


def _asked(shown: Form) -> Asked:
    return Asked(
        shape=_SHAPES[shown.kind],
        text=shown.text,
        language=shown.language,
        options=tuple(Choice(option.code, option.label, option.picture) for option in shown.options),
        places=shown.at_most or len(shown.options),
        hint=shown.hint,
        grown_up=shown.grown_up,
        low=shown.low,
        high=shown.high,
    )


def _closing(consultation: Consultation, state: State, page_words: Mapping[str, str], now: datetime) -> str:
    timetable = staging.at_hand(consultation, state, now).timetable
    shut = state.stage is None and now < timetable.closes_at and not cutoff.takes_answers(timetable, now)
    if shut or not cutoff.has_opened(timetable, now):
        return page_words["not_open"]
    closes = cutoff.closes_at(timetable, state.role)
    told = cutoff.closing_in_words(closes, timetable.zone, state.language)
    return page_words["open_until" if now < closes else "closed"].replace("{closing}", told)


def _moved(
    consultation: Consultation, state: State, page_words: Mapping[str, str], now: datetime
) -> tuple[str, Moved] | None:
    timetable = staging.at_hand(consultation, state, now).timetable
    found = cutoff.why_moved(timetable, state.role, state.language, consultation.default_language)
    if found is None or not cutoff.has_opened(timetable, now):
        return None
    tense = "was" if now >= cutoff.closes_at(timetable, state.role) else "is"
    return page_words[f"{tense}_{'longer' if found.later else 'shorter'}"], found


def _languages(consultation: Consultation) -> tuple[tuple[str, str], ...]:
    if len(consultation.languages) == 1:
        return ()
    return tuple((language, name_of(language)) for language in consultation.languages)


def _marked(said: Sequence[Said], *, asked: bool, again: bool) -> tuple[Said, ...]:
    """Marks the question that is open, and where the page is to open: at what the person said last.

    Where a question wants another look, the page opens at its field instead.
    """
    marked = list(said)
    mine = [place for place, bubble in enumerate(said) if bubble.mine]
    if mine and not again:
        marked[mine[-1]] = replace(marked[mine[-1]], anchor="latest")
    if asked and said and not said[-1].mine:
        marked[-1] = replace(marked[-1], anchor="asked-again" if again else marked[-1].anchor, asks=True)
    return tuple(marked)


def _main(state: State, shown: Form | None, labels: Mapping[str, str], *, more: bool) -> tuple[Button, ...]:
    """`more`: a stage is open that they have not come to; START leads into it.

    Answering, passing and stopping are buttons of one size: nobody is nudged (the Children's code, standard 13).
    """
    if shown is not None:
        ways = {Command.SKIP: shown.skip, Command.BACK: shown.back}
        asking = (labels[Label.STOP],) if state.phase in _ASKING else ()
        return (
            Button(shown.send),
            *(_button(command, label) for command, label in ways.items() if label is not None),
            *(_button(Command.STOP, label) for label in asking),
        )
    goes_on = state.stopped or state.phase in _STARTS_AGAIN or (more and state.phase is Phase.FINISHED)
    return (_button(Command.START, labels[Label.START]),) if goes_on else ()


def _more(state: State, labels: Mapping[str, str], *, begun: bool) -> tuple[Button, ...]:
    if not begun:
        return _buttons(_AT_FIRST, labels)
    if state.stopped:
        return _buttons((Command.DELETE,), labels)
    match state.phase:
        case Phase.ASKING | Phase.NEW | Phase.JOINING | Phase.ELSEWHERE:
            return _buttons(_UNDER_WAY, labels)
        case Phase.CHANGING:
            return _buttons([command for command in _UNDER_WAY if command is not Command.CHANGE], labels)
        case Phase.ASKING_AGE | Phase.ASKING_A_PARENT | Phase.TOO_YOUNG:
            return _buttons(_BEFORE_ANY_ANSWER, labels)
        case Phase.CONFIRMING_DELETE:
            return ()
        case Phase.FINISHED:
            return _buttons(_FINISHED, labels)
        case Phase.REFUSED | Phase.ERASED:
            return _buttons(_AT_FIRST, labels)
        case _:
            assert_never(state.phase)


def _buttons(commands: Sequence[Command], labels: Mapping[str, str]) -> tuple[Button, ...]:
    return tuple(_button(command, labels[command.value]) for command in commands)


def _button(command: Command, label: str) -> Button:
    return Button(label, "command", command.value)
