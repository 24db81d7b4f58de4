"""Signing in: the password, then the second factor, which is set up at the first time; and signing out.

Between the steps a session is only half-way, and opens nothing but the next step. Each step begins a new one, so that
no token from before is worth anything after.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from bot.console import browsers, second_factor
from bot.console.browsers import SessionCookie, network_of, new_token, own_path
from bot.console.passwords import Passwords, fault_of
from bot.console.rights import Right
from bot.console.section import Page, Visit
from storage.audit import Deed
from storage.officers import Officers, Person
from storage.signed_in import SignedIn, Stage

START: Final = "/console/sign-in"
CODE: Final = f"{START}/code"
PASSWORD: Final = f"{START}/password"
APP: Final = f"{START}/app"
OUT: Final = "/console/sign-out"
_WRONG: Final = "Your e-mail address or your password is wrong"
_WRONG_CODE: Final = "That code is wrong, or was used already. Wait for the next one and type that"
_UNREADABLE: Final = 422
_TOO_MANY: Final = 429
_IN_SECONDS: Final = 90
"""A wait up to this is told in seconds."""

Half = tuple[str, SignedIn, Person]
"""A session's token, the session and whose it is."""


class SignIn:
    """The pages before somebody is known, and the way out."""

    def __init__(self, cookie: SessionCookie, passwords: Passwords, *, provider: str = "") -> None:
        """`provider` is where signing in with the council's own provider begins; empty where there is none."""
        self._cookie = cookie
        self._passwords = passwords
        self._provider = provider

    def pages(self) -> Sequence[Page]:
        return (
            Page("GET", START, Right.SIGN_IN, self.start),
            Page("POST", START, Right.SIGN_IN, self.take_password),
            Page("GET", CODE, Right.SIGN_IN, self.ask_code),
            Page("POST", CODE, Right.SIGN_IN, self.take_code),
            Page("GET", PASSWORD, Right.SIGN_IN, self.ask_new_password),
            Page("POST", PASSWORD, Right.SIGN_IN, self.take_new_password),
            Page("GET", APP, Right.SIGN_IN, self.ask_app),
            Page("POST", APP, Right.SIGN_IN, self.take_app),
            Page("POST", OUT, Right.OWN, self.leave),
        )

    # --- the password ---

    async def start(self, visit: Visit) -> web.StreamResponse:
        if visit.officer.officer_id:
            return visit.see(_next(visit))
        return self._start(visit)

    def _start(self, visit: Visit, email: str = "", problem: str = "", *, status: int = 200) -> web.Response:
        values = {
            "email": email,
            "next": _next(visit),
            "errors": {"email": problem} if problem else {},
            "provider": self._provider,
        }
        return visit.page("sign-in.html", values, status=status)

    async def take_password(self, visit: Visit) -> web.StreamResponse:
        email, password = visit.form.get("email", "").strip(), visit.form.get("password", "")
        officers = visit.service.database.officers
        wait = await officers.attempt(email, network_of(visit.request), visit.now)
        if wait:
            return self._start(visit, email, _wait(wait), status=_TOO_MANY)
        person = await officers.by_email(email)
        kept = None if person is None else person.password_hash
        right = await self._passwords.matches(kept, password)
        if person is None or kept is None or not right or person.disabled_at is not None:
            if person is not None:
                # Whatever else was typed there stays unrecorded: it may be a password.
                await officers.record(_deed(visit, person, "officer.refused", "password"))
            return self._start(visit, email, _WRONG, status=_UNREADABLE)
        if self._passwords.is_outdated(kept):
            await officers.rehash(person.officer_id, kept, await self._passwords.hash(password))
        return await self._on(visit, person, Stage.KNOWN, "password")

    # --- the second factor ---

    async def ask_code(self, visit: Visit) -> web.StreamResponse:
        half = await self._half(visit, CODE)
        return half if isinstance(half, web.Response) else self._code(visit)

    def _code(self, visit: Visit, problem: str = "", *, status: int = 200) -> web.Response:
        values = {"next": _next(visit), "errors": {"code": problem} if problem else {}}
        return visit.page("sign-in-code.html", values, status=status)

    async def take_code(self, visit: Visit) -> web.StreamResponse:
        half = await self._half(visit, CODE)
        if isinstance(half, web.Response):
            return half
        _, _, person = half
        wait = await visit.service.database.officers.attempt(person.email, network_of(visit.request), visit.now)
        if wait:
            return self._code(visit, _wait(wait), status=_TOO_MANY)
        how = await _proof(visit, person)
        if not how:
            await visit.service.database.officers.record(_deed(visit, person, "officer.refused", "code"))
            return self._code(visit, _WRONG_CODE, status=_UNREADABLE)
        return await self._on(visit, person, Stage.PROVED, how)

    # --- setting up ---

    async def ask_new_password(self, visit: Visit) -> web.StreamResponse:
        half = await self._half(visit, PASSWORD)
        return half if isinstance(half, web.Response) else _new_password(visit, half[2], {})

    async def take_new_password(self, visit: Visit) -> web.StreamResponse:
        half = await self._half(visit, PASSWORD)
        if isinstance(half, web.Response):
            return half
        token, signed, person = half
        password = visit.form.get("password", "")
        fault = fault_of(password, visit.form.get("again", ""), email=person.email)
        if fault is None and await self._passwords.matches(person.password_hash, password):
            fault = ("password", "Choose another one than the one that you were given")
        if fault is not None:
            return _new_password(visit, person, dict([fault]), status=_UNREADABLE)
        officers = visit.service.database.officers
        made = await self._passwords.hash(password)
        deed = _deed(visit, person, "officer.password-changed")
        await officers.set_password(person.officer_id, made, deed, keep=token)
        changed = await officers.by_id(person.officer_id)
        return await self._on(visit, changed or person, signed.stage, "password changed")

    async def ask_app(self, visit: Visit) -> web.StreamResponse:
        half = await self._half(visit, APP)
        if isinstance(half, web.Response):
            return half
        token, signed, person = half
        secret = signed.offer
        if secret is None:
            secret = second_factor.new_secret()
            await visit.service.database.officers.offer(token, person.officer_id, secret)
        return _app(visit, person, secret)

    async def take_app(self, visit: Visit) -> web.StreamResponse:
        half = await self._half(visit, APP)
        if isinstance(half, web.Response):
            return half
        token, signed, person = half
        if signed.offer is None:
            return visit.see(_with_next(APP, visit))
        officers = visit.service.database.officers
        wait = await officers.attempt(person.email, network_of(visit.request), visit.now)
        if wait:
            return _app(visit, person, signed.offer, _wait(wait), status=_TOO_MANY)
        counter = second_factor.counter_of(signed.offer, visit.form.get("code", ""), visit.now)
        if counter is None:
            problem = "That is not the code that the app shows now. Check that your phone shows the right time"
            return _app(visit, person, signed.offer, problem, status=_UNREADABLE)
        codes = second_factor.recovery_codes()
        deed = _deed(visit, person, "officer.app-set-up")
        await officers.set_factor(person.officer_id, signed.offer, counter, codes, deed)
        response = visit.page("recovery-codes.html", {"codes": codes, "next": _next(visit)})
        await self._whole(visit, response, person, token, "app set up")
        return response

    # --- in, and out ---

    async def _on(self, visit: Visit, person: Person, stage: Stage, how: str) -> web.StreamResponse:
        """To the next step, or in where there is none."""
        before = self._cookie.read(visit.request) or ""
        step = _step(person, stage)
        if step is None:
            response = visit.see(_next(visit))
            await self._whole(visit, response, person, before, how)
            return response
        token = new_token()
        await visit.service.database.officers.begin(token, person.officer_id, stage, visit.now, before=before)
        response = visit.see(_with_next(step, visit))
        self._cookie.give(response, token)
        return response

    async def _whole(self, visit: Visit, response: web.StreamResponse, person: Person, before: str, how: str) -> None:
        officers, token = visit.service.database.officers, new_token()
        deed = _deed(visit, person, "officer.signed-in", how)
        await officers.begin(token, person.officer_id, Stage.WHOLE, visit.now, before=before, deed=deed)
        await officers.forgive(person.email, network_of(visit.request))
        self._cookie.give(response, token)

    async def _half(self, visit: Visit, step: str) -> Half | web.Response:
        """The session that is half-way, if this step is its next one; else where to go instead."""
        token = self._cookie.read(visit.request) or ""
        found = await visit.service.database.officers.resume(token, visit.now)
        if found is None or found[0].stage is Stage.WHOLE:
            return visit.see(_with_next(START, visit))
        signed, person = found
        expected = _step(person, signed.stage)
        if expected != step:
            return visit.see(_with_next(expected or START, visit))
        return token, signed, person

    async def leave(self, visit: Visit) -> web.StreamResponse:
        token = self._cookie.read(visit.request) or ""
        await visit.service.database.officers.end(token, visit.deed("officer.signed-out"))
        response = visit.see(START)
        self._cookie.take(response)
        return response


def _step(person: Person, stage: Stage) -> str | None:
    """What comes next; None where nothing does."""
    if stage is Stage.KNOWN and person.has_factor:
        return CODE
    if person.must_change:
        return PASSWORD
    return None if person.has_factor else APP


async def _proof(visit: Visit, person: Person) -> str:
    """By what the second factor was shown, used up by it; empty where it was not."""
    officers: Officers = visit.service.database.officers
    typed = visit.form.get("code", "")
    secret = await officers.factor(person.officer_id)
    counter = None if secret is None else second_factor.counter_of(secret, typed, visit.now)
    if counter is not None:
        return "app" if await officers.use_counter(person.officer_id, counter) else ""
    code = second_factor.normal_recovery_code(typed)
    deed = _deed(visit, person, "officer.recovery-code-used")
    return "recovery code" if await officers.use_code(person.officer_id, code, deed) else ""


def _new_password(visit: Visit, person: Person, errors: Mapping[str, str], *, status: int = 200) -> web.Response:
    values = {"email": person.email, "next": _next(visit), "errors": errors}
    return visit.page("sign-in-password.html", values, status=status)


def _app(visit: Visit, person: Person, secret: str, problem: str = "", *, status: int = 200) -> web.Response:
    host = urlsplit(visit.service.settings.public_url).hostname or ""
    address = second_factor.address(secret, person.email, f"Sayso {host}")
    values = {
        "picture": second_factor.picture(address),
        "address": address,
        "secret": second_factor.in_groups(secret),
        "next": _next(visit),
        "errors": {"code": problem} if problem else {},
    }
    return visit.page("sign-in-app.html", values, status=status)


def _deed(visit: Visit, person: Person, act: str, why: str = "") -> Deed:
    return Deed(at=visit.now, officer=person.email, act=act, subject=person.email, why=why)


def _next(visit: Visit) -> str:
    return own_path(visit.form.get("next") or visit.request.query.get("next", ""))


def _with_next(path: str, visit: Visit) -> str:
    wanted = _next(visit)
    return path if wanted == browsers.CONSOLE else f"{path}?{urlencode({'next': wanted})}"


def _wait(left: timedelta) -> str:
    seconds = max(1, -(-left // timedelta(seconds=1)))
    if seconds <= _IN_SECONDS:
        return f"There were too many tries. Wait {seconds} second{'' if seconds == 1 else 's'}, then try again"
    return f"There were too many tries. Wait {-(-seconds // 60)} minutes, then try again"
