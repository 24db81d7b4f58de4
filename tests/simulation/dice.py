"""All the chance there is in a simulated world: it comes from one seed, so that a run can be had again."""

from __future__ import annotations

import random  # noqa: TID251 - seeded, and only ever here
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Chance from a seed."""

    def __init__(self, seed: int | str) -> None:
        self._random = random.Random(seed)
        self.number = self._random.random
        """From 0 up to 1."""

    def happens(self, chance: float) -> bool:
        return chance > 0 and self.number() < chance

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self.number()

    def below(self, limit: int) -> int:
        """From 0 to one less than the limit."""
        return int(self.number() * limit)

    def whole(self, low: int, high: int) -> int:
        """Both ends included."""
        return low + self.below(high - low + 1)

    def pick(self, among: Sequence[T]) -> T:
        return among[self.below(len(among))]

    def weighted(self, weights: dict[str, float]) -> str:
        return self._random.choices(list(weights), list(weights.values()))[0]

    def soon(self, mean: float, most: float) -> float:
        """A waiting time: mostly short, now and then long."""
        return min(self._random.expovariate(1 / mean), most)

    def bits(self, count: int) -> int:
        return self._random.getrandbits(count)
