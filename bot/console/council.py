"""Signing in with the council's own provider: whoever it knows, and an administrator has added, is in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aiohttp import web

from bot import log
from bot.channels.base import RefusedError
from bot.console.browsers import SessionCookie, new_token, own_path
from bot.console.provider import Attempt, Provider, ProviderError
from bot.console.rights import Right
from bot.console.section import Page, Visit
from storage.audit import Deed
from storage.signed_in import Stage

BEGIN: Final = "/console/sign-in/provider"
BACK: Final = f"{BEGIN}/back"


class Council:
    """The way to the provider and back. The second factor, and how passwords are guessed at, are the provider's."""

    def __init__(self, cookie: SessionCookie, provider: Provider) -> None:
        self._cookie = cookie
        self._provider = provider

    def pages(self) -> Sequence[Page]:
        return (
            Page("GET", BEGIN, Right.SIGN_IN, self.begin),
            Page("GET", BACK, Right.SIGN_IN, self.back),
        )

    async def begin(self, visit: Visit) -> web.StreamResponse:
        wanted = own_path(visit.request.query.get("next", ""))
        if visit.officer.officer_id:
            return visit.see(wanted)
        token = new_token()
        try:
            address = await self._provider.address(Attempt(token), wanted, visit.now)
        except ProviderError as error:
            raise self._failed(error) from None
        response = visit.see(address)
        self._cookie.give(response, token)
        return response

    async def back(self, visit: Visit) -> web.StreamResponse:
        token = self._cookie.read(visit.request)
        attempt = Attempt(token or new_token())
        wanted = attempt.wanted(visit.request.query.get("state", ""))
        if wanted is None:
            raise RefusedError(403, "This was not begun in this browser, or too long ago. Begin again.")
        try:
            email = await self._provider.email(attempt, visit.request.query, visit.now)
        except ProviderError as error:
            raise self._failed(error) from None
        officers = visit.service.database.officers
        person = await officers.by_email(email)
        if person is None or person.disabled_at is not None:
            raise RefusedError(403, "Your council account is not an officer's here. An administrator can add you.")
        deed = Deed(visit.now, person.email, "officer.signed-in", subject=person.email, why="council account")
        fresh = new_token()
        await officers.begin(fresh, person.officer_id, Stage.WHOLE, visit.now, before=token or "", deed=deed)
        response = visit.see(own_path(wanted))
        self._cookie.give(response, fresh)
        return response

    @staticmethod
    def _failed(error: ProviderError) -> RefusedError:
        log.warning("nobody could be signed in by the provider", reason=str(error))
        return RefusedError(502, "Your council's sign-in did not work. Try again, or sign in with a password.")
