"""Reads the little YAML that `deploy/` is written in, and refuses all that could be read in two ways.

Block mappings and lists, plain and double-quoted scalars, lists of quoted strings on one line, and `>-` paragraphs.
Every scalar is a text here, numbers and `true` too. Whatever this accepts, every YAML reader reads alike.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TypeAlias

Node: TypeAlias = "str | list[Node] | dict[str, Node] | None"

_KEY = re.compile(r"([A-Za-z][\w-]*):(?: (.+))?")
_PLAIN = re.compile(r"[\w./$][^\n]*", re.ASCII)
_NOT_A_TEXT = re.compile(r"(?:y|n|yes|no|on|off|null)", re.IGNORECASE)
_PARAGRAPH = ">-"


class NotPlainError(ValueError):
    """Something that this reader does not read."""


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    indent: int
    text: str

    @property
    def is_item(self) -> bool:
        return self.text.startswith("- ")

    def refuse(self, why: str) -> NotPlainError:
        return NotPlainError(f"line {self.number}: {why}: {self.text}")


def read(text: str) -> Node:
    """The document's one value.

    Raises:
        NotPlainError: it is not written plainly enough.
    """
    lines = [
        _Line(number, len(line) - len(line.lstrip(" ")), line.strip())
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip() and not line.lstrip().startswith("#")
    ]
    reader = _Reader(lines)
    value = reader.block(0)
    if reader.lines:
        raise reader.lines[0].refuse("not indented as the lines around it")
    return value


class _Reader:
    def __init__(self, lines: list[_Line]) -> None:
        self.lines = lines

    def block(self, indent: int) -> Node:
        """Everything from here on that is indented so far."""
        return self._items(indent) if self.lines and self.lines[0].is_item else self._mapping(indent)

    def _items(self, indent: int) -> list[Node]:
        items: list[Node] = []
        while self._goes_on(indent) and self.lines[0].is_item:
            line = self.lines[0]
            inner = _Line(line.number, indent + 2, line.text[2:])
            if _KEY.fullmatch(inner.text):
                self.lines[0] = inner
                items.append(self._mapping(indent + 2))
            else:
                self.lines.pop(0)
                items.append(_scalar(inner, inner.text))
        return items

    def _mapping(self, indent: int) -> dict[str, Node]:
        found: dict[str, Node] = {}
        while self._goes_on(indent) and not self.lines[0].is_item:
            line = self.lines.pop(0)
            match = _KEY.fullmatch(line.text)
            if match is None:
                raise line.refuse("not a name and its value")
            name, value = match[1], match[2]
            if name in found:
                raise line.refuse("named twice")
            found[name] = self._value(line, value)
        return found

    def _value(self, line: _Line, value: str | None) -> Node:
        deeper = bool(self.lines) and self.lines[0].indent > line.indent
        if value == _PARAGRAPH and deeper:
            return self._paragraph(self.lines[0].indent)
        if value is not None:
            return _scalar(line, value)
        return self.block(self.lines[0].indent) if deeper else None

    def _paragraph(self, indent: int) -> str:
        words = []
        while self._goes_on(indent):
            words.append(self.lines.pop(0).text)
        return " ".join(words)

    def _goes_on(self, indent: int) -> bool:
        if not self.lines or self.lines[0].indent < indent:
            return False
        if self.lines[0].indent > indent:
            raise self.lines[0].refuse("indented too far")
        return True


def _scalar(line: _Line, value: str) -> Node:
    if value.startswith('"'):
        return _quoted(line, value)
    if value.startswith("["):
        return [_quoted(line, part.strip()) for part in _parts(line, value)]
    if not _PLAIN.fullmatch(value) or _NOT_A_TEXT.fullmatch(value):
        raise line.refuse("put this into double quotes")
    if ": " in value or " #" in value or value.endswith(":"):
        raise line.refuse("a colon or a comment inside a plain text")
    return value


def _parts(line: _Line, value: str) -> list[str]:
    if not re.fullmatch(r'\["[^"]*"(?:, "[^"]*")*\]', value):
        raise line.refuse("a list on one line is of double-quoted texts")
    return re.findall(r'"[^"]*"', value)


def _quoted(line: _Line, value: str) -> str:
    try:
        read: object = json.loads(value)
    except ValueError:
        raise line.refuse("not a double-quoted text") from None
    return str(read)
