"""Filling in what stands in braces in a wording. The names are those of `flows.placeholders`.

A sentence that names a fact nobody has given (a pack without a contact, say) is left out as a whole: the rest of the
text still reads as it was written, and nobody is ever shown a brace.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flows import commands, cutoff
from flows.definition import Command, Consultation, Words
from flows.effects import Notice
from flows.placeholders import names_in
from flows.state import State

Values = Callable[[str], str | None]
"""What a name stands for; None or nothing where that is not known."""

_BRACES = re.compile(r"\{([^{}]*)\}")
_SENTENCE = re.compile(r".+?(?:[.!?؟](?=\s|\Z)|(?=\n)|\Z)\s*", re.DOTALL)
_COMMANDS = {command.value: command for command in Command}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the world knows and words need."""

    public_url: str
    """Where people reach our pages, without a slash at its end."""
    now: datetime
    """UTC."""
    code: str | None = None
    """The carry-over code that was made for this step."""
    channel_address: str | None = None
    """Our own number or link on the channel in use."""


def fill(text: str, values: Values) -> str:
    """The text with every name replaced; without the sentences that name what is not known."""
    known = {name: values(name) for name in names_in(text)}
    if not all(known.values()):
        text = "".join(
            sentence for sentence in _SENTENCE.findall(text) if all(known[name] for name in names_in(sentence))
        ).rstrip()
    return _BRACES.sub(lambda found: known[found.group(1)] or "", text)


def say(words: Words, notice: Notice, values: Mapping[str, str]) -> str:
    """A notice where no conversation is at hand: from its words, their language, and `values`."""

    def value(name: str) -> str | None:
        return values.get(name) or _of_the_words(words, name, words.language_of("say", notice))

    return fill(words.say[notice], value)


def chosen(words: Words, notice: Notice, *, short: bool) -> str:
    """The text of a notice, unfilled: the shorter one for SMS where there is one."""
    return words.short.get(notice, words.say[notice]) if short else words.say[notice]


def spoken_in(words: Words, notice: Notice, *, short: bool) -> str:
    """The language of the text that `chosen` gives."""
    return words.language_of("sms" if short and notice in words.short else "say", notice)


def known_to(
    consultation: Consultation, state: State, facts: Facts | None, words: Words, language: str | None = None
) -> Values:
    """What every name of `flows.placeholders.ALWAYS` stands for, for one person. Looked up only when a text has it.

    `language` is that of the text, where it is another than that of `words`: its dates and command words are in it too.
    """
    spoken = language or words.language

    def value(name: str) -> str | None:
        found = _of_the_words(words, name, spoken) or _of_the_pack(consultation, state, spoken, name)
        return found if found is not None or facts is None else _of_the_world(consultation, state, facts, name, spoken)

    return value


def beside(nearer: Mapping[str, str], values: Values) -> Values:
    """`nearer` first, then `values`."""
    return lambda name: nearer.get(name) or values(name)


def _of_the_words(words: Words, name: str, language: str) -> str | None:
    command = _COMMANDS.get(name)
    if command is not None and command is not Command.CODE:
        return commands.word(command, language)
    return words.say.get(Notice.TITLE) if name == "title" else None


def _of_the_pack(consultation: Consultation, state: State, language: str, name: str) -> str | None:
    timetable = consultation.timetable
    match name:
        case "authority":
            return consultation.authority
        case "contact":
            return consultation.contact
        case "help_lines":
            nation = consultation.nation
            band = None if state.band is None else state.band.value
            return consultation.help_lines.spoken(band or consultation.youngest.value, language, nation)
        case "keyword":
            return consultation.sms_keyword
        case "languages":
            return ", ".join(commands.name_of(code) for code in consultation.languages)
        case "closing":
            return cutoff.closing_in_words(cutoff.closes_at(timetable, state.role), timetable.zone, language)
        case "opening":
            return cutoff.day_in_words(timetable.opens_at.astimezone(timetable.zone).date(), language)
        case "feedback_due":
            due = consultation.feedback_due
            return None if due is None else cutoff.day_in_words(due, language)
        case _:
            return None


def _of_the_world(consultation: Consultation, state: State, facts: Facts, name: str, language: str) -> str | None:
    match name:
        case "url" | "link":
            return f"{facts.public_url}/chat/{consultation.slug}"
        case "privacy_url":
            return f"{facts.public_url}/privacy"
        case "address":
            return facts.channel_address
        case "code":
            return facts.code
        case "open_until":
            still = cutoff.is_open(consultation.timetable, state.role, facts.now)
            return _of_the_pack(consultation, state, language, "closing") if still else None
        case _:
            return None
