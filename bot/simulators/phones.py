"""A person's side of simulated SMS: a phone that texts our number, and shows what comes back."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from bot.simulators.changes import Changes

_PART: Final = 153
"""Characters of GSM-7 in one part of a longer text."""


@dataclass(slots=True)
class PhoneMessage:
    """One text as it stands on the person's screen."""

    sid: str
    by_us: bool
    """True for what the council sent, and for what the provider answers by itself."""
    at: datetime
    text: str
    media: int = 0
    by_provider: bool = False
    """The provider's own answer to STOP, START or HELP."""


class Wire(Protocol):
    """What a phone needs of the simulator that it is part of."""

    @property
    def changes(self) -> Changes: ...

    async def receive(self, phone: Phone, body: str, media: int) -> PhoneMessage: ...


class Phone:
    """One mobile. Every text waits until the service has taken it, or refused it for good."""

    def __init__(self, wire: Wire, number: str) -> None:
        self.number = number
        self.messages: list[PhoneMessage] = []
        self.switched_off = False
        """What is sent meanwhile is reported as undelivered (30003)."""
        self._wire = wire

    @property
    def heard(self) -> list[PhoneMessage]:
        """What the council sent, without the provider's own answers."""
        return [message for message in self.messages if message.by_us and not message.by_provider]

    async def hears(self, count: int, *, within: float = 10) -> list[PhoneMessage]:
        """What the council sent, as soon as there are at least so many.

        Raises:
            TimeoutError: there were not, within that many seconds.
        """
        async with asyncio.timeout(within):
            seen = self._wire.changes.version
            while len(self.heard) < count:
                seen = await self._wire.changes.wait(seen)
        return self.heard

    async def text(self, body: str, *, media: int = 0) -> PhoneMessage:
        """Send one text, with so many pictures."""
        return await self._wire.receive(self, body, media)

    async def text_in_parts(self, body: str) -> list[PhoneMessage]:
        """Send a long text by way of a network that does not put its parts together again."""
        parts = [body[start : start + _PART] for start in range(0, len(body), _PART)]
        return [await self.text(part) for part in parts]

    async def photo(self) -> PhoneMessage:
        return await self.text("", media=1)
