"""On which line of a TOML text each key stands: the parser of the standard library does not say.

For texts that parse only. Keys inside an inline table count as standing where that table begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

Path = tuple[str | int, ...]
"""Keys from the top of a file; a number is the place in an array of tables, from 0."""

_KEY: Final = re.compile(r"""\s*(?:"(?P<double>(?:[^"\\]|\\.)*)"|'(?P<single>[^']*)'|(?P<bare>[\w-]+))\s*""", re.ASCII)
_DOT: Final = "."
# What decides where a value ends: strings (the long ones first), comments and brackets.
_TOKEN: Final = re.compile(
    r'"{3}|\'{3}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#[^\n]*|[\[{]|[\]}]|\n',
)
_END_OF_LONG: Final = {
    '"""': re.compile(r'(?:[^"\\]|\\.|"(?!""))*"{3,5}', re.DOTALL),
    "'''": re.compile(r".*?'{3,5}", re.DOTALL),
}


@dataclass(frozen=True, slots=True)
class Statement:
    """A table's header, or a key with its value, and where it stands."""

    path: Path
    is_header: bool
    line: int
    """1-based."""
    start: int
    end: int
    """Characters of the text: from the beginning of its line to behind its last line break, if it has one."""


def lines_of(text: str) -> Mapping[Path, int]:
    """The 1-based line of every key and table of a TOML text."""
    found: dict[Path, int] = {}
    for statement in statements(text.replace("\r\n", "\n")):
        for end in range(1, len(statement.path) + 1):
            found.setdefault(statement.path[:end], statement.line)
    return found


def statements(text: str) -> Iterator[Statement]:
    """Every header and every key of a TOML text, in order. Lines end with a line feed alone."""
    arrays: dict[Path, int] = {}
    table: Path = ()
    for line, start, end in _spans(text):
        written = text[start:end].strip()
        is_header = written.startswith("[")
        if is_header:
            is_array = written.startswith("[[")
            table = _inside(_keys(written.lstrip("[")), arrays, whole=not is_array)
            if is_array:
                arrays[table] = arrays.get(table, -1) + 1
                table = (*table, arrays[table])
        yield Statement(table if is_header else (*table, *_keys(written)), is_header, line, start, end)


def line_of(lines: Mapping[Path, int], path: Path) -> int:
    """The line of a key, or of the nearest table around it; 0 where even that is not known."""
    return next((lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in lines), 0)


def _spans(text: str) -> Iterator[tuple[int, int, int]]:
    """The line, the first character and the end of every statement."""
    position, line = 0, 1
    while position < len(text):
        end = _end_of_statement(text, position)
        written = text[position:end].strip()
        if written and not written.startswith("#"):
            yield line, position, end
        line += text.count("\n", position, end)
        position = end


def _end_of_statement(text: str, position: int) -> int:
    """Where the statement that begins at `position` ends: behind the first line break outside strings and brackets."""
    depth = 0
    while token := _TOKEN.search(text, position):
        position = token.end()
        match token[0]:
            case '"""' | "'''" as quotes:
                closing = _END_OF_LONG[quotes].match(text, position)
                position = closing.end() if closing else len(text)
            case "[" | "{":
                depth += 1
            case "]" | "}":
                depth -= 1
            case "\n" if depth == 0:
                return position
            case _:
                pass
    return len(text)


def _keys(statement: str) -> tuple[str, ...]:
    """The dotted key at the beginning of a statement, in its parts."""
    keys: list[str] = []
    rest = _DOT + statement
    while rest.startswith(_DOT) and (key := _KEY.match(rest, len(_DOT))):
        keys.append(next(part for part in key.group("double", "single", "bare") if part is not None))
        rest = rest[key.end() :]
    return tuple(keys)


def _inside(keys: tuple[str, ...], arrays: Mapping[Path, int], *, whole: bool) -> Path:
    """The path that a header's keys mean: below an array of tables, its latest table."""
    path: Path = ()
    for index, key in enumerate(keys):
        path = (*path, key)
        if path in arrays and (whole or index < len(keys) - 1):
            path = (*path, arrays[path])
    return path
