"""Neutral messages: what channels translate to and from. A channel's own words stay in its module."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from flows.definition import Command
from flows.integrity import Flag


class Channel(StrEnum):
    """The ways a person can reach us; the values are the export's."""

    TELEGRAM = "telegram"
    SMS = "sms"
    WEB = "web"
    PAPER = "paper"
    """This and the next two: somebody gave their answers to an officer, who typed them in. Nothing is said there."""
    TELEPHONE = "telephone"
    FACE_TO_FACE = "face-to-face"


CONVERSING: Final = (Channel.TELEGRAM, Channel.SMS, Channel.WEB)
"""The channels on which we talk with people."""
ENTERED: Final = (Channel.PAPER, Channel.TELEPHONE, Channel.FACE_TO_FACE)
"""How answers were given that officers typed in."""


class Direction(StrEnum):
    """Which way a message went, seen from us."""

    IN = "in"
    OUT = "out"


class Status(StrEnum):
    """Where a message has got to. Outbound ones only ever move down this list (see `bot.dispatch`)."""

    RECEIVED = "received"
    FAILED_STEP = "failed-step"
    """Inbound: kept, but our own fault kept it from being handled; an officer sees it."""
    QUEUED = "queued"
    CANCELLED = "cancelled"
    """Outbound: never sent, because the person stopped or was erased first."""
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


class Unusable(StrEnum):
    """Kinds of content that are never downloaded or kept, only the fact that they came."""

    PICTURE = "picture"
    VOICE = "voice"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACT = "contact"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Typed:
    """Text typed by a person."""

    text: str = field(repr=False)
    may_continue: bool = False
    """True when the provider may be sending a next part of the same text (a full SMS segment)."""


@dataclass(frozen=True, slots=True)
class Tapped:
    """A button under one of our messages, by the question and the option that it stood for."""

    question: str
    option: str
    callback_id: str | None = None
    """The provider's id for this tap, where it wants to be told that the tap arrived."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """A form's answer: option codes, or one free text, addressed to a question by name."""

    question: str
    answers: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Pressed:
    """A command chosen by name: a web button or Telegram's `/command`."""

    command: Command


@dataclass(frozen=True, slots=True)
class Began:
    """A start by link (`/start <payload>`): a slug, a carry-over code, or nothing."""

    payload: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Amended:
    """A new wording of an earlier message; `original` is that message's provider id."""

    original: str = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Other:
    """Something that is not text. Nothing of it is kept but that it came."""

    kind: Unusable


@dataclass(frozen=True, slots=True)
class WentAway:
    """The person blocked us, or their provider says they opted out: send nothing more."""


@dataclass(frozen=True, slots=True)
class CameBack:
    """The person unblocked us: sending is possible again; STOP, if it was said, still holds."""


Content = Typed | Tapped | Submitted | Pressed | Began | Amended | Other | WentAway | CameBack


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """One thing that reached us, already checked to be genuine by its channel."""

    channel: Channel
    address: str = field(repr=False)
    """E.164 number, Telegram chat id or web token: encrypted at rest, never logged."""
    provider_id: str = field(repr=False)
    """Unique for one delivery on the channel; a second delivery with it changes nothing."""
    content: Content
    received_at: datetime
    """UTC: our own clock at receipt."""
    sent_at: datetime | None = None
    """UTC: the provider's own time, where it gives one that can be trusted."""
    message_ref: str | None = field(default=None, repr=False)
    """What a later edit of this message will name as its original."""
    slug: str | None = None
    """The consultation, where the channel fixes it (the web page's own)."""
    language: str | None = None
    """A language asked for outright (the page's `?lang=`)."""
    already_confirmed: bool = False
    """True when the provider itself has answered a STOP or START, so that we stay silent."""
    recovered: bool = False
    """True when we fetched it ourselves after an outage: `sent_at` then decides, on every channel."""
    flags: tuple[Flag, ...] = ()
    """Signs that no person sent it, seen by its channel. They change nothing of what becomes of it."""

    @property
    def counts_at(self) -> datetime:
        """The UTC instant that decides whether an answer is in time.

        Telegram's own date; for SMS and web the receipt, or the provider's time when recovered after an outage of ours.
        """
        trusted = self.channel is Channel.TELEGRAM or self.recovered
        return self.sent_at if trusted and self.sent_at is not None else self.received_at


@dataclass(frozen=True, slots=True)
class Shows:
    """What a channel can show a person; all that `flows.wording` knows of a channel."""

    buttons: bool
    """Choices can be tapped below a message; otherwise they are numbered in the text."""
    form: bool = False
    """Choices are shown by a form beside the conversation, so a question's message is its text alone."""
    emoji: bool = True
    joined: bool = False
    """Whatever one step says goes out as one message (every message costs the council or the person)."""
    short: bool = False
    """The shorter `sms` wordings are used where a pack has them."""
    longest: int = 4096
    """Most characters in one message; a longer text is divided between words, never inside one."""


ON_A_SHEET: Final = Shows(buttons=False, form=True)
"""What an officer sees who types in for somebody else: every question with its options in words."""


@dataclass(frozen=True, slots=True)
class Button:
    """A choice that a person can tap."""

    label: str
    question: str
    option: str


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message in words, before it has a person to go to."""

    text: str
    question: str | None = None
    """The question that it puts, if it puts one; or the equality question whose answer it shows."""
    buttons: tuple[Button, ...] = ()
    after_stop: bool = False
    language: str | None = None
    """The language that its words are in; None where nobody knows."""


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """One message on its way to a person, as its channel's `send` receives it."""

    key: str
    """Our own id for it, unique and opaque: goes to the provider where that helps to find it again."""
    address: str = field(repr=False)
    text: str = field(repr=False)
    buttons: tuple[Button, ...] = ()
    attempt: int = 1
    queued_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StatusUpdate:
    """What a provider says became of a message that we sent."""

    channel: Channel
    provider_id: str = field(repr=False)
    status: Status
    error: str | None = None
    gone: bool = False
    """True when the provider says that nothing can be sent to this address any more."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The provider took it, under this id."""

    provider_id: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RetryAt:
    """Not now: try again at this UTC instant."""

    at: datetime
    reason: str
    pause_channel: bool = False
    """True when the provider asked for quiet on the whole channel until then."""


@dataclass(frozen=True, slots=True)
class Gone:
    """This message, or this address, can never be reached."""

    reason: str
    opted_out: bool = False
    """True when the person has left: mirror it and send nothing more to this address."""


@dataclass(frozen=True, slots=True)
class OurFault:
    """The provider refuses us (credentials, filtered content): stop the channel and tell an operator."""

    reason: str
    stop_channel: bool = True


SendOutcome = Sent | RetryAt | Gone | OurFault
