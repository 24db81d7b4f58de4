"""The Big Ask's providers: they take everything at once, and remember how much it was.

`python -m benchmarks.big_ask_provider PORT` plays Twilio's and Telegram's APIs. Of what they are handed they keep a
count and a sum over the words and the number they go to, which comes out the same in any order: so the account can be
settled with the transcript without keeping a million texts. `GET /handed-over` tells both.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import sys
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Final
from urllib.parse import unquote_plus

from flows.messages import Channel

TOLD: Final = "/handed-over"
_HEAD_END: Final = b"\r\n\r\n"
_NOTHING: Final = json.dumps(
    {
        "messages": [],
        "page": 0,
        "page_size": 1000,
        "next_page_uri": None,
        **dict.fromkeys(("uri", "first_page_uri"), "/2010-04-01/Accounts/AC1/Messages.json?Page=0"),
    }
).encode()
_SENT: Final = b'{"ok":true,"result":{"message_id":%d,"date":1518696000,"chat":{"id":1,"type":"private"},"text":"."}}'
_ACCEPTED: Final = b'{"sid":"SM%032x","status":"queued","body":".","num_segments":"1"}'
_DONE: Final = b'{"ok":true,"result":true}'
_WAITING: Final = b'{"ok":true,"result":{"url":"","has_custom_certificate":false,"pending_update_count":0}}'


@dataclass(slots=True)
class HandedOver:
    """What went out on one channel."""

    count: int = 0
    sum: int = 0

    def add(self, address: str, text: str) -> None:
        self.count += 1
        self.sum += zlib.crc32(f"{address}\n{text}".encode())


@dataclass(slots=True)
class _Providers:
    """Both of them."""

    texts: HandedOver = field(default_factory=HandedOver)
    chats: HandedOver = field(default_factory=HandedOver)

    def answer(self, head: bytes, body: bytes) -> tuple[bytes, bytes]:
        """A status, and a body in JSON."""
        path = head[: head.index(b"\r\n")]
        if b"/sendMessage " in path:
            form = _form(body)
            self.chats.add(form["chat_id"], form["text"])
            return b"200 OK", _SENT % self.chats.count
        if path.startswith(b"POST ") and b"/Messages.json" in path:
            form = _form(body)
            self.texts.add(form["To"], form["Body"])
            return b"201 Created", _ACCEPTED % self.texts.count
        if path.startswith(b"GET " + TOLD.encode()):
            told = {Channel.SMS.value: asdict(self.texts), Channel.TELEGRAM.value: asdict(self.chats)}
            return b"200 OK", json.dumps(told).encode()
        if b"/getWebhookInfo " in path:
            return b"200 OK", _WAITING
        return b"200 OK", _DONE if b"/bot" in path else _NOTHING


def _form(body: bytes) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in body.decode("ascii").split("&"))
    return {name: unquote_plus(value) for name, _, value in pairs}


class _Connection(asyncio.Protocol):
    def __init__(self, providers: _Providers) -> None:
        self._providers = providers
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(_HEAD_END)) >= 0:
            head, begin = self._buffer[:end], end + len(_HEAD_END)
            close = begin + _length(head)
            if len(self._buffer) < close:
                return
            status, body = self._providers.answer(head, self._buffer[begin:close])
            self._buffer = self._buffer[close:]
            self._transport.write(
                b"HTTP/1.1 %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
                % (status, len(body), body)
            )


def _length(head: bytes) -> int:
    lower = head.lower()
    at = lower.find(b"\r\ncontent-length:")
    return int(lower[at:].split(b":", 1)[1].split(b"\r\n", 1)[0]) if at >= 0 else 0


def handed_over(api: str) -> Mapping[Channel, HandedOver]:
    """What the providers at this address were handed so far."""
    connection = http.client.HTTPConnection(api.removeprefix("http://"), timeout=10)
    try:
        connection.request("GET", TOLD)
        told = json.loads(connection.getresponse().read())
    finally:
        connection.close()
    return {Channel(name): HandedOver(**held) for name, held in told.items()}


async def _serve(port: int) -> None:
    providers = _Providers()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(providers), "127.0.0.1", port, backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
