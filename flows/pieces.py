"""Dividing a long text into messages: between words, and never inside what a reader sees as one character."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

_ZERO_WIDTH_JOINER = "\u200d"
_REGIONAL = range(0x1F1E6, 0x1F200)
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_TAGS = range(0xE0020, 0xE0080)


def pieces(text: str, longest: int) -> tuple[str, ...]:
    """The text as messages of at most `longest` UTF-16 units, at least one of them.

    Both providers count so: an emoji is two. A word longer than a whole message is divided between characters; a
    single character that is longer (a letter under a hundred accents) goes out whole.
    """
    found = []
    while length(text) > longest:
        end = _end_of_piece(text, longest)
        found.append(text[:end].rstrip())
        text = text[end:].lstrip()
    if text or not found:
        found.append(text)
    return tuple(piece for piece in found if piece) or ("",)


def length(text: str) -> int:
    """UTF-16 units in a text."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _end_of_piece(text: str, longest: int) -> int:
    """Where the first piece ends: before the last space that fits, else behind the last character that does."""
    space = end = used = 0
    for start, stop in _clusters(text):
        if text[start].isspace() and text[:start].strip():
            space = start
        used += length(text[start:stop])
        if used > longest and end:
            break
        end = stop
    return space or end


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Where each character, as a reader sees it, begins and ends."""
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or not _belongs_together(text, at):
            yield start, at
            start = at


def _belongs_together(text: str, at: int) -> bool:
    before, after = text[at - 1], text[at]
    if _ZERO_WIDTH_JOINER in (before, after) or unicodedata.category(after) in {"Mn", "Mc", "Me"}:
        return True
    if ord(after) in _SKIN_TONES or ord(after) in _TAGS or before + after == "\r\n":
        return True
    return ord(before) in _REGIONAL and ord(after) in _REGIONAL and _regional_before(text, at) % 2 == 1


def _regional_before(text: str, at: int) -> int:
    count = 0
    while at - count > 0 and ord(text[at - count - 1]) in _REGIONAL:
        count += 1
    return count
