"""The JSON Schemas of wording files: a pack's, and Sayso's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flows.definition import Kind, Label
from flows.effects import Notice
from flows.pack_wording import OWN_KINDS
from flows.placeholders import ALWAYS, BESIDE, EXAMPLES
from flows.schema_parts import Schema, open_table, several, table, text, whole_file

_NOTICES: Final[Mapping[Notice, str]] = {
    Notice.TITLE: "The consultation's name, within other texts and on pages.",
    Notice.WELCOME: "Opens every conversation: who asks, what for, that a computer talks, that it is voluntary.",
    Notice.PRIVACY_NOTE: "Before the first question: who reads, what is passed on, that SKIP and STOP work.",
    Notice.NOTE_OWN_WORDS: "Once, right before the first question that is answered in one's own words.",
    Notice.NOTE_WRITING_LATER: "Once, right before the first question whether we may write later.",
    Notice.GROWN_UP_SEES: "To a child with a grown-up beside them, at every visit: that one can see it all.",
    Notice.TELL_A_GROWN_UP: "Once, to those below an age, where the pack's law asks that they tell an adult.",
    Notice.HOW_OLD: "Asks whether they are {age} or older, where the pack's law makes that matter.",
    Notice.TOO_YOUNG: "They may not answer: this is for people of {age} or older.",
    Notice.ASK_A_PARENT: "A parent has to say yes first: at {link}, or by text message with {code}.",
    Notice.PARENT_SAID_YES: "A parent has said yes; the next question follows.",
    Notice.PARENT_SAID_NO: "A parent has said no, or has taken back a yes: nothing more is asked.",
    Notice.WAITS_BESIDE: "In place of a question, where another consultation asks them: {keyword} leads back.",
    Notice.WELCOME_BACK: "To somebody who comes back.",
    Notice.THANKS: "The end: what happens next, with a date.",
    Notice.STILL_HERE: "To somebody who writes on after the end.",
    Notice.STOPPED: "The one confirmation of STOP.",
    Notice.STARTED_AGAIN: "After START.",
    Notice.HELP: "HELP: who to turn to, who we are, the words that work.",
    Notice.PRIVACY: "PRIVACY: what happens to what people say.",
    Notice.SHOW_HEADING: "Stands over somebody's answers.",
    Notice.SHOW_NOTHING: "SHOW, before there is an answer.",
    Notice.CHANGE_WHICH: "Stands over the answers that can be changed.",
    Notice.CHANGE_NOTHING: "CHANGE, before there is an answer.",
    Notice.CHANGED: "An answer was changed.",
    Notice.NO_CHANGE: "None was picked from that list.",
    Notice.NO_EARLIER: "BACK, at the first question.",
    Notice.NOTHING_TO_SKIP: "SKIP, after the last question.",
    Notice.DELETE_SURE: "Asks whether to erase everything.",
    Notice.DELETED: "Everything was erased: the last words.",
    Notice.NOT_DELETED: "Nothing was erased.",
    Notice.STALE_BUTTON: "A button of an earlier question was pressed.",
    Notice.PLEASE_TYPE: "A picture, a voice message or the like came in.",
    Notice.NOT_UNDERSTOOD_CHOICE: "An answer was none of the options.",
    Notice.NOT_UNDERSTOOD_MANY: "An answer was none of the options, of which several may be chosen.",
    Notice.NOT_UNDERSTOOD_NUMBER: "An answer was no number, or one out of bounds.",
    Notice.NOT_UNDERSTOOD_RANK: "An answer was no order.",
    Notice.NOT_UNDERSTOOD_TEXT: "An answer was empty.",
    Notice.NOT_UNDERSTOOD_AGAIN: "The second time, said differently, with an example.",
    Notice.PASSED_OVER: "The third time: we move on, kindly.",
    Notice.LANGUAGE_CHANGED: "Another language was chosen.",
    Notice.OFFER_LANGUAGE: "They write in another language: they can go on in it. Said in both.",
    Notice.NOT_YET_OPEN: "It has not opened yet.",
    Notice.NOT_OPEN_NOW: "No stage is open to them just now.",
    Notice.NEXT_STAGE: "To somebody who comes back to a new stage; its first question follows.",
    Notice.CLOSED: "It has closed, and how to find out what came of it.",
    Notice.LATE_KEPT: "It has closed; the answer was kept and marked late.",
    Notice.LATE_REFUSED: "It has closed; the answer does not count.",
    Notice.LATE_EDIT: "It has closed; the answer given in time stands.",
    Notice.REMINDER: "The one reminder.",
    Notice.CLOSING_NOW: "To those under way when it closes.",
    Notice.EXTENDED: "It stays open longer, and why.",
    Notice.CLOSING_EARLY: "It will close earlier than was said, and why.",
    Notice.CLOSED_EARLY: "To those under way when it closes earlier than was said, and why.",
    Notice.CARRY_OVER: "A code for another channel.",
    Notice.MOVED_HERE: "The conversation was carried over to here.",
    Notice.TOO_YOUNG_HERE: "This channel is for older people: carry on at {link} with {code}.",
    Notice.OFFER: "No consultation was named: the open ones.",
    Notice.OFFER_NONE: "Nothing is open.",
    Notice.LOBBY_HELP: "HELP, before a consultation was named.",
    Notice.LOBBY_PRIVACY: "PRIVACY, before a consultation was named.",
    Notice.PERMISSION_ASKED: "To a parent who sent the code: may the child answer? How to say yes or no, with {code}.",
    Notice.PERMISSION_GIVEN: "To a parent who said yes, and how to take it back.",
    Notice.PERMISSION_REFUSED: "To a parent who said no, and how to allow it after all.",
    Notice.PERMISSION_NOT_THEIRS: "To a child who sent the code themselves.",
    Notice.CODE_UNKNOWN: "A code that does not work.",
    Notice.NOTHING_STORED: "SHOW or DELETE, from somebody who has said nothing yet.",
    Notice.CONCERN: "Somebody may not be safe: what to do now, and whom they can call.",
    Notice.CONCERN_READ: "Right after it: a computer answers, a person reads it and passes it on.",
    Notice.CONCERN_GO_ON: "Right after that: whether they want to carry on; the question follows.",
    Notice.CONCERN_REST: "To who would rather not carry on now.",
}
_LABELS: Final[Mapping[Label, str]] = {
    Label.SEND: "The button that answers.",
    Label.SKIP: "The button that passes a question by.",
    Label.BACK: "The button that goes back.",
    Label.HELP: "The button that asks for help.",
    Label.STOP: "The button that stops everything.",
    Label.START: "The button that starts again.",
    Label.SHOW: "The button that shows the answers.",
    Label.CHANGE: "The button that changes an answer.",
    Label.DELETE: "The button that erases everything.",
    Label.PRIVACY: "The button that tells what happens to the answers.",
    Label.CODE: "The button that makes a code for another channel.",
    Label.DELETE_YES: "The button that erases, below the question whether to.",
    Label.DELETE_NO: "The button that keeps everything.",
    Label.YES: "The button for a yes, below the question how old somebody is.",
    Label.NO: "The button for a no, likewise.",
    Label.ANSWER: "Stands beside the field for a free text.",
    Label.WE: "Who speaks, for screen readers, before each of our messages.",
    Label.YOU: "Before each message of the person's own.",
    Label.MORE: "Opens the list of further buttons.",
}
_LINES: Final[Mapping[str, tuple[str, str]]] = {
    "text": ("Text", "The question itself, as it is put on the web and on Telegram."),
    "sms": ("By text message", "A shorter text for SMS, without the options: Sayso numbers those."),
    "why": ("Why", "Half a sentence that says why we ask."),
    "again": ("Again", "The first time an answer was not understood."),
    "again_differently": ("Again, differently", "The second time; after that the question is passed over, kindly."),
    "grown_up": ("For the grown-up", "A line for the grown-up beside a young child."),
    "name": ("Name", "Two or three words that stand for the question in a list of answers."),
    "low": ("Low", "What the lowest point of a scale means."),
    "high": ("High", "What the highest point of a scale means."),
}
_HOW: Final[Mapping[str, tuple[str, str]]] = {
    "typed": ("Typed", "Where options are numbered in the text, or the answer is typed."),
    "tapped": ("Tapped", "Where options are buttons below the question."),
    "form": ("In a form", "Where the answer goes into a form beside the conversation."),
}


def wording_schema() -> Schema:
    """Of `wording/<language>.<band>.toml` in a pack."""
    questions = open_table(
        "Questions", "The words of each question, under its code.", _question("Question", "Its words.")
    )
    return whole_file(
        "Words of a consultation",
        "What one language says to one age band; what is missing falls back on a younger band and on Sayso's own.",
        {**_common(), "questions": questions},
    )


def own_wording_schema() -> Schema:
    """Of `bot/wording/<language>.<band>.toml`."""
    own = {
        kind.value: _question(kind.value, f"Sayso's own words for questions of the kind {kind.value}.")
        for kind in OWN_KINDS
    }
    return whole_file(
        "Sayso's own words",
        "What one language says to one age band in every consultation; what is missing falls back on a younger band.",
        {**_common(), **own},
    )


def _common() -> Mapping[str, Schema]:
    plain: Schema = {"type": "string", "pattern": r"\S"}
    return {
        "reviewed_by": text("Reviewed by", "Who looked over these words, and when."),
        "agreed": several(
            "Agreed",
            "Keys of texts in this file that were agreed to although they are longer than their band's limits, such as "
            "questions.issue.text.",
            plain,
        ),
        "say": table("Say", _filled("What is said besides questions."), _notices("")),
        "sms": table("By text message", "Shorter texts of the same, for SMS.", _notices("Shorter, for SMS. ")),
        "labels": table(
            "Labels",
            "Short words on buttons and pages.",
            {label.value: text(_title(label.value), what) for label, what in _LABELS.items()},
        ),
        "kinds": table(
            "Kinds",
            _filled("How to answer each kind of question, said behind it.", EXAMPLES),
            {kind.value: _kind(kind) for kind in Kind},
        ),
    }


def _notices(before: str) -> Mapping[str, Schema]:
    return {
        notice.value: text(_title(notice.value), before + _filled(what, BESIDE.get(notice, {}), always=False))
        for notice, what in _NOTICES.items()
    }


def _kind(kind: Kind) -> Schema:
    lines = {how: text(title, what) for how, (title, what) in _HOW.items()}
    return table(kind.value, f"How to answer a question of the kind {kind.value}.", lines)


def _question(title: str, description: str) -> Schema:
    label: Schema = {"type": "string", "pattern": r"\S"}
    return table(
        title,
        description,
        {
            **{line: text(name, what) for line, (name, what) in _LINES.items()},
            "choices": open_table("Choices", "What each option is called.", label),
            "pictures": open_table("Pictures", "An emoji beside an option's name, where emoji can be shown.", label),
            "synonyms": open_table(
                "Synonyms", "Other words that people use for an option.", several("Words", "Each is understood.", label)
            ),
        },
    )


def _filled(what: str, more: Mapping[str, str] | None = None, *, always: bool = True) -> str:
    """A description with the names that may stand in braces."""
    names = [*(more or {}), *(ALWAYS if always else ())]
    return f"{what} In braces: {', '.join(names)}." if names else what


def _title(key: str) -> str:
    return key.replace("_", " ").capitalize()
