"""What a measurement of the whole service needs: a database, providers, the service, and the floor beside it."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from benchmarks import processes
from bot.simulators.bot_api import TOKEN
from bot.simulators.twilio_api import ACCOUNT_SID, AUTH_TOKEN, NUMBER
from flows.messages import Direction
from storage.database import Database, upgrade
from tests.support.postgres import PostgresServer
from tests.support.town import KEY, SECRET

SLUG: Final = "herefordshire-2018"
NOON: Final = "2018-02-15T12:00:00+00:00"
"""Where the service's clock starts: in the middle of the consultation."""


@dataclass(frozen=True, slots=True)
class Databases:
    """Makes empty databases of one kind."""

    kind: str
    folder: Path
    server: PostgresServer | None = None

    def make(self, name: str) -> str:
        """A new database, as a URL that the service understands."""
        if self.server is None:
            return f"sqlite+aiosqlite:///{self.folder / name}.db"
        return self.server.create_database(name)


@contextmanager
def databases(folder: Path) -> Iterator[tuple[Databases, Databases]]:
    """SQLite files in `folder`, and a PostgreSQL of its own that syncs what it commits, as in production."""
    server = PostgresServer(durable=True)
    try:
        server.start()
        yield Databases("SQLite", folder), Databases("PostgreSQL", folder, server)
    finally:
        server.remove()


@contextmanager
def provider() -> Iterator[str]:
    """The address of providers that take everything."""
    port = processes.free_port()
    with processes.running("benchmarks.provider", str(port)):
        yield f"http://127.0.0.1:{port}"


@dataclass(frozen=True, slots=True)
class Server:
    """Something that takes webhooks."""

    url: str
    process: subprocess.Popen[bytes]
    start_seconds: float
    """From the start of its process to the first 200."""

    @property
    def pids(self) -> tuple[int, ...]:
        """The processes that do the work: the workers, or the one that is alone."""
        return tuple(processes.children(self.process.pid)) or (self.process.pid,)


@contextmanager
def service(
    database_url: str, api: str, log: Path, *, workers: int = 1, more: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Server]:
    """`sayso serve` with both providers at `api`; its log goes to a file, as to a journal. `more` adds settings."""
    if not database_url.startswith("sqlite"):
        asyncio.run(upgrade(database_url))
    url = f"http://127.0.0.1:{processes.free_port()}"
    arguments = ("serve", "--port", url.rpartition(":")[2], "--workers", str(workers))
    with processes.running("bot", *arguments, env={**_environment(database_url, url, api), **more}, log=log) as process:
        yield Server(url, process, processes.wait_until_alive(process, url))


def _environment(database_url: str, url: str, api: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "SAYSO_DATABASE_URL": database_url,
        "SAYSO_CONSULTATIONS": str(processes.ROOT / "consultations"),
        "SAYSO_PUBLIC_URL": url,
        "SAYSO_SECRET_KEY": KEY,
        "SAYSO_NOW": NOON,
        "SAYSO_TELEGRAM_TOKEN": TOKEN,
        "SAYSO_TELEGRAM_SECRET": SECRET,
        "SAYSO_TELEGRAM_API": api,
        "SAYSO_TWILIO_ACCOUNT_SID": ACCOUNT_SID,
        "SAYSO_TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "SAYSO_TWILIO_FROM": NUMBER,
        "SAYSO_TWILIO_API": api,
    }


@contextmanager
def floor(database_url: str) -> Iterator[Server]:
    """The least that could be done, on a database of the same kind."""
    url = f"http://127.0.0.1:{processes.free_port()}"
    database = database_url.replace("sqlite+aiosqlite:///", "").replace("+asyncpg", "")
    with processes.running("benchmarks.floor", url.rpartition(":")[2], database) as process:
        yield Server(url, process, processes.wait_until_alive(process, url))


@contextmanager
def both(kind: Databases, name: str, folder: Path) -> Iterator[tuple[str, Server, Server]]:
    """The service's database, the service, and the floor, on databases of one kind."""
    with ExitStack() as stack:
        url = kind.make(name)
        api = stack.enter_context(provider())
        yield (
            url,
            stack.enter_context(service(url, api, folder / f"{name}.log")),
            stack.enter_context(floor(kind.make(f"{name}_floor"))),
        )


async def received(database_url: str) -> int:
    """How many messages that came in are in the consultation's transcript, all of them answered.

    Raises:
        RuntimeError: some of them have no reply.
    """
    database = await Database.open(database_url, secret=KEY.encode())
    try:
        counts = await database.counts(SLUG)
    finally:
        await database.close()
    taken = sum(count for (direction, _), count in counts.messages.items() if direction is Direction.IN)
    replied = sum(count for (direction, _), count in counts.messages.items() if direction is Direction.OUT)
    if replied < taken:
        raise RuntimeError(f"{taken} messages were taken in and only {replied} replies queued")
    return taken
