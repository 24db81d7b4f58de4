"""The record of what officers did: only ever added to, each line chained to the one before by its hash.

A line's hash is SHA-256 over the hash of the line before and the line itself as JSON. Whoever alters, removes or slips
in a line breaks the chain from there on; whoever cuts lines off its end, or writes it all anew, is found out by the
last hash, which is kept apart and printed by every check: keep it where the database's keeper cannot write.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.errors import UnreadableValueError
from storage.instants import instant, micros
from storage.rows import insert, plain, whole
from storage.sessions import Row, Session
from storage.tables_officers import DeedRow

SYSTEM = "system"
"""Stands for the officer where the service did something by itself."""
COMMAND = "command"
"""Stands for the officer where it was done on the command line."""

_DEED = whole(DeedRow)
_AT_ONCE = 2000
# Locks the row, so that lines follow one another on both databases; whoever waited sees the line that was added.
_TAKE = "UPDATE deed_head SET lines = lines + 1 WHERE id = 1 RETURNING lines, chain"
_KEEP = "UPDATE deed_head SET chain = {} WHERE id = 1"
_HEAD = "SELECT lines, chain FROM deed_head WHERE id = 1"
_LISTED = "number, at, officer, act, slug, subject, why, chain"
_AFTER = f"SELECT {_LISTED} FROM deed WHERE number > {{}} ORDER BY number LIMIT {{}}"
_NO_HEAD = "The record has lost its last line's hash: restore the database from a backup."


@dataclass(frozen=True, slots=True)
class Deed:
    """One line of the record: who did what to what, when and why. Never anybody's words, name or number."""

    at: datetime
    """UTC."""
    officer: str
    """Their e-mail address; `system` for what the service did by itself, `command` for the command line."""
    act: str
    """Such as `export.made`: what was done, as `thing.done`."""
    slug: str = ""
    """The consultation that it was done in, if in one."""
    subject: str = ""
    """What it was done to: a reference, a question's or a theme's code, another officer's address."""
    why: str = ""
    """The reason that was given."""


@dataclass(frozen=True, slots=True)
class Line:
    """A deed as it stands in the record."""

    number: int
    """From 1, without a gap."""
    deed: Deed
    chain: str
    """The line's hash, in hexadecimal."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which lines are wanted; whatever is empty leaves all of them."""

    officer: str = ""
    thing: str = ""
    """What stands before the dot of an act, such as `export`."""
    slug: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None
    """Before this instant (UTC)."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of the whole record found."""

    lines: int
    """How many fit, from the first one on."""
    chain: str
    """The hash of the last one that fits, in hexadecimal."""
    fault: str = ""
    """What does not fit, and where; empty where everything does."""

    @property
    def whole(self) -> bool:
        return not self.fault


async def append(session: Session, deed: Deed) -> None:
    """Adds a line within the transaction of what was done: either both are there, or neither.

    Do it last in the transaction: until its end nobody else can add a line.

    Raises:
        UnreadableValueError: the record has no head any more, so that nothing can be added to it.
    """
    taken = await session.fetch(plain(session.dialect, _TAKE))
    if not taken:
        raise UnreadableValueError(_NO_HEAD)
    number, before = taken[0]
    row = (number, micros(deed.at), deed.officer, deed.act, deed.slug, deed.subject, deed.why)
    chain = _chained(before, row)
    await session.run([insert(session.dialect, _DEED, [(*row, chain)]), plain(session.dialect, _KEEP, chain)])


async def page(session: Session, filters: Filters, *, before: int | None, limit: int) -> list[Line]:
    """Lines from the newest on, or from the one before number `before`."""
    conditions, values = _conditions(filters)
    if before is not None:
        conditions.append("number < {}")
        values.append(before)
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    sql = f"SELECT {_LISTED} FROM deed {where} ORDER BY number DESC LIMIT {{}}"
    return [_line(row) for row in await session.fetch(plain(session.dialect, sql, *values, limit))]


async def verify(session: Session, *, holds: str = "") -> Verdict:
    """Reads the whole record and says where it stops fitting.

    `holds` is a hash that an earlier check gave: it must still be in the record, which tells one that was written anew.
    """
    head = await session.fetch(plain(session.dialect, _HEAD))
    if not head:
        return Verdict(0, "", _NO_HEAD)
    count, last = head[0]
    lines, chain, seen = 0, bytes(32), not holds
    while rows := await session.scan(plain(session.dialect, _AFTER, lines, _AT_ONCE)):
        for row in rows:
            if row[0] != lines + 1:
                return Verdict(lines, chain.hex(), f"Line {lines + 1} is missing: line {row[0]} comes next.")
            expected = _chained(chain, row[:-1])
            if expected != row[-1]:
                return Verdict(lines, chain.hex(), f"Line {row[0]} was altered, or the line before it was.")
            lines, chain = lines + 1, expected
            seen = seen or chain.hex() == holds
    if (lines, chain) != (count, last):
        return Verdict(lines, chain.hex(), f"The end was cut off or written over: {count} lines were added.")
    if not seen:
        return Verdict(lines, chain.hex(), "No line has the hash that an earlier check gave: the record was rewritten.")
    return Verdict(lines, chain.hex())


def _chained(before: bytes, row: Row) -> bytes:
    return hashlib.sha256(before + json.dumps(list(row), separators=(",", ":")).encode()).digest()


def _line(row: Row) -> Line:
    number, at, officer, act, slug, subject, why, chain = row
    return Line(number, Deed(instant(at), officer, act, slug, subject, why), chain.hex())


def _conditions(filters: Filters) -> tuple[list[str], list[object]]:
    found: list[tuple[str, Sequence[object]]] = []
    if filters.officer:
        found.append(("officer = {}", [filters.officer]))
    if filters.thing:
        # From `thing.` up to, and without, the character that follows the dot.
        found.append(("act >= {} AND act < {}", [f"{filters.thing}.", f"{filters.thing}/"]))
    if filters.slug:
        found.append(("slug = {}", [filters.slug]))
    if filters.subject:
        found.append(("subject = {}", [filters.subject]))
    if filters.since is not None:
        found.append(("at >= {}", [micros(filters.since)]))
    if filters.until is not None:
        found.append(("at < {}", [micros(filters.until)]))
    return [sql for sql, _ in found], [value for _, values in found for value in values]
