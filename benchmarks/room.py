"""How much room one participant takes in PostgreSQL: `python -m benchmarks.room [PEOPLE]`, for docs/scale.md.

Whole conversations on each channel, each on a database of its own, until every reply is sent. Then the tables are
measured with their indexes, and what was written ahead (the WAL), which is what a backup to the minute has to keep.
About four minutes.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Coroutine, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from aiohttp import ClientSession, DummyCookieJar

from benchmarks import people, processes, stage
from benchmarks.tables import table
from bot.simulators.bot_api import TOKEN
from bot.simulators.twilio_api import ACCOUNT_SID, AUTH_TOKEN, NUMBER
from flows import segments
from flows.messages import Direction
from storage.database import Database, upgrade
from tests.support.browsing import Visitor
from tests.support.postgres import PostgresServer
from tests.support.town import KEY, SECRET

WEB: Final = "web"
PEOPLE: Final = 1600
_TELEGRAM_SHARE: Final = 4
"""Telegram's pace is slow: only one in so many is measured there."""
_AT_ONCE: Final = 16
_ANSWERS: Final = (
    "There is nothing to do after school unless somebody can drive you there.",
    "Ask the children at the school gate, they will tell you the same.",
    "Buses in the evening, please, so that we can get home from the youth club.",
)
_SIZES: Final = """
    SELECT relname || ' ' || pg_total_relation_size(oid) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""


@dataclass(frozen=True, slots=True)
class Room:
    """What one person took on one channel: messages either way, and bytes."""

    channel: str
    messages: float
    tables: dict[str, float]
    wal: float
    cpu_ms: float
    """PostgreSQL's, for one message either way."""
    segments: float
    """For one reply, were it a text message."""

    @property
    def bytes(self) -> float:
        return sum(self.tables.values())


async def _webhooks(channel: people.Channel, url: str, count: int) -> None:
    parts = urlsplit(url)

    async def one(conversation: people.Talk) -> None:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        for request in conversation:
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            await reader.readexactly(int(head.partition(b"content-length:")[2].split(b"\r\n")[0]))
            if not head.startswith(b"http/1.1 200"):
                raise RuntimeError(f"a message was not taken: {head[:40]!r}")
        writer.close()

    await _some_at_once(one(conversation) for conversation in people.conversations(channel, url, 0, count))


async def _pages(url: str, count: int) -> None:
    async def one(http: ClientSession) -> None:
        visitor = Visitor(http, url, f"/chat/{stage.SLUG}")
        page = await visitor.get()
        for answer in ("parent-carer", *_ANSWERS):
            page = await visitor.send(page, answer)

    async with ClientSession(cookie_jar=DummyCookieJar()) as http:
        await _some_at_once(one(http) for _ in range(count))


async def _some_at_once(work: Iterable[Coroutine[Any, Any, None]]) -> None:
    places = asyncio.Semaphore(_AT_ONCE)

    async def placed(one: Coroutine[Any, Any, None]) -> None:
        async with places:
            await one

    async with asyncio.TaskGroup() as group:
        for one in work:
            group.create_task(placed(one))


def measure(server: PostgresServer, channel: str, count: int, folder: Path) -> Room:
    """So many people's whole conversations on one channel, on a database of their own."""
    url = server.create_database(channel)
    asyncio.run(upgrade(url))
    address = f"http://127.0.0.1:{processes.free_port()}"
    with ExitStack() as stack:
        env = _environment(url, address, stack.enter_context(stage.provider()))
        arguments = ("serve", "--port", address.rpartition(":")[2])
        process = stack.enter_context(processes.running("bot", *arguments, env=env, log=folder / f"{channel}.log"))
        processes.wait_until_alive(process, address)
        before, empty, busy = _wal(server), _sizes(server, channel), _cpu(server)
        asyncio.run(_pages(address, count) if channel == WEB else _webhooks(people.Channel(channel), address, count))
        messages, length = asyncio.run(_all_sent(url))
        written, busy = _wal(server) - before, _cpu(server) - busy
    sizes = {name: (size - empty[name]) / count for name, size in _sizes(server, channel).items()}
    sizes = {name: size for name, size in sizes.items() if size}
    return Room(channel, messages / count, sizes, written / count, 1000 * busy / messages, length)


async def _all_sent(url: str) -> tuple[int, float]:
    """Waits until nothing is queued; says how many messages there are either way, and how long a reply is."""
    database = await Database.open(url, secret=KEY.encode())
    try:
        # Another process empties it: nothing here could tell.
        while any(depth.waiting for depth in (await database.queue_depth()).values()):  # noqa: ASYNC110
            await asyncio.sleep(0.5)
        entries = [entry async for entry in database.transcripts(stage.SLUG)]
    finally:
        await database.close()
    replies = [segments.count(entry.text).segments for entry in entries if entry.direction == Direction.OUT]
    return len(entries), sum(replies) / len(replies)


def _sizes(server: PostgresServer, database: str) -> dict[str, int]:
    rows = (line.split() for line in server.execute(_SIZES, database=database).splitlines())
    return {name: int(size) for name, size in rows}


def _wal(server: PostgresServer) -> int:
    return int(server.execute("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint"))


def _cpu(server: PostgresServer) -> float:
    """Seconds that all of PostgreSQL's processes have used; those that have ended are not among them."""
    data = Path(server.execute("SHOW data_directory"))
    postmaster = int((data / "postmaster.pid").read_text().split()[0])
    return processes.cpu_seconds((postmaster, *processes.children(postmaster)))


def _environment(database_url: str, url: str, api: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "SAYSO_DATABASE_URL": database_url,
        "SAYSO_CONSULTATIONS": str(processes.ROOT / "consultations"),
        "SAYSO_PUBLIC_URL": url,
        "SAYSO_SECRET_KEY": KEY,
        "SAYSO_NOW": stage.NOON,
        "SAYSO_TELEGRAM_TOKEN": TOKEN,
        "SAYSO_TELEGRAM_SECRET": SECRET,
        "SAYSO_TELEGRAM_API": api,
        "SAYSO_TWILIO_ACCOUNT_SID": ACCOUNT_SID,
        "SAYSO_TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "SAYSO_TWILIO_FROM": NUMBER,
        "SAYSO_TWILIO_PER_SECOND": "2000",
        "SAYSO_TWILIO_API": api,
    }


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE
    with tempfile.TemporaryDirectory(prefix="sayso-room-") as place:
        server = PostgresServer(durable=True)
        try:
            server.start()
            shares = {WEB: count, people.Channel.SMS: count, people.Channel.TELEGRAM: count // _TELEGRAM_SHARE}
            rooms = [measure(server, channel, share, Path(place)) for channel, share in shares.items()]
        finally:
            server.remove()
    heads = ("channel", "messages", "bytes", "WAL", "CPU ms a message", "segments a reply", "by table")
    print(f"{count} people on the web and by SMS, {count // _TELEGRAM_SHARE} on Telegram; for each person:")
    print(
        table(
            heads,
            [
                (
                    room.channel,
                    f"{room.messages:.1f}",
                    f"{room.bytes:.0f}",
                    f"{room.wal:.0f}",
                    f"{room.cpu_ms:.2f}",
                    f"{room.segments:.2f}",
                    ", ".join(f"{name} {size:.0f}" for name, size in sorted(room.tables.items())),
                )
                for room in rooms
            ],
        )
    )


if __name__ == "__main__":
    main()
