"""What takes long to count is kept for a while; what is quick is counted every time."""

from __future__ import annotations

from datetime import timedelta

from bot.console.kept import Kept
from tests.support.town import NOON


class Counting:
    """Counts how often it was asked, and takes a given time each time."""

    def __init__(self, seconds: float) -> None:
        self.times, self.clock, self._seconds = 0, 0.0, seconds

    async def count(self) -> int:
        self.clock += self._seconds
        self.times += 1
        return self.times


async def test_what_takes_long_is_kept_for_thirty_times_as_long_and_says_so() -> None:
    counting = Counting(seconds=2)
    kept = Kept[int](timer=lambda: counting.clock)
    first = await kept.counted("why", NOON, counting.count)
    again = await kept.counted("why", NOON + timedelta(seconds=59), counting.count)
    later = await kept.counted("why", NOON + timedelta(seconds=60), counting.count)
    assert [(one.value, one.is_kept) for one in (first, again, later)] == [(1, False), (1, True), (2, False)]
    assert again.at == NOON


async def test_each_thing_is_kept_for_itself() -> None:
    counting = Counting(seconds=2)
    kept = Kept[int](timer=lambda: counting.clock)
    assert [(await kept.counted(key, NOON, counting.count)).value for key in ("why", "who", "why")] == [1, 2, 1]


async def test_what_is_quick_is_counted_every_time() -> None:
    counting = Counting(seconds=0.5)
    kept = Kept[int](timer=lambda: counting.clock)
    assert [(await kept.counted("why", NOON, counting.count)).value for _ in range(3)] == [1, 2, 3]
