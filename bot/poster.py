"""A poster for a wall: every way to answer on one page, each with a square that a phone's camera can read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import segno

from bot.said_words import said_words
from flows import cutoff
from flows.definition import AgeBand, Consultation
from flows.effects import Notice
from flows.messages import Channel
from flows.scripts import direction

_BRITISH: Final = "+44"
_PREFIX: Final = 5
QUIET: Final = 4
"""Modules left white around a square (ISO/IEC 18004)."""
_CHILD: Final = 12
"""Years. Whoever is younger is told to ask a grown-up."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where people can answer here."""

    public_url: str
    sms_number: str | None
    telegram: str | None
    """The address that opens a chat with our bot."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to answer."""

    channel: Channel
    heading: str
    code: str
    """What the square says."""
    typed: str
    """What somebody without a camera types."""
    note: str


@dataclass(frozen=True, slots=True)
class Poster:
    """Everything that stands on it."""

    language: str
    direction: str
    headline: str
    title: str
    scan: str
    ways: tuple[Way, ...]
    closes: str
    grown_up: str
    """Empty where it is not for children."""
    who_asks: str
    privacy: str
    contact: str


def poster(pack: Consultation, language: str, places: Places, now: datetime, *, young: bool) -> Poster:
    """The poster in a language; `young` for children under 12, else for everybody older."""
    words = said_words(language).poster
    spoken = pack.words_for(language, _band(pack, young=young))
    closes_at = cutoff.last_close(pack.timetable)
    closing = cutoff.closing_in_words(closes_at, pack.timetable.zone, language)
    return Poster(
        language=language,
        direction=direction(language),
        headline=words["headline_young" if young else "headline"],
        title=spoken.say[Notice.TITLE],
        scan=words["scan_young" if young else "scan"],
        ways=tuple(_ways(pack, language, places, young=young)),
        closes=words["closes" if now < closes_at else "closed"].format(closing=closing),
        grown_up=words["grown_up"] if young else "",
        who_asks=words["who_asks"].format(authority=pack.authority),
        privacy=words["privacy"].format(url=bare(f"{places.public_url}/privacy")),
        contact=words["contact"].format(contact=pack.contact) if pack.contact else "",
    )


def has_children(pack: Consultation) -> bool:
    """Whether the pack speaks to anybody under 12."""
    return pack.youngest.oldest < _CHILD


def _band(pack: Consultation, *, young: bool) -> AgeBand:
    bands = sorted({option.band for option in pack.who_options}, key=tuple(AgeBand).index)
    fitting = [band for band in bands if (band.oldest < _CHILD) is young]
    return (fitting or bands)[-1]


def _ways(pack: Consultation, language: str, places: Places, *, young: bool) -> Iterator[Way]:
    words = said_words(language).poster
    chat = f"{places.public_url}/chat/{pack.slug}"
    web = f"{chat}?lang={language}"
    yield Way(Channel.WEB, words["by_web"], web, bare(chat if language == pack.default_language else web), "")
    if places.sms_number is not None:
        heading = words["by_text"].format(keyword=pack.sms_keyword, number=dialled(places.sms_number))
        code = f"SMSTO:{places.sms_number}:{pack.sms_keyword}"
        yield Way(Channel.SMS, heading, code, "", words["by_text_more"])
    age = pack.min_age.get(Channel.TELEGRAM.value, 0)
    if places.telegram is not None and not (young and age >= _CHILD):
        link = f"{places.telegram}?start={pack.slug}"
        note = words["telegram_age"].format(age=age) if age else ""
        yield Way(Channel.TELEGRAM, words["by_telegram"], link, bare(link), note)


def bare(address: str) -> str:
    """An address as people type it."""
    return address.removeprefix("https://")


def dialled(number: str) -> str:
    """A number as it is dialled in the country: 01432 260000."""
    if not number.startswith(_BRITISH):
        return number
    local = f"0{number.removeprefix(_BRITISH)}"
    return f"{local[:_PREFIX]} {local[_PREFIX:]}"


def modules(text: str) -> Sequence[Sequence[bool]]:
    """The square that says `text`: rows of dark and light, without the white around it."""
    return [
        [bool(module) for module in row] for row in segno.make(text, error="m", micro=False, boost_error=False).matrix
    ]


def drawn(text: str) -> str:
    """The same as the path of an SVG whose sides are `side(text)` long, with the white around it."""
    runs = []
    for y, row in enumerate(modules(text), QUIET):
        x = 0
        while x < len(row):
            end = x
            while end < len(row) and row[end]:
                end += 1
            if end > x:
                runs.append(f"M{x + QUIET} {y}h{end - x}v1h-{end - x}z")
            x = max(end, x + 1)
    return "".join(runs)


def side(text: str) -> int:
    """How many modules the square is wide, with the white around it."""
    return len(modules(text)) + 2 * QUIET
