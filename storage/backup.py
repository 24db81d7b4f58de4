"""The whole database as one encrypted file, seen at one instant, while the service goes on.

Inside the archive (`storage.archive`) stand lines of JSON: first what it is, with the number of rows of each table;
then each table's columns and its rows, many to a line; at the end, how many there were, and the SHA-256 of all before.
The rows are those of `storage.tables`, alike on both databases, so what one wrote the other can take in.
"""

from __future__ import annotations

import binascii
import hashlib
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from typing import Any, BinaryIO, Final

from sqlalchemy import Boolean, LargeBinary, Table
from sqlmodel import SQLModel

from storage.archive import DAMAGED, ArchiveWriter, read_lines
from storage.connections import connect
from storage.database import check as missing_of
from storage.errors import BackupError, SchemaBehindError
from storage.instants import instant, micros
from storage.rows import plain
from storage.sessions import Row, Session

NOT_KEPT: Final = frozenset({"export_job", "export_part", "officer_session", "officer_guess"})
"""What lasts for hours only: files that are made again, and sign-ins that must not come back to life."""
BURIED: Final = ("tombstone", "erased_message")
"""Whom and what a backup must not bring back. Only ever added to."""
_FORMAT: Final = 1
_AT_ONCE: Final = 500
_LINE: Final = 1 << 18

Begin = Callable[[int], Callable[[int], object]]
"""Takes how many rows there will be, and gives what is told of each lot that is done."""


class Kind(StrEnum):
    """What a file holds."""

    WHOLE = "whole"
    """Everything but what lasts for hours only."""
    TOMBSTONES = "tombstones"
    """Only whom and what a backup must not bring back, who said STOP, and whose parent said no. It is small, and made
    every few minutes."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a file says of itself."""

    kind: Kind
    made_at: datetime
    """UTC. The file shows the database as it was then."""
    revision: str
    """Of the tables, as migrations name it."""
    rows: Mapping[str, int]
    """By table, in the order in which they stand in the file."""

    @property
    def total(self) -> int:
        return sum(self.rows.values())


@dataclass(frozen=True, slots=True)
class Lot:
    """Some rows of one table, as they are given to a database."""

    table: str
    columns: tuple[str, ...]
    rows: list[list[Any]]


@dataclass(frozen=True, slots=True)
class Part:
    """What a file holds of one table."""

    table: Table
    columns: tuple[str, ...]
    where: str = "true"


def parts_of(kind: Kind) -> list[Part]:
    """What a file of this kind holds, by the tables' names. `installation` tells whose it is."""
    known = SQLModel.metadata.tables
    names = set(known) - NOT_KEPT if kind is Kind.WHOLE else {"installation", *BURIED}
    parts = {name: Part(known[name], tuple(known[name].c.keys())) for name in names}
    if kind is Kind.TOMBSTONES:
        parts |= {part.table.name: part for part in (STOPPED, REFUSED)}
    return [parts[name] for name in sorted(parts)]


STOPPED: Final = Part(SQLModel.metadata.tables["participant"], ("id", "stopped_at"), "stopped_at IS NOT NULL")
"""Who said STOP: a number that means nothing, and when."""
REFUSED: Final = Part(
    SQLModel.metadata.tables["permission_code"],
    ("code_hash", "participant_id", "slug", "asked_at", "decided_at", "allowed", "channel"),
    """NOT allowed AND decided_at = (SELECT max(p.decided_at) FROM permission_code AS p
    WHERE p.participant_id = permission_code.participant_id AND p.slug = permission_code.slug)""",
)
"""Whose parent last said no: that number, to what, when and on which channel, and the hash of the code that did it."""


async def back_up(url: str, file: BinaryIO, key: bytes, kind: Kind, *, now: datetime, begin: Begin) -> Manifest:
    """Writes everything, as it stands at one instant, into `file`. Takes memory for some hundred rows.

    Raises:
        BackupError: the key is too short.
        SchemaBehindError: run `sayso db upgrade`.
        UnavailableError: the database cannot be reached.
        OSError: the disk is full.
    """
    missing = await missing_of(url)
    if missing:
        raise SchemaBehindError(" ".join(missing))
    connections = connect(url)
    try:
        async with connections.reading() as session:
            manifest = await _manifest(session, kind, now)
            out = _Lines(ArchiveWriter(file, key))
            await _fill(session, out, manifest, begin(manifest.total))
            return manifest
    finally:
        await connections.close()


async def _manifest(session: Session, kind: Kind, now: datetime) -> Manifest:
    rows: dict[str, int] = {}
    for part in parts_of(kind):
        counted = f"SELECT count(*) FROM {part.table.name} WHERE {part.where}"
        [(rows[part.table.name],)] = await session.scan(plain(session.dialect, counted))
    [(revision,)] = await session.fetch(plain(session.dialect, "SELECT version_num FROM alembic_version"))
    return Manifest(kind, now, revision, rows)


async def _fill(session: Session, out: _Lines, manifest: Manifest, progress: Callable[[int], object]) -> None:
    about = {"sayso": _FORMAT, "kind": manifest.kind, "made_at": micros(manifest.made_at)}
    out.write({**about, "revision": manifest.revision, "tables": dict(manifest.rows)})
    written: dict[str, int] = {}
    for part in parts_of(manifest.kind):
        name = part.table.name
        written[name] = 0
        out.write({"table": name, "columns": part.columns})
        write = _writer(part)
        async for rows in _read(session, part):
            for lot in _lots([write(row) for row in rows]):
                out.write(lot)
            written[name] += len(rows)
            progress(len(rows))
    out.end(written)


async def _read(session: Session, part: Part) -> AsyncIterator[Sequence[Row]]:
    """A table's rows in the order of its key, some at a time."""
    keys = [column.name for column in part.table.primary_key]
    places = [part.columns.index(key) for key in keys]
    listed, order = ", ".join(part.columns), ", ".join(keys)
    after = f"AND ({order}) > ({', '.join('{}' for _ in keys)})"
    sql = f"SELECT {listed} FROM {part.table.name} WHERE {part.where} {{}} ORDER BY {order} LIMIT {_AT_ONCE}"
    statement = plain(session.dialect, sql.replace("{}", ""))
    while True:
        rows = await session.fetch(statement)
        if rows:
            yield rows
        if len(rows) < _AT_ONCE:
            return
        statement = plain(session.dialect, sql.replace("{}", after), *(rows[-1][place] for place in places))


def _writer(part: Part) -> Callable[[Row], list[Any]]:
    """What makes JSON of a row: bytes become base64, and SQLite's ones and zeros become true and false."""
    types = [part.table.c[name].type for name in part.columns]
    binary = [number for number, kind in enumerate(types) if isinstance(kind, LargeBinary)]
    truths = [number for number, kind in enumerate(types) if isinstance(kind, Boolean)]

    def write(row: Row) -> list[Any]:
        held = list(row)
        for place in binary:
            if held[place] is not None:
                held[place] = binascii.b2a_base64(held[place], newline=False).decode()
        for place in truths:
            if held[place] is not None:
                held[place] = bool(held[place])
        return held

    return write


def _lots(rows: list[list[Any]]) -> Iterator[list[list[Any]]]:
    """The rows in lots whose lines stay short, however long some of their values are."""
    size = 0
    lots: list[tuple[int, list[Any]]] = []
    for row in rows:
        size += sum(len(held) if isinstance(held, str) else 8 for held in row)
        lots.append((size // _LINE, row))
    for _, lot in groupby(lots, itemgetter(0)):
        yield [row for _, row in lot]


class _Lines:
    """Lines of JSON, and the hash of all of them."""

    def __init__(self, archive: ArchiveWriter) -> None:
        self._archive = archive
        self._hash = hashlib.sha256()

    def write(self, held: object) -> None:
        line = json.dumps(held, separators=(",", ":")).encode() + b"\n"
        self._hash.update(line)
        self._archive.write(line)

    def end(self, rows: Mapping[str, int]) -> None:
        self.write({"end": {"tables": rows, "sha256": self._hash.hexdigest()}})
        self._archive.finish()


class Contents:
    """A backup, read from its beginning. Only when `lots` has come to its end is it known to be whole.

    Raises:
        BackupError: the file is not a backup, is damaged, or a newer release made it.
    """

    def __init__(self, file: BinaryIO, key: bytes) -> None:
        self._lines = read_lines(file, key)
        first = next(self._lines, b"")
        self._hash = hashlib.sha256(first + b"\n")
        try:
            about = json.loads(first)
            if about["sayso"] != _FORMAT:
                raise BackupError("A newer release made this backup: restore it with that one. Nothing was changed.")
            made_at = instant(about["made_at"])
            self.manifest = Manifest(Kind(about["kind"]), made_at, about["revision"], about["tables"])
        except (ValueError, KeyError, TypeError, OverflowError):
            raise BackupError(DAMAGED) from None

    def lots(self) -> Iterator[Lot]:
        """Every row, in the order in which it was written.

        Raises:
            BackupError: anything is missing or was altered.
        """
        seen: dict[str, int] = {}
        table, read = "", _reader("", ())
        columns: tuple[str, ...] = ()
        for line in self._lines:
            held = json.loads(line)
            if isinstance(held, list):
                seen[table] += len(held)
                self._hash.update(line + b"\n")
                yield Lot(table, columns, [read(row) for row in held])
            elif "table" in held:
                table, columns = held["table"], tuple(held["columns"])
                seen[table], read = 0, _reader(table, columns)
                self._hash.update(line + b"\n")
            else:
                self._end(held["end"], seen)
                return
        raise BackupError(DAMAGED)

    def _end(self, end: Mapping[str, Any], seen: Mapping[str, int]) -> None:
        whole = seen == end["tables"] == self.manifest.rows and end["sha256"] == self._hash.hexdigest()
        if not whole or next(self._lines, None) is not None:
            raise BackupError(DAMAGED)


def _reader(table: str, columns: Sequence[str]) -> Callable[[list[Any]], list[Any]]:
    """What undoes `_writer`."""
    known = SQLModel.metadata.tables.get(table)
    types = {} if known is None else {name: column.type for name, column in known.c.items()}
    binary = [place for place, name in enumerate(columns) if isinstance(types.get(name), LargeBinary)]

    def read(row: list[Any]) -> list[Any]:
        for place in binary:
            if row[place] is not None:
                row[place] = binascii.a2b_base64(row[place])
        return row

    return read


def examine(file: BinaryIO, key: bytes, begin: Begin) -> tuple[Manifest, Mapping[str, Any]]:
    """Reads a whole backup; gives what it says of itself, and its row of `installation`, by column.

    Raises:
        BackupError: it is not whole, or not as it was written.
    """
    contents = Contents(file, key)
    progress = begin(contents.manifest.total)
    found: list[dict[str, Any]] = []
    for lot in contents.lots():
        progress(len(lot.rows))
        if lot.table == "installation":
            found = [dict(zip(lot.columns, row, strict=True)) for row in lot.rows]
    if len(found) != 1:
        raise BackupError("The backup is of a database that nothing was ever written to: there is nothing to restore.")
    return contents.manifest, found[0]
