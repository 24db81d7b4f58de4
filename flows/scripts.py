"""Which way a language is written, and how a text keeps its own way inside another."""

from __future__ import annotations

import unicodedata
from typing import Final

RIGHT_TO_LEFT: Final = frozenset({"ar", "fa", "he", "ps", "ur"})
_FIRST_STRONG_ISOLATE: Final = "\u2068"
_POP_DIRECTIONAL_ISOLATE: Final = "\u2069"
_WAYS: Final = {"L": "ltr", "R": "rtl", "AL": "rtl"}


def direction(language: str) -> str:
    """`rtl` or `ltr`, as HTML has it."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def isolated(text: str, language: str) -> str:
    """A text to stand inside another of that language, so that neither puts the other's words or stops in disorder.

    Marked (Unicode Standard Annex 9, isolates) only where a line has several words and some run the other way: a single
    word keeps its place without, and a code or an address is copied as it is. A mark reaches no further than its line.
    """
    return "\n".join(_isolated(line, direction(language)) for line in text.split("\n"))


def _isolated(line: str, way: str) -> str:
    ways = {_WAYS.get(unicodedata.bidirectional(character)) for character in line}
    if ways <= {None, way} or " " not in line.strip():
        return line
    return f"{_FIRST_STRONG_ISOLATE}{line}{_POP_DIRECTIONAL_ISOLATE}"
