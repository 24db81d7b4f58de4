"""The only place that reads the time."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta


class Clock:
    """The service's time, in UTC.

    Without `start` it is the machine's time. With `start` (UTC) it begins there and runs on by the monotonic clock, so
    that nothing the machine's clock does can move it. `advance` moves it forward, which wakes whoever waits on it.
    """

    def __init__(self, start: datetime | None = None) -> None:
        self._start = start
        self._began = time.monotonic()
        self._ahead = timedelta(0)
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        """This instant, UTC and aware."""
        if self._start is None:
            return datetime.now(UTC) + self._ahead
        return self._start + timedelta(seconds=time.monotonic() - self._began) + self._ahead

    def advance(self, by: timedelta) -> None:
        """Moves the clock forward: for the demo and for tests. Call it on the event loop that waits on this clock.

        Raises:
            ValueError: `by` is negative; time does not run backwards.
        """
        if by < timedelta(0):
            raise ValueError("the clock only moves forward: give a positive time")
        self._ahead += by
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

    async def pause(self, seconds: float) -> None:
        """Waits so many real seconds, or until the clock is advanced if that comes first."""
        moved = self._moved
        try:
            async with asyncio.timeout(max(seconds, 0)):
                await moved.wait()
        except TimeoutError:
            return

    async def sleep_until(self, at: datetime) -> None:
        """Waits until this clock shows `at` (UTC): at once when it is already past."""
        while (left := (at - self.now()).total_seconds()) > 0:
            await self.pause(left)
