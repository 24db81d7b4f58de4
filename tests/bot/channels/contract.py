"""What the one suite over all channels needs of each: how a person speaks on it, and how its provider goes wrong.

A new channel is added by writing an `Adapter` for it and naming it in `test_contract.py`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import ClassVar

from bot.channels.base import ChannelPort, RawRequest
from flows.definition import Command
from flows.messages import Content, Other, OutboundMessage, Pressed, Unusable

NOW = datetime(2018, 3, 9, 22, 30, tzinfo=UTC)


class Can(Enum):
    """What not every channel can do."""

    TAP = "tap a button"
    BEGIN_BY_LINK = "begin by a link"
    COMMAND_BY_NAME = "choose a command by name"
    SEND_PICTURES = "send pictures"
    EDIT = "edit an earlier message"
    BLOCK = "block us"
    BE_USELESS = "bring what we have no use for"


class Trouble(Enum):
    """What a provider does with the next message."""

    PERSON_LEFT = "the person has left"
    BUSY = "it asks us to wait"
    REFUSES_US = "it does not accept our account"
    BROKEN = "it has a fault of its own"
    DROPS = "the connection breaks"
    SILENT = "it never answers"
    LOSES_ANSWER = "it takes the message and its answer is lost"
    AWAY = "nobody listens there"


class Adapter(ABC):
    """A channel, one person on it, and its provider. Speaking gives the webhook as it would arrive."""

    can: ClassVar[frozenset[Can]]
    troubles: ClassVar[frozenset[Trouble]]
    private: ClassVar[tuple[str, ...]]
    """What must never be printed or logged: the address, names, tokens, and the words below."""
    channel: ChannelPort
    address: str

    @abstractmethod
    def says(self, text: str) -> RawRequest: ...

    @abstractmethod
    def understood(self, text: str) -> Content:
        """What `says` comes to."""

    @abstractmethod
    def genuine(self, body: bytes) -> RawRequest:
        """Any body at all, with whatever proves that it comes from the provider."""

    @abstractmethod
    def forged(self, text: str) -> tuple[RawRequest, ...]:
        """The same words from somebody who is not the provider, in every way we can think of."""

    @abstractmethod
    def garbled(self) -> tuple[RawRequest, ...]:
        """Genuine requests that make no sense."""

    def taps(self, question: str, option: str) -> RawRequest:
        raise NotImplementedError

    def begins(self, payload: str) -> RawRequest:
        raise NotImplementedError

    def commands(self, word: str) -> RawRequest:
        raise NotImplementedError

    def sends_picture(self, words: str) -> RawRequest:
        raise NotImplementedError

    def edits(self, text: str) -> tuple[RawRequest, RawRequest]:
        """A message, and the same message with other words."""
        raise NotImplementedError

    def blocks(self) -> tuple[RawRequest, RawRequest]:
        """The person blocks us, and then unblocks us."""
        raise NotImplementedError

    def useless(self) -> tuple[RawRequest, ...]:
        raise NotImplementedError

    @abstractmethod
    async def open(self) -> None:
        """Start the provider, if there is one, and speak to it from now on."""

    async def close(self) -> None:
        await self.channel.close()

    async def gets_into(self, trouble: Trouble) -> None:
        raise NotImplementedError

    @abstractmethod
    def shown(self) -> list[str]:
        """The words on the person's screen that came from us, oldest first."""

    def outbound(self, text: str, *, attempt: int = 1) -> OutboundMessage:
        return OutboundMessage("k1", self.address, text, attempt=attempt, queued_at=NOW)


@dataclass(frozen=True)
class Incoming:
    """One labelled case: what a person does, and what it comes to."""

    label: str
    does: Callable[[Adapter], RawRequest]
    comes_to: Callable[[Adapter], tuple[Content, ...]]
    needs: Can | None = None


def words(label: str, text: str) -> Incoming:
    return Incoming(label, lambda who: who.says(text), lambda who: (who.understood(text),))


def by_name(command: Command) -> Incoming:
    label = f"{command.name} can be chosen by name"
    return Incoming(label, lambda who: who.commands(command.value), lambda _: (Pressed(command),), Can.COMMAND_BY_NAME)


PICTURE = Other(Unusable.PICTURE)
