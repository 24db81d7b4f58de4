"""What a message is about: which conversation, or none yet. Nothing is looked up here but what is already at hand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final, assert_never

from bot import ids
from bot.channels import taps
from bot.packs import Library
from bot.replies import Reply, reply_of
from flows import commands, events
from flows.definition import Command, Consultation
from flows.lobby import OFFER_QUESTION
from flows.messages import (
    Amended,
    Began,
    CameBack,
    Channel,
    InboundMessage,
    Other,
    Pressed,
    Submitted,
    Tapped,
    Typed,
    WentAway,
)
from storage.records import Person

ALL_LANGUAGES: Final = tuple(commands.LANGUAGE_NAMES)


@dataclass(frozen=True, slots=True)
class Left:
    """The person cannot be reached at this address any more."""


@dataclass(frozen=True, slots=True)
class Returned:
    """They can be reached again."""


@dataclass(frozen=True, slots=True)
class Concerns:
    """It belongs to a consultation: one they are in, or one that they begin with it."""

    slug: str
    event: events.Event
    unstops: bool = False
    """True where beginning is itself a START."""


@dataclass(frozen=True, slots=True)
class InTheLobby:
    """It belongs to no consultation."""

    command: Command | None
    language: str | None = None
    """A language that they asked for."""
    silently: bool = False
    """True where the provider has answered already."""


@dataclass(frozen=True, slots=True)
class Carries:
    """It has a code's shape. `otherwise` is what it means if it is none; None where it can only have been one."""

    code: str = field(repr=False)
    otherwise: Concerns | None


@dataclass(frozen=True, slots=True)
class Edits:
    """It gives an earlier message other words; the database knows what that one had answered."""

    edit: Amended


@dataclass(frozen=True, slots=True)
class Permits:
    """It has the shape of a parent's reply. `otherwise` is as in `Carries`."""

    reply: Reply
    otherwise: Concerns | None


Meaning = Left | Returned | Concerns | InTheLobby | Carries | Permits | Edits

Said = Typed | Tapped | Submitted | Pressed | Began | Amended | Other
"""Content that is for a conversation."""


def meaning_of(message: InboundMessage, person: Person, library: Library) -> Meaning:
    """What a message is about.

    A consultation's keyword as a whole message goes to that consultation, from wherever somebody is. What names none
    goes to the page's own consultation, or to the one that this address talked about last.
    """
    content = message.content
    match content:
        case WentAway():
            return Left()
        case CameBack():
            return Returned()
        case Amended():
            return Edits(content)
        case Began():
            return _begun(message, content, person, library)
        case Typed():
            return _typed(message, content, person, library)
        case Tapped(question, option) if question == OFFER_QUESTION and _is_known(option, person, library):
            return Concerns(option, _beginning(message))
        case Tapped() | Submitted() | Pressed() | Other():
            return _in_place(message, content, person, library)
        case _:
            assert_never(content)


def tap_in_full(
    message: InboundMessage, event: events.Event, consultation: Consultation
) -> tuple[InboundMessage, events.Event]:
    """A tap with the codes that it stands for: a button has room for short ones only, and carries a hash of others."""
    if not isinstance(event, events.Tapped) or not isinstance(message.content, Tapped):
        return message, event
    codes = {
        question.code: [code for shape in (question, *question.variants.values()) for code in shape.choices]
        for question in consultation.questions
    }
    question, option = taps.in_full(event.question, event.option, codes)
    content = replace(message.content, question=question, option=option)
    return replace(message, content=content), replace(event, question=question, option=option)


def may_carry(message: InboundMessage) -> bool:
    """Whether it may bring two participants together, and so has to be handled by itself."""
    match message.content:
        case Began(payload):
            return bool(payload) and (message.channel is Channel.WEB or ids.looks_like_code(payload))
        case Typed(text):
            return message.slug is None and (ids.looks_like_code(text) or reply_of(text) is not None)
        case _:
            return False


def _is_known(slug: str, person: Person, library: Library) -> bool:
    return slug in person.conversations or library.get(slug) is not None


def _begun(message: InboundMessage, content: Began, person: Person, library: Library) -> Meaning:
    """A link or `/start`: it is a START by itself, so whoever said STOP is spoken to again."""
    named = _named(content.payload, library)
    if named is not None:
        if person.stopped_at is not None and named.slug in person.conversations:
            return Concerns(named.slug, events.Commanded(message.counts_at, Command.START))
        return Concerns(named.slug, _beginning(message), unstops=True)
    if may_carry(message):
        return Carries(ids.normal_code(content.payload), None)
    return _in_place(message, content, person, library)


def _named(payload: str, library: Library) -> Consultation | None:
    return library.get(payload) or library.by_keyword(payload) if payload else None


def _typed(message: InboundMessage, content: Typed, person: Person, library: Library) -> Meaning:
    # On its page a consultation is fixed: a word there is an answer, whatever other consultations are called.
    named = library.by_keyword(content.text) if message.slug is None else None
    if named is not None and person.stopped_at is not None and named.slug not in person.conversations:
        # Nobody begins something without hearing what it is; after a START they are offered it.
        return InTheLobby(None)
    if named is not None:
        return Concerns(named.slug, _beginning(message))
    here = _in_place(message, content, person, library)
    if message.slug is not None:
        return here
    otherwise = here if isinstance(here, Concerns) else None
    if ids.looks_like_code(content.text):
        return Carries(ids.normal_code(content.text), otherwise)
    reply = reply_of(content.text)
    return here if reply is None else Permits(reply, otherwise)


def _in_place(message: InboundMessage, content: Said, person: Person, library: Library) -> Concerns | InTheLobby:
    slug = message.slug or person.current
    if slug is not None and _is_known(slug, person, library):
        return Concerns(slug, _event(message, content))
    return _lobby(message, content)


def _beginning(message: InboundMessage) -> events.Began:
    return events.Began(message.counts_at, message.language)


def _event(message: InboundMessage, content: Said) -> events.Event:
    """A message to a consultation, as what happened to its conversation."""
    at = message.counts_at
    match content:
        case Typed(text, may_continue):
            spoken = commands.understand(text, ALL_LANGUAGES) if message.already_confirmed else None
            if isinstance(spoken, Command):
                return events.Commanded(at, spoken, confirmed_elsewhere=True)
            return events.Said(at, text, may_continue)
        case Tapped(question, option):
            return events.Tapped(at, question, option)
        case Submitted(question, answers):
            return events.Submitted(at, question, answers)
        case Pressed(command):
            return events.Commanded(at, command, confirmed_elsewhere=message.already_confirmed)
        case Began():
            return _beginning(message) if message.slug else events.Commanded(at, Command.START)
        case Amended(_, text):
            return events.Said(at, text)
        case Other():
            return events.SentSomethingElse(at)
        case _:
            assert_never(content)


def _lobby(message: InboundMessage, content: Said) -> InTheLobby:
    match content:
        case Typed(text) | Amended(_, text):
            spoken = commands.understand(text, ALL_LANGUAGES)
            if isinstance(spoken, commands.Spoken):
                return InTheLobby(None, spoken.language)
            return InTheLobby(spoken, message.language, silently=message.already_confirmed)
        case Pressed(command):
            return InTheLobby(command, message.language, silently=message.already_confirmed)
        case Began():
            return InTheLobby(Command.START, message.language)
        case Tapped() | Submitted() | Other():
            return InTheLobby(None, message.language)
        case _:
            assert_never(content)


def meaning_of_edit(
    message: InboundMessage, edit: Amended, person: Person, library: Library, answered: tuple[str, str] | None
) -> Concerns | InTheLobby | None:
    """What an edited message means, once it is known which answer the message had given.

    None: it is kept, and nothing else happens. STOP is STOP in an edit too. Where the open question had an answer that
    was not understood, other words for a message are another try.
    """
    if answered is not None and answered[0] in person.conversations:
        slug, question = answered
        return Concerns(slug, events.Amended(message.counts_at, question, edit.text))
    here = _in_place(message, edit, person, library)
    if commands.understand(edit.text, ALL_LANGUAGES) is Command.STOP:
        return here
    current = person.conversations.get(person.current or "")
    return here if current is not None and current.state.attempt > 0 else None
