"""The first page: the consultations that are an officer's own, and what they may do in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from aiohttp import web

from bot.console.moments import waited_in_words
from bot.console.response_due import response_due
from bot.console.rights import Right
from bot.console.section import Link, Page, Visit
from bot.pages import ENGLISH
from bot.public_pages import Offer, offer
from flows import cutoff
from storage.to_read import Waiting


@dataclass(frozen=True, slots=True)
class Entry:
    """One consultation on the page."""

    offer: Offer
    language: str
    state: str
    colour: str
    when: str
    links: Sequence[Link]
    unread: str = ""
    """How much of what people said in their own words nobody has read; empty where that is not theirs to know."""
    response_due: str = ""
    """How long people have waited for an answer; empty where they have it, or it is still open."""


class Home:
    """The list of consultations."""

    def pages(self) -> Sequence[Page]:
        return (Page("GET", "/console", Right.OWN, self.show),)

    async def show(self, visit: Visit) -> web.StreamResponse:
        # The ones that were last open come first; each group of states keeps that order.
        packs = sorted(visit.service.library.all(), key=lambda pack: cutoff.last_close(pack.timetable), reverse=True)
        unread = await visit.service.database.read_list.waiting() if visit.officer.may(Right.ANSWERS) else {}
        told = await visit.service.database.feedback.published_slugs()
        entries = [
            replace(
                self._entry(replace(visit, consultation=pack), unread.get(pack.slug)),
                response_due="" if pack.slug in told else response_due(pack, visit.now),
            )
            for pack in packs
        ]
        own = [entry for entry in entries if visit.officer.slugs is None or entry.offer.slug in visit.officer.slugs]
        own.sort(key=lambda entry: (not entry.offer.is_open, not entry.offer.has_opened))
        duties = sorted(duty.value.replace("-", " ") for duty in visit.officer.duties)
        return visit.page("home.html", {"entries": own, "duties": duties})

    def _entry(self, visit: Visit, unread: Waiting | None) -> Entry:
        told = offer(visit.asked, visit.now, ENGLISH)
        if told.is_open:
            state, colour, when = "Open", "green", f"Closes at {told.closes}"
        elif told.has_opened:
            state, colour, when = "Closed", "grey", f"Closed at {told.closes}"
        else:
            state, colour, when = "Not open", "yellow", f"Opens on {told.opens}" if told.opens else "Not yet approved"
        waiting = "" if unread is None or not visit.may(Right.ANSWERS) else _unread(unread, visit.now)
        return Entry(told, visit.title_language, state, colour, when, visit.navigation, waiting)


def _unread(waiting: Waiting, now: datetime) -> str:
    messages = "1 message" if waiting.messages == 1 else f"{waiting.messages:,} messages"
    return f"{messages} to read; the oldest has waited for {waited_in_words(waiting.oldest, now)}"
