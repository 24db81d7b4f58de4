"""The service without sockets: messages are handed to it as its channels would, and nothing is sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path

from bot.app import assemble
from bot.clock import Clock
from bot.receive import Receipt
from bot.service import Service
from flows.definition import Command
from flows.messages import (
    Amended,
    Channel,
    Content,
    InboundMessage,
    Pressed,
    Submitted,
    Tapped,
    Typed,
)
from storage.records import ParticipantAnswers, TranscriptEntry
from tests.support.packs import SLUG
from tests.support.town import NOON, settings_for

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Desk:
    """Where messages are taken in."""

    service: Service

    def person(self, channel: Channel = Channel.SMS, address: str = "+447700900123") -> Correspondent:
        return Correspondent(self.service, channel, address)

    async def transcript(self, slug: str = SLUG) -> list[TranscriptEntry]:
        return [entry async for entry in self.service.database.transcripts(slug)]

    async def answers(self, slug: str = SLUG) -> list[ParticipantAnswers]:
        return [row async for row in self.service.database.answers(slug)]

    async def said(self, slug: str = SLUG) -> list[str]:
        """What we said in conversations about a consultation, one participant after another."""
        return [entry.text for entry in await self.transcript(slug) if entry.direction == "out"]

    async def waiting(self, channel: Channel) -> list[str]:
        """What would be sent now on a channel, oldest first; each person's first message alone."""
        outbox = self.service.database.outbox
        claimed = await outbox.claim(
            channel,
            now=self.service.clock.now(),
            limit=100,
            lease=self.service.clock.now() - self.service.clock.now(),
            per_second=1e6,
            per_address_seconds=0,
        )
        return [message.text for message in claimed]


@dataclass(frozen=True, slots=True)
class Correspondent:
    """Somebody at one address. Each message has a number of its own, unless a test gives it one."""

    service: Service
    channel: Channel
    address: str = field(repr=False)

    async def sends(
        self, content: Content, *, number: str | None = None, at: datetime | None = None, language: str | None = None
    ) -> Receipt:
        now = self.service.clock.now()
        message = InboundMessage(
            channel=self.channel,
            address=self.address,
            provider_id=number or f"number-{next(_numbers)}",
            content=content,
            received_at=at or now,
            sent_at=at or now if self.channel is Channel.TELEGRAM else None,
            message_ref=number,
            slug=SLUG if self.channel is Channel.WEB else None,
            language=language,
        )
        return await self.service.receiver.take(message)

    async def says(self, *texts: str) -> None:
        for text in texts:
            await self.sends(Typed(text))

    async def taps(self, question: str, option: str) -> Receipt:
        return await self.sends(Tapped(question, option))

    async def submits(self, question: str, *answers: str, language: str | None = None) -> Receipt:
        return await self.sends(Submitted(question, answers), language=language)

    async def presses(self, command: Command) -> Receipt:
        return await self.sends(Pressed(command))

    async def edits(self, original: str, text: str) -> Receipt:
        return await self.sends(Amended(original, text))


@asynccontextmanager
async def a_desk(database_url: str, packs: Path, *, now: datetime = NOON) -> AsyncIterator[Desk]:
    """A service whose channels are all on, until the end of the context; it is never started, so it sends nothing."""
    loopback = {"SAYSO_TELEGRAM_API": "http://127.0.0.1:9", "SAYSO_TWILIO_API": "http://127.0.0.1:9"}
    settings = settings_for("http://127.0.0.1:8080", database_url, packs, **loopback)
    service = await assemble(settings, clock=Clock(now))
    try:
        yield Desk(service)
    finally:
        await service.close()
