"""What a step asks the world to do: a closed union. No words in it; `flows.wording` has those."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from flows.concern_rules import Concern
from flows.definition import AgeBand
from flows.values import Value


class Notice(StrEnum):
    """Everything Sayso says besides a question. The values are the keys of a wording file's `[say]` table."""

    TITLE = "title"
    """The consultation's name: never a message of its own, only a part of others, and of pages."""
    WELCOME = "welcome"
    """Who asks, what for, that it is voluntary, that a computer is talking; opens every conversation."""
    PRIVACY_NOTE = "privacy_note"
    """The short notice before the first question: what is kept, that SKIP and STOP work."""
    NOTE_OWN_WORDS = "note_own_words"
    """Right before the first answer in one's own words."""
    NOTE_WRITING_LATER = "note_writing_later"
    """Right before they are first asked whether we may write to them once it is over."""
    GROWN_UP_SEES = "grown_up_sees"
    """To a child with a grown-up beside them, at every visit: that one can see it all."""
    TELL_A_GROWN_UP = "tell_a_grown_up"
    """To somebody below an age, where the law of the pack asks that they tell an adult."""
    HOW_OLD = "how_old"
    """Whether they are of {age} or older, where that decides whether they may answer."""
    TOO_YOUNG = "too_young"
    """They may not answer: this is for people of {age} or older."""
    ASK_A_PARENT = "ask_a_parent"
    """A parent has to say yes first: where they do that, {link}, and by text message also how, {code}."""
    PARENT_SAID_YES = "parent_said_yes"
    PARENT_SAID_NO = "parent_said_no"
    """A parent has said no, or has taken back a yes: nothing more is asked."""
    WAITS_BESIDE = "waits_beside"
    """In place of a question, to somebody who is being asked by another consultation: {keyword} leads back."""
    WELCOME_BACK = "welcome_back"
    THANKS = "thanks"
    """The end: what happens next, with a date."""
    STILL_HERE = "still_here"
    """A reply to someone who writes on after the end: it was kept; CHANGE and SHOW work."""
    STOPPED = "stopped"
    STARTED_AGAIN = "started_again"
    HELP = "help"
    PRIVACY = "privacy"
    SHOW_HEADING = "show_heading"
    SHOW_NOTHING = "show_nothing"
    CHANGE_WHICH = "change_which"
    CHANGE_NOTHING = "change_nothing"
    CHANGED = "changed"
    NO_CHANGE = "no_change"
    """No answer was picked from the list: nothing was changed, and we carry on."""
    NO_EARLIER = "no_earlier"
    """BACK at the first question."""
    NOTHING_TO_SKIP = "nothing_to_skip"
    DELETE_SURE = "delete_sure"
    DELETED = "deleted"
    NOT_DELETED = "not_deleted"
    STALE_BUTTON = "stale_button"
    PLEASE_TYPE = "please_type"
    NOT_UNDERSTOOD_CHOICE = "not_understood_choice"
    NOT_UNDERSTOOD_MANY = "not_understood_many"
    NOT_UNDERSTOOD_NUMBER = "not_understood_number"
    NOT_UNDERSTOOD_RANK = "not_understood_rank"
    NOT_UNDERSTOOD_TEXT = "not_understood_text"
    """An empty answer, or one of punctuation alone."""
    NOT_UNDERSTOOD_AGAIN = "not_understood_again"
    """The second time, for any kind: said differently, with an example."""
    PASSED_OVER = "passed_over"
    """After that: we move on, kindly."""
    LANGUAGE_CHANGED = "language_changed"
    OFFER_LANGUAGE = "offer_language"
    """Once, to who keeps writing in another language of the pack, in theirs and in that one: {language}, {word}."""
    NOT_YET_OPEN = "not_yet_open"
    NOT_OPEN_NOW = "not_open_now"
    """No stage is open to them, and it is not known whether or when one will be."""
    NEXT_STAGE = "next_stage"
    """To somebody who comes back to a new stage: its first question follows."""
    CLOSED = "closed"
    """It closed on {closing}; how to find out what came of it."""
    LATE_KEPT = "late_kept"
    """It has closed; what you said was kept and marked late."""
    LATE_REFUSED = "late_refused"
    LATE_EDIT = "late_edit"
    """It has closed; the answer you gave in time stays as it was."""
    REMINDER = "reminder"
    CLOSING_NOW = "closing_now"
    """To those under way when it closes."""
    EXTENDED = "extended"
    """It stays open longer: {closing}, {reason}."""
    CLOSING_EARLY = "closing_early"
    """It will close earlier than they were told: {closing}, {reason}."""
    CLOSED_EARLY = "closed_early"
    """To those under way when it closes earlier than they were told: {reason}."""
    CARRY_OVER = "carry_over"
    """A code, and how to use it on another channel: {code}, {link}."""
    MOVED_HERE = "moved_here"
    TOO_YOUNG_HERE = "too_young_here"
    """This channel is for older people; carry on at {link} with {code}."""
    OFFER = "offer"
    """No consultation was named: here are the open ones."""
    OFFER_NONE = "offer_none"
    """Nothing is open just now."""
    LOBBY_HELP = "lobby_help"
    """HELP before any consultation was named: who is talking, help lines, STOP."""
    LOBBY_PRIVACY = "lobby_privacy"
    PERMISSION_ASKED = "permission_asked"
    """To a parent who sent the {code}: what it is about, and how to say yes or no."""
    PERMISSION_GIVEN = "permission_given"
    """To a parent who said yes; {code} takes it back."""
    PERMISSION_REFUSED = "permission_refused"
    """To a parent who said no; {code} allows it after all."""
    PERMISSION_NOT_THEIRS = "permission_not_theirs"
    """To a child who sent the code themselves: a parent has to, from their own telephone."""
    CODE_UNKNOWN = "code_unknown"
    NOTHING_STORED = "nothing_stored"
    """SHOW or DELETE from someone who has said nothing yet."""
    CONCERN = "concern"
    """Somebody may not be safe: what to do now, and whom they can call: {help_lines}."""
    CONCERN_READ = "concern_read"
    """Right after it: that a computer answers, that a person reads it, and passes it on."""
    CONCERN_GO_ON = "concern_go_on"
    """Right after that, before the question: whether they want to carry on."""
    CONCERN_REST = "concern_rest"
    """To who would rather not: that is fine, and they can come back."""


class Manner(StrEnum):
    """How a question is put."""

    FIRST = "first"
    AGAIN = "again"
    AGAIN_DIFFERENTLY = "again-differently"
    REPEATED = "repeated"
    """Put once more as it was: after HELP, a language change, a note."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Put a question."""

    question: str
    manner: Manner = Manner.FIRST


@dataclass(frozen=True, slots=True)
class Tell:
    """Say one of the notices. `values` fill its placeholders beside those that `flows.wording` always fills."""

    notice: Notice
    values: Mapping[str, str] = field(default_factory=dict[str, str])
    after_stop: bool = False
    """True for the one confirmation that may go out although the person has said STOP."""
    language: str | None = None
    """Another language than the conversation's to say it in."""


@dataclass(frozen=True, slots=True)
class ListAnswers:
    """Show what has been answered, oldest question first; numbered when one is to be picked for a change."""

    notice: Notice
    questions: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Keep:
    """Record a new revision of the answer to a question."""

    question: str
    value: Value = field(repr=False)
    revision: int
    """1 for the first answer, one more for each change."""
    at: datetime
    """UTC: the instant that decided on `late`."""
    late: bool
    counts: bool
    """False for an edit after the cutoff of an answer given in time, and for one that the policy refused."""
    cutoff: datetime
    """UTC: the cutoff it was held against."""
    role: str | None
    band: AgeBand | None
    helped_by: str | None
    language: str
    asked_language: str
    asked_band: AgeBand | None
    """Language and band of the wording that was shown when the question was put."""
    equality: bool = False
    """True where it is to be kept apart from the other answers."""


@dataclass(frozen=True, slots=True)
class CancelQueued:
    """Whatever waits to be sent to this person is not sent: they said STOP, or the moment for it is over."""


@dataclass(frozen=True, slots=True)
class OfferCode:
    """Make a carry-over code and say it with this notice."""

    notice: Notice


@dataclass(frozen=True, slots=True)
class AskParent:
    """Make a code with which a parent can say yes or no, and say how."""


@dataclass(frozen=True, slots=True)
class Erase:
    """Erase everything about this person; the confirmation goes out first."""


@dataclass(frozen=True, slots=True)
class ConcernRaised:
    """What somebody has just said may mean that they are not safe: a person is to read it, at once where it is urgent.

    It comes in the same step as what was kept of their words, and holds none of them.
    """

    concern: Concern
    question: str | None
    """The question that was open when they said it."""
    at: datetime
    """UTC."""


Effect = Ask | Tell | ListAnswers | Keep | CancelQueued | OfferCode | AskParent | Erase | ConcernRaised
