"""`sayso demo`: the whole service on one machine, its phones simulated. Nothing leaves this machine.

The service under the phones is the one that runs for a council: a real Twilio and a real Telegram would notice no
difference. What is said is kept in the demo's own database, so that `sayso export` can show it afterwards.
"""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from aiohttp import web

from bot import ids
from bot.app import assemble, build
from bot.clock import Clock
from bot.config import Settings
from bot.demo_officer import DemoOfficer
from bot.demo_pages import DemoPages
from bot.errors import DemoError
from bot.keys import key_file, key_for_the_demo
from bot.packs import Library
from bot.pages import Pages
from bot.preview_pages import PreviewPages
from bot.samples import Crowd, known
from bot.simulators.bot_api import BotApi
from bot.simulators.texts import OptOut
from bot.simulators.twilio_api import AUTH_TOKEN, TwilioApi, is_drama_number
from bot.web import SERVICE

AT_FIRST: Final = datetime(2018, 3, 8, 16, 5, tzinfo=UTC)
"""When the demo begins: school is out, and Herefordshire's consultation closes the next day at midnight."""
OVER: Final = "norfolk-involvement"
"""The consultation that sample people have answered: over, so that nothing on the demo's phones is mixed up with it."""
HOST: Final = "127.0.0.1"

_SQLITE: Final = "sqlite+aiosqlite:///"
_BESIDE: Final = (".key", "-wal", "-shm")
_GRACE_SECONDS: Final = 1
_LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)
_A_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Files:
    """Where the demo keeps what is said, and the key that locks it. The key marks a database as the demo's own."""

    database: Path

    @classmethod
    def of(cls, settings: Settings) -> Files:
        """The files beside the database of these settings.

        Raises:
            DemoError: they name a database that is not the demo's own.
        """
        beside = key_file(settings)
        if beside is None:
            raise DemoError("The demo keeps its data in a SQLite file: unset SAYSO_DATABASE_URL, and start it again.")
        files = cls(Path(settings.database_url.removeprefix(_SQLITE)))
        if files.database.exists() and files.database.stat().st_size and not beside.exists():
            raise DemoError(
                f"{files.database} holds the data of a real service, and the demo must not touch it: start the demo in "
                "another folder, or set SAYSO_DATABASE_URL to another file, such as sqlite+aiosqlite:///demo.db."
            )
        return files

    def clear(self) -> None:
        """Forgets the demo before: its phones are gone, and its clock may have been ahead of this one's."""
        for path in (self.database, *(self.database.with_name(self.database.name + end) for end in _BESIDE)):
            path.unlink(missing_ok=True)


@asynccontextmanager
async def running(
    settings: Settings, *, port: int, now: datetime | None, filled: Sequence[str] = ()
) -> AsyncIterator[str]:
    """The demo, until the context is left; gives its address. `now` is UTC; port 0 takes any that is free.

    `filled` are consultations that sample people have answered by then.

    Raises:
        DemoError: the settings name a database that is not the demo's own, or the port is in use.
    """
    files = Files.of(settings)
    clock = Clock(now or AT_FIRST)
    async with AsyncExitStack() as stack:
        # The phones are on the network before the service is, because it introduces itself to them.
        telegram = await stack.enter_async_context(BotApi(now=clock.now))
        twilio = await stack.enter_async_context(TwilioApi(now=clock.now, opt_out=OptOut.OFF))
        held = stack.enter_context(_held(port))
        address = f"http://{HOST}:{held.getsockname()[1]}"
        twilio.sms_url = f"{address}/hooks/twilio/sms"
        files.clear()
        own = _settings(settings, address, telegram, twilio)
        for slug in filled:
            await _fill(own, slug, clock.now())
        app = await build(own, clock=clock, number_validator=is_drama_number, front=False)
        templates = Pages()
        pages = DemoPages(app[SERVICE], telegram, twilio, templates)
        officer = await DemoOfficer.hired(app[SERVICE])
        app.middlewares.append(officer.at_the_door)
        app.add_routes(pages.routes())
        app.add_routes(PreviewPages(app[SERVICE].library, templates, address).routes())
        app.on_shutdown.append(pages.end)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=_GRACE_SECONDS, handler_cancellation=True)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.SockSite(runner, held).start()
        yield address


async def _fill(settings: Settings, slug: str, until: datetime) -> None:
    """Lets sample people answer a consultation before the demo begins; nothing, where it is not there or not yet open.

    Their service has a clock of its own, and is never started: it sends nothing.
    """
    if Library.load(settings.consultations).get(slug) is None:
        return
    clock = Clock(_LONG_AGO)
    service = await assemble(settings, clock=clock, number_validator=is_drama_number)
    try:
        pack = service.library.get(slug)
        if pack is not None and pack.timetable.opens_at < until - _A_DAY:
            clock.advance(pack.timetable.opens_at - clock.now())
            await Crowd(service, clock, pack).answer(until)
    finally:
        await service.close()


def run(settings: Settings, *, port: int, now: datetime | None, fill: bool = False) -> int:
    """Runs the demo until it is told to stop. What was said stays in its database until the next demo begins.

    A consultation that is over has sample answers in it; with `fill`, the one that is open has too.

    Raises:
        DemoError: see `running`.
    """
    asyncio.run(_until_told(settings, port, now, tuple(known()) if fill else (OVER,)))
    return 0


async def _until_told(settings: Settings, port: int, now: datetime | None, filled: Sequence[str]) -> None:
    told = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, told.set)
    async with running(settings, port=port, now=now, filled=filled) as address:
        print(f"Sayso's demo is at {address} - press Ctrl+C to stop it.", flush=True)  # noqa: T201 - the command speaks
        await told.wait()


def _held(port: int) -> socket.socket:
    """The port, taken before the service is built: its address stands in every signature."""
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        held.bind((HOST, port))
    except OSError as error:
        held.close()
        raise DemoError(f"Port {port} is taken: choose another one, such as --port {port + 1}.") from error
    return held


def _settings(settings: Settings, address: str, telegram: BotApi, twilio: TwilioApi) -> Settings:
    """The service's own settings: nothing of the environment's but where the packs and the database are."""
    return Settings.load(
        {
            "SAYSO_DATABASE_URL": settings.database_url,
            "SAYSO_CONSULTATIONS": str(settings.consultations),
            "SAYSO_PUBLIC_URL": address,
            "SAYSO_SECRET_KEY": key_for_the_demo(replace(settings, secret_key=None)).reveal(),
            "SAYSO_TELEGRAM_TOKEN": telegram.token,
            "SAYSO_TELEGRAM_SECRET": ids.token(),
            "SAYSO_TELEGRAM_API": telegram.url,
            "SAYSO_TWILIO_ACCOUNT_SID": twilio.account_sid,
            "SAYSO_TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "SAYSO_TWILIO_FROM": twilio.number,
            "SAYSO_TWILIO_API": twilio.url,
        }
    )
