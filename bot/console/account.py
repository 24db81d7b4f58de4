"""One's own account: another password, new recovery codes, and an end to the sessions elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from aiohttp import web

from bot.console import second_factor
from bot.console.browsers import SessionCookie, network_of
from bot.console.passwords import Passwords, fault_of
from bot.console.rights import Right
from bot.console.section import Page, Visit
from storage.officers import Person

ACCOUNT: Final = "/console/account"
_UNREADABLE: Final = 422
_TOO_SOON: Final = "There were too many tries. Wait a while, then try again"
_DONE: Final = {
    "password": "Your password is changed. You were signed out everywhere else.",  # nosec B105 # words, and no password
    "sessions": "You were signed out everywhere else.",
}


class Account:
    """What an officer looks after themselves."""

    def __init__(self, cookie: SessionCookie, passwords: Passwords) -> None:
        self._cookie = cookie
        self._passwords = passwords

    def pages(self) -> Sequence[Page]:
        return (
            Page("GET", ACCOUNT, Right.OWN, self.show),
            Page("POST", f"{ACCOUNT}/password", Right.OWN, self.change_password),
            Page("POST", f"{ACCOUNT}/recovery-codes", Right.OWN, self.new_codes),
            Page("POST", f"{ACCOUNT}/sessions", Right.OWN, self.end_sessions),
        )

    async def show(self, visit: Visit) -> web.StreamResponse:
        return await self._show(visit, {})

    async def _show(self, visit: Visit, errors: Mapping[str, str], *, status: int = 200) -> web.Response:
        officers = visit.service.database.officers
        person = await officers.by_id(visit.officer.officer_id)
        values = {
            "errors": errors,
            "done": _DONE.get(visit.request.query.get("done", ""), ""),
            "codes_left": await officers.codes_left(visit.officer.officer_id),
            "sessions": await officers.sessions(visit.officer.officer_id, visit.now),
            "has_password": person is not None and person.password_hash is not None,
            "duties": sorted(duty.value.replace("-", " ").capitalize() for duty in visit.officer.duties),
        }
        return visit.page("account.html", values, status=status)

    async def change_password(self, visit: Visit) -> web.StreamResponse:
        person, errors = await self._confirmed(visit, "current")
        if person is None:
            return await self._show(visit, errors, status=_UNREADABLE)
        password = visit.form.get("password", "")
        fault = fault_of(password, visit.form.get("again", ""), email=person.email)
        if fault is not None:
            return await self._show(visit, dict([fault]), status=_UNREADABLE)
        made = await self._passwords.hash(password)
        token = self._cookie.read(visit.request) or ""
        deed = visit.deed("officer.password-changed", person.email)
        await visit.service.database.officers.set_password(person.officer_id, made, deed, keep=token)
        return visit.see(f"{ACCOUNT}?done=password")

    async def new_codes(self, visit: Visit) -> web.StreamResponse:
        person, errors = await self._confirmed(visit, "confirm")
        if person is None:
            return await self._show(visit, errors, status=_UNREADABLE)
        codes = second_factor.recovery_codes()
        deed = visit.deed("officer.recovery-codes-made", person.email)
        await visit.service.database.officers.set_codes(person.officer_id, codes, deed)
        return visit.page("recovery-codes.html", {"codes": codes, "next": ACCOUNT})

    async def end_sessions(self, visit: Visit) -> web.StreamResponse:
        token = self._cookie.read(visit.request) or ""
        deed = visit.deed("officer.sessions-ended", visit.officer.email)
        await visit.service.database.officers.end_others(visit.officer.officer_id, token, deed)
        return visit.see(f"{ACCOUNT}?done=sessions")

    async def _confirmed(self, visit: Visit, field: str) -> tuple[Person | None, Mapping[str, str]]:
        """The officer, where they have given their password once more; else what to say at the field."""
        officers, email = visit.service.database.officers, visit.officer.email
        if await officers.attempt(email, network_of(visit.request), visit.now):
            return None, {field: _TOO_SOON}
        person = await officers.by_id(visit.officer.officer_id)
        kept = None if person is None else person.password_hash
        if person is None or not await self._passwords.matches(kept, visit.form.get(field, "")):
            return None, {field: "That is not your password"}
        await officers.forgive(email, network_of(visit.request))
        return person, {}
