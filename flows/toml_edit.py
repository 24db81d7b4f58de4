"""Texts of a TOML file changed where they stand: comments, order and the way everything else is written stay.

The standard library reads TOML and does not write it. What is edited here are wording files: tables of texts and lists
of texts.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from flows.errors import FlowsError
from flows.pack_lines import Statement, statements

Keys = tuple[str, ...]
"""The keys that lead to a text, from the top of the file."""
Value = str | Sequence[str] | None
"""What is to stand there: a text, a list of texts, or nothing."""

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_UNWRITABLE: Final = re.compile(r"[\x00-\x1f\x7f]")
_SHORT: Final = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
_ESCAPED: Final = re.compile(r'[\x00-\x1f\x7f"\\]')
# Where a value ends and a comment begins: strings are passed over whole, the long ones first.
_PART: Final = re.compile(
    r'"{3}(?:[^"\\]|\\.|"(?!""))*"{3,5}|\'{3}.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#[^\n]*|[\[{]|[\]}]',
    re.DOTALL,
)
_EQUALS: Final = re.compile(r"""(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^"'=])*=[ \t]*""")


class UneditableError(FlowsError):
    """A file that is written in a way that cannot be edited in place. Write its tables as `[table]` with keys below."""

    def __init__(self, keys: Keys) -> None:
        super().__init__(
            f"{'.'.join(keys)} cannot be written into this file as it stands: "
            "write its tables each under a header of its own, such as [say]."
        )
        self.keys = keys


def edited(text: str, changes: Mapping[Keys, Value]) -> str:
    """The text with these values in it. A key that is new goes behind the last one of its table.

    `text` has to be TOML. A value that is there already is left exactly as it is written; None takes a key out.

    Raises:
        UneditableError: the file is no shape for that, such as a text where a table has to be.
    """
    windows = "\r\n" in text and "\n" not in text.replace("\r\n", "")
    after = text.replace("\r\n", "\n")
    for keys, value in changes.items():
        before = tomllib.loads(after)
        expected = _with(before, keys, value)
        if expected == before:
            continue
        after = _changed(after, keys, value, expected)
        if not _is(after, expected):
            raise UneditableError(keys)
    return after.replace("\n", "\r\n") if windows else after


def in_toml(value: str | Sequence[str]) -> str:
    """A text or a list of texts as TOML writes it."""
    if not isinstance(value, str):
        return f"[{', '.join(map(in_toml, value))}]"
    if '"' in value and "'" not in value and not _UNWRITABLE.search(value):
        return f"'{value}'"
    return f'"{_ESCAPED.sub(_escape, value)}"'


def _escape(found: re.Match[str]) -> str:
    return _SHORT.get(found[0]) or f"\\u{ord(found[0]):04x}"


def _with(data: Mapping[str, object], keys: Keys, value: Value) -> dict[str, object]:
    """The data that the file should hold afterwards."""
    first, *rest = keys
    if not rest:
        kept = {key: inside for key, inside in data.items() if key != first}
        return kept if value is None else {**data, first: value if isinstance(value, str) else list(value)}
    inside = data.get(first, {})
    if not isinstance(inside, dict):
        raise UneditableError(keys)
    if value is None and first not in data:
        return dict(data)
    return {**data, first: _with(inside, tuple(rest), value)}


def _is(text: str, expected: Mapping[str, object]) -> bool:
    try:
        return tomllib.loads(text) == expected
    except tomllib.TOMLDecodeError:
        return False


def _changed(text: str, keys: Keys, value: Value, expected: Mapping[str, object]) -> str:
    found = tuple(statements(text))
    for statement in found:
        if statement.is_header or statement.path != keys[: len(statement.path)]:
            continue
        if statement.path == keys and value is None:
            return text[: statement.start] + text[statement.end :]
        return _put(text, statement, _in_one_line(_at(expected, keys[: len(statement.path)])))
    return text if value is None else _added(text, found, keys, in_toml(value))


def _at(data: object, keys: Keys) -> object:
    for key in keys:
        data = data[key] if isinstance(data, dict) else {}
    return data


def _in_one_line(value: object) -> str:
    """A text, a list of texts, or an inline table with what is inside it."""
    match value:
        case dict():
            pairs = ", ".join(f"{_key(key)} = {_in_one_line(inside)}" for key, inside in value.items())
            return f"{{ {pairs} }}" if pairs else "{}"
        case list():
            return in_toml([str(each) for each in value])
        case _:
            return in_toml(str(value))


def _put(text: str, statement: Statement, written: str) -> str:
    """Another value where a statement has one; what stands behind it on the line stays."""
    whole = text[statement.start : statement.end]
    equals = _EQUALS.match(whole)
    begin = equals.end() if equals else 0
    behind = whole[_end_of_value(whole, begin) :]
    return f"{text[: statement.start]}{whole[:begin]}{written}{behind}{text[statement.end :]}"


def _end_of_value(whole: str, begin: int) -> int:
    depth, end = 0, len(whole)
    for part in _PART.finditer(whole, begin):
        if part[0] in "[{":
            depth += 1
        elif part[0] in "]}":
            depth -= 1
        elif part[0].startswith("#") and depth == 0:
            end = part.start()
            break
    return len(whole[:end].rstrip())


def _added(text: str, found: Sequence[Statement], keys: Keys, written: str) -> str:
    """A new key in its table: behind the last one there, or in a table of its own at the end."""
    table = keys[:-1]
    sections = tuple(_sections(found))
    for header, inside in sections:
        if header == table and (inside or header):
            return _behind(text, inside[-1], f"{_key(keys[-1])} = {written}")
    if not table:
        return _on_top(text, f"{_key(keys[-1])} = {written}")
    for header, inside in sections:
        # A table that is made by dotted keys can only grow by more of them.
        dotted = [each for each in inside if not each.is_header and each.path[: len(table)] == table]
        if dotted and header == table[: len(header)]:
            return _behind(text, dotted[-1], f"{'.'.join(map(_key, keys[len(header) :]))} = {written}")
    gap = "\n" if text.strip() else ""
    return f"{_ended(text)}{gap}[{'.'.join(map(_key, table))}]\n{_key(keys[-1])} = {written}\n"


def _sections(found: Sequence[Statement]) -> Iterator[tuple[tuple[str | int, ...], list[Statement]]]:
    """Each header's path with its statements, the header first; the top of the file has none."""
    path: tuple[str | int, ...] = ()
    inside: list[Statement] = []
    for statement in found:
        if statement.is_header:
            yield path, inside
            path, inside = statement.path, []
        inside.append(statement)
    yield path, inside


def _behind(text: str, statement: Statement, line: str) -> str:
    return f"{_ended(text[: statement.end])}{line}\n{text[statement.end :]}"


def _on_top(text: str, line: str) -> str:
    """Before the first table, behind the remark that the file begins with."""
    end = 0
    while text.startswith("#", end):
        end = text.find("\n", end) + 1 or len(text)
    above, below = _ended(text[:end]), text[end:]
    before = "\n" if above else ""
    after = "\n" if below and not below.startswith("\n") else ""
    return f"{above}{before}{line}\n{after}{below}"


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else f"{text}\n"


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else in_toml(key)
