"""PDF files that everybody can read: tagged, titled, in a language, as PDF/UA-1 (ISO 14289-1) asks.

Typst makes them, out of a template of ours and of data. Nobody's words are ever part of the template, so nothing in
them is markup. A character that no font here can draw would not be read out either: PDF/UA-1 forbids it, and Typst
refuses. Its name stands for it in square brackets, `[grinning face]`, which says the same to everybody; it is counted.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Final

import typst

from bot.errors import ExportError
from bot.exports.plain import visible

FONTS: Final = ("Noto Sans", "DejaVu Sans", "Liberation Sans", "Libertinus Serif")
"""In this order, as far as they are installed; the last is part of Typst, which also brings a font with Arabic."""

_ROUNDS: Final = 12
"""Typst names what it cannot draw of what it came to, not always all of it at once."""
_LACKING = re.compile(r'the text `"((?:[^"\\]|\\.)*)"` could not be displayed')
_ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}|\\(.)")
_ESCAPED: Final[Mapping[str, str]] = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}
_UNSEEN: Final = frozenset({"Cf", "Mn", "Me"})
"""Categories of characters that show nothing by themselves, such as what joins two emoji."""
NAMED: Final = "What no font here can draw, such as some emoji, stands in square brackets by its name."

_PICTURE: Final = b"""
#set page(width: auto, height: auto, margin: 0pt)
#set text(font: json(bytes(sys.inputs.fonts)))
#image(bytes(sys.inputs.svg), format: "svg", width: 420pt)
"""


@dataclass(frozen=True, slots=True)
class Typeset:
    """A PDF file, and which characters no font could draw."""

    pdf: bytes
    replaced: frozenset[str]


def pdf(template: str, data: Mapping[str, object], now: datetime) -> Typeset:
    """The template of that name in `bot/templates/documents/`, filled with data in which every text may be anything.

    Takes seconds, all of them the processor's: call it in a thread.

    Raises:
        ExportError: it cannot be made here.
    """
    folder = resources.files("bot").joinpath("templates", "documents")
    source = b"".join(folder.joinpath(name).read_bytes() for name in ("parts.typ", template))
    held = json.dumps(_fit({**data, "fonts": list(FONTS)}), ensure_ascii=False)
    replaced: set[str] = set()
    for _ in range(_ROUNDS):
        try:
            made = typst.compile(
                source, format="pdf", sys_inputs={"data": held}, pdf_standards=["ua-1"], timestamp=int(now.timestamp())
            )
        except typst.TypstError as error:
            lacking = _lacking(str(error.diagnostic or error))
            if not lacking - replaced:
                raise ExportError(
                    "This PDF cannot be made here. Export as docx, which holds the same, and tell whoever runs Sayso."
                ) from error
            replaced |= lacking
            held = held.translate({ord(one): json.dumps(_named(one))[1:-1] for one in lacking})
        else:
            return Typeset(made, frozenset(replaced))
    raise ExportError("These texts need more scripts than the fonts here have. Export as docx, which holds the same.")


def png(svg: str) -> bytes:
    """A drawing as a picture, for files that hold no drawings. Its texts may be ours and the pack's."""
    inputs = {"svg": svg, "fonts": json.dumps(FONTS)}
    made: bytes = typst.compile(_PICTURE, format="png", ppi=200.0, sys_inputs=inputs)
    return made


def _fit(held: object) -> object:
    match held:
        case str():
            return visible(held)
        case Mapping():
            return {key: _fit(value) for key, value in held.items()}
        case list() | tuple():
            return [_fit(one) for one in held]
        case _:
            return held


def _lacking(told: str) -> set[str]:
    found = {character for text in _LACKING.findall(told) for character in _ESCAPE.sub(_meant, text)}
    # What is plain ASCII stands in every font; it was only beside what does not.
    return {character for character in found if not character.isascii()}


def _meant(escape: re.Match[str]) -> str:
    number, character = escape.groups()
    return chr(int(number, 16)) if number else _ESCAPED.get(character, character)


def _named(character: str) -> str:
    if unicodedata.category(character) in _UNSEEN:
        return ""
    name = unicodedata.name(character, "")
    return f"[{name.lower()}]" if name else f"[U+{ord(character):04X}]"
