"""The first page: the consultations that are an officer's own, and what they may do in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from aiohttp import web

from bot.console.rights import Right
from bot.console.section import Link, Page, Visit
from bot.pages import ENGLISH
from bot.public_pages import Offer, offer
from flows import cutoff


@dataclass(frozen=True, slots=True)
class Entry:
    """One consultation on the page."""

    offer: Offer
    language: str
    state: str
    colour: str
    when: str
    links: Sequence[Link]


class Home:
    """The list of consultations."""

    def pages(self) -> Sequence[Page]:
        return (Page("GET", "/console", Right.OWN, self.show),)

    async def show(self, visit: Visit) -> web.StreamResponse:
        # The ones that were last open come first; each group of states keeps that order.
        packs = sorted(visit.service.library.all(), key=lambda pack: cutoff.last_close(pack.timetable), reverse=True)
        entries = [self._entry(replace(visit, consultation=pack)) for pack in packs]
        own = [entry for entry in entries if visit.officer.slugs is None or entry.offer.slug in visit.officer.slugs]
        own.sort(key=lambda entry: (not entry.offer.is_open, not entry.offer.has_opened))
        duties = sorted(duty.value.replace("-", " ") for duty in visit.officer.duties)
        return visit.page("home.html", {"entries": own, "duties": duties})

    def _entry(self, visit: Visit) -> Entry:
        told = offer(visit.asked, visit.now, ENGLISH)
        if told.is_open:
            state, colour, when = "Open", "green", f"Closes at {told.closes}"
        elif told.has_opened:
            state, colour, when = "Closed", "grey", f"Closed at {told.closes}"
        else:
            state, colour, when = "Not open", "yellow", f"Opens on {told.opens}" if told.opens else "Not yet approved"
        return Entry(told, visit.title_language, state, colour, when, visit.navigation)
