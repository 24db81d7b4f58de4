"""One worker of the service, put together as `bot.app.assemble` does, on simulated edges."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Protocol

from bot import ids, log
from bot.channels.webchat import WebChat
from bot.clock import Clock
from bot.config import Settings
from bot.dispatch import Dispatcher
from bot.metrics import Metrics
from bot.perform import Surroundings
from bot.receive import Receiver
from bot.schedule import Scheduler
from bot.service import Service
from bot.versions import Versions
from flows.messages import Channel, InboundMessage, StatusUpdate
from storage.connections import connect
from storage.crypto import Keyring
from storage.errors import UnavailableError
from tests.simulation.packs import Shelf
from tests.simulation.ports import PUBLIC_URL, SimulatedSms, SimulatedTelegram, Ways
from tests.simulation.providers import Telegram, Twilio
from tests.simulation.watch import Journal, WatchedDatabase, WatchedHandler

SECRET = b"the secret of an installation that is only simulated"
_READY, _AWAY = 200, 503


class WorldClock(Protocol):
    """True time, which no worker can see."""

    def now(self) -> datetime: ...


class WorkersClock(Clock):
    """A worker's own clock, which may be wrong."""

    def __init__(self, world: WorldClock, ahead: timedelta) -> None:
        super().__init__()
        self._world = world
        self._wrong_by = ahead

    def now(self) -> datetime:
        return self._world.now() + self._wrong_by

    def jumped(self) -> None:
        """Time has gone on without anybody having waited for it."""
        self.advance(timedelta(0))


@cache
def keyring() -> Keyring:
    return Keyring([SECRET])


@cache
def metrics() -> Metrics:
    """One for all: making them takes longer than a simulated minute."""
    return Metrics()


@cache
def webchat() -> WebChat:
    return WebChat(SECRET, PUBLIC_URL)


def surroundings() -> Surroundings:
    shows = {
        Channel.TELEGRAM: SimulatedTelegram.shows,
        Channel.SMS: SimulatedSms.shows,
        Channel.WEB: WebChat.shows,
    }
    return Surroundings(PUBLIC_URL, shows, {Channel.WEB: PUBLIC_URL, Channel.SMS: Twilio.OURS})


@cache
def _settings() -> Settings:
    return Settings.load({"SAYSO_PUBLIC_URL": PUBLIC_URL, "SAYSO_SECRET_KEY": SECRET.decode()})


@dataclass(frozen=True, slots=True)
class Site:
    """Where a worker stands: what it shares with others."""

    database: Path
    journal: Journal
    twilio: Twilio
    telegram: Telegram


def assemble(site: Site, ways: Ways, clock: Clock, shelf: Shelf) -> Service:
    """A worker. Nothing is sent or taken in yet."""
    connections = connect(f"sqlite+aiosqlite:///{site.database}")
    database = WatchedDatabase(connections, keyring(), site.journal, ways.life)
    sms, telegram = SimulatedSms(site.twilio, ways), SimulatedTelegram(site.telegram, ways)
    versions = Versions(shelf, database.version_files)
    handler = WatchedHandler(shelf, versions, surroundings())
    dispatcher = Dispatcher(database.outbox, [telegram, sms], clock, metrics())

    def nudge(channels: Iterable[Channel]) -> None:
        # In an order that does not depend on how this process hashes strings.
        dispatcher.nudge(sorted(channels))

    receiver = Receiver(database, handler, clock, metrics(), queued=nudge, acknowledging={Channel.TELEGRAM: telegram})
    scheduler = Scheduler(
        database,
        handler,
        shelf,
        receiver,
        clock,
        metrics(),
        channels=[Channel.TELEGRAM, Channel.SMS],
        recovering={Channel.SMS: sms},
        queued=nudge,
    )
    return Service(
        settings=_settings(),
        clock=clock,
        library=shelf,
        database=database,
        versions=versions,
        handler=handler,
        receiver=receiver,
        dispatcher=dispatcher,
        scheduler=scheduler,
        webchat=webchat(),
        channels={Channel.WEB: webchat(), Channel.TELEGRAM: telegram, Channel.SMS: sms},
        metrics=metrics(),
    )


async def hook(service: Service, messages: Sequence[InboundMessage], updates: Sequence[StatusUpdate]) -> int:
    """What `bot.web` does with a webhook or a posted form, and the status of its answer."""
    try:
        with log.request(ids.short_token()):
            if updates:
                await service.database.outbox.status(updates, service.clock.now())
            await asyncio.gather(*(service.receiver.take(message) for message in messages))
    except UnavailableError:
        return _AWAY
    return _READY
