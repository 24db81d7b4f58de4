"""The record, as an administrator reads it: newest first, with filters, and checked when asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.console.rights import Right
from bot.console.section import Page, Visit
from storage.audit import Filters, Line

RECORD: Final = "/console/record"
_AT_ONCE: Final = 50
_ZONE: Final = ZoneInfo("Europe/London")
_FIELDS: Final = ("officer", "thing", "slug", "subject", "since", "until")


class Deeds:
    """The pages of the record."""

    def pages(self) -> Sequence[Page]:
        return (
            Page("GET", RECORD, Right.ADMINISTER, self.show),
            Page("POST", f"{RECORD}/check", Right.ADMINISTER, self.check),
        )

    async def show(self, visit: Visit) -> web.StreamResponse:
        asked = {name: visit.request.query.get(name, "").strip() for name in _FIELDS}
        filters, errors = _filters(asked)
        lines: list[Line] = []
        if not errors:
            officers = visit.service.database.officers
            lines = await officers.deeds(filters, before=_before(visit), limit=_AT_ONCE + 1)
        named = {name: value for name, value in asked.items() if value}
        values = {
            "asked": asked,
            "errors": errors,
            "rows": [_row(line) for line in lines[:_AT_ONCE]],
            "first": f"{RECORD}?{urlencode(named)}" if _before(visit) is not None else "",
            "next": f"{RECORD}?{urlencode(named | _after(lines))}" if len(lines) > _AT_ONCE else "",
            "packs": [("", "Any"), *((pack.slug, pack.slug) for pack in visit.service.library.all())],
            "verdict": None,
        }
        return visit.page("record.html", values, status=422 if errors else 200)

    async def check(self, visit: Visit) -> web.StreamResponse:
        verdict = await visit.service.database.officers.verify()
        await visit.record("record.checked", why="whole" if verdict.whole else "does not fit")
        return visit.page("record-checked.html", {"verdict": verdict})


def _filters(asked: dict[str, str]) -> tuple[Filters, dict[str, str]]:
    """What is wanted, and what is wrong with it by field. Days are days in the United Kingdom."""
    errors: dict[str, str] = {}
    since, until = (_day(asked, name, errors) for name in ("since", "until"))
    filters = Filters(
        officer=asked["officer"].lower(),
        thing=asked["thing"],
        slug=asked["slug"],
        subject=asked["subject"],
        since=since,
        until=None if until is None else until + timedelta(days=1),
    )
    return filters, errors


def _day(asked: dict[str, str], name: str, errors: dict[str, str]) -> datetime | None:
    if not asked[name]:
        return None
    try:
        return datetime.combine(date.fromisoformat(asked[name]), time(), _ZONE)
    except (ValueError, OverflowError):
        errors[name] = "Write a day such as 2030-05-15"
        return None


def _before(visit: Visit) -> int | None:
    number = visit.request.query.get("before", "")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 19 else None  # noqa: PLR2004 - 63 bits


def _after(lines: Sequence[Line]) -> dict[str, str]:
    return {"before": str(lines[_AT_ONCE - 1].number)}


def _row(line: Line) -> tuple[object, ...]:
    deed = line.deed
    at = deed.at.astimezone(_ZONE)
    thing, _, done = deed.act.partition(".")
    what = f"{thing.replace('-', ' ')}: {done.replace('-', ' ')}"
    return line.number, f"{at:%d %b %Y, %H:%M:%S}", deed.officer, what, deed.slug, deed.subject, deed.why
