"""`sayso serve` as a process of its own, which a test may kill, beside simulated providers that live on."""

from __future__ import annotations

import asyncio
import atexit
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Self

from aiohttp import ClientError, ClientSession

from bot.clock import Clock
from bot.config import instant
from bot.simulators.bot_api import TOKEN, BotApi
from bot.simulators.twilio_api import ACCOUNT_SID, AUTH_TOKEN, NUMBER, TwilioApi
from tests.support.children import inherited
from tests.support.town import KEY, SECRET

ROOT = Path(__file__).parents[2]
HEREFORDSHIRE = ROOT / "consultations" / "herefordshire-2018"
START_SECONDS = 60.0
"""A second on a quiet machine; so many on one where every test runs at once."""


@cache
def herefordshire_alone() -> Path:
    """A folder of packs with that one: reading all of them is a good part of what starting a process takes."""
    folder = Path(mkdtemp(prefix="sayso-packs-"))
    atexit.register(rmtree, folder, ignore_errors=True)
    (folder / HEREFORDSHIRE.name).symlink_to(HEREFORDSHIRE)
    return folder


def free_port() -> int:
    """A port of loopback on which nothing listens just now."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def environment(database_url: str, url: str, **more: str) -> dict[str, str]:
    """Everything that `sayso` needs to know, and nothing of this process's own environment but where programs are."""
    return {
        **inherited(),
        "SAYSO_DATABASE_URL": database_url,
        "SAYSO_CONSULTATIONS": str(herefordshire_alone()),
        "SAYSO_PUBLIC_URL": url,
        "SAYSO_SECRET_KEY": KEY,
        **more,
    }


@dataclass
class Serve:
    """The service as a process. `start` again after `kill` is what a supervisor would do."""

    url: str
    env: Mapping[str, str]
    arguments: tuple[str, ...] = ()
    log: Path | None = None
    """Where all that it writes goes; where it would be lost among the test's own, without it."""
    launcher: tuple[str, ...] = ("-m", "bot")
    """How Python is told to run it."""
    process: asyncio.subprocess.Process | None = field(default=None, repr=False)

    async def start(self) -> Self:
        """Starts it and waits until it is ready to take messages."""
        port = self.url.rpartition(":")[2]
        command = [sys.executable, *self.launcher, "serve", "--port", port, *self.arguments]
        with self.log.open("ab") if self.log else nullcontext() as log:
            self.process = await asyncio.create_subprocess_exec(
                *command, env=self.env, cwd=ROOT, stdout=log, stderr=log
            )
        async with asyncio.timeout(START_SECONDS):
            while not await self.is_ready():
                assert self.process.returncode is None, "it ended before it was ready"
                await asyncio.sleep(0.05)
        return self

    async def is_ready(self) -> bool:
        try:
            async with ClientSession() as http, http.get(f"{self.url}/readyz") as answer:
                return answer.status == 200
        except ClientError:
            return False

    async def kill(self) -> None:
        """SIGKILL: no farewell, no clean-up."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """SIGTERM: it finishes what it began. Gives its exit code."""
        return await self._end(signal.SIGTERM)

    async def _end(self, how: signal.Signals) -> int:
        assert self.process is not None, "it was never started"
        if self.process.returncode is None:
            self.process.send_signal(how)
        async with asyncio.timeout(START_SECONDS):
            return await self.process.wait()


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """A service that can be killed, and providers that cannot."""

    serve: Serve
    telegram: BotApi
    twilio: TwilioApi


@asynccontextmanager
async def a_neighbourhood(database_url: str, port: int, **more: str) -> AsyncIterator[Neighbourhood]:
    """Providers on loopback and a service that is not started yet. Whatever still runs at the end is killed."""
    url = f"http://127.0.0.1:{port}"
    now = Clock(instant(more["SAYSO_NOW"]) if "SAYSO_NOW" in more else None).now
    async with BotApi(now=now) as telegram, TwilioApi(now=now) as twilio:
        twilio.sms_url = f"{url}/hooks/twilio/sms"
        env = environment(
            database_url,
            url,
            SAYSO_TELEGRAM_TOKEN=TOKEN,
            SAYSO_TELEGRAM_SECRET=SECRET,
            SAYSO_TELEGRAM_API=telegram.url,
            SAYSO_TWILIO_ACCOUNT_SID=ACCOUNT_SID,
            SAYSO_TWILIO_AUTH_TOKEN=AUTH_TOKEN,
            SAYSO_TWILIO_FROM=NUMBER,
            SAYSO_TWILIO_API=twilio.url,
            **{"SAYSO_TWILIO_PER_SECOND": "20", **more},
        )
        serve = Serve(url, env)
        try:
            yield Neighbourhood(serve, telegram, twilio)
        finally:
            if serve.process is not None:
                await serve.kill()


async def run_sayso(env: Mapping[str, str], *arguments: str, cwd: Path = ROOT) -> tuple[int, str, str]:
    """Runs one `sayso` command to its end: exit code, what it said, and what it complained of."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        env={**env, "PYTHONPATH": str(ROOT)},
        cwd=cwd,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complained = await process.communicate()
    return process.returncode or 0, said.decode(), complained.decode()
