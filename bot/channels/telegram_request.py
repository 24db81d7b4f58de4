"""How Telegram's library reaches the Bot API: over aiohttp, which sends several times as fast as its own default."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

_CONNECTIONS: Final = 64
_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}


class FloodedError(TelegramError):
    """Telegram asks for quiet. Ours, because reading the seconds from the library's own error raises a warning."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"Telegram asks for {seconds:g} seconds of quiet")
        self.seconds = seconds


class AiohttpRequest(BaseRequest):
    """One pool of connections to the Bot API. Every call's own timeouts hold; all are in seconds.

    No message of its errors holds an address, which would hold the token.
    """

    __slots__ = ("_connect", "_pool", "_read", "_session", "_write")

    def __init__(self, *, read: float = 10, write: float = 5, connect: float = 5, pool: float = 5) -> None:
        self._read, self._write, self._connect, self._pool = read, write, connect, pool
        self._session: ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        return self._read

    async def initialize(self) -> None:
        """Open the pool, inside the running loop; the first call does it by itself."""
        self._opened()

    async def shutdown(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,
        connect_timeout: object = BaseRequest.DEFAULT_NONE,
        pool_timeout: object = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Make one call and give its status and body.

        Raises:
            FloodedError: Telegram asks for quiet.
            TimedOut: no answer in time; the call may have been carried out all the same.
            NetworkError: no connection, or one that broke.
        """
        if request_data is not None and request_data.contains_files:
            raise TelegramError("Sayso sends words only: take the file out of the call.")
        session = self._opened()
        timeout = self._timeout(read_timeout, write_timeout, connect_timeout, pool_timeout)
        # Encoded here: aiohttp's own form encoder takes several times as long.
        body = urlencode(request_data.json_parameters).encode() if request_data else None
        try:
            async with session.request(method, url, data=body, headers=_FORM, timeout=timeout) as response:
                status, payload = response.status, await response.read()
        except TimeoutError:
            raise TimedOut from None
        except ClientError as error:
            raise NetworkError(f"aiohttp.{type(error).__name__}") from None
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            raise FloodedError(self._quiet_seconds(payload))
        return status, payload

    def _opened(self) -> ClientSession:
        if self._session is None:
            self._session = ClientSession(connector=TCPConnector(limit=_CONNECTIONS), cookie_jar=DummyCookieJar())
        return self._session

    def _timeout(self, read: object, write: object, connect: object, pool: object) -> ClientTimeout:
        pooled, connected = _seconds(pool, self._pool), _seconds(connect, self._connect)
        written, answered = _seconds(write, self._write), _seconds(read, self._read)
        # aiohttp has no timeout for writing alone, so it shares in the time for everything.
        return ClientTimeout(
            total=_sum(pooled, connected, written, answered),
            connect=_sum(pooled, connected),
            sock_connect=connected,
            sock_read=answered,
        )

    def _quiet_seconds(self, payload: bytes) -> float:
        answer: dict[str, Any] = self.parse_json_payload(payload)
        return float(answer.get("parameters", {}).get("retry_after", 1))


def _seconds(given: object, default: float) -> float | None:
    """The seconds a call was given: the default where it named none, and None where it asked to wait for ever."""
    if given is BaseRequest.DEFAULT_NONE:
        return default
    return float(given) if isinstance(given, int | float) else None


def _sum(*parts: float | None) -> float | None:
    known = [part for part in parts if part is not None]
    return sum(known) if len(known) == len(parts) else None
