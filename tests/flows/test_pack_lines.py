"""Every key of a TOML text is found on its line."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.pack_lines import line_of, lines_of
from tests.support.pack_files import HARBOUR, PARK

EXAMPLE = '''\
# a comment with = and [brackets]
top = 1
"quoted key" = "a # that is no comment"
dotted.inside.key = true
list = [
  "one",  # with a ] in a comment
  "two",
]
after = 2
long = """
not = "a key"
[not.a.table]
"""
'single' = \'\'\'
= nor this
\'\'\'
inline = { one = 1, two = 2 }

[table]
a = 1
[table."with.dot"]
b = 2

[[array]]
code = "first"
[array.sub]
x = 1
[[array]]
code = "second"
[array.sub]
y = 1
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("top",), 2),
        (("quoted key",), 3),
        (("dotted", "inside", "key"), 4),
        (("list",), 5),
        (("after",), 9),
        (("long",), 10),
        (("single",), 14),
        (("inline",), 17),
        (("inline", "two"), 17),
        (("table",), 19),
        (("table", "a"), 20),
        (("table", "with.dot", "b"), 22),
        (("array", 0), 24),
        (("array", 0, "code"), 25),
        (("array", 0, "sub", "x"), 27),
        (("array", 1, "code"), 29),
        (("array", 1, "sub", "y"), 31),
        (("array", 1, "sub", "absent"), 30),
        (("absent",), 0),
    ],
)
def test_a_key_is_found_on_the_line_it_stands_on(path: tuple[str | int, ...], line: int) -> None:
    assert line_of(lines_of(EXAMPLE), path) == line


def test_line_endings_of_windows_change_no_line() -> None:
    assert lines_of(EXAMPLE.replace("\n", "\r\n")) == lines_of(EXAMPLE)


def paths(value: object, path: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    """Every path to a key in a parsed file."""
    if isinstance(value, dict):
        return {path}.union(*(paths(inside, (*path, key)) for key, inside in value.items()))
    if isinstance(value, list) and value and all(isinstance(inside, dict) for inside in value):
        return {path}.union(*(paths(inside, (*path, index)) for index, inside in enumerate(value)))
    return {path}


@pytest.mark.parametrize("text", [*PARK.values(), *HARBOUR.values()])
def test_every_key_that_the_parser_sees_has_a_line_with_that_key_on_it(text: str) -> None:
    lines, found = text.splitlines(), lines_of(text)
    for path in paths(tomllib.loads(text)) - {()}:
        line = line_of(found, path)
        key = next(str(part) for part in reversed(path) if isinstance(part, str))
        assert key in lines[line - 1]


KEYS = st.text("abcdefg-_0", min_size=1, max_size=5)
VALUES = st.one_of(
    st.integers().map(str),
    st.text("ab[]{}#=.\n", max_size=12).map(lambda text: f"'''\n{text}'''"),
    st.text("ab[]{}#=.'\"\\", max_size=12).map(lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'),
    st.lists(st.sampled_from(['"]"', "'['", "1", "{ a = 1 }"]), max_size=3).map(
        lambda each: f"[\n{','.join(each)} # ]\n]"
    ),
)


@given(st.lists(st.tuples(KEYS, VALUES), unique_by=lambda pair: pair[0], max_size=8))
def test_whatever_the_values_hold_the_keys_after_them_are_found(pairs: list[tuple[str, str]]) -> None:
    text = "".join(f"{key} = {value}\n" for key, value in pairs)
    assert set(tomllib.loads(text)) == {key for key, _ in pairs}, "the text is TOML"
    found = lines_of(text)
    assert {path[0] for path in found} == {key for key, _ in pairs}
    for key, _ in pairs:
        assert text.splitlines()[found[key,] - 1].startswith(f"{key} = ")
