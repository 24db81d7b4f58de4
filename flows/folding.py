"""What two spellings of the same words have in common: how everything that people type is compared.

Folding is for comparing only; what somebody said is always kept as they sent it.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_ASCII_WORDS: Final = re.compile(r"[a-z0-9]+")

# Letters that Unicode does not take apart (NFKD), although people type them either way.
_ALIKE: Final = {
    "ł": "l",
    "ø": "o",
    "đ": "d",
    "ı": "i",
    "æ": "ae",
    "œ": "oe",
    "ى": "ي",
    "ی": "ي",
    "ئ": "ي",
    "ک": "ك",
    "ة": "ه",
    "ـ": "",  # the tatweel only stretches a word
    "'": "",
    "’": "",
    "‘": "",
    "ʼ": "",
    "`": "",
    "´": "",
}
_REMEMBERED: Final = 0x3000
"""Code points below this are looked up once; those above are too many to keep."""


class _Folding(dict[int, str]):
    """A table for `str.translate` that works out each character when it first meets it."""

    def __missing__(self, code_point: int) -> str:
        folded = _fold_character(chr(code_point))
        if code_point < _REMEMBERED:
            self[code_point] = folded
        return folded


def _fold_character(character: str) -> str:
    if character in _ALIKE:
        return _ALIKE[character]
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.digit(character))
    if category[0] in "LN" or category == "Mc":
        return character
    # Marks above and below, joiners and direction marks are left out; anything else parts two words.
    return "" if category in {"Mn", "Me", "Cf"} else " "


_FOLDING: Final = _Folding()


def fold(text: str) -> str:
    """The words of a text, one space between them: no case, accents, punctuation or emoji; digits as 0 to 9.

    Total, and the same whether the text was folded before. Apostrophes vanish inside a word (`don't` is `dont`).
    """
    if text.isascii():
        return " ".join(_ASCII_WORDS.findall(text.lower().replace("'", "").replace("`", "")))
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return " ".join(decomposed.translate(_FOLDING).split())


def has_substance(text: str) -> bool:
    """True when a text has at least one letter, digit or emoji: anything more than space and punctuation."""
    # A set, so that a megabyte of dots is as quick to refuse as one dot.
    return text[:1].isalnum() or any(
        character.isalnum() or unicodedata.category(character) == "So" for character in set(text)
    )
