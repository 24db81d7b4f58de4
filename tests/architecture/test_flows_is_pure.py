"""`flows` may import a short list from the standard library and itself: nothing else, for whatever reason."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.support.source import named, python_files

ALLOWED = frozenset(
    {
        "__future__",
        "collections",
        "dataclasses",
        "datetime",
        "decimal",
        "enum",
        "fractions",
        "functools",
        "hashlib",  # a version is the hash of a pack's content
        "itertools",
        "re",
        "string",
        "tomllib",  # packs arrive as text: bot reads the files
        "types",
        "typing",
        "unicodedata",
        "zoneinfo",  # the rules of local time; the names come from a pack
        "flows",
    }
)

# Not imports, but ways out of the same house.
FORBIDDEN_NAMES = frozenset({"open", "print", "input", "exec", "eval", "__import__", "breakpoint", "globals"})


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "flows" if node.level else (node.module or "").partition(".")[0]


def _ways_out(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith):
            yield "async"
        elif isinstance(node, ast.Name) and node.id in FORBIDDEN_NAMES:
            yield node.id
        elif isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today"} and _is_clock(node.value):
            yield node.attr


def _is_clock(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in {"datetime", "date"}


def test_flows_imports_nothing_outside_its_short_list() -> None:
    seen: set[str] = set()
    for path in python_files("flows"):
        imported = set(_imports(ast.parse(path.read_text())))
        assert imported <= ALLOWED, f"{named(path)} imports {sorted(imported - ALLOWED)}"
        seen |= imported
    assert {"flows", "dataclasses"} <= seen, "the rule saw no module of flows"


def test_flows_has_no_async_no_files_and_no_clock() -> None:
    paths = python_files("flows")
    assert paths
    for path in paths:
        ways_out = set(_ways_out(ast.parse(path.read_text())))
        assert not ways_out, f"{named(path)} uses {sorted(ways_out)}"


def test_the_rules_for_flows_notice_what_they_forbid() -> None:
    spoilt = "import os.path\nfrom asyncio import sleep\nasync def f(): open(datetime.now())\n"
    assert set(_imports(ast.parse(spoilt))) == {"os", "asyncio"}
    assert set(_ways_out(ast.parse(spoilt))) == {"async", "open", "now"}
