"""Taking a backup in: nothing before all of it was proved whole, everything in one transaction, and nobody who left.

A restore never sends anything. What the backup still had to send is cancelled, because nobody knows what of it was
sent since; what was only to be looked at, such as a concern that nobody has read, waits on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO, Final

from sqlmodel import SQLModel

from storage import audit, erasure, permissions, schema
from storage.audit import COMMAND, Deed
from storage.backup import BURIED, REFUSED, STOPPED, Begin, Contents, Kind, Lot, Manifest, examine
from storage.connections import connect
from storage.crypto import Keyring
from storage.errors import BackupError, SchemaBehindError, WrongSecretError
from storage.instants import micros
from storage.rows import Shape, fetch_with, insert, plain
from storage.sessions import Dialect, Session
from storage.tables import Participant

RESTORED: Final = "restored from a backup"
"""Why a reply was not sent, as `message.error` has it."""
_BEGUN_WITH: Final = frozenset({"installation", "deed_head", "pace", "version"})
"""What a database has before anybody has used it."""

_CANCEL = "UPDATE message SET status = 'cancelled', due_at = NULL, error = {} WHERE status = 'queued' RETURNING seq"
# What somebody said last and that waits for its next part is still taken in, though they are answered for it.
_SLEEP = "UPDATE conversation SET wake_at = NULL WHERE wake_at <= {} AND phase <> 'joining' RETURNING id"
# Who was being told then is not told of that again. What is unread still is: its own time makes new alerts.
_QUIET_ROTA = "UPDATE alert SET due_at = NULL WHERE due_at IS NOT NULL"
_HALT = "UPDATE feedback_publication SET finished_at = {} WHERE sends AND finished_at IS NULL RETURNING number"
_LOOKED = "UPDATE pace SET looked_at = {}"
_SAID_SINCE: Final = (STOPPED, REFUSED)
_STOPPED = Shape(Participant, *STOPPED.columns)
_STILL_STOPPED = """
    UPDATE participant SET stopped_at = k.stopped_at FROM k
    WHERE participant.id = k.id AND participant.stopped_at IS NULL RETURNING participant.id
"""
_GONE = """
    SELECT p.id FROM participant AS p WHERE p.erased_at IS NOT NULL
    OR EXISTS (SELECT 1 FROM tombstone AS t WHERE t.id = p.id) ORDER BY p.id
"""


@dataclass(frozen=True, slots=True)
class Source:
    """A backup's file, open at its beginning, and what it says of itself: it was read to its end, and is whole."""

    file: BinaryIO
    key: bytes = field(repr=False)
    manifest: Manifest
    installation: Mapping[str, Any] = field(repr=False)

    @property
    def fingerprint(self) -> bytes:
        """Tells installations apart."""
        return bytes(self.installation["fingerprint"])


@dataclass(frozen=True, slots=True)
class Terms:
    """How a backup is to be taken in."""

    now: datetime
    """UTC."""
    texts_since: datetime
    """UTC. Texts that reached the provider later are fetched, and answered, when the service starts."""
    replace: bool = False
    """What the database holds is to go."""
    forgetful: bool = False
    """There is no list of who left since, and they may come back."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did."""

    rows: int
    erased: int
    """People who were in the backup and had left since."""
    stopped: int
    """People who had said STOP since."""
    refused: int
    """Children whose parent had said no since."""
    cancelled: int
    """Replies that were still to be sent."""
    halted: int
    """Invitations and reports that were being sent."""
    asleep: int
    """Conversations that were to be reminded, or told that it is over."""


def proved(file: BinaryIO, key: bytes, kind: Kind | None, begin: Begin) -> Source:
    """Reads a backup to its end. It may be of any kind where `kind` is None.

    Raises:
        BackupError: it is not whole, is not as it was written, or is of another kind.
    """
    manifest, installation = examine(file, key, begin)
    if kind is not None and manifest.kind is not kind:
        wanted = "a whole backup" if kind is Kind.WHOLE else "a file of tombstones"
        raise BackupError(f"The file is not {wanted}: name the one that is. Nothing was changed.")
    file.seek(0)
    return Source(file, key, manifest, installation)


async def restore(
    url: str, backup: Source, keyring: Keyring, terms: Terms, *, tombstones: Source | None, begin: Begin
) -> Restored:
    """Puts the backup into the database at `url`, in one transaction.

    Whoever has a tombstone, in the backup, in the database that is replaced or in `tombstones`, is erased again.

    Raises:
        BackupError: the database holds something and is not to be replaced; or nothing says who left since.
        WrongSecretError: the backup was written with another secret.
        SchemaBehindError: the database has tables, and not those of this release.
        UnavailableError: the database cannot be reached. Nothing of it was changed.
    """
    _refuse_files(backup, keyring, tombstones)
    await _make_ready(url)
    connections = connect(url)
    try:
        async with connections.writing() as session:
            before = await _before(session)
            _refuse(before, backup, terms, tombstones)
            rows = await _fill(session, backup, begin)
            if tombstones is not None:
                await _fill_with_tombstones(session, tombstones, before.since)
            done = await _quieten(session, keyring, rows, before.since, terms)
            subject = f"backup of {backup.manifest.made_at:%Y-%m-%dT%H:%M:%SZ}"
            await audit.append(session, Deed(terms.now, COMMAND, "database.restored", subject=subject))
            await session.commit()
            return done
    finally:
        await connections.close()


def _refuse_files(backup: Source, keyring: Keyring, tombstones: Source | None) -> None:
    try:
        keyring.adopt(backup.fingerprint, backup.installation.get("lookup_enc"))
    except WrongSecretError:
        raise WrongSecretError(
            "The backup was written with another secret key: set the one of that time as SAYSO_SECRET_KEY, or as "
            "SAYSO_SECRET_KEY_ALSO where it was changed since. Nothing was changed."
        ) from None
    if not schema.knows(backup.manifest.revision):
        raise BackupError("A newer release made this backup: restore it with that one. Nothing was changed.")
    if tombstones is None:
        return
    if tombstones.fingerprint != backup.fingerprint:
        raise BackupError("The tombstones are of another installation: name those of this one. Nothing was changed.")
    if tombstones.manifest.made_at < backup.manifest.made_at:
        raise BackupError("The tombstones are older than the backup: name the newest. Nothing was changed.")


async def _make_ready(url: str) -> None:
    if await schema.bare(url):
        await schema.upgrade(url)
    missing = await schema.check(url)
    if missing:
        raise SchemaBehindError(" ".join(missing))


def _refuse(before: _Before, backup: Source, terms: Terms, tombstones: Source | None) -> None:
    if before.used and not terms.replace:
        raise BackupError(
            "The database is not empty: name another in SAYSO_DATABASE_URL, or say --replace to put the backup in its "
            "place. Nothing was changed."
        )
    knows_who_left = before.used and before.fingerprint == backup.fingerprint
    if not (terms.forgetful or tombstones or knows_who_left):
        raise BackupError(_WHO_LEFT)


_WHO_LEFT: Final = (
    "Nothing says who asked to be deleted after the backup was made. Give the newest file of tombstones with "
    "--tombstones FILE; where there is none, say --without-tombstones, and tell the data protection officer. Nothing "
    "was changed."
)


@dataclass(frozen=True, slots=True)
class _Since:
    """What was said since the backup was made, and holds: by numbers that are given to nobody else."""

    stopped: dict[int, int]
    """Who had said STOP, and when (microseconds)."""
    refused: dict[bytes, tuple[Any, ...]]
    """Parents' codes with which no was said last, as rows of `REFUSED`."""

    def take(self, table: str, rows: Iterable[Sequence[Any]]) -> None:
        """Adds rows of the parts that a file of tombstones has of other tables."""
        if table == STOPPED.table.name:
            self.stopped.update((row[0], row[1]) for row in rows)
        elif table == REFUSED.table.name:
            self.refused.update((bytes(row[0]), tuple(row)) for row in rows)


@dataclass(frozen=True, slots=True)
class _Before:
    """What the database was before."""

    used: bool
    fingerprint: bytes | None
    since: _Since


async def _before(session: Session) -> _Before:
    tables = sorted(SQLModel.metadata.tables)
    if session.dialect is Dialect.POSTGRESQL:
        # Workers that were left running wait, and see the one database or the other.
        await session.scan(plain(session.dialect, f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE"))
    used = False
    for table in tables:
        if table not in _BEGUN_WITH and not used:
            used = bool(await session.scan(plain(session.dialect, f"SELECT 1 FROM {table} LIMIT 1")))
    found = await session.fetch(plain(session.dialect, "SELECT fingerprint FROM installation"))
    since = _Since({}, {})
    for part in _SAID_SINCE:
        listed = f"SELECT {', '.join(part.columns)} FROM {part.table.name} WHERE {part.where}"
        since.take(part.table.name, await session.scan(plain(session.dialect, listed)))
    return _Before(used, found[0][0] if found else None, since)


async def _fill(session: Session, backup: Source, begin: Begin) -> int:
    for table in SQLModel.metadata.tables:
        if table not in BURIED:
            await session.scan(plain(session.dialect, f"DELETE FROM {table}"))
    contents = Contents(backup.file, backup.key)
    progress, rows = begin(contents.manifest.total), 0
    for lot in contents.lots():
        await _put(session, lot)
        rows += len(lot.rows)
        progress(len(lot.rows))
    return rows


async def _fill_with_tombstones(session: Session, tombstones: Source, since: _Since) -> None:
    """Adds to `since` what else the file knows."""
    said = {part.table.name: part.columns for part in _SAID_SINCE}
    for lot in Contents(tombstones.file, tombstones.key).lots():
        if lot.table in BURIED:
            await _put(session, lot)
        elif said.get(lot.table) == lot.columns:
            since.take(lot.table, lot.rows)


async def _put(session: Session, lot: Lot) -> None:
    """Adds rows of the columns that this release still has; those that came later take what they begin with."""
    table = SQLModel.metadata.tables.get(lot.table)
    if table is None:
        return
    kept = [place for place, name in enumerate(lot.columns) if name in table.c]
    shape = _shape(lot.table, tuple(lot.columns[place] for place in kept))
    rows = lot.rows if len(kept) == len(lot.columns) else [[row[place] for place in kept] for row in lot.rows]
    conflict = "ON CONFLICT DO NOTHING" if lot.table in BURIED else ""
    await session.run([insert(session.dialect, shape, rows, conflict)])


def _shape(table: str, columns: tuple[str, ...]) -> Shape:
    shape = _shapes.get((table, columns))
    if shape is None:
        shape = _shapes[table, columns] = Shape(SQLModel.metadata.tables[table], *columns)
    return shape


_shapes: dict[tuple[str, tuple[str, ...]], Shape] = {}


async def _quieten(session: Session, keyring: Keyring, rows: int, since: _Since, terms: Terms) -> Restored:
    at = micros(terms.now)
    stopped = len(await fetch_with(session, _STOPPED, _STILL_STOPPED, sorted(since.stopped.items())))
    refused = await permissions.refuse_again(session, keyring, since.refused.values())
    cancelled = await _changed(session, _CANCEL, RESTORED)
    asleep = await _changed(session, _SLEEP, at)
    halted = await _changed(session, _HALT, at)
    await session.run([plain(session.dialect, _QUIET_ROTA)])
    await session.run([plain(session.dialect, _LOOKED, micros(terms.texts_since))])
    gone = {row[0] for row in await session.scan(plain(session.dialect, _GONE))}
    for participant in sorted(gone):
        gone |= await erasure.erase(session, participant, now=terms.now)
    # Nothing waits to be sent to them any more, so nothing of them stays.
    await erasure.forget(session, gone)
    return Restored(rows, len(gone), stopped, refused, cancelled, halted, asleep)


async def _changed(session: Session, sql: str, *args: object) -> int:
    return len(await session.scan(plain(session.dialect, sql, *args)))
