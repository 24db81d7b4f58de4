"""Exports that officers ask for in the console. `database.exports` is the way in.

Any worker may show how far one is and hand out its files, because both are in the database. Files are sealed in pieces,
so that neither keeping nor fetching one takes memory that grows with it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from storage import audit
from storage.audit import Deed
from storage.crypto import EXPORT_PART, Keyring
from storage.instants import instant, micros
from storage.rows import insert, plain, whole
from storage.sessions import Connections, Row
from storage.tables_exports import ExportJob, ExportPart

PIECE: Final = 1 << 18
"""Bytes of a piece of a file."""
SILENT: Final = timedelta(minutes=2)
"""Whoever has not been heard of for so long makes it no more: the process has ended."""
REMEMBERED: Final = timedelta(days=30)
"""How long it is shown that there was an export. The record keeps it for good."""

_JOB = whole(ExportJob)
_PART = whole(ExportPart)
_ONE = f"SELECT {_JOB.listed} FROM export_job WHERE id = {{}} AND slug = {{}} AND officer = {{}}"
_LATEST = f"""
    SELECT {_JOB.listed} FROM export_job WHERE officer = {{}} AND slug = {{}} ORDER BY asked_at DESC, id DESC LIMIT {{}}
"""
_STEP = "UPDATE export_job SET done = {}, total = {}, seen_at = {} WHERE id = {} AND state = 'making' RETURNING id"
_READY = """
    UPDATE export_job SET state = 'ready', files = {}, seen_at = {}, ends_at = {} WHERE id = {} AND state = 'making'
    RETURNING id
"""
_FAIL = "UPDATE export_job SET state = 'failed', fault = {} WHERE id = {} AND state = 'making'"
_FORGET = (
    "UPDATE export_job SET state = 'gone' WHERE state = 'ready' AND ends_at <= {now}",
    "UPDATE export_job SET state = 'lost' WHERE state = 'making' AND seen_at <= {silent}",
    "DELETE FROM export_part WHERE job_id NOT IN (SELECT id FROM export_job WHERE state IN ('making', 'ready'))",
    "DELETE FROM export_job WHERE asked_at <= {old} AND state NOT IN ('making', 'ready')",
)
_DROP = "DELETE FROM export_part WHERE job_id = {}"
_READ = """
    SELECT p.held_enc FROM export_part AS p JOIN export_job AS j ON j.id = p.job_id
    WHERE p.job_id = {} AND p.file = {} AND p.part = {} AND j.state = 'ready' AND j.ends_at > {}
"""


class State(StrEnum):
    """How far an export is."""

    MAKING = "making"
    READY = "ready"
    FAILED = "failed"
    """It could not be made as it was asked for: `fault` says what to do instead."""
    LOST = "lost"
    """Whoever made it ended before it was whole."""
    WITHDRAWN = "withdrawn"
    """Somebody in it asked for all about them to be deleted."""
    GONE = "gone"
    """It was ready, and its time is over."""


@dataclass(frozen=True, slots=True)
class Job:
    """One export that was asked for."""

    job_id: int
    slug: str
    officer: str
    subject: str
    why: str
    state: State
    done: int
    total: int
    fault: str
    files: Mapping[str, int]
    """Names to sizes in bytes, in order, once it is ready."""
    asked_at: datetime
    ends_at: datetime
    """When its files go (UTC); no promise before it is ready."""


class Exports:
    """Everything about exports that are made for the console, over one database's connections."""

    def __init__(self, connections: Connections, keyring: Keyring) -> None:
        self._connections = connections
        self._keyring = keyring

    async def ask(self, job: Job, deed: Deed) -> None:
        """Writes down that an export was asked for. Whoever calls makes it then."""
        at = micros(job.asked_at)
        row = (job.job_id, job.slug, job.officer, job.subject, job.why, "making", 0, 0, "", "{}", at, at, at)
        async with self._connections.writing() as session:
            await session.run([insert(session.dialect, _JOB, [row])])
            await audit.append(session, deed)
            await session.commit()

    async def step(self, job_id: int, done: int, total: int, now: datetime) -> bool:
        """How far it is; False where nobody wants it any more."""
        return await self._changed(_STEP, done, total, micros(now), job_id)

    async def keep(self, job_id: int, file: int, part: int, piece: bytes) -> None:
        """Keeps the next piece of a file."""
        sealed = self._keyring.seal(EXPORT_PART, job_id, place_of(file, part), piece)
        async with self._connections.writing() as session:
            await session.run([insert(session.dialect, _PART, [(job_id, file, part, sealed)])])
            await session.commit()

    async def ready(self, job_id: int, files: Mapping[str, int], now: datetime, ends_at: datetime) -> bool:
        """All of it is kept and may be fetched; False where nobody wants it any more."""
        listed = json.dumps(files, ensure_ascii=False)
        return await self._changed(_READY, listed, micros(now), micros(ends_at), job_id)

    async def fail(self, job_id: int, fault: str) -> None:
        """It cannot be made. What there is of it goes."""
        async with self._connections.writing() as session:
            await session.run([plain(session.dialect, _FAIL, fault, job_id), plain(session.dialect, _DROP, job_id)])
            await session.commit()

    async def one(self, job_id: int, slug: str, officer: str) -> Job | None:
        """An export of this officer's."""
        async with self._connections.reading() as session:
            rows = await session.fetch(plain(session.dialect, _ONE, job_id, slug, officer))
        return _job(rows[0]) if rows else None

    async def latest(self, slug: str, officer: str, limit: int = 20) -> Sequence[Job]:
        """An officer's exports of a consultation, newest first."""
        async with self._connections.reading() as session:
            return [_job(row) for row in await session.fetch(plain(session.dialect, _LATEST, officer, slug, limit))]

    async def piece(self, job_id: int, file: int, part: int, now: datetime) -> bytes | None:
        """A piece of a file; None behind the last one, and where the file may not be fetched any more."""
        async with self._connections.reading() as session:
            rows = await session.fetch(plain(session.dialect, _READ, job_id, file, part, micros(now)))
        return self._keyring.open(EXPORT_PART, job_id, place_of(file, part), rows[0][0]) if rows else None

    async def forget(self, now: datetime) -> None:
        """Deletes files whose time is over, and gives up exports whose process has ended."""
        times = {"now": micros(now), "silent": micros(now - SILENT), "old": micros(now - REMEMBERED)}
        async with self._connections.writing() as session:
            await session.run([plain(session.dialect, sql.format_map(_HOLES), *_given(sql, times)) for sql in _FORGET])
            await session.commit()

    async def _changed(self, sql: str, *args: object) -> bool:
        async with self._connections.writing() as session:
            changed = await session.fetch(plain(session.dialect, sql, *args))
            await session.commit()
        return bool(changed)


_HOLES: Final = MappingProxyType({"now": "{}", "silent": "{}", "old": "{}"})


def _given(sql: str, times: Mapping[str, int]) -> list[int]:
    return [time for name, time in times.items() if f"{{{name}}}" in sql]


def place_of(file: int, part: int) -> int:
    return (file << 32) + part


def _job(row: Row) -> Job:
    job_id, slug, officer, subject, why, state, done, total, fault, files, asked_at, _, ends_at = row
    return Job(
        job_id,
        slug,
        officer,
        subject,
        why,
        State(state),
        done,
        total,
        fault,
        json.loads(files),
        instant(asked_at),
        instant(ends_at),
    )
