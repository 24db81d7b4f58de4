"""The names that may stand in braces in a wording, such as `{closing}`: one table, for authors and for the linter."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flows.effects import Notice

ALWAYS: Mapping[str, str] = {
    "title": "the consultation's name, from the wording's own `[say]` table",
    "authority": "who asks, from the pack",
    "contact": "how to reach a person there, from the pack",
    "closing": "when it closes for this person, such as 11:59pm on Friday 9 March 2018",
    "open_until": "the same, but only while it is open: a sentence with it is left out afterwards",
    "feedback_due": "the day by which people are told what came of it, such as Sunday 30 September 2018",
    "url": "the address of the consultation's page on the web",
    "privacy_url": "the address of the page about privacy",
    "address": "the number or link of the channel in use",
    "keyword": "the word that starts this consultation by text message",
    "languages": "the names of the pack's languages, each in itself",
    "stop": "the word that stops everything, in the person's language; so with the next nine",
    "start": "the word that starts again after that",
    "help": "the word that asks for help",
    "back": "the word that goes back",
    "skip": "the word that passes a question by",
    "change": "the word that changes an answer",
    "show": "the word that shows the answers",
    "delete": "the word that erases everything",
    "privacy": "the word that tells about privacy",
    "done": "the word that ends a long text",
    "help_lines": "whom they can call, for their age, so that it follows “you can”: call Childline on 0800 1111",
}
"""Filled in every notice and question, for every person. A sentence with a name whose fact is not known is left out."""

BESIDE: Mapping[Notice, Mapping[str, str]] = {
    Notice.LANGUAGE_CHANGED: {"language": "the language's own name"},
    Notice.OFFER_LANGUAGE: {"language": "the other language's own name", "word": "the word that switches to it"},
    Notice.EXTENDED: {"reason": "why it stays open longer, from the pack or from an officer"},
    Notice.CLOSING_EARLY: {"reason": "why it closes earlier than people were told"},
    Notice.CLOSED_EARLY: {"reason": "why it closed earlier than people were told"},
    Notice.NOT_YET_OPEN: {"opening": "when it opens"},
    Notice.CARRY_OVER: {"code": "the code", "link": "where it can be used"},
    Notice.TOO_YOUNG_HERE: {"code": "the code", "link": "where it can be used"},
    Notice.ASK_A_PARENT: {"code": "the code that a parent sends", "link": "where a parent says yes or no"},
    Notice.PERMISSION_ASKED: {"code": "the code that a parent sent"},
    Notice.PERMISSION_GIVEN: {"code": "the code that a parent sent"},
    Notice.PERMISSION_REFUSED: {"code": "the code that a parent sent"},
    Notice.HOW_OLD: {"age": "the age in years from which people may answer"},
    Notice.TOO_YOUNG: {"age": "the age in years from which people may answer"},
    Notice.OFFER: {"offers": "the open consultations and how to begin each, one a line"},
}
"""What a notice knows beside those."""

EXAMPLES: Mapping[str, str] = {
    "example": "a right answer to this very question, such as 2, or 1 3",
    "example_label": "what the example stands for, where it is the number of an option",
    "minimum": "the lowest number that fits",
    "maximum": "the highest number that fits",
    "at_most": "how many options may be chosen",
    "low": "what the lowest number means",
    "high": "what the highest number means",
}
"""What is known where a question is put: in its own words, in `[kinds]` and in the `not_understood` notices."""

PLACEHOLDERS: frozenset[str] = frozenset(ALWAYS)

_NAME = re.compile(r"\{([^{}]*)\}")


def names_in(text: str) -> tuple[str, ...]:
    """Every name that stands in braces in a text, in order."""
    return tuple(_NAME.findall(text))


def unknown(text: str, notice: Notice | None = None) -> tuple[str, ...]:
    """The names in a text that will never be filled there; `notice` is None for the words of a question or a kind."""
    known = set(ALWAYS)
    if notice is None or notice.value.startswith("not_understood"):
        known |= EXAMPLES.keys()
    if notice is not None:
        known |= BESIDE.get(notice, {}).keys()
    return tuple(name for name in names_in(text) if name not in known)
