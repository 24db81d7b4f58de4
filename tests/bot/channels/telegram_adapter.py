"""A person on Telegram, for the suite over all channels."""

from __future__ import annotations

import json
from typing import Any

from multidict import CIMultiDict

from bot.channels import taps
from bot.channels.base import RawRequest
from bot.channels.telegram import PATH, SECRET_HEADER, TelegramChannel
from bot.simulators.bot_api import TOKEN, BotApi
from bot.simulators.chats import Chat
from bot.simulators.faults import Fault, Kind
from flows.messages import Content, Typed
from tests.bot.channels.contract import NOW, Adapter, Can, Trouble

SECRET = "a-shared_Secret"
CHAT_ID = 700900123
NOBODY_LISTENS = "http://127.0.0.1:9"


def request(body: bytes, secret: str | None = SECRET) -> RawRequest:
    headers = CIMultiDict({"content-type": "application/json"})
    if secret is not None:
        headers[SECRET_HEADER.lower()] = secret
    return RawRequest(PATH, headers, body, NOW)


class TelegramAdapter(Adapter):
    can = frozenset(Can)
    troubles = frozenset(Trouble)
    private = (str(CHAT_ID), "Cerys", "cerys_j", SECRET, TOKEN)
    address = str(CHAT_ID)

    def __init__(self) -> None:
        self.channel = TelegramChannel(token=TOKEN, secret=SECRET, api=NOBODY_LISTENS)
        self._last = 700000100
        self._api: BotApi | None = None
        self._chat: Chat | None = None

    def update(self, **content: object) -> RawRequest:
        self._last += 1
        return self.genuine(json.dumps({"update_id": self._last, **content}).encode())

    def chat(self, **fields: object) -> dict[str, object]:
        return {"id": CHAT_ID, "first_name": "Cerys", "username": "cerys_j", "type": "private", **fields}

    def message(self, **content: object) -> dict[str, Any]:
        sender = {"id": CHAT_ID, "is_bot": False, "first_name": "Cerys", "username": "cerys_j", "language_code": "cy"}
        when = int(NOW.timestamp()) - 60
        return {"message_id": self._last, "from": sender, "chat": self.chat(), "date": when, **content}

    def says(self, text: str) -> RawRequest:
        return self.update(message=self.message(text=text))

    def understood(self, text: str) -> Content:
        return Typed(text)

    def genuine(self, body: bytes) -> RawRequest:
        return request(body)

    def forged(self, text: str) -> tuple[RawRequest, ...]:
        body = self.says(text).body
        return tuple(
            request(body, secret) for secret in (None, "", SECRET[:-1], SECRET + "x", SECRET.upper(), "é\udcff")
        )

    def garbled(self) -> tuple[RawRequest, ...]:
        wrong: list[dict[str, object]] = [
            {},
            {"update_id": "1", "message": self.message(text="x")},
            {"update_id": 1, "message": []},
            {"update_id": 1, "message": {"text": "x"}},
            {"update_id": 1, "message": self.message(text=5)},
            {"update_id": 1, "message": self.message(text="x", date="today")},
            {"update_id": 1, "message": self.message(text="x", date=10**30)},
            {"update_id": 1, "message": self.message(text="x", chat=None)},
            {"update_id": 1, "message": self.message(text="half a pair \ud83d")},
            {"update_id": 1, "callback_query": {"id": 5}},
        ]
        bodies = [b"", b"{", b"\xff", b"[]", b"7", b'"x"', b"[" * 100_000, *(json.dumps(one).encode() for one in wrong)]
        return tuple(request(body) for body in bodies)

    def taps(self, question: str, option: str) -> RawRequest:
        message = self.message(text="How is the park?")
        tap = {"id": "3010344556677889900", "from": message["from"], "message": message, "chat_instance": "-41"}
        return self.update(callback_query={**tap, "data": taps.data_for(question, option)})

    def begins(self, payload: str) -> RawRequest:
        return self.says(f"/start {payload}".rstrip())

    def commands(self, word: str) -> RawRequest:
        return self.says(f"/{word}")

    def sends_picture(self, words: str) -> RawRequest:
        caption = {"caption": words} if words else {}
        return self.update(message=self.message(photo=[{"file_id": "x"}], **caption))

    def edits(self, text: str) -> tuple[RawRequest, RawRequest]:
        first = self.says("More swings")
        message = {**json.loads(first.body)["message"], "text": text, "edit_date": int(NOW.timestamp())}
        return first, self.update(edited_message=message)

    def blocks(self) -> tuple[RawRequest, RawRequest]:
        return self.membership("kicked"), self.membership("member")

    def membership(self, status: str, **chat: object) -> RawRequest:
        message = self.message()
        bot = {"user": {"id": 7000000001, "is_bot": True, "first_name": "Sayso"}}
        change = {"from": message["from"], "chat": self.chat(**chat), "date": message["date"]}
        return self.update(
            my_chat_member={
                **change,
                "old_chat_member": bot | {"status": "x"},
                "new_chat_member": bot | {"status": status},
            }
        )

    def useless(self) -> tuple[RawRequest, ...]:
        group = self.message(text="hello all", chat=self.chat(id=-1001, type="supergroup"))
        return (
            self.update(channel_post={"anything": "at all"}),
            self.update(a_kind_of_next_year={"new": True}),
            self.update(),
            self.update(message=group),
            self.update(edited_message={**group, "edit_date": 1}),
            self.update(message=self.message(pinned_message={})),
            self.update(edited_message=self.message(location={"latitude": 52.05, "longitude": -2.71}, edit_date=1)),
            self.update(callback_query={"id": "1", "from": group["from"], "data": "q:a:b", "message": group}),
            self.update(callback_query={"id": "1", "from": group["from"], "data": "q:a:b"}),
            self.update(
                callback_query={"id": "1", "from": group["from"], "message": self.message(), "game_short_name": "x"}
            ),
            self.membership("kicked", id=-1001, type="group"),
            self.membership("restricted"),
        )

    async def open(self) -> None:
        self._api = await BotApi(retries=0).__aenter__()
        self._chat = self._api.chat(CHAT_ID)
        self.channel = TelegramChannel(token=TOKEN, secret=SECRET, api=self._api.url)

    async def close(self) -> None:
        await super().close()
        if self._api is not None:
            await self._api.close()

    async def gets_into(self, trouble: Trouble) -> None:
        assert self._api is not None
        refusals = {
            Trouble.PERSON_LEFT: (403, "Forbidden: bot was blocked by the user", {}),
            Trouble.BUSY: (429, "Too Many Requests: retry after 12", {"parameters": {"retry_after": 12}}),
            Trouble.REFUSES_US: (401, "Unauthorized", {}),
            Trouble.BROKEN: (500, "Internal Server Error", {}),
        }
        if trouble in refusals:
            status, description, more = refusals[trouble]
            body = {"ok": False, "error_code": status, "description": description, **more}
            self._api.faults.add(Fault(Kind.REFUSED, status, body))
        elif trouble is Trouble.AWAY:
            await self._api.close()
        elif trouble is Trouble.SILENT:
            self.channel = TelegramChannel(token=TOKEN, secret=SECRET, api=self._api.url, timeout=0.2)
            self._api.faults.add(Fault(Kind.HUNG))
        else:
            kinds = {Trouble.DROPS: Kind.DROPPED, Trouble.LOSES_ANSWER: Kind.LOST}
            self._api.faults.add(Fault(kinds[trouble]))

    def shown(self) -> list[str]:
        assert self._chat is not None
        return [message.text for message in self._chat.heard]
