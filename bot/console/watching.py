"""Watching: how many people answered a consultation, who they are, how far they got, and how long is left."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from aiohttp import web
from markupsafe import Markup

from bot.console.charts import Bar, bars, columns
from bot.console.overview import Part, moment, overview, questions_of
from bot.console.response_due import response_due
from bot.console.rights import Right
from bot.console.section import Page, Visit
from bot.console.standards import Answering, standards
from flows.consents import Consent
from flows.definition import Consultation
from storage.database import Database
from storage.figures import Arrived, Taken

_TOO_FEW = "too few to show"


class Watching:
    """The overview of each consultation. It is the same for everybody, and is counted once an hour at most."""

    def __init__(self) -> None:
        self._counting: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._counted: dict[str, tuple[datetime, Taken | None]] = {}

    def pages(self) -> Sequence[Page]:
        return (
            Page("GET", "/console/{slug}", Right.FIGURES, self.show),
            Page("GET", "/console/{slug}/standards", Right.FIGURES, self.standards),
        )

    async def show(self, visit: Visit) -> web.StreamResponse:
        taken = await self._taken(visit.service.database, visit.asked, visit.now)
        told = overview(visit.asked, taken, visit.now)
        parts = [*([told.targets] if told.targets else []), *told.parts]
        drawn = {part.code: _chart(part) for part in parts}
        return visit.page("overview.html", {"told": told, "charts": drawn, "too_few": _TOO_FEW})

    async def standards(self, visit: Visit) -> web.StreamResponse:
        """What there is to show for each participation standard, with the figures of the overview."""
        pack, database = visit.asked, visit.service.database
        told = overview(pack, await self._taken(database, pack, visit.now), visit.now)
        publications = await database.feedback.publications(pack.slug)
        answered = [each.at for each in publications if each.consent is Consent.FEEDBACK]
        answering = Answering(
            published_on=min(answered).astimezone(pack.timetable.zone).date() if answered else None,
            due=response_due(pack, visit.now),
            invited=any(each.consent is not Consent.FEEDBACK for each in publications),
        )
        return visit.page("standards.html", {"standards": standards(pack, told, answering), "told": told})

    async def _taken(self, database: Database, consultation: Consultation, now: datetime) -> Taken | None:
        """The counts of the newest moment. Those of the same moment stay as they were counted first.

        So whoever withdraws is not seen to do so before others have come as well.
        """
        hour = now.replace(minute=0, second=0, microsecond=0)
        slug, fewest = consultation.slug, consultation.targets.fewest
        async with self._counting[slug]:
            counted_at, held = self._counted.get(slug, (None, None))
            if counted_at == hour:
                return held

            def choose(arrived: Sequence[Arrived]) -> datetime | None:
                newest = moment(arrived, fewest)
                return None if held is not None and newest is not None and newest <= held.before else newest

            found = await database.figures.take(slug, questions_of(consultation), hour, choose) or held
            self._counted[slug] = (hour, found)
            return found


def _chart(part: Part) -> Markup:
    about = "The table beside it has the same figures."
    drawn = [Bar(row.label, row.people, str(row.people) if row.people else _TOO_FEW, row.wanted) for row in part.rows]
    draw = columns if part.over_time else bars
    return draw(part.code, f"{part.heading}: bar chart", about, drawn)
