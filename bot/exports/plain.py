"""Any text, made fit for files that cannot hold every character; what cannot stand in them is seen, never lost."""

from __future__ import annotations

import re
from typing import Final

LACKING: Final = "\ufffd"
"""Stands for what no such file can hold: half an emoji, and two code points that are no characters."""

_PICTURES: Final = 0x2400
"""Unicode's Control Pictures: each control character has one that stands for it to be seen (chapter 22.7)."""
_DELETE: Final = "\x7f"
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
_BREAKS = re.compile("\r\n|[\r\n\u0085\u2028\u2029]")
_INLINE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff\ud800-\udfff]")


def visible(text: str) -> str:
    """The text as XML can hold it: a control character stands there as its picture, line ends are line feeds."""
    return _ILLEGAL.sub(_seen, _BREAKS.sub("\n", text))


def lines(text: str) -> list[str]:
    """The text's lines, each fit for XML."""
    return visible(text).split("\n")


def in_one_line(text: str) -> str:
    """The text where a line end would end the record: each line end and control character is its picture."""
    return _INLINE.sub(_seen, text)


def _seen(found: re.Match[str]) -> str:
    character = found.group()
    if character < " ":
        return chr(_PICTURES + ord(character))
    if character == _DELETE:
        return "\u2421"
    if character in "\u0085\u2028\u2029":
        return "\u2424"
    return f"[U+{ord(character):04X}]" if character < "\xa0" else LACKING
