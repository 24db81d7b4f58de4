"""What every channel promises: genuine neutral messages in, one neutral message out, a closed set of outcomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

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


class ProviderError(Exception):
    """A provider could not be asked, or set up. The sentence says what to do next; nothing personal is in it.

    `passing` is true where the same call may well succeed later, and false where a setting has to be changed first.
    """

    def __init__(self, sentence: str, *, passing: bool) -> None:
        super().__init__(sentence)
        self.passing = passing


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


LONGEST_WAIT = timedelta(minutes=15)
_DOUBLINGS = 10  # already past the longest wait


def backoff(attempt: int) -> timedelta:
    """How long to wait after a failed attempt: 2 seconds after the first, doubled each time, 15 minutes at most."""
    return min(timedelta(seconds=2 ** min(max(attempt, 1), _DOUBLINGS)), LONGEST_WAIT)


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


@runtime_checkable
class Recovers(Protocol):
    """A channel whose provider keeps a list of messages, so that an outage of ours loses nothing."""

    async def missed(self, since: datetime, *, now: datetime) -> Sequence[InboundMessage]:
        """Inbound messages the provider has since that UTC instant, oldest first, each marked `recovered`.

        Raises:
            ProviderError: the list could not be read; ask again later for the same time.
        """
        ...

    async def already_sent(self, message: OutboundMessage) -> Sequence[str]:
        """The provider's ids of what may be this very message, from an earlier attempt that did reach it; oldest first.

        The same words said twice to one person are among it: whoever asks knows which ids other messages have.

        Raises:
            ProviderError: nobody knows yet. Do not send again before an answer was had.
        """
        ...


@runtime_checkable
class Holds(Protocol):
    """A channel whose provider says how much it still holds for us."""

    async def waiting(self) -> int:
        """How many messages it has not been able to deliver yet: an outage shows here first.

        Raises:
            ProviderError: nobody knows just now.
        """
        ...


@runtime_checkable
class Acknowledges(Protocol):
    """A channel whose provider waits to be told that a tap arrived."""

    async def acknowledge(self, callback_id: str) -> None:
        """Tells it so. Never raises: the answer is kept already, and nothing but a spinning button depends on it."""
        ...
