"""What every rule about words is made of: a finding, whom a text is for, and a text in its sentences and words.

What fills a placeholder counts as one word: a date or a name is one thing to take in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from flows.definition import AgeBand
from flows.folding import fold

_NAME: Final = re.compile(r"\{[^{}]*\}")
_SENTENCE_END: Final = re.compile(r"([.!?…؟]+(?=[\s\"'”’)]|$)|\n+)")
_QUESTION_MARKS: Final = frozenset("?؟")
_QUOTED: Final = re.compile(r"\"[^\"]*\"|“[^”]*”|„[^”]*”|«[^»]*»")
_SPOKEN: Final = re.compile(r"[^\W_]")
_ENOUGH: Final = 6
"""Words by which an author knows a sentence again."""

UNDER_TWELVE: Final = frozenset((AgeBand.FOUR_TO_SEVEN, AgeBand.EIGHT_TO_ELEVEN))
UNDER_SIXTEEN: Final = UNDER_TWELVE | {AgeBand.TWELVE_TO_FIFTEEN}


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule has to say about a text."""

    rule: str
    problem: str
    mend: str
    warning: bool = False


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a text is for, and what they can be taken to know."""

    language: str
    band: AgeBand
    names: tuple[str, ...] = ()
    """Names that stand as they are, longest first."""
    glossary: Mapping[str, str] = field(default_factory=dict[str, str])
    """What letters stand for, where adults know them."""
    commands: frozenset[str] = frozenset()
    """Folded words that people are told to send, such as `stop`."""


def sentences(text: str) -> tuple[str, ...]:
    """A text in its sentences; a line is one as well."""
    return tuple(sentence for sentence, _ in _parts(text))


def questions(text: str) -> tuple[str, ...]:
    """The sentences of a text that end with a question mark."""
    return tuple(sentence for sentence, end in _parts(text) if not _QUESTION_MARKS.isdisjoint(end))


def words(text: str) -> int:
    """How many words a text has: what stands between spaces and holds a letter or a digit."""
    return sum(_SPOKEN.search(part) is not None for part in plain(text).split())


def plain(text: str) -> str:
    """A text with a word in the place of each placeholder."""
    return _NAME.sub("name", text)


def unquoted(text: str) -> str:
    """A text without what stands between quotation marks: somebody else's words, or words to send."""
    return _QUOTED.sub(" ", text)


def beginning(sentence: str) -> str:
    """Enough of a sentence to know it by."""
    parts = sentence.split()
    return " ".join(parts[:_ENOUGH]) + (" …" if len(parts) > _ENOUGH else "")


def said(text: str, language: str, table: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """The phrases of a language's list that stand in a text, whatever their case and accents."""
    folded = f" {fold(text)} "  # whole words only: no "secret" in "secretary"
    # A phrase and a longer one with it are one thing said.
    found = [phrase for phrase in table.get(language, ()) if _as_words(phrase) in folded]
    yield from (phrase for phrase in found if not any(phrase != other and phrase in other for other in found))


@lru_cache(maxsize=1024)
def _as_words(phrase: str) -> str:
    return f" {fold(phrase)} "


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """Every sentence with what ends it."""
    parts = [*_SENTENCE_END.split(plain(text)), ""]
    for sentence, end in zip(parts[::2], parts[1::2], strict=True):
        if words(sentence):
            yield sentence.strip(), end
