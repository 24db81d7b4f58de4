"""The floor: as little as a webhook can do and still keep what it was sent.

`python -m benchmarks.floor PORT DATABASE` is an aiohttp server that checks a request as the service does (Twilio's own
validator; Telegram's secret), adds one row, durable before it answers, and does nothing else: no batch, no
conversation, no reply, no encryption. DATABASE is a file for SQLite (WAL, synchronous FULL, aiosqlite), or a
postgresql:// address (asyncpg's own pool).
"""

from __future__ import annotations

import hmac
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

import aiosqlite
import asyncpg
from aiohttp import web
from twilio.request_validator import RequestValidator

from benchmarks.people import SMS_PATH, TELEGRAM_PATH
from bot.simulators.twilio_api import AUTH_TOKEN
from tests.support.town import SECRET

_TABLE: Final = "CREATE TABLE IF NOT EXISTS floor (id TEXT PRIMARY KEY, sender TEXT NOT NULL, body TEXT NOT NULL)"
_EMPTY_TWIML: Final = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
_CONNECTIONS: Final = 16

Keep = Callable[[str, str, str], Awaitable[object]]


@asynccontextmanager
async def _sqlite(path: str) -> AsyncIterator[Keep]:
    """One connection in its own thread, each insert a transaction of its own."""
    async with aiosqlite.connect(path, isolation_level=None) as connection:
        for pragma in ("journal_mode = WAL", "synchronous = FULL"):
            await connection.execute(f"PRAGMA {pragma}")
        await connection.execute(_TABLE)
        insert = "INSERT INTO floor VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING"

        async def keep(*row: str) -> None:
            # `execute_insert` is one hop to the thread; `execute` leaves a cursor that would need another to close.
            await connection.execute_insert(insert, row)

        yield keep


@asynccontextmanager
async def _postgresql(url: str) -> AsyncIterator[Keep]:
    async with asyncpg.create_pool(url, min_size=_CONNECTIONS, max_size=_CONNECTIONS) as pool:
        await pool.execute(_TABLE)

        async def keep(*row: str) -> None:
            await pool.execute("INSERT INTO floor VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING", *row)

        yield keep


def application(port: int, database: str) -> web.Application:
    app = web.Application()
    validator: Any = RequestValidator(AUTH_TOKEN)
    address = f"http://127.0.0.1:{port}{SMS_PATH}"
    kept: list[Keep] = []

    async def opened(_app: web.Application) -> AsyncIterator[None]:
        async with _postgresql(database) if database.startswith("postgresql:") else _sqlite(database) as keep:
            kept.append(keep)
            yield

    async def alive(_request: web.Request) -> web.Response:
        return web.Response()

    async def text(request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        if not validator.validate(address, form, request.headers.get("X-Twilio-Signature", "")):
            raise web.HTTPForbidden
        await kept[0](form["MessageSid"], form["From"], form["Body"])
        return web.Response(text=_EMPTY_TWIML, content_type="text/xml")

    async def update(request: web.Request) -> web.Response:
        given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not hmac.compare_digest(given.encode(), SECRET.encode()):
            raise web.HTTPForbidden
        held = await request.json()
        await kept[0](str(held["update_id"]), "", json.dumps(held))
        return web.Response()

    app.cleanup_ctx.append(opened)
    app.add_routes([web.get("/healthz", alive), web.post(SMS_PATH, text), web.post(TELEGRAM_PATH, update)])
    return app


if __name__ == "__main__":
    listening = int(sys.argv[1])
    web.run_app(application(listening, sys.argv[2]), host="127.0.0.1", port=listening, access_log=None, print=None)
