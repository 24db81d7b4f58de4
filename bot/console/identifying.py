"""Who it was: opened in two steps by a safeguarding lead, with a reason, and on record before it is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from aiohttp import web

from bot.channels.base import RefusedError
from bot.console.rights import Right
from bot.console.section import Page, Visit
from bot.preview import CHANNEL_NAMES

IDENTITY: Final = "/console/{slug}/people/{reference}/identity"
NOWHERE: Final = "/console/identity/{reference}"
"""For somebody who is in no consultation."""
_SHORTEST: Final = 10
_LONGEST: Final = 500
_UNREADABLE: Final = 422


class Identifying:
    """The two pages."""

    def pages(self) -> Sequence[Page]:
        return (
            Page("GET", IDENTITY, Right.IDENTITY, self.ask),
            Page("POST", IDENTITY, Right.IDENTITY, self.open),
            Page("GET", NOWHERE, Right.IDENTITY, self.ask),
            Page("POST", NOWHERE, Right.IDENTITY, self.open),
        )

    async def ask(self, visit: Visit) -> web.StreamResponse:
        if not await visit.service.database.identities.known(_slug(visit), _reference(visit)):
            raise _nobody()
        return _page(visit, {})

    async def open(self, visit: Visit) -> web.StreamResponse:
        """Shown as the answer to the form and nowhere else: no address leads to it, and nothing keeps it."""
        why = visit.form.get("why", "").strip()
        errors = {}
        if not _SHORTEST <= len(why) <= _LONGEST:
            errors["why"] = f"Say why you need to know, in {_SHORTEST} to {_LONGEST} characters"
        if visit.form.get("sure") != "yes":
            errors["sure"] = "Tick this if you need to know who it was"
        if errors:
            return _page(visit, errors, status=_UNREADABLE)
        deed = visit.deed("identity.opened", _reference(visit), why=why)
        found = await visit.service.database.identities.open(_slug(visit), _reference(visit), deed)
        if found is None:
            raise _nobody()
        rows = [(CHANNEL_NAMES[one.channel], one.address) for one in found]
        return visit.page("identity-opened.html", {"reference": _reference(visit), "rows": rows})


def _reference(visit: Visit) -> str:
    return visit.request.match_info["reference"]


def _slug(visit: Visit) -> str:
    return "" if visit.consultation is None else visit.consultation.slug


def _nobody() -> RefusedError:
    return RefusedError(404, "There is no such reference in this consultation. It may have been erased.")


def _page(visit: Visit, errors: Mapping[str, str], *, status: int = 200) -> web.Response:
    values = {"errors": errors, "reference": _reference(visit), "why": visit.form.get("why", "")}
    return visit.page("identity.html", values, status=status)
