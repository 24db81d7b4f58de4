"""Migrations expand first and contract later, so that the release before runs on the tables of the release after."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.source import ROOT, named

VERSIONS = ROOT / "storage" / "migrations" / "versions"
MARKER = re.compile(r"\d+\.\d+\.\d+: \S.*")
"""The release since which nothing uses what goes away, and what that was."""

TAKES_AWAY = {"drop_table", "drop_column", "drop_index", "drop_constraint", "rename_table", "drop_table_comment"}
NARROWS = {"create_unique_constraint", "create_check_constraint", "create_foreign_key", "create_exclude_constraint"}
ALTERS = {"type_", "new_column_name"}
SQL = re.compile(r"\b(DROP|RENAME|TRUNCATE|ALTER\s+COLUMN|SET\s+NOT\s+NULL|ADD\s+CONSTRAINT)\b", re.IGNORECASE)


def forbidden(source: str) -> Iterator[str]:
    """What code of the release before could stumble over. Tables that the migration itself makes are nobody's yet."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    made = {_text(call.args[0]) for call in calls if _name(call) == "create_table" and call.args}
    for call in calls:
        name, given = _name(call), {word.arg: word.value for word in call.keywords}
        if name in TAKES_AWAY or (name in NARROWS and not _tables(call) & made):
            yield name
        elif name == "create_index" and _is(given.get("unique"), value=True) and not _tables(call) & made:
            yield "create_index(unique=True)"
        elif name == "alter_column" and (set(given) & ALTERS or _is(given.get("nullable"), value=False)):
            yield "alter_column"
        elif name == "add_column" and any(_must_be_filled(column) for column in call.args):
            yield "add_column(nullable=False) without a server_default"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and (found := SQL.search(node.value)):
            yield found.group().upper()


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _text(node: ast.expr) -> object:
    return node.value if isinstance(node, ast.Constant) else None


def _tables(call: ast.Call) -> set[object]:
    return {_text(argument) for argument in call.args[:3]} - {None}


def _is(node: ast.expr | None, *, value: bool) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def _must_be_filled(node: ast.expr) -> bool:
    """A column that a row without it cannot have: the release before writes such rows."""
    if not isinstance(node, ast.Call) or _name(node) != "Column":
        return False
    given = {word.arg: word.value for word in node.keywords}
    return _is(given.get("nullable"), value=False) and "server_default" not in given


def marker(source: str) -> str | None:
    """`contract = "0.2.0: nothing reads message.kind any more"`, at the top of a migration."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and [_target(one) for one in node.targets] == ["contract"]:
            return str(_text(node.value))
    return None


def _target(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


@pytest.mark.parametrize("path", sorted(VERSIONS.glob("[0-9]*.py")), ids=named)
def test_a_migration_takes_away_only_what_it_says_nothing_uses_any_more(path: Path) -> None:
    source = path.read_text()
    found, reason = list(forbidden(source)), marker(source)
    if reason is None:
        assert not found, f"{found}: expand first; or name the release that stopped using it, as in {marker.__doc__}"
    else:
        assert MARKER.fullmatch(reason), f"name the release that stopped using it, as in {marker.__doc__}"
        assert found, "nothing is taken away here: the marker can go"


@pytest.mark.parametrize(
    "line",
    [
        'op.drop_table("message")',
        'op.drop_column("message", "kind")',
        'op.drop_index("ix_message_queue")',
        'op.rename_table("message", "said")',
        'op.alter_column("message", "kind", new_column_name="sort")',
        'op.alter_column("message", "kind", type_=sa.Integer())',
        'op.alter_column("message", "kind", nullable=False)',
        'op.add_column("message", sa.Column("note", sa.String(), nullable=False))',
        'op.create_index("uq_note", "message", ["note"], unique=True)',
        'op.create_unique_constraint("uq_note", "message", ["note"])',
        'op.execute("ALTER TABLE message DROP COLUMN kind")',
        'op.execute("alter table message rename to said")',
        'batch.drop_column("kind")',
    ],
)
def test_what_the_release_before_would_stumble_over_is_noticed(line: str) -> None:
    assert list(forbidden(line))


@pytest.mark.parametrize(
    "line",
    [
        'op.create_table("note", sa.Column("id", sa.BigInteger(), nullable=False))',
        'op.add_column("message", sa.Column("note", sa.String(), nullable=True))',
        'op.add_column("message", sa.Column("note", sa.String(), nullable=False, server_default=""))',
        'op.create_index("ix_note", "message", ["note"])',
        'op.create_table("note")\nop.create_index("uq_note", "note", ["text"], unique=True)',
        'op.alter_column("message", "kind", nullable=True)',
        "op.execute(\"UPDATE message SET note = ''\")",
    ],
)
def test_what_only_adds_may_come_at_any_time(line: str) -> None:
    assert not list(forbidden(line))


def test_a_marker_names_a_release() -> None:
    assert marker('contract = "0.2.0: nothing reads message.kind"') == "0.2.0: nothing reads message.kind"
    assert not MARKER.fullmatch("soon")
    assert marker("revision = '0002'") is None
