"""The demo's page: three devices side by side, a clock that can be moved, and what officers would get.

What is typed on a device goes to its simulator, which calls the service as the provider would. Nothing here reaches
into the service but to read what an export would hold, and to move its clock.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from aiohttp import web

from bot import ids
from bot.channels.base import RefusedError
from bot.export import AnswerSheet, Labels
from bot.pages import ENGLISH, Pages
from bot.service import Service
from bot.simulators.bot_api import BotApi
from bot.simulators.chats import Chat
from bot.simulators.phones import Phone
from bot.simulators.twilio_api import TwilioApi
from flows import cutoff, dates
from flows.definition import Consultation
from flows.effects import Notice
from flows.messages import Channel

LOOK_SECONDS: Final = 0.5
"""How often the page is told what has changed, at most."""
BREATH_SECONDS: Final = 0.3
"""What the service needs to send what was due at an hour, before the next hour comes."""
MOST_PHONES: Final = 20
_NUMBERS: Final = 1000
_SAMPLE_NUMBERS: Final = 400
"""The first of them belong to sample people: see `bot.samples`."""
_FIRST_CHAT: Final = 700_900_000
_HIDDEN: Final = frozenset({"consultation", "version", "helped_by", "language", "started_at", "completed_at", "who"})
"""Columns of the export that the page has no room for."""

Body = Mapping[str, object]


class DemoPages:
    """Handlers of the demo: the page at `/`, what happens on the devices, and the clock."""

    def __init__(self, service: Service, telegram: BotApi, twilio: TwilioApi, pages: Pages) -> None:
        self._service = service
        self._telegram = telegram
        self._twilio = twilio
        self._pages = pages
        self._ended = asyncio.Event()
        self._began = service.clock.now()
        # Other people's phones each time: a number that answered before would be welcomed back.
        self._first = _SAMPLE_NUMBERS + ids.new_id() % (_NUMBERS - _SAMPLE_NUMBERS - MOST_PHONES)
        self.new_phone()
        self.new_chat()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self.page),
            web.get("/demo/events", self.events),
            web.post("/demo/text", self.text),
            web.post("/demo/say", self.say),
            web.post("/demo/tap", self.tap),
            web.post("/demo/phone", self.another_phone),
            web.post("/demo/clock", self.clock),
            web.post("/demo/visitor", self.another_visitor),
        ]

    async def end(self, _app: web.Application) -> None:
        """Lets go of the pages that listen, so that the service can stop."""
        self._ended.set()

    # --- what is there ---

    @property
    def consultation(self) -> Consultation:
        """The one that the demo is about, however far its clock is moved: the first that was open when it began.

        Where none was: the next to open, or else the last to have closed.
        """
        packs = self._service.library.all()
        if not packs:
            raise RefusedError(404, "There is no consultation to show. Put a pack into the folder of consultations.")
        coming = [pack for pack in packs if not cutoff.has_opened(pack.timetable, self._began)]
        then = min(coming, key=lambda pack: pack.timetable.opens_at, default=None)
        last = max(packs, key=lambda pack: cutoff.last_close(pack.timetable))
        return next((pack for pack in packs if cutoff.is_open(pack.timetable, None, self._began)), then or last)

    def new_phone(self) -> Phone:
        """A phone with SMS, on a number that is kept for drama."""
        numbers = (f"+447700900{(self._first + step) % _NUMBERS:03}" for step in range(_NUMBERS))
        taken = {*self._twilio.phones, self._twilio.number}
        return self._twilio.phone(next(number for number in numbers if number not in taken))

    def new_chat(self) -> Chat:
        """A phone with Telegram."""
        return self._telegram.chat(_FIRST_CHAT + self._first + len(self._telegram.chats))

    # --- pages ---

    async def page(self, _request: web.Request) -> web.Response:
        pack = self.consultation
        zone = pack.timetable.zone
        closes = cutoff.closes_at(pack.timetable, None)
        values = {
            "pack": pack,
            "title": pack.words_for(pack.default_language, None).say[Notice.TITLE],
            "keyword": pack.sms_keyword,
            "number": _spaced(self._twilio.number),
            "least_age": pack.min_age.get(Channel.TELEGRAM.value),
            "closing": cutoff.closing_in_words(closes, zone, ENGLISH),
            "now": self._now_in_words(pack),
        }
        return self._pages.page("demo.html", values, frames=True)

    async def events(self, request: web.Request) -> web.StreamResponse:
        """What the page shows, as soon as it has changed (server-sent events)."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        told = ""
        while not self._ended.is_set():
            state = json.dumps(await self._state(), ensure_ascii=False)
            if state != told:
                told = state
                await response.write(f"data: {state}\n\n".encode())
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), LOOK_SECONDS)
        return response

    # --- what happens on the devices ---

    async def text(self, request: web.Request) -> web.Response:
        body = await _body(request)
        phone = self._twilio.phones.get(_words(body, "phone"))
        if phone is None:
            raise RefusedError(404, "There is no such phone any more. Please load the page again.")
        await phone.text(_words(body, "text"))
        return _done()

    async def say(self, request: web.Request) -> web.Response:
        body = await _body(request)
        await self._chat(body).say(_words(body, "text"))
        return _done()

    async def tap(self, request: web.Request) -> web.Response:
        body = await _body(request)
        chat, button = self._chat(body), _words(body, "button")
        message = next((one for one in chat.messages if str(one.message_id) == _words(body, "message")), None)
        if message is None or all(data != button for _, data in message.buttons):
            raise RefusedError(404, "There is no such button any more. Please load the page again.")
        await chat.tap(message, button)
        return _done()

    async def another_phone(self, request: web.Request) -> web.Response:
        body = await _body(request)
        if len(self._twilio.phones) + len(self._telegram.chats) >= MOST_PHONES:
            raise RefusedError(409, "That is a lot of phones. Please start the demo again for more.")
        match _words(body, "kind"):
            case "sms":
                self.new_phone()
            case "telegram":
                self.new_chat()
            case _:
                raise RefusedError(400, "There are phones with sms and with telegram.")
        return _done()

    async def another_visitor(self, request: web.Request) -> web.Response:
        """Lets the browser forget its cookie, as if another person had sat down."""
        await _body(request)
        response = _done()
        response.headers["Set-Cookie"] = self._service.webchat.cookie.drop(embedded=True)
        return response

    async def clock(self, request: web.Request) -> web.Response:
        """Moves the clock on; never back."""
        body = await _body(request)
        now, closes = self._service.clock.now(), cutoff.closes_at(self.consultation.timetable, None)
        ways = {
            "hour": now + timedelta(hours=1),
            "day": now + timedelta(days=1),
            "before": closes - timedelta(minutes=1),
            "deadline": closes,
        }
        target = ways.get(_words(body, "to"))
        if target is None:
            raise RefusedError(400, f"The clock can be moved by: {', '.join(ways)}.")
        await self._pass_until(target)
        return _done()

    async def _pass_until(self, target: datetime) -> None:
        """Lets time pass hour by hour, so that what is due on the way happens in its own hour and not in the night."""
        clock = self._service.clock
        while (now := clock.now()) < target:
            hour = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
            clock.advance(min(hour, target) - now)
            await self._service.scheduler.wake()
            if any(channel.waiting for channel in (await self._service.database.queue_depth()).values()):
                await asyncio.sleep(BREATH_SECONDS)

    # --- what the page shows ---

    async def _state(self) -> dict[str, object]:
        pack = self.consultation
        zone = pack.timetable.zone
        now = self._service.clock.now()
        closes = cutoff.closes_at(pack.timetable, None)
        sheet = AnswerSheet(pack, Labels())
        columns = [name for name in sheet.columns if name not in _HIDDEN and "/" not in name]
        rows = [sheet.row(person) async for person in self._service.database.answers(pack.slug)]
        return {
            "now": self._now_in_words(pack),
            "over": {"before": now >= closes - timedelta(minutes=1), "deadline": now >= closes},
            "sms": [_phone(phone, zone) for phone in self._twilio.phones.values()],
            "telegram": [_chat(chat, zone) for chat in self._telegram.chats.values()],
            "columns": columns,
            "rows": [[_cell(row[name]) for name in columns] for row in rows],
        }

    def _now_in_words(self, pack: Consultation) -> str:
        return dates.time_in_words(self._service.clock.now().astimezone(pack.timetable.zone), ENGLISH)

    def _chat(self, body: Body) -> Chat:
        found = {str(chat_id): chat for chat_id, chat in self._telegram.chats.items()}.get(_words(body, "phone"))
        if found is None:
            raise RefusedError(404, "There is no such phone any more. Please load the page again.")
        return found


def _phone(phone: Phone, zone: ZoneInfo) -> dict[str, object]:
    said = [
        {"id": str(place), "mine": not message.by_us, "text": message.text, "at": _clock_face(message.at, zone)}
        for place, message in enumerate(phone.messages)
    ]
    return {"id": phone.number, "name": _spaced(phone.number), "said": said}


def _chat(chat: Chat, zone: ZoneInfo) -> dict[str, object]:
    said = [
        {
            "id": str(message.message_id),
            "mine": not message.by_bot,
            "text": message.text,
            "at": _clock_face(message.at, zone),
            "buttons": [{"label": label, "data": data} for label, data in message.buttons],
        }
        for message in chat.messages
    ]
    return {"id": str(chat.chat_id), "name": f"Chat {chat.chat_id % _NUMBERS:03}", "said": said}


def _clock_face(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%H:%M")


def _spaced(number: str) -> str:
    """A British mobile number as people write it: 07700 900456."""
    return f"0{number[3:7]} {number[7:]}"


def _cell(value: object) -> str:
    return "; ".join(str(item) for item in value) if isinstance(value, list) else str(value)


async def _body(request: web.Request) -> Body:
    """A JSON object. Nothing else is taken, so that no other page's form can move this demo.

    Raises:
        RefusedError: 400 where it is anything else.
    """
    try:
        body: object = await request.json()
    except ValueError:
        body = None
    if request.content_type != "application/json" or not isinstance(body, dict):
        raise RefusedError(400, "Please send a JSON object.")
    return body


def _words(body: Body, name: str) -> str:
    found = body.get(name)
    if not isinstance(found, str):
        raise RefusedError(400, f"Please send a text called {name}.")
    return found


def _done() -> web.Response:
    return web.Response(status=204)
