"""What the chat pages need of the service, named by what it does for them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.channels.webchat import WebChat
from bot.gate import Gate
from flows.definition import Consultation
from flows.messages import InboundMessage
from storage.records import AddressKey, ConversationRecord, TranscriptEntry


class Clock(Protocol):
    """See `bot.clock.Clock`."""

    def now(self) -> datetime: ...


class Library(Protocol):
    """See `bot.packs.Library`."""

    def get(self, slug: str) -> Consultation | None: ...

    def all(self) -> Sequence[Consultation]: ...


class Reader(Protocol):
    """See `storage.transcripts.Reader`."""

    async def find(self, key: AddressKey, slug: str) -> ConversationRecord | None: ...

    async def transcript(self, conversation_id: int) -> list[TranscriptEntry]: ...


class Database(Protocol):
    """See `storage.database.Database`."""

    async def find(self, key: AddressKey, slug: str) -> ConversationRecord | None: ...

    def snapshot(self) -> AbstractAsyncContextManager[Reader]: ...


class Versions(Protocol):
    """See `bot.versions.Versions`."""

    async def of(self, slug: str, version: str) -> Consultation: ...


class Receiver(Protocol):
    """See `bot.receive.Receiver`."""

    async def take(self, message: InboundMessage) -> object: ...


@dataclass(frozen=True, slots=True)
class Parts:
    """What these pages need of the service."""

    public_url: str
    clock: Clock
    library: Library
    database: Database
    versions: Versions
    receiver: Receiver
    webchat: WebChat
    gate: Gate
    """How much one visitor, and one network, may ask."""
    frame_ancestors: tuple[str, ...] = ()
    """Who may frame a chat besides those whom its pack names."""
