"""What every channel promises: genuine neutral messages in, one neutral message out, a closed set of outcomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from flows.messages import Channel, InboundMessage, OutboundMessage, SendOutcome, Shows, StatusUpdate


@dataclass(frozen=True, slots=True)
class RawRequest:
    """A webhook as it came over the wire, without anything of the web framework."""

    path: str
    """Path and query, as the provider called it."""
    headers: Mapping[str, str]
    """Case-insensitive."""
    body: bytes = field(repr=False)
    received_at: datetime
    """UTC."""


class RefusedError(Exception):
    """A request that is answered with `status` and one plain sentence, and changes nothing."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a webhook held: nothing at all, for kinds that we have no use for."""

    messages: tuple[InboundMessage, ...] = ()
    updates: tuple[StatusUpdate, ...] = ()


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a provider may be written to."""

    per_second: float
    """Over all addresses, all workers together."""
    per_address_seconds: float
    """Least time between two messages to one address."""


class ChannelPort(Protocol):
    """One channel. `parse` is pure and quick; `send` does I/O and never raises for what a provider may answer."""

    @property
    def name(self) -> Channel: ...

    @property
    def shows(self) -> Shows: ...

    @property
    def pace(self) -> Pace: ...

    def parse(self, request: RawRequest) -> Parsed:
        """Checks that the request is genuine and translates it.

        Raises:
            RefusedError: with 403 where it is not genuine, 400 where it is malformed.
        """
        ...

    async def send(self, message: OutboundMessage, *, now: datetime) -> SendOutcome:
        """Hands one message to the provider. `now` is UTC and is what a `RetryAt` counts from."""
        ...

    async def close(self) -> None:
        """Lets go of connections."""
        ...


class Recovers(Protocol):
    """A channel whose provider keeps a list of messages, so that an outage of ours loses nothing."""

    async def missed(self, since: datetime, *, now: datetime) -> Sequence[InboundMessage]:
        """Inbound messages the provider has since that UTC instant, oldest first, each marked `recovered`."""
        ...

    async def already_sent(self, message: OutboundMessage) -> str | None:
        """The provider's id of this very message if an earlier attempt did reach it, else None."""
        ...
