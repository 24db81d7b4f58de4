"""The service, put together: what its pages, its hooks and the demo have at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.channels.base import ChannelPort
from bot.channels.webchat import WebChat
from bot.clock import Clock
from bot.config import Settings
from bot.dispatch import Dispatcher
from bot.gate import Gate
from bot.handling import Handler
from bot.metrics import Metrics
from bot.packs import Library
from bot.receive import Receiver
from bot.schedule import Scheduler
from bot.versions import Versions
from flows.messages import Channel
from storage.database import Database


@dataclass(frozen=True, slots=True)
class Service:
    """One worker. Made by `bot.app.assemble`; does nothing by itself until it is started."""

    settings: Settings
    clock: Clock
    library: Library
    database: Database
    versions: Versions
    handler: Handler
    receiver: Receiver
    dispatcher: Dispatcher
    scheduler: Scheduler
    webchat: WebChat
    channels: Mapping[Channel, ChannelPort]
    """Those that are switched on; the web always is."""
    metrics: Metrics
    gate: Gate = field(default_factory=Gate)
    """How much one visitor, and one network, may ask of this worker."""

    async def start(self) -> None:
        """Begins to send and to watch the time."""
        await self.scheduler.catch_up()
        self.dispatcher.start()
        self.scheduler.start()

    async def close(self) -> None:
        """Finishes what is under way, so that nothing is done twice, and lets go of everything."""
        await self.scheduler.stop()
        await self.receiver.close()
        await self.dispatcher.stop()
        for channel in self.channels.values():
            await channel.close()
        await self.database.close()
