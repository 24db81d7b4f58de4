"""Which parts of an answer an officer chose to take out: suggestions, words one by one, or words typed in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from multidict import MultiMapping

from flows import identifiers
from flows.redaction import Kind, Piece, Span, pieces
from storage.redactions import Whole

LONGEST_REASON: Final = 300
"""In characters."""
_FEWEST_TELLING: Final = 3
"""Words with fewer characters than this may well stand in a reason, too."""
_MOST_DIGITS: Final = 9
_WORD: Final = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What an officer chose, and what is wrong with it by field."""

    spans: Sequence[Span] = ()
    words: frozenset[str] = frozenset()
    """Values of the words that are ticked."""
    suggested: frozenset[str] = frozenset()
    """Values of the suggestions that are ticked."""
    part: str = field(default="", repr=False)
    kind: str = ""
    reason: str = field(default="", repr=False)
    errors: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Word:
    """A word of an answer that can be ticked, or what stands where one was taken out."""

    value: str
    text: str = field(repr=False)
    removed: bool


def value_of(span: Span) -> str:
    """A span as a form carries it."""
    return f"{span.start}-{span.end}-{span.kind.name.lower()}"


def words_of(answer: Whole) -> Iterator[Word]:
    """The words of an answer in their order; those taken out already cannot be chosen."""
    for piece in pieces(answer.text, answer.spans):
        if piece.removed:
            yield Word("", piece.text, removed=True)
        else:
            for found in _WORD.finditer(piece.text):
                yield Word(f"{piece.start + found.start()}-{piece.start + found.end()}", found[0], removed=False)


def suggested(answer: Whole) -> Iterator[tuple[str, str, str]]:
    """What could be taken out: its value, its words, and what it seems to be."""
    for span in identifiers.suggestions(answer.text):
        if not _taken(span, answer.spans):
            kind = span.kind.value
            yield value_of(span), answer.text[span.start : span.end], kind[:1].upper() + kind[1:]


def chosen(answer: Whole, form: MultiMapping[str]) -> Chosen:
    """What a form says, in whichever ways parts were chosen in it."""
    ticked, words = form.getall("span", []), form.getall("word", [])
    part, reason = form.get("part", "").strip(), " ".join(form.get("reason", "").split())
    kind = _kind(form.get("kind", ""))
    errors: dict[str, str] = {}
    spans = [span for value in ticked if (span := _span(value, None)) is not None]
    mine = list(_runs(answer, [span for value in words if (span := _span(value, kind or Kind.OTHER)) is not None]))
    typed = list(_typed(answer, part, kind or Kind.OTHER))
    if part and not typed:
        errors["part"] = "These words are not in the answer. Copy them as they stand there"
    if (mine or typed) and kind is None:
        errors["kind"] = "Choose what the words are"
    whole = [span for span in (*spans, *mine, *typed) if span.end <= len(answer.text)]
    whole = [span for span in whole if not _taken(span, answer.spans)]
    if not whole and not errors:
        errors["part"] = "Choose the words to remove, or type them here"
    fault = _fault_of(reason, [answer.text[span.start : span.end] for span in whole])
    if fault:
        errors["reason"] = fault
    return Chosen(whole, frozenset(words), frozenset(ticked), part, form.get("kind", ""), reason, errors)


def reason_fault(reason: str) -> str | None:
    """What is wrong with a reason by itself."""
    if not reason.strip():
        return "Write the reason"
    if len(reason) > LONGEST_REASON:
        return f"Write the reason in up to {LONGEST_REASON} characters"
    return None


def _fault_of(reason: str, removed: Iterable[str]) -> str | None:
    said = reason.casefold()
    if any(len(words) >= _FEWEST_TELLING and words.strip().casefold() in said for words in removed):
        return "Write the reason without the words that you remove: it stays on record"
    return reason_fault(reason)


def _kind(name: str) -> Kind | None:
    return next((kind for kind in Kind if kind.name.lower() == name), None)


def _span(value: str, kind: Kind | None) -> Span | None:
    """The span of a field's value; None where nobody's page made it."""
    start, _, rest = value.partition("-")
    end, _, name = rest.partition("-")
    told = kind or _kind(name)
    numbers = all(part.isascii() and part.isdigit() and len(part) <= _MOST_DIGITS for part in (start, end))
    if not numbers or told is None or int(start) >= int(end):
        return None
    return Span(int(start), int(end), told)


def _runs(answer: Whole, words: Iterable[Span]) -> Iterator[Span]:
    """Words that stand beside each other are taken out as one."""
    last: Span | None = None
    for word in sorted(words):
        if last is not None and not answer.text[last.end : word.start].strip():
            last = Span(last.start, max(last.end, word.end), word.kind)
        else:
            if last is not None:
                yield last
            last = word
    if last is not None:
        yield last


def _typed(answer: Whole, part: str, kind: Kind) -> Iterator[Span]:
    if not part:
        return
    like = re.compile(r"\s+".join(map(re.escape, part.split())), re.IGNORECASE)
    for piece in pieces(answer.text, answer.spans):
        yield from (_moved(found, piece, kind) for found in like.finditer(piece.text) if not piece.removed)


def _moved(found: re.Match[str], piece: Piece, kind: Kind) -> Span:
    return Span(piece.start + found.start(), piece.start + found.end(), kind)


def _taken(span: Span, taken: Iterable[Span]) -> bool:
    return any(span.start < other.end and other.start < span.end for other in taken)
