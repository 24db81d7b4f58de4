"""Hard words (those of `flows.hard_words`) and bare letters such as SEND, unless they are explained on the spot.

"Safeguarding (keeping children safe)" and "special educational needs and disabilities (SEND)" explain themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from flows import hard_words
from flows.definition import AgeBand
from flows.folding import fold
from flows.lint_text import UNDER_SIXTEEN, Finding, Reader, plain

# Letters that people of an age know better than what they stand for.
_KNOWN_TO_ALL: Final = frozenset(("BBC", "CD", "DVD", "NHS", "NSPCC", "OK", "PE", "TV", "UK", "USA"))
_KNOWN_FROM_TWELVE: Final = frozenset(
    (
        "ADHD",
        "A&E",
        "BTEC",
        "CV",
        "EU",
        "GCSE",
        "GP",
        "ID",
        "IT",
        "LGBT",
        "LGBTQ",
        "MP",
        "PDF",
        "PIN",
        "SMS",
        "UN",
        "USB",
    )
)
_KNOWN_FROM_SIXTEEN: Final = frozenset(("HIV", "PC", "VAT"))
_KNOWN: Final[Mapping[AgeBand, frozenset[str]]] = {
    AgeBand.FOUR_TO_SEVEN: _KNOWN_TO_ALL,
    AgeBand.EIGHT_TO_ELEVEN: _KNOWN_TO_ALL,
    AgeBand.TWELVE_TO_FIFTEEN: _KNOWN_TO_ALL | _KNOWN_FROM_TWELVE,
    AgeBand.SIXTEEN_TO_TWENTY_FIVE: _KNOWN_TO_ALL | _KNOWN_FROM_TWELVE | _KNOWN_FROM_SIXTEEN,
    AgeBand.ADULT: _KNOWN_TO_ALL | _KNOWN_FROM_TWELVE | _KNOWN_FROM_SIXTEEN,
}
_KNOWN_IN: Final[Mapping[str, frozenset[str]]] = {"cy": frozenset(("GIG", "DU", "TGAU")), "pl": frozenset(("UE",))}
_LETTERS: Final = re.compile(r"\b[A-Z](?:[A-Za-z]|&(?=[A-Z]))*[A-Z](?:[a-z]{0,2})?\b")
_POSTCODE: Final = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?(?:\d[A-Z]{2})?\b")
_WORD: Final = re.compile(r"[^\W_]+")
_EXPLAINED_BEHIND: Final = re.compile(
    r"['’s]{0,2}[\"”]?\s*\(\s*[^\s()]+\s[^()]+\)"
    r"|['’s]{0,2},? (?:which |that |this )?(?:means?|stands for|is when|is short for)\b",
    re.IGNORECASE,
)
_WORDS_IN_FRONT: Final = re.compile(r"\w+(?:[\s,-]+\w+)+\s*\($")


def abbreviations(text: str, reader: Reader, beside: str = "") -> Iterator[Finding]:
    """Letters that nobody has explained; for under-sixteens the long words have to do without them.

    `beside` is what is shown with this text, and may explain them.
    """
    bare = _POSTCODE.sub(" ", _without_names(text, reader))
    for letters in dict.fromkeys(found[0] for found in _LETTERS.finditer(bare)):
        stem = letters.rstrip("s")
        known = _KNOWN[reader.band] | _KNOWN_IN.get(reader.language, frozenset())
        if not _is_short_for_something(stem) or stem in known or fold(letters) in reader.commands:
            continue
        meaning = reader.glossary.get(stem)
        long = f"“{meaning}”" if meaning else "what it stands for"
        problem = f"Not everybody knows what {letters} means"
        if reader.band in UNDER_SIXTEEN:
            yield Finding("abbreviation", problem, f"Write {long} without the letters; small letters for a plain word")
        elif meaning is None and not _is_explained(letters, f"{text}\n{beside}"):
            mend = f"Write {long} beside it, or put it into [glossary] in consultation.toml"
            yield Finding("abbreviation", problem, mend)


def difficult_words(text: str, reader: Reader, beside: str = "") -> Iterator[Finding]:
    """Words of the list that nothing beside them explains."""
    listed = hard_words.forms(reader.language, reader.band)
    if not listed:
        return
    bare = _without_names(text, reader)
    tokens = [(found.start(), found.end(), found[0].lower()) for found in _WORD.finditer(bare)]
    done = 0
    for index, (start, _, first) in enumerate(tokens):
        if index < done:
            continue
        for parts, plainer in listed.get(first, ()):
            end = index + len(parts)
            if tuple(token for _, _, token in tokens[index:end]) == parts:
                done = end
                written = bare[start : tokens[end - 1][1]]
                if not _is_explained(written, f"{bare}\n{beside}"):
                    mend = f"Write “{plainer}”, or explain it: “{written} (…)”"
                    yield Finding("hard-word", f"“{written}” is hard for {_whom(reader.band)}", mend)
                break


def _is_short_for_something(stem: str) -> bool:
    """More capitals than small letters: SEND and SENCo, not YouTube."""
    capitals = sum(character.isupper() for character in stem)
    return capitals > 1 and capitals * 2 > len(stem)


def _is_explained(written: str, text: str) -> bool:
    for found in re.finditer(rf"\b{re.escape(written)}\b", text, re.IGNORECASE):
        if _EXPLAINED_BEHIND.match(text, found.end()):
            return True
        if text[found.end() : found.end() + 1] == ")" and _WORDS_IN_FRONT.search(text, 0, found.start()):
            return True
    return False


def _without_names(text: str, reader: Reader) -> str:
    text = plain(text)
    for name in reader.names:
        text = text.replace(name, "name")
    return text


def _whom(band: AgeBand) -> str:
    return "many adults" if band is AgeBand.ADULT else f"people of {band.value}"
