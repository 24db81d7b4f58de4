"""What somebody said that may mean that they are not safe: a list until a person has read it and says what was done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from aiohttp import web

from bot.console.rights import Right
from bot.console.section import Page, Visit

SOON: Final = timedelta(minutes=15)
"""Whatever has waited longer is marked."""
_SEPARATE: Final = ":"


class ConcernsRaised:
    """The list over all consultations that are the officer's, and the form that says that somebody has read one."""

    def pages(self) -> Sequence[Page]:
        return (
            Page("GET", "/console/concerns", Right.CONCERNS, self.show),
            Page("POST", "/console/concerns", Right.CONCERNS, self.acknowledge),
        )

    async def show(self, visit: Visit) -> web.StreamResponse:
        return await _page(visit)

    async def acknowledge(self, visit: Visit) -> web.StreamResponse:
        slug, _, rest = visit.form.get("concern", "").partition(_SEPARATE)
        reference, _, seq = rest.partition(_SEPARATE)
        outcome = visit.form.get("outcome", "").strip()
        if not visit.officer.may(Right.CONCERNS, slug) or not (seq.isascii() and seq.isdecimal()):
            return await _page(visit, gone=True)
        if not outcome:
            return await _page(visit, at=f"{slug}{_SEPARATE}{rest}")
        deed = replace(visit.deed("concern.acknowledged", reference), slug=slug)
        concerns = visit.service.database.concerns
        if not await concerns.acknowledge(slug, reference, int(seq), outcome, deed):
            return await _page(visit, gone=True)
        return visit.see("/console/concerns?done=acknowledged")


async def _page(visit: Visit, *, at: str = "", gone: bool = False) -> web.Response:
    concerns = visit.service.database.concerns
    waiting = [one for one in await concerns.waiting() if visit.officer.may(Right.CONCERNS, one.slug)]
    past = [one for one in await concerns.acknowledged() if visit.officer.may(Right.CONCERNS, one.slug)]
    listed = [
        (
            f"outcome-{number}",
            f"{one.slug}{_SEPARATE}{one.reference}{_SEPARATE}{one.message_seq}",
            one,
            _waited(one.raised_at, visit.now),
            visit.now - one.raised_at > SOON,
        )
        for number, one in enumerate(waiting, start=1)
    ]
    errors = {name: "Say what was done." for name, key, *_ in listed if key == at}
    values = {"waiting": listed, "past": past, "errors": errors, "gone": gone, "done": "done" in visit.request.query}
    return visit.page("concerns.html", values, status=400 if errors else 409 if gone else 200)


def _waited(since: datetime, now: datetime) -> str:
    minutes = max(0, int((now - since).total_seconds() // 60))
    if minutes < 60:  # noqa: PLR2004 - minutes of an hour
        return f"{minutes} minute{'' if minutes == 1 else 's'}"
    hours = minutes // 60
    return f"{hours} hour{'' if hours == 1 else 's'}"
