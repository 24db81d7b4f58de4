"""A file that is there whole or not at all, whatever happens while it is being written."""

from __future__ import annotations

import fcntl
import hashlib
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.errors import ExportError


class WholeFile:
    """A file that appears under its name only when it is complete and on the disk.

    Until then it grows as `partial` beside it. On any error nothing of it is left, and what stood under the name before
    is as it was. A process that is killed leaves its `partial`, which the next one writes over.

    Raises:
        ExportError: the name is not one of an ordinary file, or somebody is writing that file just now.
        OSError: the file cannot be made, or its disk is full.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.partial = path.with_name(f".{path.name}.partial")
        self._held = -1

    def __enter__(self) -> Self:
        if self.path.exists() and not self.path.is_file():
            raise ExportError(f"{self.path} is not an ordinary file: name another file.")
        self._held = self._hold()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        try:
            if kind is not None:
                self.partial.unlink(missing_ok=True)
                return
            try:
                self.sync()
                self.partial.replace(self.path)
            except BaseException:
                self.partial.unlink(missing_ok=True)
                raise
            _sync_folder(self.path.parent)
        finally:
            os.close(self._held)

    def sync(self) -> None:
        """Waits until what was written so far is on the disk."""
        os.fsync(self._held)

    def _hold(self) -> int:
        """An empty file under the partial name that no other process writes into."""
        while True:
            held = os.open(self.partial, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if _is(self.partial, held):
                    os.truncate(held, 0)
                    return held
            except BlockingIOError:
                os.close(held)
                raise ExportError(
                    f"{self.path} is being written just now: wait until that is done, or name another file."
                ) from None
            # It got its name, or was thrown away, between our two steps: that file is not ours to empty.
            os.close(held)


def _is(path: Path, held: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(held))
    except FileNotFoundError:
        return False


def _sync_folder(folder: Path) -> None:
    """A new name is on the disk only when its folder is."""
    held = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)


def sha256_of(path: Path) -> str:
    """The file's SHA-256, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
