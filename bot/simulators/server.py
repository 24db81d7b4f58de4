"""What both simulators stand on: one aiohttp server on loopback, one client for webhooks, background deliveries."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from types import TracebackType
from typing import Any, Final, Self

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector, web

from bot.simulators.changes import Changes
from bot.simulators.faults import Faults

_CONNECTIONS: Final = 100
_STATUS_IF_UNREACHABLE: Final = 0

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Server(ABC):
    """A provider on loopback. `port` 0 takes a free one; `url` is known once it has been started."""

    def __init__(self, *, port: int = 0, webhook_timeout: float = 15) -> None:
        self.changes = Changes()
        self.faults = Faults()
        self.url = ""
        self._port = port
        self._timeout = ClientTimeout(total=webhook_timeout)
        self._runner: web.AppRunner | None = None
        self._client: ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def version(self) -> int:
        """Grows with every change that a watcher could see."""
        return self.changes.version

    async def wait_change(self, seen: int | None = None) -> int:
        """Wait until `version` is past `seen` (or past the present one), and give it."""
        return await self.changes.wait(seen)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @abstractmethod
    def routes(self) -> list[web.RouteDef]:
        """What the provider answers to."""

    async def start(self) -> None:
        app = web.Application()
        app.add_routes(self.routes())
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port, backlog=1024)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self._port}"
        self._client = ClientSession(connector=TCPConnector(limit=_CONNECTIONS), cookie_jar=DummyCookieJar())

    async def close(self) -> None:
        tasks, self._tasks = self._tasks, set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._client is not None:
            await self._client.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def settled(self) -> None:
        """Wait until everything that was under way in the background has ended."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    def in_background(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """Post a webhook once, as the provider does; its status, or 0 where there was no answer in time."""
        if self._client is None:
            raise RuntimeError("Start the simulator first: `async with` does it.")
        try:
            async with self._client.post(
                url, data=body, headers=headers, timeout=self._timeout, allow_redirects=False
            ) as answer:
                await answer.read()
                return answer.status
        except (ClientError, TimeoutError):
            return _STATUS_IF_UNREACHABLE


def accepted(status: int) -> bool:
    """Whether a webhook's status means that the service has taken it."""
    return 200 <= status < 300  # noqa: PLR2004 - that is what 2xx means
