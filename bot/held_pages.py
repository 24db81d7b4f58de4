"""`/chat/{slug}/everything`: a file with all that is held of whoever has the cookie, to keep or to print."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol

from aiohttp import hdrs, web

from bot.channels.webchat import Cookie
from bot.held import Held, held, moment
from bot.pages import Pages
from flows.definition import Consultation
from flows.messages import Channel
from storage.errors import UnavailableError
from storage.holdings import Holding
from storage.records import AddressKey

_NAME: Final = "what-you-told-us"


class Clock(Protocol):
    """See `bot.clock.Clock`."""

    def now(self) -> datetime: ...


class Holdings(Protocol):
    """See `storage.holdings.Holdings`."""

    async def own(self, key: AddressKey) -> list[Holding]: ...


class Library(Protocol):
    """See `bot.packs.Library`."""

    def get(self, slug: str) -> Consultation | None: ...


class Versions(Protocol):
    """See `bot.versions.Versions`."""

    async def of(self, slug: str, version: str) -> Consultation: ...


class HeldPages:
    """The file. It is made for the cookie's own participant; no address names anybody else's."""

    def __init__(
        self, clock: Clock, library: Library, versions: Versions, holdings: Holdings, cookie: Cookie, pages: Pages
    ) -> None:
        self._clock = clock
        self._library = library
        self._versions = versions
        self._holdings = holdings
        self._cookie = cookie
        self._pages = pages

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/chat/{slug}/everything", self.give)]

    async def give(self, request: web.Request) -> web.Response:
        """GET: the file, as a page or, with `?as=json`, for a program. Nothing is written."""
        consultation = self._library.get(request.match_info["slug"])
        if consultation is None:
            return self._pages.message("lost", status=404)
        token = self._cookie.read(request.headers)
        try:
            found = [] if token is None else await self._held(token)
        except UnavailableError:
            return self._pages.message("held_away", status=503)
        if not found:
            return self._pages.message("nothing_held", status=404)
        if request.query.get("as") == "json":
            text = json.dumps([one.data for one in found], ensure_ascii=False, indent=2)
            return _file(web.Response(text=text, content_type="application/json"), "json")
        language = found[0].language
        made = moment(self._clock.now(), consultation.timetable.zone, language)
        values = {"found": found, "made": made}
        return _file(self._pages.page("held.html", values, language=language), "html")

    async def _held(self, token: str) -> Sequence[Held]:
        holdings = await self._holdings.own(AddressKey(Channel.WEB, token))
        return [held(await self._versions.of(one.conversation.slug, one.conversation.version), one) for one in holdings]


def _file(response: web.Response, ending: str) -> web.Response:
    response.headers[hdrs.CACHE_CONTROL] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers[hdrs.CONTENT_DISPOSITION] = f'attachment; filename="{_NAME}.{ending}"'
    return response
