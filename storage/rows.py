"""Many rows in one statement, on both databases: the only place where their SQL differs.

PostgreSQL takes one array for each column and makes rows of them with `unnest`; SQLite takes `VALUES`, or runs a
prepared statement for each row where nothing is to come back. Names and types come from `storage.tables`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, assert_never

from sqlalchemy import Table, make_url
from sqlmodel import SQLModel

from storage.sessions import Dialect, Row, Session, Statement

_POSTGRESQL = make_url("postgresql+asyncpg://").get_dialect()()
_MOST_PARAMETERS = 32_000
"""SQLite takes 32,766 in one statement."""


class Shape:
    """Some columns of a table, in an order, by which rows are given and built."""

    __slots__ = ("casts", "columns", "table")

    def __init__(self, model: type[SQLModel] | Table, *columns: str, **more: str) -> None:
        """`more` are columns that the table does not have, by name, each with the PostgreSQL type it is given in."""
        described = model if isinstance(model, Table) else SQLModel.metadata.tables[str(model.__tablename__)]
        types = {name: described.c[name].type.compile(_POSTGRESQL) for name in columns} | more
        self.table = described.name
        self.columns = tuple(types)
        self.casts = tuple(types.values())

    @property
    def listed(self) -> str:
        return ", ".join(self.columns)


def whole(model: type[SQLModel]) -> Shape:
    """Every column of a table."""
    return Shape(model, *SQLModel.metadata.tables[str(model.__tablename__)].c.keys())


async def fetch_with(session: Session, shape: Shape, body: str, rows: Sequence[Row], *args: object) -> Sequence[Row]:
    """Runs `body`, in which the rows stand as the table `k` with the shape's columns, and returns what it returns.

    `{}` in `body` stand for `args` in turn.
    """
    found: list[Row] = []
    for part in _parts(session.dialect, shape, len(args), rows):
        found.extend(await session.fetch(with_rows(session.dialect, shape, body, part, *args)))
    return found


async def run_with(session: Session, shape: Shape, body: str, rows: Sequence[Row], *args: object) -> None:
    """Like `fetch_with`, for what it changes."""
    parts = _parts(session.dialect, shape, len(args), rows)
    statements = [with_rows(session.dialect, shape, body, part, *args) for part in parts]
    if statements:
        await session.run(statements)


def returning(dialect: Dialect, shape: Shape, body: str, rows: Sequence[Row]) -> list[Statement]:
    """The statements of `fetch_with`, where it is enough to know how many rows came back."""
    return [with_rows(dialect, shape, body, part, returns=True) for part in _parts(dialect, shape, 0, rows)]


def with_rows(
    dialect: Dialect, shape: Shape, body: str, rows: Sequence[Row], *args: object, returns: bool = False
) -> Statement:
    match dialect:
        case Dialect.POSTGRESQL:
            return Statement(_unnested(shape, body, len(args)), [*_transposed(shape, rows), *args], returns=returns)
        case Dialect.SQLITE:
            flat = [held for row in rows for held in row]
            return Statement(_valued(shape, body, len(rows), len(args)), [*flat, *args], returns=returns)
        case _:
            assert_never(dialect)


def plain(dialect: Dialect, sql: str, *args: object) -> Statement:
    """One statement without rows; `{}` in it stand for `args` in turn."""
    return Statement(_numbered(dialect, sql, 0, len(args)), args)


def insert(dialect: Dialect, shape: Shape, rows: Sequence[Row], conflict: str = "") -> Statement:
    """Adds rows, with nothing to come back. `conflict` is an ON CONFLICT clause."""
    match dialect:
        case Dialect.POSTGRESQL:
            return Statement(_insert_unnested(shape, conflict), _transposed(shape, rows))
        case Dialect.SQLITE:
            return Statement(_insert_valued(shape, conflict), rows, many=True)
        case _:
            assert_never(dialect)


def update(dialect: Dialect, keys: Shape, changes: Shape, rows: Sequence[Row]) -> Statement:
    """Sets the columns of `changes` in the rows that `keys` name; each row gives the changes first, then the keys."""
    match dialect:
        case Dialect.POSTGRESQL:
            return Statement(_update_unnested(keys, changes), _transposed_casts(len(keys.casts + changes.casts), rows))
        case Dialect.SQLITE:
            return Statement(_update_valued(keys, changes), rows, many=True)
        case _:
            assert_never(dialect)


def _parts(dialect: Dialect, shape: Shape, args: int, rows: Sequence[Row]) -> list[Sequence[Row]]:
    if dialect is Dialect.POSTGRESQL:
        return [rows] if rows else []
    size = (_MOST_PARAMETERS - args) // len(shape.columns)
    return [rows[start : start + size] for start in range(0, len(rows), size)]


def _transposed(shape: Shape, rows: Sequence[Row]) -> list[Any]:
    return _transposed_casts(len(shape.columns), rows)


def _transposed_casts(width: int, rows: Sequence[Row]) -> list[Any]:
    return list(zip(*rows, strict=True)) if rows else [() for _ in range(width)]


@lru_cache(maxsize=1024)
def _numbered(dialect: Dialect, sql: str, before: int, count: int) -> str:
    marks = [f"${before + number}" for number in range(1, count + 1)]
    return sql.format(*(marks if dialect is Dialect.POSTGRESQL else ["?"] * count))


def _unnest(casts: Sequence[str]) -> str:
    return ", ".join(f"${number}::{cast}[]" for number, cast in enumerate(casts, 1))


@lru_cache(maxsize=1024)
def _unnested(shape: Shape, body: str, args: int) -> str:
    numbered = _numbered(Dialect.POSTGRESQL, body, len(shape.columns), args)
    return f"WITH k ({shape.listed}) AS MATERIALIZED (SELECT * FROM unnest({_unnest(shape.casts)})) {numbered}"


@lru_cache(maxsize=4096)
def _valued(shape: Shape, body: str, count: int, args: int) -> str:
    row = f"({', '.join('?' * len(shape.columns))})"
    numbered = _numbered(Dialect.SQLITE, body, 0, args)
    return f"WITH k ({shape.listed}) AS (VALUES {', '.join([row] * count)}) {numbered}"


@lru_cache(maxsize=256)
def _insert_unnested(shape: Shape, conflict: str) -> str:
    return f"INSERT INTO {shape.table} ({shape.listed}) SELECT * FROM unnest({_unnest(shape.casts)}) {conflict}"


@lru_cache(maxsize=256)
def _insert_valued(shape: Shape, conflict: str) -> str:
    marks = ", ".join("?" * len(shape.columns))
    return f"INSERT INTO {shape.table} ({shape.listed}) VALUES ({marks}) {conflict}"


@lru_cache(maxsize=256)
def _update_unnested(keys: Shape, changes: Shape) -> str:
    sets = ", ".join(f"{name} = k.{name}" for name in changes.columns)
    where = " AND ".join(f"t.{name} = k.{name}" for name in keys.columns)
    listed = ", ".join(changes.columns + keys.columns)
    source = _unnest(changes.casts + keys.casts)
    return f"UPDATE {keys.table} AS t SET {sets} FROM unnest({source}) AS k ({listed}) WHERE {where}"


@lru_cache(maxsize=256)
def _update_valued(keys: Shape, changes: Shape) -> str:
    sets = ", ".join(f"{name} = ?" for name in changes.columns)
    where = " AND ".join(f"{name} = ?" for name in keys.columns)
    return f"UPDATE {keys.table} SET {sets} WHERE {where}"
