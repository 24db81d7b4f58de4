"""The console over real sockets, with an officer of each duty signed in already: no password is hashed for it."""

from __future__ import annotations

import re
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from html import unescape
from itertools import count
from pathlib import Path
from types import MappingProxyType

from aiohttp import ClientResponse, ClientSession, FormData, web
from argon2 import PasswordHasher

from bot.app import assemble
from bot.clock import Clock
from bot.console.browsers import SessionCookie, csrf_of, new_token
from bot.console.passwords import Passwords
from bot.console.rights import Duty
from bot.service import Service
from bot.web import application
from storage.audit import COMMAND, Deed, Filters, Line
from storage.officers import Person
from storage.signed_in import Stage
from tests.support.desk import Desk
from tests.support.town import NOON, a_client, settings_for

PASSWORD = "three unlikely words"

_TAG = re.compile(r"<[^>]+>")
_SPACES = re.compile(r"\s+")
_numbers = count(1)


def cheap_passwords() -> Passwords:
    """Argon2 with the least that it takes: tests ask what is done with a hash, not how hard it is."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page of the console answered."""

    status: int
    html: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def location(self) -> str:
        return self.headers.get("Location", "")

    @property
    def words(self) -> str:
        """What somebody reads on it, in one line."""
        return _SPACES.sub(" ", unescape(_TAG.sub(" ", self.html.partition("<body")[2]))).strip()

    @property
    def heading(self) -> str:
        found = re.search(r"<h1[^>]*>(.*?)</h1>", self.html, re.DOTALL)
        return "" if found is None else _SPACES.sub(" ", unescape(_TAG.sub("", found[1]))).strip()


@dataclass(slots=True)
class Browser:
    """A browser without JavaScript. It keeps the console's one cookie, and follows no redirect by itself."""

    http: ClientSession
    url: str
    cookie_name: str
    token: str = ""
    email: str = ""

    @property
    def csrf(self) -> str:
        return csrf_of(self.token)

    async def get(self, path: str) -> Shown:
        async with self.http.get(self.url + path, headers=self._headers(), allow_redirects=False) as answer:
            return await self._shown(answer)

    async def post(
        self, path: str, fields: Mapping[str, str] | Sequence[tuple[str, str]] = (), *, csrf: str | None = None
    ) -> Shown:
        """Sends a form with its token: the right one, unless another is given."""
        pairs = [*(fields.items() if isinstance(fields, Mapping) else fields)]
        pairs.append(("csrf", self.csrf if csrf is None else csrf))
        return await self._post(path, FormData(pairs))

    async def upload(self, path: str, name: str, file: bytes, **fields: str) -> Shown:
        """Sends a form with a file called `name`."""
        form = FormData()
        for key, value in {**fields, "csrf": self.csrf}.items():
            form.add_field(key, value)
        form.add_field("file", file, filename=name)
        return await self._post(path, form)

    async def _post(self, path: str, form: FormData) -> Shown:
        options = {"headers": self._headers(), "allow_redirects": False}
        async with self.http.post(self.url + path, data=form, **options) as answer:  # type: ignore[arg-type] # as named
            return await self._shown(answer)

    async def _shown(self, answer: ClientResponse) -> Shown:
        if self.cookie_name in answer.cookies:
            self.token = answer.cookies[self.cookie_name].value
        return Shown(answer.status, await _text(answer), dict(answer.headers), await answer.read())

    def _headers(self) -> dict[str, str]:
        return {"Cookie": f"{self.cookie_name}={self.token}"} if self.token else {}


async def _text(answer: ClientResponse) -> str:
    return await answer.text() if answer.content_type.startswith("text/") else ""


@dataclass(frozen=True, slots=True)
class ConsoleTown:
    """A running console, and a browser for each duty. All officers have all consultations."""

    url: str
    service: Service
    http: ClientSession
    cookie_name: str
    officers: Mapping[Duty, Browser]

    @property
    def viewer(self) -> Browser:
        return self.officers[Duty.VIEWER]

    @property
    def analyst(self) -> Browser:
        return self.officers[Duty.ANALYST]

    @property
    def editor(self) -> Browser:
        return self.officers[Duty.EDITOR]

    @property
    def lead(self) -> Browser:
        return self.officers[Duty.SAFEGUARDING_LEAD]

    @property
    def administrator(self) -> Browser:
        return self.officers[Duty.ADMINISTRATOR]

    @property
    def desk(self) -> Desk:
        """Where participants' messages are taken in: `await town.desk.person().says("PLAY", ...)`."""
        return Desk(self.service)

    def stranger(self) -> Browser:
        """Somebody who is not signed in."""
        return Browser(self.http, self.url, self.cookie_name)

    async def officer(self, *duties: Duty, slugs: Sequence[str] | None = None, name: str = "") -> Browser:
        """Another officer, signed in."""
        browser = self.stranger()
        person = await self.person(*duties, slugs=slugs, name=name)
        await self.sign_in(browser, person)
        return browser

    async def person(self, *duties: Duty, slugs: Sequence[str] | None = None, name: str = "") -> Person:
        """Another officer, who has still to sign in, with `PASSWORD`."""
        person = a_person(*duties, slugs=slugs, name=name, at=self.service.clock.now())
        person = replace(person, password_hash=await cheap_passwords().hash(PASSWORD))
        added = Deed(person.created_at, COMMAND, "officer.added", subject=person.email)
        await self.service.database.officers.add(person, added)
        return person

    async def sign_in(self, browser: Browser, person: Person) -> None:
        """As if they had gone through all of it just now."""
        browser.token, browser.email = new_token(), person.email
        now = self.service.clock.now()
        await self.service.database.officers.begin(browser.token, person.officer_id, Stage.WHOLE, now)

    async def record(self, **filters: str) -> list[Line]:
        """The record, newest first."""
        return await self.service.database.officers.deeds(Filters(**filters), limit=1000)  # type: ignore[arg-type] # words only


def a_person(
    *duties: Duty, at: datetime = NOON, slugs: Sequence[str] | None = None, name: str = "", email: str = ""
) -> Person:
    number = next(_numbers)
    first = duties[0].value if duties else "nobody"
    return Person(
        officer_id=number,
        email=email or f"{first}-{number}@council.example",
        name=name or f"Sam {first.replace('-', ' ').title()}",
        duties=frozenset(duty.value for duty in duties),
        slugs=None if slugs is None else frozenset(slugs),
        password_hash=None,
        must_change=False,
        has_factor=False,
        factor_counter=0,
        created_at=at,
        disabled_at=None,
    )


@asynccontextmanager
async def a_console(
    database_url: str,
    packs: Path,
    *,
    now: datetime = NOON,
    clock: Clock | None = None,
    settings: Mapping[str, str] = MappingProxyType({}),
) -> AsyncIterator[ConsoleTown]:
    """A console until the end of the context. The service sends nothing: see `tests.support.desk`.

    `settings` are variables beside the usual ones.
    """
    with closing(socket.socket()) as held:
        held.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{held.getsockname()[1]}"
        more = {"SAYSO_TELEGRAM_API": "http://127.0.0.1:9", "SAYSO_TWILIO_API": "http://127.0.0.1:9", **settings}
        service = await assemble(settings_for(url, database_url, packs, **more), clock=clock or Clock(now))
        runner = web.AppRunner(application(service, passwords=cheap_passwords()), access_log=None, shutdown_timeout=1)
        await runner.setup()
        try:
            await web.SockSite(runner, held).start()
            async with a_client() as http:
                town = ConsoleTown(url, service, http, SessionCookie(url).name, officers := {})
                for duty in Duty:
                    officers[duty] = await town.officer(duty)
                yield town
        finally:
            await runner.cleanup()
            await service.close()
