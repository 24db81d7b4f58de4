"""A Telegram Bot API on loopback: as much of core.telegram.org/bots/api as a consultation uses.

Updates of one chat come one after another, each only once the one before was taken; other chats go on meanwhile. What
the service does not answer with 2xx comes again, after longer and longer waits, and then with the next update.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl

from aiohttp import web

from bot import ids
from bot.clock import Clock
from bot.simulators import faults
from bot.simulators.chats import Chat, Update
from bot.simulators.server import Server, accepted

TOKEN: Final = "7000000001:simulated"  # noqa: S105 - it opens nothing but this simulator
BOT_ID: Final = 7000000001
USERNAME: Final = "sayso_example_bot"

_LONGEST_TEXT: Final = 4096
_LONGEST_DATA: Final = 64
_SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name

_Fields = Mapping[str, Any]


class _Refusal(Exception):  # noqa: N818 - what the Bot API does to a call, not a fault of ours
    def __init__(self, status: int, description: str, parameters: Mapping[str, object] | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.answer: dict[str, object] = {"ok": False, "error_code": status, "description": description}
        if parameters:
            self.answer["parameters"] = parameters


@dataclass(slots=True)
class _Webhook:
    url: str = ""
    secret: str = ""
    allowed: frozenset[str] = frozenset()
    """Empty for all kinds."""


@dataclass(slots=True)
class _Line:
    """One chat's updates on their way to the service."""

    waiting: deque[tuple[Update, asyncio.Future[bool]]] = field(default_factory=deque)
    worker: asyncio.Task[None] | None = None


class BotApi(Server):
    """One bot. With `paced`, more than 30 messages a second, or one a second to one chat, are answered with 429."""

    def __init__(
        self,
        *,
        token: str = TOKEN,
        now: Callable[[], datetime] | None = None,
        port: int = 0,
        retries: int = 4,
        retry_seconds: float = 0.1,
        paced: bool = False,
    ) -> None:
        super().__init__(port=port, webhook_timeout=60)
        self.token = token
        self.now = now or Clock().now
        self.chats: dict[int, Chat] = {}
        self.webhook = _Webhook()
        self.answered: list[str] = []
        """Ids of the taps that the bot has answered."""
        self.calls: list[str] = []
        """Methods in the order they were called."""
        self.refused: list[int] = []
        """Statuses of webhooks that were not taken; 0 where there was no answer."""
        self._retries = retries
        self._retry_seconds = retry_seconds
        self._pace = _Pace() if paced else None
        self._lines: dict[int, _Line] = {}
        self._callbacks: set[str] = set()
        # Beginning anew each time, so that a service with a memory never takes an update for one it has seen.
        self._last_update = ids.new_id() >> 22
        self._last_message = ids.new_id() >> 32

    def chat(self, chat_id: int, *, first_name: str = "Cerys", language: str = "en") -> Chat:
        """The chat with that person: a new one, or the one there is."""
        if chat_id not in self.chats:
            self.chats[chat_id] = Chat(self, chat_id, first_name=first_name, language=language)
        return self.chats[chat_id]

    @property
    def pending(self) -> int:
        """How many updates the service has not taken yet."""
        return sum(len(line.waiting) for line in self._lines.values())

    def redeliver(self) -> None:
        """Try again now whatever was given up for the moment."""
        for line in self._lines.values():
            self._drive(line)

    def deliver(self, chat_id: int, kind: str, content: Update) -> asyncio.Future[bool]:
        """Send an update of any kind: done with True once it was taken, with False when it has to wait."""
        taken = asyncio.get_running_loop().create_future()
        if self.webhook.allowed and kind not in self.webhook.allowed:
            taken.set_result(False)
            return taken
        self._last_update += 1
        line = self._lines.setdefault(chat_id, _Line())
        line.waiting.append(({"update_id": self._last_update, kind: content}, taken))
        if self.webhook.url:
            self._drive(line)
        else:
            taken.set_result(False)
        return taken

    def callback(self) -> tuple[str, Callable[[], bool]]:
        """A new tap's id, and whether it has been answered."""
        callback_id = str(ids.new_id())
        self._callbacks.add(callback_id)
        return callback_id, lambda: callback_id in self.answered

    def next_message_id(self) -> int:
        self._last_message += 1
        return self._last_message

    def bot_user(self) -> dict[str, object]:
        return {"id": BOT_ID, "is_bot": True, "first_name": "Sayso", "username": USERNAME}

    def routes(self) -> list[web.RouteDef]:
        return [web.route("*", "/bot{token}/{method}", self._call)]

    async def _call(self, request: web.Request) -> web.Response:
        fields = await _fields(request)
        method = request.match_info["method"]
        self.calls.append(method)
        fault = self.faults.take()
        if (wrong := await faults.before(fault, request)) is not None:
            return wrong
        try:
            self._check(request.match_info["token"])
            answer: dict[str, object] = {"ok": True, "result": self._carry_out(method.lower(), fields)}
            status = 200
        except _Refusal as refusal:
            answer, status = refusal.answer, refusal.status
        return await faults.after(fault, request, web.json_response(answer, status=status))

    def _check(self, token: str) -> None:
        if token != self.token:
            raise _Refusal(HTTPStatus.UNAUTHORIZED, "Unauthorized")

    def _carry_out(self, method: str, fields: _Fields) -> object:
        match method:
            case "sendmessage":
                return self._send_message(fields)
            case "answercallbackquery":
                return self._answer_callback(fields)
            case "setwebhook":
                return self._set_webhook(fields)
            case "deletewebhook":
                self.webhook = _Webhook()
                return True
            case "getwebhookinfo":
                info = {"url": self.webhook.url, "pending_update_count": self.pending}
                return info | {"has_custom_certificate": False}
            case "getme":
                return self.bot_user()
            case _:
                raise _Refusal(HTTPStatus.NOT_FOUND, "Not Found")

    def _send_message(self, fields: _Fields) -> dict[str, object]:
        chat = self.chats.get(_whole(fields.get("chat_id")))
        text = str(fields.get("text", ""))
        buttons = _buttons(fields.get("reply_markup"))
        if chat is None:
            raise _Refusal(HTTPStatus.BAD_REQUEST, "Bad Request: chat not found")
        if not text.strip():
            raise _Refusal(HTTPStatus.BAD_REQUEST, "Bad Request: message text is empty")
        if len(text) > _LONGEST_TEXT:
            raise _Refusal(HTTPStatus.BAD_REQUEST, "Bad Request: message is too long")
        if chat.blocked:
            raise _Refusal(HTTPStatus.FORBIDDEN, "Forbidden: bot was blocked by the user")
        if self._pace and (seconds := self._pace.wait(chat.chat_id)):
            description = f"Too Many Requests: retry after {seconds}"
            raise _Refusal(HTTPStatus.TOO_MANY_REQUESTS, description, {"retry_after": seconds})
        message = chat.receive(text, buttons)
        sent = {"message_id": message.message_id, "from": self.bot_user(), "chat": chat.fields()}
        return sent | {"date": int(message.at.timestamp()), "text": text}

    def _answer_callback(self, fields: _Fields) -> bool:
        callback_id = str(fields.get("callback_query_id", ""))
        if callback_id not in self._callbacks:
            description = "Bad Request: query is too old and response timeout expired or query ID is invalid"
            raise _Refusal(HTTPStatus.BAD_REQUEST, description)
        self.answered.append(callback_id)
        self.changes.happened()
        return True

    def _set_webhook(self, fields: _Fields) -> bool:
        allowed = fields.get("allowed_updates", [])
        kinds = json.loads(allowed) if isinstance(allowed, str) else allowed
        self.webhook = _Webhook(str(fields.get("url", "")), str(fields.get("secret_token", "")), frozenset(kinds))
        self.redeliver()
        return True

    def _drive(self, line: _Line) -> None:
        if line.waiting and self.webhook.url and (line.worker is None or line.worker.done()):
            line.worker = self.in_background(self._work(line))

    async def _work(self, line: _Line) -> None:
        tries = 0
        while line.waiting:
            update, taken = line.waiting[0]
            headers = {"Content-Type": "application/json", _SECRET_HEADER: self.webhook.secret}
            status = await self.post(self.webhook.url, json.dumps(update).encode(), headers)
            if accepted(status):
                line.waiting.popleft()
                if not taken.done():
                    taken.set_result(True)
                tries = 0
                continue
            self.refused.append(status)
            tries += 1
            if tries > self._retries:
                for _, waiting in line.waiting:
                    if not waiting.done():
                        waiting.set_result(False)
                return
            await asyncio.sleep(self._retry_seconds * 2 ** (tries - 1))


class _Pace:
    """Thirty messages a second to everybody, one a second to one chat (core.telegram.org/bots/faq)."""

    def __init__(self) -> None:
        self._last: dict[int, float] = {}
        self._recent: deque[float] = deque(maxlen=30)

    def wait(self, chat_id: int) -> int:
        """0 where a message may go out now, else the seconds to wait."""
        now = asyncio.get_running_loop().time()
        if len(self._recent) == self._recent.maxlen and now - self._recent[0] < 1:
            return 1
        # A little less than a second: what left its sender a second apart may arrive closer together.
        if now - self._last.get(chat_id, float("-inf")) < 0.9:  # noqa: PLR2004
            return 1
        self._recent.append(now)
        self._last[chat_id] = now
        return 0


async def _fields(request: web.Request) -> _Fields:
    """Parameters from the query, a form or JSON: the Bot API takes all three."""
    fields: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        fields |= await request.json()
    elif request.content_type == "multipart/form-data":
        fields |= dict(await request.post())
    else:
        fields |= dict(parse_qsl((await request.read()).decode(), keep_blank_values=True))
    return fields


def _buttons(markup: object) -> tuple[tuple[str, str], ...]:
    fields = json.loads(markup) if isinstance(markup, str) else markup or {}
    rows = fields.get("inline_keyboard", []) if isinstance(fields, dict) else []
    buttons = tuple((str(button["text"]), str(button["callback_data"])) for row in rows for button in row)
    if not all(1 <= len(data.encode()) <= _LONGEST_DATA for _, data in buttons):
        raise _Refusal(HTTPStatus.BAD_REQUEST, "Bad Request: BUTTON_DATA_INVALID")
    return buttons


def _whole(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        raise _Refusal(HTTPStatus.BAD_REQUEST, "Bad Request: chat_id is empty") from None
