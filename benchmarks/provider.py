"""Providers that take everything and answer at once: `python -m benchmarks.provider PORT`.

The simulators of the tests keep texts and check every rule, which takes longer than what is measured here. These answer
by hand with the least that the real libraries accept, each message under an id of its own.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
from collections.abc import Mapping

_numbers = itertools.count(1)


def _twilio_list() -> Mapping[str, object]:
    page = "/2010-04-01/Accounts/AC1/Messages.json?Page=0"
    return {"messages": [], "page": 0, "page_size": 1000, "uri": page, "first_page_uri": page, "next_page_uri": None}


def _answer(head: str) -> tuple[int, Mapping[str, object]]:
    number = next(_numbers)
    verb, path, _ = head.split(" ", 2)
    if path.endswith("/sendMessage"):
        chat = {"id": 1, "type": "private"}
        return 200, {"ok": True, "result": {"message_id": number, "date": 1_518_696_000, "chat": chat, "text": "."}}
    if path.endswith("/getMe"):
        return 200, {"ok": True, "result": {"id": 1, "is_bot": True, "first_name": "Bot", "username": "sayso_bot"}}
    if path.endswith("/getWebhookInfo"):
        held = {"url": "", "has_custom_certificate": False, "pending_update_count": 0}
        return 200, {"ok": True, "result": held}
    if "/bot" in path:
        return 200, {"ok": True, "result": True}
    if verb == "GET":
        return 200, _twilio_list()
    return 201, {"sid": f"SM{number:032x}", "status": "queued", "body": ".", "num_segments": "1"}


class _Provider(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._buffer = b""

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end].decode("latin-1")
            length = next(
                (
                    int(line.partition(":")[2])
                    for line in head.split("\r\n")
                    if line.lower().startswith("content-length")
                ),
                0,
            )
            if len(self._buffer) < end + 4 + length:
                return
            self._buffer = self._buffer[end + 4 + length :]
            status, held = _answer(head)
            body = json.dumps(held).encode()
            first = f"HTTP/1.1 {status} OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            self._transport.write(first.encode() + body)


async def _serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(_Provider, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
