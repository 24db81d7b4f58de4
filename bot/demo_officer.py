"""The demo's sample officer: whoever opens `/console` on this machine is signed in as them, without a password.

Only `sayso demo` puts this in front of the console. It listens on loopback alone, and everything in it is made up.
"""

from __future__ import annotations

from typing import Final

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from bot import ids
from bot.console.browsers import CONSOLE, SessionCookie, new_token
from bot.console.rights import Duty
from bot.service import Service
from flows.rota import Member
from storage.audit import COMMAND, Deed
from storage.officers import Person
from storage.rota import OnRota
from storage.signed_in import Stage

EMAIL: Final = "sam.sample@council.example"
PHONE: Final = "+447700900999"
"""Where they are told that somebody may not be safe: one of the demo's phones, once that has happened."""
_BEFORE_ONE_IS_KNOWN: Final = f"{CONSOLE}/sign-"


class DemoOfficer:
    """One officer with every duty, so that everything can be seen."""

    def __init__(self, service: Service, officer_id: int) -> None:
        self._service = service
        self._officer_id = officer_id
        self._cookie = SessionCookie(service.settings.public_url)

    @classmethod
    async def hired(cls, service: Service) -> DemoOfficer:
        """Adds the officer to the demo's database."""
        person = Person(
            officer_id=ids.new_id(),
            email=EMAIL,
            name="Sam Sample",
            duties=frozenset(duty.value for duty in Duty),
            slugs=None,
            password_hash=None,
            must_change=False,
            has_factor=False,
            factor_counter=0,
            created_at=service.clock.now(),
            disabled_at=None,
        )
        await service.database.officers.add(person, Deed(person.created_at, COMMAND, "officer.added", subject=EMAIL))
        on_rota = OnRota(Member(ids.new_id(), 1), person.name, sms=PHONE)
        await service.database.rota.add(on_rota, Deed(person.created_at, COMMAND, "rota.added"))
        return cls(service, person.officer_id)

    @property
    def at_the_door(self) -> Middleware:
        @web.middleware
        async def signed_in(request: web.Request, handler: Handler) -> web.StreamResponse:
            if not _is_console(request) or await self._is_in(request):
                return await handler(request)
            token, now = new_token(), self._service.clock.now()
            deed = Deed(now, EMAIL, "officer.signed-in", subject=EMAIL, why="demo")
            await self._service.database.officers.begin(token, self._officer_id, Stage.WHOLE, now, deed=deed)
            response = web.Response(status=303, headers={"Location": request.path_qs})
            self._cookie.give(response, token)
            return response

        return signed_in

    async def _is_in(self, request: web.Request) -> bool:
        token = self._cookie.read(request)
        found = (
            None if token is None else await self._service.database.officers.resume(token, self._service.clock.now())
        )
        return found is not None


def _is_console(request: web.Request) -> bool:
    """Pages alone: what a form would do is not done for somebody who was not there when they filled it in."""
    path = request.path
    return (
        request.method == hdrs.METH_GET
        and (path == CONSOLE or path.startswith(f"{CONSOLE}/"))
        and not path.startswith(_BEFORE_ONE_IS_KNOWN)
    )
