"""A restore that is killed leaves the database that was there, and the next one does its work."""

from __future__ import annotations

import asyncio
import io
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from storage.backup import NOT_KEPT, Kind, back_up
from storage.database import Database
from tests.support.children import inherited
from tests.support.processes import ROOT
from tests.support.storing import NOW, SECRET, everything, hear, met, phone

KEY = b"the key of backups, which is not the secret key"
RESTORE = """
import asyncio, os, signal, sys
from datetime import datetime, UTC
from storage.backup import Kind
from storage.crypto import Keyring
from storage.restore import Terms, proved, restore

url, path, secret, key, lots = sys.argv[1:]

def begin(total):
    left = iter(range(int(lots)))
    def progress(_):
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)
    return progress

with open(path, "rb") as file:
    source = proved(file, key.encode(), Kind.WHOLE, lambda _: lambda _: None)
    now = datetime(2030, 6, 1, tzinfo=UTC)
    terms = Terms(now, now, replace=True)
    asyncio.run(restore(url, source, Keyring([secret.encode()]), terms, tombstones=None, begin=begin))
"""


def silently(_total: int) -> Callable[[int], object]:
    return lambda _: None


async def restored(url: str, path: Path, lots: int) -> int:
    """Restores in a process of its own, which is killed after so many lots of rows."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        RESTORE,
        url,
        str(path),
        SECRET.decode(),
        KEY.decode(),
        str(lots),
        env={**inherited(), "PYTHONPATH": str(ROOT)},
    )
    return await process.wait()


async def test_a_killed_restore_leaves_the_old_and_a_whole_one_the_new(database_url: str, tmp_path: Path) -> None:
    database = await Database.open(database_url, secret=SECRET)
    for number in range(1, 4):
        await met(database, phone(number))
        await hear(database, phone(number))
    file = io.BytesIO()
    await back_up(database_url, file, KEY, Kind.WHOLE, now=NOW, begin=silently)
    path = tmp_path / "sayso.backup"
    path.write_bytes(file.getvalue())
    await hear(database, phone(4), "after the backup")
    before = await everything(database_url)
    for lots in (0, 3):
        assert await restored(database_url, path, lots) == -signal.SIGKILL
        assert await everything(database_url) == before
        assert await hear(database, phone(5 + lots), "the service goes on")
        before = await everything(database_url)
    assert await restored(database_url, path, 1_000_000) == 0
    after = await everything(database_url)
    await database.close()
    assert {name: len(found) for name, found in after.items() if name in {"participant", "message"}} == {
        "participant": 3,
        "message": 3,
    }
    assert not any(after[name] for name in NOT_KEPT)
