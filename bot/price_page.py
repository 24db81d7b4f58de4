"""What conversations cost by text message: in a line, for other programs, and as the page that is published."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from flows.commands import name_of
from flows.definition import Consultation
from flows.price import TYPICAL_ANSWER, TYPICAL_URL, Price, prices

_MOST_NAMED: Final = 12
_BEFORE: Final = f"""\
# What a conversation costs by text

<!-- Written by `sayso check --prices > docs/sms-price.md`; a test fails when it is out of date. -->

A text is paid for by the segment: up to 160 characters, or 153 in each part of a longer one, in the cheap alphabet
(GSM-7). One character outside it makes the whole text UCS-2, in which a segment holds 70, or 67 in each part.

These are whole conversations, really held by the code that answers people: from the keyword to the thanks, every
question answered at once. Choices are answered by number, and questions in people's own words by something such as:
"{TYPICAL_ANSWER}" Where an answer decides what is asked next, the dearest way counts.
Each text that comes in is taken to be one segment.

- The welcome, the notice and the first question are one text. Nothing is sent only to say that an answer arrived: the
  next question says it.
- There is one keyword for all languages. Whoever wants another gets the opening in the pack's own language, answers
  with the other's name, such as CYMRAEG, and gets the first question again. Both texts are counted.
- Not counted: a reminder, HELP and the other commands, and a question that is put again. `sayso check` holds each of
  them to its own limit.
- Addresses of pages are as long as {TYPICAL_URL}.
"""


def summary(consultation: Consultation) -> Iterator[str]:
    """A line for each language: the segments that are sent, by band."""
    for language, found in _by_language(prices(consultation)):
        bands = (_range(band, list(several)) for band, several in itertools.groupby(found, lambda price: price.band))
        yield f"{consultation.slug} by text, {language}, segments from keyword to thanks: {', '.join(bands)}"


def plain(price: Price) -> Mapping[str, object]:
    """A price for other programs."""
    return {
        "language": price.language,
        "band": price.band.value,
        "roles": list(price.roles),
        "segments": price.segments,
        "segments_without_dear_characters": price.plain,
        "answers": price.answers,
        "texts": [
            {
                "encoding": text.size.encoding,
                "units": text.size.units,
                "segments": text.size.segments,
                "dear_characters": list(text.dear),
                "segments_without_dear_characters": text.plain,
            }
            for text in price.texts
        ],
    }


def page(consultations: Iterable[Consultation]) -> str:
    """Markdown that reads well on a terminal too."""
    lines = (line for consultation in consultations for line in _pack(consultation))
    return "\n".join((_BEFORE, *lines)).rstrip() + "\n"


def _pack(consultation: Consultation) -> Iterator[str]:
    yield f"## {consultation.slug}\n"
    for language, found in _by_language(prices(consultation)):
        listed = tuple(found)
        yield f"### {name_of(language)} (`{language}`)\n"
        yield from _table(consultation, listed)
        yield from _dear(consultation, listed)


def _table(consultation: Consultation, found: Sequence[Price]) -> Iterator[str]:
    yield "| band | who | texts we send | in GSM-7 | in UCS-2 | segments we send | texts that come in |"
    yield "|---|---|---|---|---|---|---|"
    for price in found:
        sent, dear = len(price.texts), price.unicode_texts
        cells = (price.band.value, _who(consultation, price), sent, sent - dear, dear, price.segments, price.answers)
        yield f"| {' | '.join(map(str, cells))} |"
    yield ""


def _who(consultation: Consultation, price: Price) -> str:
    everybody = {option.role for option in consultation.who_options if option.band is price.band}
    return "everybody" if everybody == set(price.roles) else ", ".join(f"`{role}`" for role in price.roles)


def _dear(consultation: Consultation, found: Sequence[Price]) -> Iterator[str]:
    """Every text in UCS-2, with the characters that make it so and what they cost."""
    if not any(price.dear for price in found):
        return
    yield "Texts in UCS-2, counted from the first that we send, and what they would cost without those characters:\n"
    yield "| band | who | text | characters outside GSM-7 | segments | without |"
    yield "|---|---|---|---|---|---|"
    for price in found:
        who = _who(consultation, price)
        for number, text in enumerate(price.texts, start=1):
            if text.dear:
                cells = (price.band.value, who, number, _named(text.dear), text.size.segments, text.plain)
                yield f"| {' | '.join(map(str, cells))} |"
    yield ""


def _named(characters: Sequence[str]) -> str:
    more = f" and {len(characters) - _MOST_NAMED} more" if len(characters) > _MOST_NAMED else ""
    return " ".join(characters[:_MOST_NAMED]) + more


def _by_language(found: Iterable[Price]) -> Iterator[tuple[str, Iterator[Price]]]:
    return itertools.groupby(found, lambda price: price.language)


def _range(band: str, found: Sequence[Price]) -> str:
    costs = sorted({price.segments for price in found})
    return f"{band} {costs[0]}" if len(costs) == 1 else f"{band} {costs[0]} to {costs[-1]}"
