"""A load balancer in a few lines: connections go to one backend after another, past those that are down."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress


class Balancer:
    """Passes bytes on; knows nothing of sessions, and tries the next backend when one cannot be reached."""

    def __init__(self, ports: Sequence[int]) -> None:
        self.ports = deque(ports)
        self.served: dict[int, int] = {}
        """How many connections each backend was given."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for port in self._in_turn():
            with suppress(OSError):
                behind = await asyncio.open_connection("127.0.0.1", port)
                self.served[port] = self.served.get(port, 0) + 1
                await asyncio.gather(_pass_on(reader, behind[1]), _pass_on(behind[0], writer))
                return
        writer.close()

    def _in_turn(self) -> list[int]:
        self.ports.rotate(-1)
        return list(self.ports)


async def _pass_on(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while some := await source.read(65536):
            sink.write(some)
            await sink.drain()
    # Whoever ends one direction ends both: neither side of ours speaks half-closed HTTP.
    sink.close()


@asynccontextmanager
async def a_balancer(port: int, backends: Sequence[int]) -> AsyncIterator[Balancer]:
    """Listens at `port` of loopback until the end of the context."""
    balancer = Balancer(backends)
    server = await asyncio.start_server(balancer.serve, "127.0.0.1", port)
    try:
        yield balancer
    finally:
        server.close()
