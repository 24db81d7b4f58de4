"""How every question looks to whoever is asked it, on each channel, at each age, in each language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aiohttp import web

from bot.console.rights import Right
from bot.console.section import Page, Visit
from bot.preview_pages import values_for

PREVIEW: Final = "/console/{slug}/preview"


class Preview:
    """`/console/{slug}/preview`. Questions are no secret: whoever may see figures may see what they answer."""

    def pages(self) -> Sequence[Page]:
        return (Page("GET", PREVIEW, Right.FIGURES, self.show),)

    async def show(self, visit: Visit) -> web.StreamResponse:
        url = visit.service.settings.public_url
        return visit.page("preview.html", values_for(visit.asked, visit.request.query, visit.templates, url))
