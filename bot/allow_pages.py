"""The page on which a parent says whether a child may answer: they open it with the code that the child was given.

It stands for a telephone or computer of the parent's own. Opened with the child's own cookie it only says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aiohttp import hdrs, web

from bot import ids, log, parents
from bot.channels.base import RefusedError
from bot.channels.webchat import read_fields
from bot.gate import seconds
from bot.networks import network_of
from bot.pages import Pages
from bot.public_pages import wanted
from bot.service import Service
from bot.sitting import Sitting
from flows import commands, cutoff
from flows.definition import NO_OPTION, YES_OPTION, Consultation
from flows.effects import Notice
from flows.messages import Channel
from flows.wording import ALLOW_PATH
from storage.errors import ConflictError, UnavailableError
from storage.permissions import Asked
from storage.records import AddressKey

_UNKNOWN: Final = "This link does not work any more. Please ask the child for another, or ask whoever sent it to you."
_BUSY: Final = "Many people are here just now. Please wait a minute. Then try again."
_AGAIN: Final = "This page was open for too long. Please open the link again, and choose again."
_THEIRS: Final = "This is for a parent or carer. Please send them the link: they open it on their own phone."
_TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class _Visit:
    """One request, understood."""

    code: str
    asked: Asked
    consultation: Consultation
    token: str
    known: bool
    """The browser brought the token along."""
    language: str

    @property
    def path(self) -> str:
        return f"{ALLOW_PATH}{self.code}"


class AllowPages:
    """Handlers of `/allow/{code}`."""

    def __init__(self, service: Service, pages: Pages) -> None:
        self._service = service
        self._pages = pages
        self._cookie = service.webchat.cookie

    def routes(self) -> list[web.RouteDef]:
        return [web.get(f"{ALLOW_PATH}{{code}}", self.show), web.post(f"{ALLOW_PATH}{{code}}", self.take)]

    async def show(self, request: web.Request) -> web.Response:
        """GET: what is asked, and what was said. Nothing is written.

        Raises:
            RefusedError: 404 where there is no such code, 429 where too many are tried.
        """
        visit = await self._visit(request, counted=False)
        now = self._service.clock.now()
        pack, asked = visit.consultation, visit.asked
        timetable = pack.timetable
        titled = visit.language if visit.language in pack.languages else pack.default_language
        languages = self._pages.public_in(pack.languages)
        day = None if asked.decided_at is None else asked.decided_at.astimezone(timetable.zone).date()
        response = self._pages.page(
            "allow.html",
            {
                "t": self._pages.public_words("allow", visit.language),
                "beside": False,
                "authority": pack.authority,
                "path": visit.path,
                "languages": [(code, commands.name_of(code)) for code in languages],
                "title": pack.words_for(titled, None).say[Notice.TITLE],
                "contact": pack.contact,
                "address": f"{self._service.settings.public_url}{visit.path}",
                "own": await self._is_the_childs(visit),
                "open": cutoff.takes_answers(timetable, now),
                "closing": cutoff.closing_in_words(cutoff.last_close(timetable), timetable.zone, visit.language),
                "decided": None if day is None else cutoff.day_in_words(day, visit.language),
                "allowed": asked.allowed,
                "form": self._service.webchat.issue(visit.token, visit.path, now),
                "yes": YES_OPTION,
                "no": NO_OPTION,
            },
            language=visit.language,
        )
        if not visit.known:
            response.headers.add(hdrs.SET_COOKIE, self._cookie.keep(visit.token, embedded=False))
        return response

    async def take(self, request: web.Request) -> web.Response:
        """POST: writes down what the parent said, and leads back to the page.

        Raises:
            RefusedError: as `show`; 403 where the form is not this browser's, or the browser is the child's.
        """
        visit = await self._visit(request, counted=True)
        fields = read_fields(request.headers.get(hdrs.CONTENT_TYPE, ""), await request.read())
        genuine = visit.known and fields.question == visit.path and self._service.webchat.genuine(visit.token, fields)
        if not genuine:
            raise RefusedError(403, _AGAIN)
        if await self._is_the_childs(visit):
            raise RefusedError(403, _THEIRS)
        if fields.answers in {(YES_OPTION,), (NO_OPTION,)}:
            await self._decide(visit, allowed=fields.answers == (YES_OPTION,))
        return web.Response(status=303, headers={hdrs.LOCATION: f"{visit.path}?lang={visit.language}"})

    async def _visit(self, request: web.Request, *, counted: bool) -> _Visit:
        """`counted` like a conversation that is begun, so that nobody tries all codes."""
        token = self._cookie.read(request.headers)
        network = network_of(request.remote, request.headers.getall("X-Forwarded-For", ()))
        wait = self._service.gate.visit(token, network) or (self._service.gate.start(network).wait if counted else 0.0)
        if wait:
            raise RefusedError(429, f"{_BUSY} ({seconds(wait)} s)")
        code = ids.normal_code(request.match_info["code"])
        known = ids.looks_like_permission_code(code)
        asked = await self._service.database.permissions.asked(code) if known else None
        consultation = None if asked is None else self._service.library.get(asked.slug)
        if asked is None or consultation is None:
            raise RefusedError(404, _UNKNOWN)
        accepted = request.headers.get(hdrs.ACCEPT_LANGUAGE, "")
        language = wanted(request.query.get("lang"), accepted, self._pages.public_in(consultation.languages))
        return _Visit(code, asked, consultation, token or ids.token(), token is not None, language)

    async def _is_the_childs(self, visit: _Visit) -> bool:
        if not visit.known:
            return False
        key = AddressKey(Channel.WEB, visit.token)
        record = await self._service.database.find(key, visit.asked.slug)
        return record is not None and record.participant_id == visit.asked.participant_id

    async def _decide(self, visit: _Visit, *, allowed: bool) -> None:
        for attempt in range(_TRIES):
            try:
                return await self._once(visit, allowed=allowed)
            except ConflictError as error:
                if attempt + 1 == _TRIES:
                    raise UnavailableError("Others kept getting in the way: try this again.") from error
        return None

    async def _once(self, visit: _Visit, *, allowed: bool) -> None:
        handler = self._service.handler
        async with self._service.database.unit_of_work() as work:
            sitting = Sitting(work, self._service.clock.now())
            asked = await work.asked_with(visit.code)
            child = None if asked is None else await parents.child_of(sitting, handler.versions, asked)
            if child is None:
                raise RefusedError(404, _UNKNOWN)
            await parents.decide(sitting, child, visit.code, Channel.WEB, handler.around, allowed=allowed)
            await work.commit()
        log.info("a parent decided", channel=Channel.WEB, reference=child.record.reference)
        self._service.dispatcher.nudge(sitting.queued)
