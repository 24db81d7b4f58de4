"""How an XLSForm's headings call languages, as in `label::Welsh (cy)`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

NAMES: Final[Mapping[str, str]] = {
    "ar": "Arabic",
    "bg": "Bulgarian",
    "bn": "Bengali",
    "cs": "Czech",
    "cy": "Welsh",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fa": "Persian",
    "fr": "French",
    "ga": "Irish",
    "gd": "Scottish Gaelic",
    "gu": "Gujarati",
    "hi": "Hindi",
    "hu": "Hungarian",
    "it": "Italian",
    "ku": "Kurdish",
    "lt": "Lithuanian",
    "lv": "Latvian",
    "pa": "Punjabi",
    "pl": "Polish",
    "ps": "Pashto",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sk": "Slovak",
    "so": "Somali",
    "ti": "Tigrinya",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "vi": "Vietnamese",
    "zh": "Chinese",
}
"""ISO 639 codes of the languages most spoken in the United Kingdom, and their English names."""
_OWN_NAMES: Final = {
    "cymraeg": "cy",
    "polski": "pl",
    "العربية": "ar",
    "gaeilge": "ga",
    "français": "fr",
    "deutsch": "de",
    "español": "es",
    "português": "pt",
    "română": "ro",
    "українська": "uk",
    "gaelic": "gd",
    "farsi": "fa",
    "panjabi": "pa",
}
_CODES: Final = {**{name.casefold(): code for code, name in NAMES.items()}, **_OWN_NAMES}
_IN_BRACKETS: Final = re.compile(r".*\((?P<code>[A-Za-z]{2,3})(?:[-_][A-Za-z0-9]+)*\)")
_CODE: Final = re.compile(r"[a-z]{2,3}")


def code_of(called: str) -> str | None:
    """The code of a language as a heading calls it: `Welsh (cy)`, `cy`, `Welsh` or `Cymraeg`; None where unknown."""
    name = called.strip()
    if (found := _IN_BRACKETS.fullmatch(name)) is not None:
        return found["code"].lower()
    by_name = _CODES.get(name.casefold())
    if by_name is not None:
        return by_name
    return name.lower() if _CODE.fullmatch(name.lower()) else None


def heading_of(code: str) -> str:
    """What a heading calls a language: its English name and its code."""
    return f"{NAMES.get(code, code)} ({code})"
