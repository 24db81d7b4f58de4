"""Where tests write: in memory, where the machine has enough of it.

Most of what a test of a database waits for is a disk that syncs each commit. No test asks what a disk keeps when the
power goes, so nothing is lost by leaving it out. Whoever sets TMPDIR has the last word.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

MEMORY: Final = Path("/dev/shm")  # noqa: S108 - POSIX shared memory, and a folder of our own in it
ENOUGH: Final = 2 << 30
"""Bytes that have to be free: a whole run was seen to hold 219 MiB at once."""


def write_in_memory(memory: Path = MEMORY, enough: int = ENOUGH) -> Path | None:
    """Sets TMPDIR for this process and all that it starts; None where it stays as it is."""
    if "TMPDIR" in os.environ or not _has_room(memory, enough):
        return None
    folder = memory / f"sayso-tests-{os.getuid()}"
    folder.mkdir(mode=0o755, exist_ok=True)
    os.environ["TMPDIR"] = str(folder)
    tempfile.tempdir = None
    return folder


def _has_room(memory: Path, enough: int) -> bool:
    return memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= enough
