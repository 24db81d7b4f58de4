"""How much is measured: enough for figures that hold, or so little that it only shows that everything runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Effort:
    """For how long, how often, and with how many people."""

    seconds: float
    """One run of a load, once everything is warm."""
    rounds: int
    exported: int
    """Participants of the database that is exported."""
    sizes: tuple[int, ...]
    """Participants in the database, each time that its growth is looked at."""

    @property
    def warm_seconds(self) -> float:
        return min(self.seconds, 1.0)


USUAL: Final = Effort(seconds=2.0, rounds=3, exported=10_000, sizes=(1_000, 10_000, 100_000))
FULL: Final = Effort(seconds=3.0, rounds=3, exported=557_077, sizes=(1_000, 10_000, 100_000, 1_000_000))
"""As many as took part in England's largest consultation; takes more than half an hour, and 25 GB of disk."""
QUICK: Final = Effort(seconds=0.5, rounds=1, exported=500, sizes=(100, 1_000))
"""To see that it runs: its figures mean nothing."""
