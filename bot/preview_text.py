"""A preview in a terminal: bubbles drawn with lines, buttons in brackets, segments counted."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

from bot.preview import CHANNEL_NAMES, Preview, Shown, age_of, cost_in_words, field_of
from flows.commands import name_of
from flows.definition import Consultation, Kind, Label
from flows.forms import Form, Option

WIDTH: Final = 48
"""Columns of a bubble's text: about what a phone shows in a line."""

_PICK_SEVERAL: Final = frozenset({Kind.MANY, Kind.RANK})
_WIDE: Final = frozenset("WF")
_NO_WIDTH: Final = frozenset({"Mn", "Me", "Cf"})


def lines(consultation: Consultation, preview: Preview) -> Iterator[str]:
    """One preview, with a line above that says what it is."""
    parts = (preview.question.code, age_of(preview), name_of(preview.language), CHANNEL_NAMES[preview.channel])
    yield " - ".join(parts)
    if preview.handed_on:
        yield f"  Nobody of this age is asked on {CHANNEL_NAMES[preview.channel]}: they are sent on to the web chat."
    for shown in preview.shown:
        yield from _bubble(shown)
    field = field_of(consultation, preview)
    if field is not None:
        labels = consultation.words_for(preview.language, preview.band).labels
        yield from _field(field, labels[Label.STOP])


def _bubble(shown: Shown) -> Iterator[str]:
    text = list(_wrapped(shown.bubble.text))
    width = max(map(columns, text))
    edge = "─" * (width + 2)
    yield f"  ╭{edge}╮"
    for line in text:
        yield f"  │ {line}{' ' * (width - columns(line))} │"
    yield f"  ╰{edge}╯"
    for row in shown.rows:
        yield f"    {' '.join(f'[ {label} ]' for label in row)}"
    if shown.cost is not None:
        yield f"  {cost_in_words(shown.cost)}"


def _field(field: Form, stop: str) -> Iterator[str]:
    """The form of the web page, below the conversation."""
    yield from (f"    {line}" for line in (field.grown_up, field.hint) if line)
    mark = "[ ]" if field.kind in _PICK_SEVERAL else "( )"
    if field.options:
        yield from (f"    {mark} {_label(option)}" for option in field.options)
    else:
        yield f"    [{'_' * (WIDTH // 2)}]"
    if field.low or field.high:
        yield f"    {field.low or ''} ... {field.high or ''}"
    yield f"    {' '.join(f'[ {label} ]' for label in (field.send, field.skip, field.back, stop) if label)}"


def _label(option: Option) -> str:
    return f"{option.picture} {option.label}" if option.picture else option.label


def columns(text: str) -> int:
    """How many columns of a terminal a text takes: an emoji takes two, an accent of its own none."""
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.category(character) in _NO_WIDTH:
        return 0
    return 2 if unicodedata.east_asian_width(character) in _WIDE else 1


def _wrapped(text: str) -> Iterator[str]:
    for paragraph in text.split("\n"):
        yield from _in_lines(paragraph.split(" "))


def _in_lines(words: Iterable[str]) -> Iterator[str]:
    """Words put into lines; one that is longer than a line has one to itself."""
    line = ""
    for word in words:
        longer = f"{line} {word}" if line else word
        if line and columns(longer) > WIDTH:
            yield line
            line = word
        else:
            line = longer
    yield line
