"""Names and texts as SPSS syntax takes them, whatever they were made from.

Rules are those of IBM's *SPSS Statistics Command Syntax Reference* (Variable Names; VARIABLE LABELS; VALUE LABELS;
String Values in Command Specifications): a name has at most 64 bytes and starts with a letter, case does not tell two
names apart, and some words are the language's own.
"""

from __future__ import annotations

import re
from typing import Final

from bot.exports.plain import in_one_line

LONGEST_NAME: Final = 64
LONGEST_LABEL: Final = 256
"""Bytes of a variable's label."""
LONGEST_VALUE_LABEL: Final = 120
"""Bytes of the label of a value."""
LONGEST_TEXT: Final = 32_767
"""Bytes of a string variable."""
_PIECE: Final = 60
"""Characters of a literal in one line: with doubled quotes and four bytes each they stay below 256 bytes."""

_RESERVED: Final = frozenset({"all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"})
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_]+")


class Names:
    """Gives out names, none of them twice."""

    def __init__(self) -> None:
        self._taken = set(_RESERVED)

    def of(self, code: str) -> str:
        """A legal name that is as near to `code` as may be, such as `games_more` for `games/more`."""
        stem = _NOT_IN_A_NAME.sub("_", code).strip("_") or "v"
        if not stem[0].isalpha():
            stem = f"v_{stem}"
        stem = stem[:LONGEST_NAME].rstrip("_")
        name, number = stem, 1
        while name.lower() in self._taken:
            number += 1
            ending = f"_{number}"
            name = stem[: LONGEST_NAME - len(ending)].rstrip("_") + ending
        self._taken.add(name.lower())
        return name


def literal(text: str, longest: int = LONGEST_LABEL) -> str:
    """The text between quotation marks, no longer than so many bytes, in as many lines as it needs."""
    kept = cut(in_one_line(text), longest)
    pieces = [kept[start : start + _PIECE] for start in range(0, len(kept), _PIECE)] or [""]
    return " +\n      ".join("'" + piece.replace("'", "''") + "'" for piece in pieces)


def cut(text: str, longest: int) -> str:
    """The text, or so much of it with an ellipsis that it has no more than so many bytes of UTF-8."""
    held = text.encode()
    if len(held) <= longest:
        return text
    return held[: longest - len("…".encode())].decode("utf-8", "ignore") + "…"
