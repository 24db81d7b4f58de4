"""What somebody typed -> a number: in figures or in words, with the little words that people put around one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Final

from flows import number_words, small_words
from flows.folding import fold

_LONGEST: Final = 120
_COMMA_IS_DECIMAL: Final = frozenset({"pl", "uk", "ro", "lt", "fr", "es", "pt", "tr"})
_SIGNS: Final = str.maketrans(
    {"−": "-", "٫": ".", "٬": ",", "\N{NO-BREAK SPACE}": " ", "\N{NARROW NO-BREAK SPACE}": " "}
)
_HALF_BEHIND: Final = re.compile(r"(?<=[0-9])\s?½")

_FIGURES: Final = re.compile(r"(?<![0-9.,])-?[0-9](?:[0-9.,]*[0-9])?(?: [0-9]{3}(?![0-9]))*")
_PLAIN: Final = re.compile(r"-?[0-9]{1,9}")
_POINT: Final = re.compile(r"-?[0-9]{1,9}[.,][0-9]{1,6}")
_THOUSANDS: Final = re.compile(r"-?[0-9]{1,3}(?:[ ,][0-9]{3})+(?:\.[0-9]{1,2})?")
_THOUSANDS_BY_POINTS: Final = re.compile(r"-?[0-9]{1,3}(?:[ .][0-9]{3})+(?:,[0-9]{1,2})?")
_THREE_BEHIND: Final = re.compile(r"[.,][0-9]{3}$")
_OUT_OF: Final = re.compile(r"(.*\w)\s*(?:/|\b(?:out of|allan o|na|z|من)\b)\s*([0-9]{1,9})(\D*)", re.IGNORECASE)

_HALF: Final = Decimal("0.5")
_AND_A_HALF: Final = (("and", "a", "half"), ("a", "hanner"), ("i", "pol"), ("and", "half"), ("ونصف",))


def read(text: str, *, asked: str, language: str, maximum: int | None = None) -> Decimal | None:
    """The one number that a text says; None where it says none, several, or something else about one.

    `asked` is the question's wording: its own words may stand beside the number ("8 hours"). "7/10" is 7 where the
    scale ends at `maximum` 10.
    """
    if len(text) > _LONGEST:
        return None
    figures = _in_figures(text)
    if out_of := _OUT_OF.fullmatch(figures):
        scale, tail = int(out_of[2]), fold(out_of[3]).split()
        agreed = maximum is not None and scale == maximum and _says_nothing_else(tail, asked, language)
        return _read(out_of[1], asked, language) if agreed else None
    return _read(figures, asked, language)


def _in_figures(text: str) -> str:
    """The text with every script's digits as 0 to 9, and halves written out."""
    text = _HALF_BEHIND.sub(".5", text).replace("½", "0.5").translate(_SIGNS)
    return "".join(
        str(unicodedata.digit(character)) if unicodedata.category(character) == "Nd" else character
        for character in text
    )


def _read(text: str, asked: str, language: str) -> Decimal | None:
    found = _FIGURES.findall(text)
    if len(found) > 1:
        return None
    if not found:
        return _in_words(tuple(fold(text).split()), asked, language)
    value = _value(found[0], language)
    before, _, after = text.partition(found[0])
    around = (*fold(before).split(), *(behind := tuple(fold(after).split())))
    if value is not None and behind in _AND_A_HALF and value == value.to_integral_value():
        return value + _HALF if _says_nothing_else(fold(before).split(), asked, language) else None
    return value if _says_nothing_else(around, asked, language) else None


def _value(figures: str, language: str) -> Decimal | None:
    """The value of figures; None where a comma or point could part thousands or fractions alike."""
    comma_is_decimal = language in _COMMA_IS_DECIMAL
    if _PLAIN.fullmatch(figures):
        return Decimal(figures)
    if _POINT.fullmatch(figures):
        if not _THREE_BEHIND.search(figures):
            return Decimal(figures.replace(",", "."))
        if comma_is_decimal:
            return None
    thousands = _THOUSANDS_BY_POINTS if comma_is_decimal else _THOUSANDS
    if thousands.fullmatch(figures):
        apart, point = (" .", ",") if comma_is_decimal else (" ,", ".")
        for mark in apart:
            figures = figures.replace(mark, "")
        return Decimal(figures.replace(point, "."))
    return Decimal(figures) if _POINT.fullmatch(figures) and "." in figures else None


def _in_words(tokens: tuple[str, ...], asked: str, language: str) -> Decimal | None:
    half = next((ending for ending in _AND_A_HALF if tokens[-len(ending) :] == ending), ())
    tokens = tokens[: len(tokens) - len(half)]
    if not half and not tokens:
        return None
    if tokens in {("half",), ("a", "half"), ("hanner",), ("pol",)}:
        return _HALF
    spoken = [index for index, token in enumerate(tokens) if number_words.is_number_word(token, language)]
    if not spoken:
        nothing = len(tokens) == 1 and tokens[0] in small_words.NO_FEWER
        return Decimal(0) if nothing and not half else None
    first, last = spoken[0], spoken[-1] + 1
    first -= first > 0 and tokens[first - 1] == "a" and tokens[first] == "hundred"
    number = number_words.cardinal(tokens[first:last], language)
    before, after = tokens[:first], tokens[last:]
    negative = before[-1:] == ("minus",)
    around = (*(before[:-1] if negative else before), *after)
    if number is None or (half and after) or not _says_nothing_else(around, asked, language):
        return None
    value = Decimal(number) + (_HALF if half else 0)
    return -value if negative else value


def _says_nothing_else(around: Sequence[str], asked: str, language: str) -> bool:
    """Whether the words around a number leave it as it is."""
    return not around or all(token.rstrip("s") in _harmless(asked, language) for token in around)


@lru_cache(maxsize=1024)
def _harmless(asked: str, language: str) -> frozenset[str]:
    """Words, without an s at their end, that may stand around the answer: little ones, and those of the question."""
    own = frozenset(token for token in fold(asked).split() if not number_words.is_number_word(token, language))
    units = frozenset[str]().union(*(unit for unit in small_words.UNITS if unit & own))
    return frozenset(token.rstrip("s") for token in (own | units | small_words.ABOUT) - small_words.TURNING) | {"or"}
