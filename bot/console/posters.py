"""Posters for a school's wall: on the screen, on paper, and as a file."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from aiohttp import web

from bot.channels.base import ProviderError
from bot.channels.telegram import TelegramChannel
from bot.console.rights import Right
from bot.console.section import Page, Visit
from bot.poster import Places, Poster, Way, drawn, has_children, poster, side
from bot.poster_pdf import as_pdf
from bot.preview import CHANNEL_NAMES
from flows.commands import name_of
from flows.messages import Channel

POSTERS: Final = "/console/{slug}/posters"
_YOUNG, _OLDER = "under-12", "12-and-over"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A way to answer with its square."""

    way: Way
    name: str
    path: str
    side: int


class Posters:
    """`/console/{slug}/posters`."""

    def __init__(self) -> None:
        self._telegram: str | None = None
        """Our bot's address, once Telegram has told it."""

    def pages(self) -> Sequence[Page]:
        return (
            Page("GET", POSTERS, Right.RUN, self.show),
            Page("GET", POSTERS + "/print", Right.RUN, self.sheet),
            Page("GET", POSTERS + "/poster.pdf", Right.RUN, self.pdf),
        )

    async def show(self, visit: Visit) -> web.StreamResponse:
        pack = visit.asked
        places = await self._places(visit)
        kinds = [(_OLDER, "Age 12 and over")] + ([(_YOUNG, "Under 12")] if has_children(pack) else [])
        rows = [
            (f"{name_of(language)}, {words.lower()}", f"lang={language}&for={kind}")
            for language in pack.languages
            for kind, words in kinds
        ]
        switched_on = Channel.TELEGRAM in visit.service.channels
        values = {"rows": rows, "places": places, "missing": switched_on and places.telegram is None}
        values["frame"] = _frame(places.public_url, pack.slug, visit.title)
        return visit.page("posters.html", values)

    async def sheet(self, visit: Visit) -> web.StreamResponse:
        made = await self._poster(visit)
        ways = [Drawn(way, CHANNEL_NAMES[way.channel], drawn(way.code), side(way.code)) for way in made.ways]
        return visit.page("poster.html", {"poster": made, "ways": ways, "query": visit.request.query_string})

    async def pdf(self, visit: Visit) -> web.StreamResponse:
        made = await self._poster(visit)
        body = await asyncio.to_thread(as_pdf, [made])
        kind = _YOUNG if made.grown_up else _OLDER
        name = f"{visit.asked.slug}-poster-{made.language}-{kind}.pdf"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return web.Response(body=body, content_type="application/pdf", headers=headers)

    async def _poster(self, visit: Visit) -> Poster:
        pack, query = visit.asked, visit.request.query
        asked = query.get("lang", "")
        language = asked if asked in pack.languages else pack.default_language
        young = query.get("for") == _YOUNG and has_children(pack)
        return poster(pack, language, await self._places(visit), visit.now, young=young)

    async def _places(self, visit: Visit) -> Places:
        settings = visit.service.settings
        number = settings.twilio.sender if settings.twilio else None
        return Places(settings.public_url, number, await self._bot(visit))

    async def _bot(self, visit: Visit) -> str | None:
        port = visit.service.channels.get(Channel.TELEGRAM)
        if self._telegram is None and isinstance(port, TelegramChannel):
            try:
                self._telegram = await port.link()
            except ProviderError:
                # The page says that it is missing; the poster is good without it.
                return None
        return self._telegram


def _frame(public_url: str, slug: str, title: str) -> str:
    """What a council pastes into a page of its own."""
    named, address = escape(title, quote=True), f"{public_url}/chat/{slug}?embed=1"
    return f'<iframe src="{address}" title="{named}" width="100%" height="700" referrerpolicy="no-referrer"></iframe>'
