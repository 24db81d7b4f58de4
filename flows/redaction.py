"""Taking parts out of what somebody wrote, wherever officers read it. What was written stays as it was.

A span is a part of an answer, in characters from its beginning. The same words are taken out of everything else that
this person said or was told: their answer stood in a message before, and may be repeated in another one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Final

_SHORT: Final = 4
"""Fewer characters than this are only looked for as a word of their own: `Al` is in many words."""


class Kind(StrEnum):
    """What was taken out, as it is said in its place."""

    NAME = "name"
    TELEPHONE = "telephone number"
    EMAIL = "e-mail address"
    POSTCODE = "postcode"
    ADDRESS = "address"
    SCHOOL = "school"
    OTHER = "something that could identify somebody"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A part of a text: from `start`, up to and without `end`."""

    start: int
    end: int
    kind: Kind = Kind.OTHER


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text that is shown, or what stands in the place of one that is not."""

    start: int
    end: int
    text: str = field(repr=False)
    removed: bool = False


def mark(kind: Kind) -> str:
    """What stands in the place of what was taken out."""
    return f"[removed: {kind.value}]"


def fitting(spans: Iterable[Span], length: int) -> bool:
    """Whether every one of the spans is a part of a text that is so long."""
    return all(0 <= span.start < span.end <= length for span in spans)


def joined(spans: Iterable[Span]) -> list[Span]:
    """The same parts in their order, those that overlap made one; it is called what the first of them was."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.start < found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end), found[-1].kind)
        else:
            found.append(span)
    return found


def pieces(text: str, spans: Iterable[Span]) -> Iterator[Piece]:
    """A text with its spans taken out, piece by piece; together they cover all of it."""
    at = 0
    for span in joined(spans):
        if span.start > at:
            yield Piece(at, span.start, text[at : span.start])
        yield Piece(span.start, span.end, mark(span.kind), removed=True)
        at = span.end
    if at < len(text):
        yield Piece(at, len(text), text[at:])


def without(text: str, spans: Iterable[Span]) -> str:
    """A text with its spans taken out."""
    return "".join(piece.text for piece in pieces(text, spans))


@dataclass(frozen=True)
class Removal:
    """What is taken out of one answer."""

    original: str = field(repr=False)
    """The whole answer, as it was given."""
    spans: Sequence[Span]

    @cached_property
    def sought(self) -> Sequence[tuple[re.Pattern[str], Kind]]:
        """What to look for elsewhere, the longest first."""
        found = {self.original[span.start : span.end].strip(): span.kind for span in joined(self.spans)}
        return [(_like(words), found[words]) for words in sorted(found, key=len, reverse=True) if words]

    def spans_in(self, text: str) -> Iterator[Span]:
        """Which parts of any text of the same person are to be taken out because of this."""
        if text == self.original:
            # Exactly what was chosen, and what else is the same.
            yield from self.spans
        elif (whole := self.original.strip()) and whole in text:
            yield from self._around(text, whole)
        elif (part := text.strip()) and part in self.original:
            yield from self._within(text, part)
        for pattern, kind in self.sought:
            yield from (Span(*found.span(), kind) for found in pattern.finditer(text))

    def _around(self, text: str, whole: str) -> Iterator[Span]:
        """The answer is a part of a longer text, such as what we repeat of it."""
        led = self.original.index(whole)
        for start in _places(text, whole):
            for span in self.spans:
                first, last = max(span.start - led, 0), min(span.end - led, len(whole))
                if first < last:
                    yield Span(start + first, start + last, span.kind)

    def _within(self, text: str, part: str) -> Iterator[Span]:
        """The text is a part of the answer, which came as several messages."""
        led = text.index(part)
        for start in _places(self.original, part):
            for span in self.spans:
                first, last = max(span.start, start), min(span.end, start + len(part))
                if first < last:
                    yield Span(first - start + led, last - start + led, span.kind)


def covered(text: str, removals: Iterable[Removal]) -> str:
    """What is read of a text of somebody of whose answers these parts were taken out."""
    return without(text, [span for removal in removals for span in removal.spans_in(text)])


def _like(words: str) -> re.Pattern[str]:
    """The same words with other capitals or other spaces between them."""
    pattern = r"\s+".join(map(re.escape, words.split()))
    if len(words) < _SHORT:
        pattern = rf"(?<!\w){pattern}(?!\w)"
    return re.compile(pattern, re.IGNORECASE)


def _places(text: str, part: str) -> Iterator[int]:
    """Where a part stands in a text, if it does so as words of its own."""
    if len(part) >= _SHORT:
        return (found.start() for found in re.finditer(re.escape(part), text))
    return (found.start() for found in re.finditer(rf"(?<!\w){re.escape(part)}(?!\w)", text))
