"""The disk is full under load: nothing is acknowledged that is not kept, and with room again everything goes on."""

from __future__ import annotations

import asyncio
import errno
import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from storage.database import upgrade
from tests.support.crowd import OPEN, Crowd, nothing_lost
from tests.support.processes import Neighbourhood, Serve, a_neighbourhood, free_port


class Disk(Protocol):
    """Somewhere for a database, that can be full."""

    path: Path

    def fill(self, serve: Serve) -> None: ...

    def clear(self, serve: Serve) -> None: ...


@dataclass
class SmallFilesystem:
    """A filesystem of its own, filled to the last byte."""

    path: Path

    def fill(self, serve: Serve) -> None:  # noqa: ARG002 - the same for every process
        with (self.path / "ballast").open("wb", buffering=0) as ballast, suppress(OSError):
            while True:
                ballast.write(bytes(1024))

    def clear(self, serve: Serve) -> None:  # noqa: ARG002
        (self.path / "ballast").unlink()


@dataclass
class FilesThatMayNotGrow:
    """A process that may not write past the first byte of any file: what needs no rights to set up."""

    path: Path

    def fill(self, serve: Serve) -> None:
        self._limit(serve, 1)

    def clear(self, serve: Serve) -> None:
        self._limit(serve, resource.RLIM_INFINITY)

    def _limit(self, serve: Serve, most: int) -> None:
        assert serve.process is not None
        _, hard = resource.prlimit(serve.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(serve.process.pid, resource.RLIMIT_FSIZE, (most, hard))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Disk]:
    """A filesystem of 8 MiB where this user may mount one, and the next best thing where not."""
    mounted = ["mount", "-t", "tmpfs", "-o", "size=8m,mode=0777", "sayso-small", str(tmp_path)]
    if os.geteuid() != 0 or subprocess.run(mounted, check=False, capture_output=True).returncode:
        yield FilesThatMayNotGrow(tmp_path)
        return
    try:
        yield SmallFilesystem(tmp_path)
    finally:
        subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)


async def a_full_disk_loses_nothing(there: Neighbourhood, disk: Disk) -> None:
    await there.serve.start()
    crowd = Crowd(there)
    async with crowd.busy():
        await asyncio.sleep(1)
        disk.fill(there.serve)
        await asyncio.sleep(1.5)
        assert not await there.serve.is_ready()
        assert {*there.telegram.refused, *there.twilio.refused} == {503}
        disk.clear(there.serve)
        await asyncio.sleep(1)
    assert await there.serve.is_ready()
    await nothing_lost(crowd)


async def test_a_filesystem_without_room_turns_messages_away_until_there_is_room_again(small_disk: Disk) -> None:
    url = f"sqlite+aiosqlite:///{small_disk.path / 'sayso.db'}"
    await upgrade(url)
    async with a_neighbourhood(url, free_port(), SAYSO_NOW=OPEN) as there:
        await a_full_disk_loses_nothing(there, small_disk)


async def test_a_file_that_may_not_grow_is_as_good_as_a_full_disk(sqlite_url: str, tmp_path: Path) -> None:
    async with a_neighbourhood(sqlite_url, free_port(), SAYSO_NOW=OPEN) as there:
        await a_full_disk_loses_nothing(there, FilesThatMayNotGrow(tmp_path))


def test_a_filled_filesystem_has_no_room_for_another_byte(small_disk: Disk) -> None:
    if isinstance(small_disk, SmallFilesystem):
        small_disk.fill(Serve("", {}))
        with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
            (small_disk.path / "more").write_bytes(bytes(8192))
