"""What can happen to a conversation: a closed union, every member in the past tense.

`at` is the UTC instant that decides whether an answer is in time (see `flows.messages.InboundMessage.counts_at`);
the service's own clock is the `now` that `flows.step.step` is given beside the event.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from flows.definition import Command


@dataclass(frozen=True, slots=True)
class Began:
    """Somebody asked for this consultation: its keyword, its link, or its page opened for the first time."""

    at: datetime
    language: str | None = None
    """A language asked for outright."""


@dataclass(frozen=True, slots=True)
class Said:
    """Somebody typed something: an answer, or a command word."""

    at: datetime
    text: str = field(repr=False)
    may_continue: bool = False
    """True when a next part of the same text may be on its way."""


@dataclass(frozen=True, slots=True)
class Tapped:
    """A button below one of our messages. One that belongs to an earlier question changes nothing."""

    at: datetime
    question: str
    option: str


@dataclass(frozen=True, slots=True)
class Submitted:
    """A form that names its question. One for an earlier question is a change of that answer."""

    at: datetime
    question: str
    answers: tuple[str, ...] = field(repr=False)
    """Option codes, or one free text."""


@dataclass(frozen=True, slots=True)
class Commanded:
    """A command by button or by its Telegram name."""

    at: datetime
    command: Command
    confirmed_elsewhere: bool = False
    """True when the provider has already confirmed a STOP or START, so that we stay silent."""


@dataclass(frozen=True, slots=True)
class LanguageChosen:
    """Somebody asked outright to carry on in another language of the pack."""

    at: datetime
    language: str


@dataclass(frozen=True, slots=True)
class LanguageHeard:
    """An answer in somebody's own words, to `question`, was surely written in that language of the pack.

    Nothing that anybody did: it may come long after the answer, or more than once for it.
    """

    at: datetime
    question: str
    language: str


@dataclass(frozen=True, slots=True)
class Amended:
    """Somebody edited an earlier message, which had been taken as the answer to `question`."""

    at: datetime
    question: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SentSomethingElse:
    """A picture, a voice message, a location: nothing of it is kept."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Moved:
    """The conversation was carried to another channel with a code."""

    at: datetime


@dataclass(frozen=True, slots=True)
class ParentDecided:
    """A parent has said yes, or no, or has taken back a yes."""

    at: datetime
    allowed: bool


@dataclass(frozen=True, slots=True)
class TooYoungHere:
    """The person's band is below the minimum age of the channel they are on."""

    at: datetime


@dataclass(frozen=True, slots=True)
class TimePassed:
    """The instant came that the state asked to be woken at, or the timetable was changed."""

    at: datetime


Event = (
    Began
    | Said
    | Tapped
    | Submitted
    | Commanded
    | LanguageChosen
    | LanguageHeard
    | Amended
    | SentSomethingElse
    | Moved
    | ParentDecided
    | TooYoungHere
    | TimePassed
)
