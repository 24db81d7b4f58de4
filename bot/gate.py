"""How much one visitor, and one network, may ask of a worker; and which starts look like a burst.

Everything here is in the memory of one worker, under keyed hashes whose key is thrown away every hour: no address is
stored, logged, or known an hour later. Each worker counts for itself, so that several allow as many times as much.
Nobody is shut out for good: whoever waits as long as they are told is let in, and what they typed stays in their form.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil
from typing import Final

from bot import ids
from flows.integrity import Flag, Sign

HOUR: Final = 3600.0
MOST_KEPT: Final = 100_000
"""Keys of one kind, some 10 MB. Those that owe nothing go first."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many at once, and so many a second from then on."""

    at_once: int
    per_second: float


VISITOR: Final = Rate(120, 2)
"""Requests of one visitor: an answer takes two, and nobody gives one every second for a minute."""
NETWORK: Final = Rate(6000, 300)
"""Requests of one network: a school of a thousand who all answer at once."""
STARTS: Final = Rate(600, 2)
"""Conversations begun in one network: two forms of thirty every minute for ever, and twenty at once."""
SLOW_FROM: Final = 300
"""From so many starts on each has to wait a little, and each a little longer."""
LONGEST_DELAY: Final = 2.0
"""Seconds."""
FLAGGED_FROM: Final = 120
"""From so many starts in a short time on they are flagged: four classes at once are not."""


@dataclass(frozen=True, slots=True)
class Start:
    """What becomes of a start."""

    wait: float = 0.0
    """Seconds after which to try again; 0 where it may begin."""
    delay: float = 0.0
    """Seconds by which the answer is held back."""
    burst: str = ""
    """A name for the burst that it belongs to, made by chance; empty where there is none."""

    @property
    def flags(self) -> tuple[Flag, ...]:
        """What an officer is to know of it."""
        return (Flag(Sign.BURST, self.burst),) if self.burst else ()


@dataclass(slots=True)
class _Buckets:
    """How much of a rate is used up, by key: as a time until which it would take to give it all back."""

    rate: Rate
    debts: dict[bytes, float] = field(default_factory=dict[bytes, float])

    def take(self, key: bytes, now: float) -> tuple[float, float]:
        """Uses up one. How much is then in use, and the seconds to wait where it is too much; then none was used."""
        step = 1 / self.rate.per_second
        free_at = max(self.debts.get(key, now), now)
        used = (free_at - now) / step + 1
        if used > self.rate.at_once:
            return used - 1, (used - self.rate.at_once) * step
        self.debts[key] = free_at + step
        if len(self.debts) > MOST_KEPT:
            self._make_room(now)
        return used, 0.0

    def _make_room(self, now: float) -> None:
        owing = {key: free_at for key, free_at in self.debts.items() if free_at > now}
        # Were they all in debt, the older half of them is forgiven.
        self.debts = dict([*owing.items()][len(owing) // 2 :]) if len(owing) > MOST_KEPT // 2 else owing


class Gate:
    """One worker's gate."""

    def __init__(self, clock: Callable[[], float] | None = None) -> None:
        """`clock` gives seconds that only go forward: the event loop's, unless another is given."""
        self._clock = clock or _loop_time
        self._renewed = float("-inf")
        self._renew(0.0)

    def visit(self, token: str | None, network: str | None) -> float:
        """Counts a request; the seconds to wait before the next, or 0 where this one may go on.

        `token` is None for a visitor who brought none along, `network` where it cannot be told.
        """
        now = self._now()
        waits = [
            buckets.take(self._key(kind, whose), now)[1]
            for kind, whose, buckets in (("visitor", token, self._visitors), ("network", network, self._networks))
            if whose is not None
        ]
        return max(waits, default=0.0)

    def start(self, network: str | None) -> Start:
        """Counts a conversation that is about to begin."""
        if network is None:
            return Start()
        now = self._now()
        key = self._key("network", network)
        used, wait = self._starts.take(key, now)
        burst = ""
        if used > FLAGGED_FROM:
            burst = self._bursts.setdefault(key, ids.short_token()[:8])
        elif used <= 1:
            self._bursts.pop(key, None)
        over = max(0.0, used - SLOW_FROM) / (STARTS.at_once - SLOW_FROM)
        return Start(wait, min(1.0, over) * LONGEST_DELAY, burst)

    def _now(self) -> float:
        now = self._clock()
        if now - self._renewed > HOUR:
            self._renew(now)
        return now

    def _renew(self, now: float) -> None:
        self._renewed = now
        self._salt = secrets.token_bytes(16)
        self._visitors, self._networks, self._starts = _Buckets(VISITOR), _Buckets(NETWORK), _Buckets(STARTS)
        self._bursts: dict[bytes, str] = {}

    def _key(self, kind: str, whose: str) -> bytes:
        return hashlib.blake2b(f"{kind}\0{whose}".encode(), key=self._salt, digest_size=16).digest()


def seconds(wait: float) -> int:
    """A wait as `Retry-After` says it: whole seconds, at least one."""
    return max(1, ceil(wait))


def _loop_time() -> float:
    return asyncio.get_running_loop().time()
