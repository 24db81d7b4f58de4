"""How many SMS segments a text takes: what the council pays for, and where a provider may have cut a text in two.

The rules are those of GSM 03.38 and 03.40 as Twilio's published calculator applies them; `tests/flows/test_segments.py`
holds this module to that calculator's own numbers.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

# One septet each (GSM 03.38, basic table). Lower-case ç is missing there, and so are â ê î ô û ŵ ŷ and ’.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# An escape and a second septet each (the extension table).
_EXTENDED = frozenset("\f^{}\\[~]|€")
_GSM_CHARACTERS = _BASIC | _EXTENDED

_ZERO_WIDTH_JOINER = "\u200d"
_ZERO_WIDTH_NON_JOINER = "\u200c"
_SKIN_TONES = frozenset("\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")
_REGIONAL = range(0x1F1E6, 0x1F200)


@dataclass(frozen=True, slots=True)
class _Sizes:
    """Units that fit into a text of one segment, and into each part of a longer one (six octets go to its header)."""

    alone: int
    part: int


_GSM = _Sizes(alone=160, part=153)
_UCS = _Sizes(alone=70, part=67)

# A part may end early: rather than divide a character of two units, for a longer header, or for a trailing space lost.
_SLACK = 2


@dataclass(frozen=True, slots=True)
class Segments:
    """The size of a text on the air."""

    encoding: Literal["GSM-7", "UCS-2"]
    units: int
    """Septets in GSM-7, UTF-16 code units in UCS-2; without the headers of parts."""
    segments: int
    """1 for an empty text, as the provider counts it."""


def count(text: str) -> Segments:
    """The encoding that a text needs, and the number of segments it is sent and paid as."""
    if _GSM_CHARACTERS.issuperset(text):
        # Nearly every text has none of the extended characters, and most fit into one segment.
        if _EXTENDED.isdisjoint(text):
            return Segments("GSM-7", len(text), 1 if len(text) <= _GSM.alone else -(-len(text) // _GSM.part))
        units = sum(_septets(character) for character in text)
        return Segments("GSM-7", units, 1 if units <= _GSM.alone else _fill(map(_septets, text), _GSM))
    units = _utf16(text)
    return Segments("UCS-2", units, 1 if units <= _UCS.alone else _fill(map(_utf16, _clusters(text)), _UCS))


def is_full_segment(text: str) -> bool:
    """Whether a text that came in is as long as whole segments are, so that a next part may be on its way.

    A guess that leans to "yes": a needless one makes one person wait some seconds, a missed one cuts an answer in two.
    """
    found = count(text)
    if not found.units:
        return False
    sizes = _GSM if found.encoding == "GSM-7" else _UCS
    if _fills_parts(found.units, sizes, slack=_SLACK):
        return True
    # One emoji or curly apostrophe in a later part makes the whole text UCS-2, and this part of it does not show that.
    return found.encoding == "GSM-7" and _fills_parts(len(text), _UCS, slack=1, grows=False)


def _fills_parts(units: int, sizes: _Sizes, *, slack: int, grows: bool = True) -> bool:
    for size in (sizes.part, sizes.alone):
        parts = -(-units // size)
        if parts * size - units <= slack * (parts if grows else 1):
            return True
    return False


def _fill(sizes: Iterable[int], limit: _Sizes) -> int:
    segments, room = 1, limit.part
    for size in sizes:
        if size > room:
            more = -(-size // limit.part)  # one, unless a heap of accents is larger than a part
            segments, room = segments + more, more * limit.part
        room -= size
    return segments


def _septets(character: str) -> int:
    return 2 if character in _EXTENDED else 1


def _utf16(text: str) -> int:
    return sum(2 if character > "\uffff" else 1 for character in text)


def _clusters(text: str) -> Iterator[str]:
    """What a reader sees as one character: a flag, a family or a letter with its accents is kept in one part."""
    cluster = ""
    for character in text:
        if cluster and _continues(cluster, character):
            cluster += character
            continue
        if cluster:
            yield cluster
        cluster = character
    yield cluster


def _continues(cluster: str, character: str) -> bool:
    if character < "\u0300":
        return False
    if character in (_ZERO_WIDTH_JOINER, _ZERO_WIDTH_NON_JOINER) or unicodedata.category(character) in (
        "Mn",
        "Me",
        "Mc",
    ):
        return unicodedata.category(cluster[-1]) not in ("Cc", "Zl", "Zp")
    if character in _SKIN_TONES or cluster[-1] == _ZERO_WIDTH_JOINER:
        return unicodedata.category(cluster[0]) == "So"
    return ord(character) in _REGIONAL and len(cluster) == 1 and ord(cluster) in _REGIONAL
