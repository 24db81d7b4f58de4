"""A module that outgrows 400 lines, or a function that outgrows 40, has usually become two things."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from tests.support.source import functions, named, python_files

FOLDERS = ("flows", "storage", "bot", "tests", "benchmarks")
MODULE_LINES = 400
FUNCTION_LINES = 40

# file, or file::function -> why it is one thing all the same. An entry that is no longer needed fails too.
EXCEPTIONS = {
    "storage/migrations/versions/0001_first.py::upgrade": "one list of tables, written once and never changed again",
}


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines without the docstring: explaining oneself is free."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function, clean=False) is not None and first.end_lineno is not None:
        lines -= first.end_lineno - first.lineno + 1
    return lines


def _too_long(name: str, source: str) -> Iterator[tuple[str, int]]:
    lines = len(source.splitlines())
    if lines > MODULE_LINES:
        yield name, lines
    for function in functions(ast.parse(source)):
        if (length := _length(function)) > FUNCTION_LINES:
            yield f"{name}::{function.name}", length


def _all_too_long() -> Iterable[tuple[str, int]]:
    paths = python_files(*FOLDERS)
    assert len(paths) > len(FOLDERS), "the rule saw no modules"
    return [found for path in paths for found in _too_long(named(path), path.read_text())]


def test_no_module_or_function_has_outgrown_its_limit() -> None:
    found = [f"{name}: {lines} lines" for name, lines in _all_too_long() if name not in EXCEPTIONS]
    assert not found, "\n".join(found)


def test_every_exception_to_the_size_rule_is_still_needed() -> None:
    assert set(EXCEPTIONS) <= {name for name, _ in _all_too_long()}


def test_the_size_rule_notices_what_is_too_long() -> None:
    body = "\n".join(["    pass"] * FUNCTION_LINES)
    docstring = '    """Words.\n\n    More words.\n    """'
    assert list(_too_long("a.py", f"def long():\n{body}\n")) == [("a.py::long", FUNCTION_LINES + 1)]
    assert list(_too_long("b.py", f"def told():\n{docstring}\n{body.removesuffix('    pass')}\n")) == []
    assert list(_too_long("c.py", "#\n" * (MODULE_LINES + 1))) == [("c.py", MODULE_LINES + 1)]
