"""On which line of a TOML text each key stands: the parser of the standard library does not say.

For texts that parse only. Keys inside an inline table count as standing where that table begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
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


def lines_of(text: str) -> Mapping[Path, int]:
    """The 1-based line of every key and table of a TOML text."""
    found: dict[Path, int] = {}
    arrays: dict[Path, int] = {}
    table: Path = ()
    for line, statement in _statements(text.replace("\r\n", "\n")):
        if statement.startswith("["):
            is_array = statement.startswith("[[")
            table = _inside(_keys(statement.lstrip("[")), arrays, whole=not is_array)
            if is_array:
                arrays[table] = arrays.get(table, -1) + 1
                table = (*table, arrays[table])
            path = table
        else:
            path = (*table, *_keys(statement))
        for end in range(1, len(path) + 1):
            found.setdefault(path[:end], line)
    return found


def line_of(lines: Mapping[Path, int], path: Path) -> int:
    """The line of a key, or of the nearest table around it; 0 where even that is not known."""
    return next((lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in lines), 0)


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Every header and every key with its value, with the line that it begins on."""
    position, line = 0, 1
    while position < len(text):
        end = _end_of_statement(text, position)
        statement = text[position:end].strip()
        if statement and not statement.startswith("#"):
            yield line, statement
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
