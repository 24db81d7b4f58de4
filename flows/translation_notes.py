"""What a translator is told beside a text: what it is, how long it may be, and what has to stay in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from flows.definition import AgeBand, Kind, Label
from flows.effects import Notice
from flows.lint_length import LIMITS
from flows.lint_sms import MOST_SEGMENTS
from flows.placeholders import ALWAYS, BESIDE, EXAMPLES, names_in

Path = tuple[str, ...]

WITH_PLAIN_LETTERS: Final = 306
"""Characters that two segments hold in the basic alphabet of text messages (GSM 03.38)."""
WITH_OTHER_LETTERS: Final = 134
"""And with any letter outside it (UCS-2)."""

NOTICES: Final[Mapping[Notice, str]] = MappingProxyType(
    {
        Notice.TITLE: "The consultation's name, on pages and inside other messages.",
        Notice.WELCOME: "The first words: who asks, what for, that a computer is talking, that nobody has to answer.",
        Notice.PRIVACY_NOTE: "Right after the welcome: who reads the answers, what has to be passed on, how to stop.",
        Notice.NOTE_OWN_WORDS: "Right before the first question in own words: names can be left out.",
        Notice.NOTE_WRITING_LATER: "Right before the question whether we may write later: what a yes leads to.",
        Notice.GROWN_UP_SEES: "To a child with a grown-up beside them, at every visit.",
        Notice.TELL_A_GROWN_UP: "To somebody below an age: please tell a grown-up that you answer.",
        Notice.HOW_OLD: "A question for yes or no: are they of that age or older?",
        Notice.TOO_YOUNG: "They are too young to answer. Kind, and no blame.",
        Notice.ASK_A_PARENT: "To a child: a parent has to say yes first. How the parent does that.",
        Notice.PARENT_SAID_YES: "To that child: a parent has said yes; the next question follows.",
        Notice.PARENT_SAID_NO: "To that child: a parent has said no. Kind, and no blame.",
        Notice.WAITS_BESIDE: "They answer other questions just now. The word that leads back to these.",
        Notice.WELCOME_BACK: "To somebody who comes back in the middle; the open question follows.",
        Notice.THANKS: "The end: what happens next, with a date.",
        Notice.STILL_HERE: "To somebody who writes on after the end.",
        Notice.STOPPED: "The one reply to STOP.",
        Notice.STARTED_AGAIN: "To somebody who says START after a STOP; the open question follows.",
        Notice.HELP: "The reply to HELP: who to turn to, who is talking, and every command word.",
        Notice.PRIVACY: "The reply to PRIVACY: what happens to what people say.",
        Notice.SHOW_HEADING: "The heading above somebody's own answers.",
        Notice.SHOW_NOTHING: "In its place where there are no answers yet.",
        Notice.CHANGE_WHICH: "Above a list of answers: which one is to be changed?",
        Notice.CHANGE_NOTHING: "To somebody who wants to change an answer and has given none.",
        Notice.CHANGED: "An answer was changed.",
        Notice.NO_CHANGE: "No answer was picked from the list, so nothing was changed.",
        Notice.NO_EARLIER: "To BACK at the first question.",
        Notice.NOTHING_TO_SKIP: "To SKIP after the last question.",
        Notice.DELETE_SURE: "Asks whether everything is to be erased. By text message it says how to answer.",
        Notice.DELETED: "Everything was erased: the last words.",
        Notice.NOT_DELETED: "They thought better of it: nothing was erased.",
        Notice.STALE_BUTTON: "A button below an earlier question was pressed.",
        Notice.PLEASE_TYPE: "Somebody sent a photo, a recording or the like.",
        Notice.NOT_UNDERSTOOD_CHOICE: "The answer was none of the options. It is our fault, not theirs.",
        Notice.NOT_UNDERSTOOD_MANY: "The same, where several may be picked.",
        Notice.NOT_UNDERSTOOD_NUMBER: "The same, where a number was asked for.",
        Notice.NOT_UNDERSTOOD_RANK: "The same, where options are to be put in order.",
        Notice.NOT_UNDERSTOOD_TEXT: "The answer was empty, or a full stop alone.",
        Notice.NOT_UNDERSTOOD_AGAIN: "The second time in a row: said differently, with an example.",
        Notice.PASSED_OVER: "After the third time: kindly on to the next question.",
        Notice.LANGUAGE_CHANGED: "They asked for this language.",
        Notice.OFFER_LANGUAGE: "They keep writing in another language. Said in both languages, one below the other.",
        Notice.NOT_YET_OPEN: "The consultation opens later.",
        Notice.NOT_OPEN_NOW: "No part of it is open to them; another may open later.",
        Notice.NEXT_STAGE: "They come back and a new part is open; its first question follows.",
        Notice.CLOSED: "The consultation has closed; how to find out what came of it.",
        Notice.LATE_KEPT: "It has closed; the answer was kept and marked late.",
        Notice.LATE_REFUSED: "It has closed; the answer cannot count.",
        Notice.LATE_EDIT: "It has closed; the answer given in time stays as it was.",
        Notice.REMINDER: "The one reminder, some days before the close.",
        Notice.CLOSING_NOW: "To those in the middle when it closes.",
        Notice.EXTENDED: "It stays open longer than was said.",
        Notice.CLOSING_EARLY: "It will close earlier than was said.",
        Notice.CLOSED_EARLY: "To those in the middle when it closes earlier than was said. The reason follows.",
        Notice.CARRY_OVER: "A code that brings the conversation to another telephone or computer.",
        Notice.MOVED_HERE: "The conversation was brought here with such a code; the open question follows.",
        Notice.TOO_YOUNG_HERE: "This app asks for a higher age; they can go on at the address with the code.",
        Notice.OFFER: "To somebody who has named no consultation: the list of the open ones follows.",
        Notice.OFFER_NONE: "The same, where nothing is open.",
        Notice.LOBBY_HELP: "The reply to HELP before any consultation was named.",
        Notice.LOBBY_PRIVACY: "The reply to PRIVACY before any consultation was named.",
        Notice.PERMISSION_ASKED: "To a parent: may their child answer? They send yes or no with the code.",
        Notice.PERMISSION_GIVEN: "To a parent who has said yes.",
        Notice.PERMISSION_REFUSED: "To a parent who has said no.",
        Notice.PERMISSION_NOT_THEIRS: "To a child who has sent the code meant for a parent.",
        Notice.CODE_UNKNOWN: "A code that nobody gave out, or that was used already.",
        Notice.NOTHING_STORED: "To SHOW from somebody who has said nothing yet.",
        Notice.CONCERN: "Somebody may not be safe: what to do now, and whom they can call.",
        Notice.CONCERN_READ: "Right after it: a computer answers, a person reads it and passes it on.",
        Notice.CONCERN_GO_ON: "Right after that: whether they want to carry on; the question follows.",
        Notice.CONCERN_REST: "To who would rather not carry on now.",
    }
)

_LABELS: Final[Mapping[Label, str]] = MappingProxyType(
    {
        Label.ANSWER: "Stands beside the field for a free text.",
        Label.WE: "Who speaks, before each of our messages, for people who listen to the page.",
        Label.YOU: "The same before each of theirs.",
        Label.MORE: "Opens the list of commands on a page.",
    }
)
_LINES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "text": "The question.",
        "sms": "The question, shorter, for text messages.",
        "why": "Why we ask: said before the question where there is room.",
        "again": "Said instead of the question when an answer was not understood. It is our fault, not theirs.",
        "again_differently": "Said before the question the second time: what would work, in other words.",
        "grown_up": "A line for the grown-up beside a young child.",
        "name": "Two or three words that stand for the question in a list of answers.",
        "low": "What the lowest number of the scale means.",
        "high": "What the highest number of the scale means.",
    }
)
_OPTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "choices": "An option of the question. No two may be alike, and none may be a command word such as STOP.",
        "pictures": "The picture before an option. Copy it, unless it says something else to your readers.",
        "synonyms": "Other words that people type for this option, one a line: your language's own, not a translation.",
    }
)
_HOW: Final[Mapping[str, str]] = MappingProxyType(
    {
        "typed": "How to answer, where options have numbers or an answer is typed.",
        "tapped": "How to answer, where options are buttons.",
        "form": "How to answer, in a form on a page.",
    }
)
_NO_MESSAGE: Final = frozenset(("name", "low", "high"))


def notes(path: Path, band: AgeBand, source: str) -> tuple[str, ...]:
    """What to tell a translator, a line each. `path` leads to the text in its file, `source` is what is translated."""
    return (*_what(path), *_length(path, band), *_names(path, source))


def is_short_form(path: Path) -> bool:
    """Whether the text is the shorter form of another, for text messages."""
    return path[0] == "sms" or (path[-1] == "sms" and len(path) > 1)


def notice_of(path: Path) -> Notice | None:
    """The notice that a text is; None for the words of a question, a kind or a button."""
    return Notice(path[1]) if path[0] in {"say", "sms"} else None


def _what(path: Path) -> Iterator[str]:
    notice = notice_of(path)
    if notice is not None:
        short = "Shorter, for text messages: empty where the longer text will do. " if path[0] == "sms" else ""
        yield f"{short}{NOTICES[notice]}"
    elif path[0] == "labels":
        yield _LABELS.get(Label(path[1]), "The words on a button.")
    elif path[0] == "kinds":
        yield f"{_HOW[path[2]]} For questions of the kind “{path[1]}”."
    elif path[-2] in _OPTIONS:
        yield _OPTIONS[path[-2]]
    else:
        yield _LINES[path[-1]]
    if path[0] == Kind.WHO.value:
        yield "Part of the question who somebody is. The age is not known yet: these words are for everybody."


def _length(path: Path, band: AgeBand) -> Iterator[str]:
    if path[-1] in _NO_MESSAGE or path[0] == "labels" or path[-2] in _OPTIONS:
        return
    limits = LIMITS[AgeBand.ADULT if path[-1] == "grown_up" else band]
    yield (
        f"For {band.value}: at most {limits.better_words_in_sentence} words a sentence, "
        f"{limits.words} words and {limits.sentences} sentences."
    )
    if path[0] in {"say", "sms"} or path[-1] in {"text", "sms"}:
        yield (
            f"By text message: {MOST_SEGMENTS} segments at most. They hold {WITH_PLAIN_LETTERS} characters, but "
            f"{WITH_OTHER_LETTERS} once one letter is outside their basic alphabet, names and options filled in."
        )


def _names(path: Path, source: str) -> Iterator[str]:
    notice = notice_of(path)
    known = {**EXAMPLES, **ALWAYS, **(BESIDE.get(notice, {}) if notice else {})}
    for name in dict.fromkeys(names_in(source)):
        may_go = " (may be left out here)" if is_short_form(path) else ""
        yield f"Keep {{{name}}} as it is{may_go}: {known.get(name, 'filled in by Sayso')}."
