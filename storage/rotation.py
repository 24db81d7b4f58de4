"""Sealing everything with a new secret while the service goes on.

Workers have both secrets meanwhile: they seal with the new one and open with either. Every sealed column is walked by
key, a few rows at a time; a value is written back only where it is still the one that was read. So nothing is locked
for long, what somebody says meanwhile is kept, and a walk that was killed is simply begun again: what is done is passed
over. Hashes stay as they are, because most of what they were made of is stored nowhere; their key is sealed anew.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Table
from sqlmodel import SQLModel

from storage import crypto
from storage.backup import Begin
from storage.connections import connect
from storage.crypto import Column, Keyring
from storage.database import check as missing_of
from storage.errors import ConflictError, SchemaBehindError, UnreadableValueError, WrongSecretError
from storage.exports import place_of
from storage.rows import Shape, plain, with_rows
from storage.sessions import Connections, Dialect, Row, Session, Statement

AT_ONCE: Final = 200
"""Rows of a transaction."""
_WALKS: Final = 10
_BETWEEN: Final = 0.1
_MOST_TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class Sealed:
    """A column that is sealed, and where its owner and its row stand, which are bound into each of its values."""

    table: str
    column: str
    seal: Column
    owner: str = "participant_id"
    row: tuple[str, ...] = ("message_seq",)
    """None of them: the row is 0. Two: a piece of a file, see `storage.exports`."""

    @property
    def name(self) -> str:
        return f"{self.table}.{self.column}"

    @property
    def described(self) -> Table:
        return SQLModel.metadata.tables[self.table]


SEALED: Final = (
    Sealed("message", "text_enc", crypto.MESSAGE_TEXT, row=("seq",)),
    Sealed("message", "buttons_enc", crypto.MESSAGE_BUTTONS, row=("seq",)),
    Sealed("answer", "text_enc", crypto.ANSWER_TEXT),
    Sealed("equality_answer", "value_enc", crypto.EQUALITY_VALUE),
    Sealed("conversation", "state_enc", crypto.STATE, row=("id",)),
    Sealed("address", "address_enc", crypto.ADDRESS, row=("id",)),
    Sealed("coded", "note_enc", crypto.CODING_NOTE),
    Sealed("concern", "outcome_enc", crypto.CONCERN_OUTCOME),
    Sealed("kept_concern", "text_enc", crypto.MESSAGE_TEXT),
    Sealed("kept_address", "address_enc", crypto.ADDRESS, row=("id",)),
    Sealed("rota", "sms_enc", crypto.ROTA_SMS, owner="id", row=("id",)),
    Sealed("rota", "email_enc", crypto.ROTA_EMAIL, owner="id", row=("id",)),
    Sealed("officer", "factor_enc", crypto.FACTOR, owner="id", row=()),
    Sealed("officer_session", "offer_enc", crypto.FACTOR_OFFER, owner="officer_id", row=()),
    Sealed("export_part", "held_enc", crypto.EXPORT_PART, owner="job_id", row=("file", "part")),
)
"""Every sealed column but the key of lookups. A test holds it against the tables."""

_WRAP = "UPDATE installation SET lookup_enc = {} WHERE id = 1"
_KEY = "SELECT fingerprint, lookup_enc FROM installation"


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a rotation has done, and what it could not."""

    sealed: int
    """Values that are sealed with the new secret now."""
    seconds: float
    left: dict[str, int]
    """How many values each column still has of another secret; empty where the old one is needed no more."""
    damaged: int
    """Values among those left that do not open, whichever secret is tried: they were altered."""


async def left(url: str, keyring: Keyring) -> dict[str, int]:
    """How many values each column has that are not sealed with the first secret; only those that have any.

    Raises:
        WrongSecretError: the database was written with other secrets.
        StorageError: it cannot be used.
    """
    connections = await _opened(url, keyring)
    try:
        return await _left(connections, keyring)
    finally:
        await connections.close()


async def rotate(url: str, keyring: Keyring, begin: Begin) -> Rotated:
    """Seals everything with the first secret. May be killed and begun again; may run beside the service.

    Raises:
        WrongSecretError: the database was written with other secrets.
        StorageError: it cannot be used.
    """
    started = time.perf_counter()
    connections = await _opened(url, keyring)
    try:
        await _wrap_lookup(connections, keyring)
        waiting = await _left(connections, keyring)
        progress = begin(sum(waiting.values()))
        done, damaged = 0, 0
        for _ in range(_WALKS):
            damaged = 0
            for sealed in SEALED:
                if sealed.name in waiting:
                    some, broken = await _walk(connections, keyring, sealed, progress)
                    done, damaged = done + some, damaged + broken
            waiting = await _left(connections, keyring)
            if sum(waiting.values()) <= damaged:
                break
            # What workers were busy with: it is free in a moment.
            await asyncio.sleep(_BETWEEN)
        return Rotated(done, time.perf_counter() - started, waiting, damaged)
    finally:
        await connections.close()


async def _opened(url: str, keyring: Keyring) -> Connections:
    missing = await missing_of(url)
    if missing:
        raise SchemaBehindError(" ".join(missing))
    connections = connect(url)
    try:
        async with connections.reading() as session:
            found = await session.fetch(plain(session.dialect, _KEY))
        if found:
            keyring.adopt(*found[0])
    except BaseException:
        await connections.close()
        raise
    return connections


async def _wrap_lookup(connections: Connections, keyring: Keyring) -> None:
    """First of all: without it nobody would be found again once the old secret is gone."""
    async with connections.writing() as session:
        await session.run([plain(session.dialect, _WRAP, keyring.sealed_lookup())])
        await session.commit()


async def _left(connections: Connections, keyring: Keyring) -> dict[str, int]:
    counted: dict[str, int] = {}
    async with connections.reading() as session:
        for _, lookup in await session.fetch(plain(session.dialect, _KEY)):
            if lookup is None or lookup[:1] != keyring.current:
                counted["installation.lookup_enc"] = 1
        for one in SEALED:
            sql = f"SELECT count(*) FROM {one.table} AS t WHERE {_stale(one)}"
            [(found,)] = await session.scan(plain(session.dialect, sql, keyring.current))
            if found:
                counted[one.name] = found
    return counted


def _stale(one: Sealed) -> str:
    return f"t.{one.column} IS NOT NULL AND substr(t.{one.column}, 1, 1) <> {{}}"


async def _walk(
    connections: Connections, keyring: Keyring, one: Sealed, progress: Callable[[int], object]
) -> tuple[int, int]:
    """Goes through a column once; gives how many values were sealed anew, and how many do not open."""
    done, broken = 0, 0
    after: Row | None = None
    while True:
        begun = time.perf_counter()
        some, damaged, last = await _try_batch(connections, keyring, one, after)
        done, broken = done + some, broken + damaged
        progress(some)
        if last is None:
            return done, broken
        after = last
        # SQLite has one writer at a time, who does not queue: whoever waits for the file gets it in between.
        await asyncio.sleep(time.perf_counter() - begun)


async def _try_batch(
    connections: Connections, keyring: Keyring, one: Sealed, after: Row | None
) -> tuple[int, int, Row | None]:
    for tries in range(_MOST_TRIES):
        try:
            async with connections.writing() as session:
                return await _batch(session, keyring, one, after)
        except ConflictError:
            if tries == _MOST_TRIES - 1:
                raise
    raise AssertionError


async def _batch(session: Session, keyring: Keyring, one: Sealed, after: Row | None) -> tuple[int, int, Row | None]:
    """One lot, in a transaction of its own; the key of its last row, or None where there are no more."""
    keys = [column.name for column in one.described.primary_key]
    rows = await session.fetch(_wanted(session.dialect, keyring, one, keys, after))
    if not rows:
        return 0, 0, None
    fresh: list[Row] = []
    broken = 0
    for row in rows:
        key, (owner, *places, before) = row[: len(keys)], row[len(keys) :]
        try:
            clear = keyring.open(one.seal, owner, row_of(places), before)
        except (UnreadableValueError, WrongSecretError):
            broken += 1
            continue
        fresh.append((*key, before, keyring.seal(one.seal, owner, row_of(places), clear)))
    if fresh:
        shape = Shape(one.described, *keys, before="bytea", fresh="bytea")
        same = " AND ".join(f"t.{key} = k.{key}" for key in keys)
        await _write(session, shape, one, same, fresh)
        await session.commit()
    return len(fresh), broken, rows[-1][: len(keys)] if len(rows) == AT_ONCE else None


async def _write(session: Session, shape: Shape, one: Sealed, same: str, fresh: Sequence[Row]) -> None:
    """Puts the new values where still the old ones are."""
    where = f"{same} AND t.{one.column} = k.before"
    body = f"UPDATE {one.table} AS t SET {one.column} = k.fresh FROM k WHERE {where}"
    await session.run([with_rows(session.dialect, shape, body, fresh)])


def _wanted(dialect: Dialect, keyring: Keyring, one: Sealed, keys: Sequence[str], after: Row | None) -> Statement:
    """The next rows of another secret. Those that a worker is busy with are passed over: nobody waits for anybody."""
    listed = ", ".join(f"t.{name}" for name in (*keys, one.owner, *one.row, one.column))
    order = ", ".join(f"t.{key}" for key in keys)
    beyond = "" if after is None else f"AND ({order}) > ({', '.join('{}' for _ in keys)})"
    lock = " FOR NO KEY UPDATE OF t SKIP LOCKED" if dialect is Dialect.POSTGRESQL else ""
    where = f"{_stale(one)} {beyond} ORDER BY {order} LIMIT {AT_ONCE}{lock}"
    return plain(dialect, f"SELECT {listed} FROM {one.table} AS t WHERE {where}", keyring.current, *(after or ()))


def row_of(places: Sequence[Any]) -> int:
    """The row that is bound into a value, from what `Sealed.row` names."""
    match places:
        case []:
            return 0
        case [row]:
            return int(row)
        case _:
            return place_of(*places)
