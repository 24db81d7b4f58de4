"""The service as it runs, with a Bot API and a Twilio on loopback: everything over real sockets, nothing replaced."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import ClientSession, DummyCookieJar, web

from bot.app import build
from bot.clock import Clock
from bot.config import Settings
from bot.service import Service
from bot.simulators.bot_api import TOKEN, BotApi
from bot.simulators.twilio_api import ACCOUNT_SID, AUTH_TOKEN, NUMBER, TwilioApi, is_drama_number
from bot.web import SERVICE
from storage.records import ParticipantAnswers, TranscriptEntry
from tests.support.packs import SLUG

KEY = "a key of thirty-two bytes or more"
SECRET = "webhook-secret"
NOON = datetime(2030, 5, 15, 11, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Town:
    """One running service, the providers it speaks to, and a browser's worth of HTTP."""

    url: str
    service: Service
    telegram: BotApi
    twilio: TwilioApi
    http: ClientSession

    async def transcript(self, slug: str = SLUG) -> list[TranscriptEntry]:
        return [entry async for entry in self.service.database.transcripts(slug)]

    async def answers(self, slug: str = SLUG) -> list[ParticipantAnswers]:
        return [row async for row in self.service.database.answers(slug)]


def settings_for(url: str, database_url: str, packs: Path, **more: str) -> Settings:
    """Settings of a service at `url` with every channel on; `more` adds or replaces variables."""
    return Settings.load(
        {
            "SAYSO_DATABASE_URL": database_url,
            "SAYSO_CONSULTATIONS": str(packs),
            "SAYSO_PUBLIC_URL": url,
            "SAYSO_SECRET_KEY": KEY,
            "SAYSO_TELEGRAM_TOKEN": TOKEN,
            "SAYSO_TELEGRAM_SECRET": SECRET,
            "SAYSO_TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "SAYSO_TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "SAYSO_TWILIO_FROM": NUMBER,
            **more,
        }
    )


@asynccontextmanager
async def a_town(
    database_url: str,
    packs: Path,
    *,
    now: datetime = NOON,
    clock: Clock | None = None,
    before: Callable[[TwilioApi], object] = lambda _: None,
) -> AsyncIterator[Town]:
    """A service that runs until the end of the context, its clock started at `now`.

    `clock` is another one for the service alone: the providers' own shows the right time all the same. `before` is
    what happened at Twilio while nobody was there.
    """
    right = Clock(now)
    clock = clock or right
    with closing(socket.socket()) as held:
        held.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{held.getsockname()[1]}"
        async with BotApi(now=right.now) as telegram, TwilioApi(now=right.now) as twilio, a_client() as http:
            twilio.sms_url = f"{url}/hooks/twilio/sms"
            before(twilio)
            apis = {"SAYSO_TELEGRAM_API": telegram.url, "SAYSO_TWILIO_API": twilio.url}
            settings = settings_for(url, database_url, packs, **apis)
            app = await build(settings, clock=clock, number_validator=is_drama_number)
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
            await runner.setup()
            try:
                await web.SockSite(runner, held).start()
                await until(lambda: bool(telegram.webhook.url))
                yield Town(url, app[SERVICE], telegram, twilio, http)
            finally:
                await runner.cleanup()


def a_client() -> ClientSession:
    """HTTP without a memory: each test says itself which cookie it sends."""
    return ClientSession(cookie_jar=DummyCookieJar())


async def until(true: Callable[[], bool], *, within: float = 10) -> None:
    """Waits until something is so.

    Raises:
        TimeoutError: it was not, within that many seconds.
    """
    async with asyncio.timeout(within):
        while not true():  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0.01)
