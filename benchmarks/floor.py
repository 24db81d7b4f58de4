"""The floor: as little as a webhook can do and still keep what it was sent.

`python -m benchmarks.floor PORT DATABASE` is an aiohttp server that checks a request as the service does (Twilio's own
validator; Telegram's secret; for the web a signed form field), adds one row, durable before it answers, and does
nothing else: no batch, no conversation, no reply, no encryption. The page that carries the form is a few lines that
never change. DATABASE is a file for SQLite (WAL, synchronous FULL, aiosqlite), or a postgresql:// address (asyncpg's
own pool). Several of them may share a port, as workers do.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

import aiosqlite
import asyncpg
from aiohttp import web
from twilio.request_validator import RequestValidator

from benchmarks.people import SECRET, SMS_PATH, TELEGRAM_PATH
from benchmarks.visitors import PATH as WEB_PATH
from bot.simulators.twilio_api import AUTH_TOKEN

_TABLE: Final = "CREATE TABLE IF NOT EXISTS floor (id TEXT PRIMARY KEY, sender TEXT NOT NULL, body TEXT NOT NULL)"
_EMPTY_TWIML: Final = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
_CONNECTIONS: Final = 16
_KEY: Final = b"what forms are signed with"
_PAGE: Final = """\
<!doctype html><html lang="en"><title>Say something</title><form method="post">
<input type="hidden" name="form" value="{}">
<textarea name="answer"></textarea><button>Send</button></form></html>
"""

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


class _Floor:
    """The handlers."""

    def __init__(self, port: int, database: str) -> None:
        self._database = database
        self._validator: Any = RequestValidator(AUTH_TOKEN)
        self._address = f"http://127.0.0.1:{port}{SMS_PATH}"
        self._keep: Keep | None = None

    async def opened(self, _app: web.Application) -> AsyncIterator[None]:
        postgresql = self._database.startswith("postgresql:")
        async with _postgresql(self._database) if postgresql else _sqlite(self._database) as self._keep:
            yield

    async def keep(self, *row: str) -> None:
        assert self._keep is not None
        await self._keep(*row)

    async def text(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        if not self._validator.validate(self._address, form, request.headers.get("X-Twilio-Signature", "")):
            raise web.HTTPForbidden
        await self.keep(form["MessageSid"], form["From"], form["Body"])
        return web.Response(text=_EMPTY_TWIML, content_type="text/xml")

    async def update(self, request: web.Request) -> web.Response:
        given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not hmac.compare_digest(given.encode(), SECRET.encode()):
            raise web.HTTPForbidden
        held = await request.json()
        await self.keep(str(held["update_id"]), "", json.dumps(held))
        return web.Response()

    async def show(self, request: web.Request) -> web.Response:
        visitor = request.cookies.get("visitor") or secrets.token_urlsafe(16)
        number = secrets.token_urlsafe(16)
        response = web.Response(text=_PAGE.format(f"{number}.{_seal(visitor, number)}"), content_type="text/html")
        response.headers["Set-Cookie"] = f"visitor={visitor}; Path=/; HttpOnly; SameSite=Lax"
        return response

    async def form(self, request: web.Request) -> web.Response:
        form = await request.post()
        visitor = request.cookies.get("visitor", "")
        number, _, seal = str(form["form"]).partition(".")
        if not hmac.compare_digest(seal, _seal(visitor, number)):
            raise web.HTTPForbidden
        await self.keep(number, visitor, str(form["answer"]))
        return web.Response(status=303, headers={"Location": WEB_PATH})


def _seal(visitor: str, number: str) -> str:
    return hmac.new(_KEY, f"{visitor}\n{number}".encode(), hashlib.sha256).hexdigest()


async def _alive(_request: web.Request) -> web.Response:
    return web.Response()


def application(port: int, database: str) -> web.Application:
    app = web.Application()
    floor = _Floor(port, database)
    app.cleanup_ctx.append(floor.opened)
    app.add_routes([web.get("/healthz", _alive), web.post(SMS_PATH, floor.text), web.post(TELEGRAM_PATH, floor.update)])
    app.add_routes([web.get(WEB_PATH, floor.show), web.post(WEB_PATH, floor.form)])
    return app


if __name__ == "__main__":
    listening = int(sys.argv[1])
    app = application(listening, sys.argv[2])
    web.run_app(app, host="127.0.0.1", port=listening, access_log=None, print=None, reuse_port=True)
