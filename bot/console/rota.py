"""The rota: who is told when somebody may not be safe, looked after by administrators."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from aiohttp import web

from bot import ids
from bot.channels.base import RefusedError
from bot.console.mail_addresses import fault_of_email
from bot.console.rights import Right
from bot.console.section import Page, Visit
from flows.rota import Hours, Member
from storage.rota import OnRota

ROTA: Final = "/console/rota"
_UNREADABLE: Final = 422
_LONGEST: Final = 100
_TEXTED: Final = re.compile(r"\+447\d{9}|\+(?!44)[1-9]\d{6,14}", re.ASCII)
"""E.164. In the United Kingdom a mobile: a landline would be accepted here and told of nothing."""
_HOURS: Final = (
    (Hours.ALWAYS.value, "At any time", ""),
    (Hours.WORKING.value, "In working hours", ""),
    (Hours.OUTSIDE.value, "Outside working hours", "Such as an emergency duty team."),
)
_DONE: Final = {
    "added": "They are on the rota now.",
    "removed": "They are not on the rota any more.",
    "first": "They are told first now.",
}


class RotaPages:
    """The list, and the forms that change it."""

    def pages(self) -> Sequence[Page]:
        return (
            Page("GET", ROTA, Right.ADMINISTER, self.show),
            Page("POST", ROTA, Right.ADMINISTER, self.add),
            Page("GET", f"{ROTA}/{{member}}/remove", Right.ADMINISTER, self.ask_to_remove),
            Page("POST", f"{ROTA}/{{member}}/remove", Right.ADMINISTER, self.remove),
            Page("POST", f"{ROTA}/{{member}}/first", Right.ADMINISTER, self.put_first),
        )

    async def show(self, visit: Visit) -> web.StreamResponse:
        return await _page(visit, {})

    async def add(self, visit: Visit) -> web.StreamResponse:
        form, everybody = visit.form, await visit.service.database.rota.everybody()
        errors = _faults(visit)
        if errors:
            return await _page(visit, errors, status=_UNREADABLE)
        slugs = None if form.get("which", "all") == "all" else frozenset(form.getall("slugs", []))
        place = max((one.member.place for one in everybody), default=0) + 1
        member = Member(ids.new_id(), place, Hours(form["hours"]), slugs)
        one = OnRota(member, form["name"].strip(), _number(form.get("sms", "")), form.get("email", "").strip())
        await visit.service.database.rota.add(one, visit.deed("rota.added", str(member.rota_id)))
        return visit.see(f"{ROTA}?done=added")

    async def ask_to_remove(self, visit: Visit) -> web.StreamResponse:
        return visit.page("rota-remove.html", {"one": await _named(visit)})

    async def remove(self, visit: Visit) -> web.StreamResponse:
        one = await _named(visit)
        await visit.service.database.rota.remove(
            one.member.rota_id, visit.deed("rota.removed", str(one.member.rota_id))
        )
        return visit.see(f"{ROTA}?done=removed")

    async def put_first(self, visit: Visit) -> web.StreamResponse:
        one = await _named(visit)
        await visit.service.database.rota.put_first(
            one.member.rota_id, visit.deed("rota.reordered", str(one.member.rota_id))
        )
        return visit.see(f"{ROTA}?done=first")


async def _named(visit: Visit) -> OnRota:
    """Whom the path names.

    Raises:
        RefusedError: nobody on the rota.
    """
    for one in await visit.service.database.rota.everybody():
        if str(one.member.rota_id) == visit.request.match_info["member"]:
            return one
    raise RefusedError(404, "They are not on the rota any more.")


async def _page(visit: Visit, errors: Mapping[str, str], *, status: int = 200) -> web.Response:
    settings = visit.service.settings
    values = {
        "errors": errors,
        "done": _DONE.get(visit.request.query.get("done", ""), ""),
        "everybody": await visit.service.database.rota.everybody(),
        "hours": _HOURS,
        "hours_in_words": {value: words for value, words, _ in _HOURS},
        "values": visit.form,
        "slugs": visit.form.getall("slugs", []),
        "packs": [(pack.slug, pack.slug) for pack in visit.service.library.all()],
        "working": f"{settings.working_hours.begins:%H:%M} to {settings.working_hours.ends:%H:%M}",
        "minutes": int(settings.escalate_after.total_seconds() // 60),
        "texts": settings.twilio is not None,
        "mail": settings.smtp is not None,
    }
    return visit.page("rota.html", values, status=status)


def _faults(visit: Visit) -> Mapping[str, str]:
    form, found = visit.form, dict[str, str]()
    name, number, email = form.get("name", "").strip(), form.get("sms", "").strip(), form.get("email", "").strip()
    if not name or len(name) > _LONGEST:
        found["name"] = f"Write who it is, in up to {_LONGEST} characters"
    if form.get("hours", "") not in set(Hours):
        found["hours"] = "Choose when they are told"
    if number and not _number(number):
        found["sms"] = "Write a mobile number, such as 07700 900123"
    if email and (fault := fault_of_email(email)):
        found["email"] = fault
    if not number and not email:
        found["sms"] = "Write a mobile number, an e-mail address, or both"
    known = {pack.slug for pack in visit.service.library.all()}
    chosen = set(form.getall("slugs", []))
    if form.get("which", "all") != "all" and (not chosen or chosen - known):
        found["slugs"] = "Choose at least one consultation, or all of them"
    return found


def _number(typed: str) -> str:
    """In E.164; empty where no text can go there. A number without a country is one of the United Kingdom."""
    # As it stands on letterheads: +44 (0)7700 900123.
    digits = "".join(character for character in typed.replace("(0)", "") if character not in " ()-.")
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    elif digits.startswith("0"):
        digits = f"+44{digits[1:]}"
    return digits if _TEXTED.fullmatch(digits) else ""
