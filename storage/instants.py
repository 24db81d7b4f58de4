"""Instants as the database holds them: whole microseconds since 1970-01-01T00:00Z, in a 64-bit integer.

One form for both databases, that sorts, compares and indexes as a number, loses nothing, and costs less to read than
SQLite's date strings do. `to_timestamp(x / 1e6)` and `datetime(x / 1000000, 'unixepoch')` show it to a person.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(at: datetime) -> int:
    """An aware instant, of any zone, as the database holds it. A naive one is a TypeError: it names no instant."""
    since = at - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def maybe_micros(at: datetime | None) -> int | None:
    return None if at is None else micros(at)


def instant(stored: int) -> datetime:
    """The aware UTC instant that `micros` wrote."""
    return EPOCH + timedelta(microseconds=stored)


def maybe_instant(stored: int | None) -> datetime | None:
    return None if stored is None else instant(stored)
