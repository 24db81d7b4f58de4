"""Telling whoever watches a simulator that something has changed."""

from __future__ import annotations

import asyncio


class Changes:
    """A version that only grows, and a way to wait for the next one."""

    def __init__(self) -> None:
        self.version = 0
        self._next = asyncio.Event()

    def happened(self) -> None:
        self.version += 1
        # A new event each time: whoever waits holds the old one, and nobody can miss a change between two waits.
        self._next.set()
        self._next = asyncio.Event()

    async def wait(self, seen: int | None = None) -> int:
        """The version, as soon as it is past `seen` (or past the present one)."""
        seen = self.version if seen is None else seen
        while self.version <= seen:
            await self._next.wait()
        return self.version
