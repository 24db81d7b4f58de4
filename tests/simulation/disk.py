"""The database's outermost edge: the standard library's SQLite driver, with faults between it and its file.

The real `storage` runs on real SQLite; what is replaced is `sqlite3.connect`, so that statements and commits can fail
as they do on a full disk, a cut connection or a database that is away, and so that the world knows of each commit
whether it happened, in which order, and what it held. A wait for another's lock is virtual time.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import storage.sqlite
from storage.sessions import BUSY_SECONDS
from tests.simulation.dice import Dice
from tests.simulation.loop import OWNER, Life

LABEL: ContextVar[Any] = ContextVar("label", default=None)
"""What the transaction under way is for: handed to the world when it commits."""

_LOOK_AGAIN = 0.05
"""How often, in seconds, a lock that another holds is tried again."""


class Disk:
    """One database file, the faults it has, and the list of its commits."""

    def __init__(self, dice: Dice, now: Callable[[], float]) -> None:
        self._dice = dice
        self._now = now
        self.commits = 0
        self.cut_before = 0.0
        self.cut_after = 0.0
        """Chances, for each commit, that it is not carried out, or that it is and nobody is told."""
        self.full = 0.0
        """The chance of a statement that writes to find no room."""
        self.broken = 0.0
        """The chance of any statement to fail."""
        self.deadly = 0.0
        """The chance of a process to die just after a commit of its own."""
        self.slow = 0.0
        """The chance of a statement to take seconds."""
        self.away_until = 0.0
        """Every statement fails until then."""
        self.on_commit: Callable[[Life | None, Any], object] = lambda _life, _label: None
        self.on_fault: Callable[[Life | None, str, Any], object] = lambda _life, _what, _label: None
        self._held: list[DiskConnection] = []

    def connect(self, path: str, **options: Any) -> sqlite3.Connection:  # noqa: ANN401 - as the driver's
        """What `sqlite3.connect` is for the service."""
        options["timeout"] = 0
        connection = sqlite3.connect(path, factory=DiskConnection, **options)
        connection.disk = self
        connection.life = OWNER.get()
        self._held.append(connection)
        return connection

    def let_go(self, life: Life) -> None:
        """The process is gone: its connections close, and what it had not committed never was."""
        for connection in self._held:
            if connection.life is life:
                with suppress(sqlite3.ProgrammingError):
                    connection.close()
        self._held = [connection for connection in self._held if connection.life is not life]

    def close(self) -> None:
        """Nobody needs it any more."""
        for connection in self._held:
            with suppress(sqlite3.ProgrammingError):
                connection.close()

    def heal(self) -> None:
        self.cut_before = self.cut_after = self.full = self.broken = self.deadly = self.slow = self.away_until = 0.0

    def hold_up(self) -> float:
        """How long the next piece of work takes, in seconds."""
        if self._dice.happens(self.slow):
            return self._dice.soon(3, 45)
        return self._dice.between(0.0002, 0.004)

    def fault_of(self, sql: str) -> str | None:
        """What happens instead of a statement: SQLite's name of an error."""
        if self._now() < self.away_until:
            return "SQLITE_CANTOPEN"
        if self._dice.happens(self.broken):
            return "SQLITE_IOERR"
        writes = not sql.lstrip().startswith(("SELECT", "BEGIN", "PRAGMA", "ROLLBACK", "COMMIT"))
        return "SQLITE_FULL" if writes and self._dice.happens(self.full) else None

    def commit(self, connection: DiskConnection, carry_out: Callable[[], sqlite3.Cursor]) -> sqlite3.Cursor:
        label = LABEL.get()
        if self._dice.happens(self.cut_before):
            self.on_fault(connection.life, "commit lost", label)
            raise connection.failed("SQLITE_IOERR_FSYNC")
        done = carry_out()
        self.commits += 1
        self.on_commit(connection.life, label)
        if self._dice.happens(self.cut_after):
            self.on_fault(connection.life, "commit unknown", label)
            raise connection.failed("SQLITE_IOERR_FSYNC")
        if connection.life is not None and self._dice.happens(self.deadly):
            connection.life.end()
        return done


class DiskConnection(sqlite3.Connection):
    """A connection whose statements may fail."""

    disk: Disk
    life: Life | None

    def execute(self, sql: str, *args: Any) -> sqlite3.Cursor:  # noqa: ANN401 - as the driver's
        if sql == "COMMIT":
            return self.disk.commit(self, lambda: super(DiskConnection, self).execute(sql))
        if sql == "PRAGMA synchronous = FULL":
            # Processes die here, and machines do not: what the system has in memory is as good as on the disk.
            sql = "PRAGMA synchronous = OFF"
        if sql != "ROLLBACK" and (name := self.disk.fault_of(sql)) is not None:
            raise self.failed(name)
        return super().execute(sql, *args)

    def executemany(self, sql: str, *args: Any) -> sqlite3.Cursor:  # noqa: ANN401 - as the driver's
        if (name := self.disk.fault_of(sql)) is not None:
            raise self.failed(name)
        return super().executemany(sql, *args)

    def failed(self, name: str) -> sqlite3.OperationalError:
        """The error, after SQLite has rolled back what was under way, as it does for each of these."""
        if self.in_transaction:
            super().execute("ROLLBACK")
        self.disk.on_fault(self.life, name, LABEL.get())
        error = sqlite3.OperationalError(name)
        error.sqlite_errorname = name
        return error


def again_after(error: BaseException, waited: float) -> float | None:
    """A statement that met another's lock waits for it, as long as the driver's own timeout lets it."""
    if not isinstance(error, sqlite3.OperationalError) or error.sqlite_errorname != "SQLITE_BUSY":
        return None
    return _LOOK_AGAIN if waited < BUSY_SECONDS else None


@contextmanager
def beneath(disk: Disk) -> Iterator[None]:
    """Has the service's SQLite stand on this disk."""
    driver = SimpleNamespace(
        connect=disk.connect,
        Connection=sqlite3.Connection,
        Error=sqlite3.Error,
        IntegrityError=sqlite3.IntegrityError,
        OperationalError=sqlite3.OperationalError,
    )
    with patch.object(storage.sqlite, "sqlite3", driver):
        yield
