"""Figures that take long to count: kept for a while once they have, so that a page over many answers stays quick."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import perf_counter
from typing import Final, Generic, TypeVar

T = TypeVar("T")

LONG: Final = 1.0
"""Seconds of counting; what takes less is counted anew every time."""
_TIMES: Final = 30
"""How much longer than it takes to count, a count is kept: then counting takes a thirtieth of the time at most."""


@dataclass(frozen=True, slots=True)
class Counted(Generic[T]):
    """What was counted, and when."""

    value: T
    at: datetime
    """UTC."""
    is_kept: bool
    """Whether it was counted for an earlier visit: then the page says of when it is."""


@dataclass(slots=True)
class Kept(Generic[T]):
    """The last count for each key, in this worker."""

    timer: Callable[[], float] = perf_counter
    _found: dict[Hashable, tuple[Counted[T], timedelta]] = field(
        default_factory=dict[Hashable, tuple[Counted[T], timedelta]]
    )

    async def counted(self, key: Hashable, now: datetime, count: Callable[[], Awaitable[T]]) -> Counted[T]:
        """What was counted last, if that took long and was not long ago; else what is counted now."""
        if key in self._found:
            last, until = self._found[key]
            if now - last.at < until:
                return last
            del self._found[key]
        began = self.timer()
        found = Counted(await count(), now, is_kept=False)
        took = self.timer() - began
        if took >= LONG:
            self._found[key] = (Counted(found.value, now, is_kept=True), timedelta(seconds=_TIMES * took))
        return found
