"""The door of the console: who is there, whether they may, and whether the form is their own. Every page is behind it.

Nothing is decided by a page itself. Each is declared with the right that it needs, and its handler runs only once
everything here was found in order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final
from urllib.parse import urlencode

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler
from multidict import MultiDict

from bot.channels.base import RefusedError
from bot.console.browsers import SessionCookie, csrf_of, new_token, same
from bot.console.rights import RIGHTS, Duty, Officer, Right
from bot.console.section import Page, Visit
from bot.pages import Pages
from bot.service import Service
from flows.definition import Consultation
from storage.alerts import Standing
from storage.officers import Person
from storage.signed_in import Stage

SIGN_IN: Final = "/console/sign-in"
NOBODY: Final = Officer(officer_id=0, name="", email="", duties=frozenset(), slugs=frozenset())
"""Stands for the officer on pages before anybody is known."""

IN_WORDS: Final[Mapping[Right, str]] = MappingProxyType(
    {
        Right.SIGN_IN: "sign in",
        Right.OWN: "look after your own account",
        Right.FIGURES: "see figures",
        Right.ANSWERS: "read answers",
        Right.CODE: "put answers under themes",
        Right.ORIGINALS: "see what stood under a redaction",
        Right.EXPORT: "take answers out as files",
        Right.ENTER: "type in answers that were given elsewhere",
        Right.REQUESTS: "do what somebody asks for about what is held of them",
        Right.RUN: "run a consultation",
        Right.CONCERNS: "see alerts that somebody may not be safe",
        Right.IDENTITY: "see who somebody is",
        Right.ADMINISTER: "look after officers and the record",
    }
)


class Door:
    """Makes handlers of pages."""

    def __init__(self, service: Service, templates: Pages, pages: Sequence[Page]) -> None:
        self._service = service
        self._templates = templates
        self._cookie = SessionCookie(service.settings.public_url)
        self._rights = MappingProxyType({page.path: page.right for page in pages if page.method == hdrs.METH_GET})

    def guarding(self, page: Page) -> Handler:
        """The page's handler, with everything that has to be so before it."""

        async def handler(request: web.Request) -> web.StreamResponse:
            response = await self._answer(page, request)
            response.headers[hdrs.CACHE_CONTROL] = "no-store"
            return response

        return handler

    async def _answer(self, page: Page, request: web.Request) -> web.StreamResponse:
        token = self._cookie.read(request)
        officer = await self._officer(token)
        if page.right is not Right.SIGN_IN and officer is NOBODY:
            return self._to_sign_in(request)
        held = token or new_token()
        visit = self._visit(request, officer, csrf_of(held))
        try:
            visit = await self._let_in(page, visit)
            visit = replace(visit, standing=await self._standing(officer))
            response = await page.handler(visit)
        except RefusedError as refused:
            response = _refusal(visit, refused)
        # So that even the form that one signs in with can be told from one that another site has sent.
        if token is None and self._cookie.name not in response.cookies:
            self._cookie.give(response, held)
        return response

    async def _officer(self, token: str | None) -> Officer:
        """Who is signed in."""
        found = (
            None if token is None else await self._service.database.officers.resume(token, self._service.clock.now())
        )
        if found is None or found[0].stage is not Stage.WHOLE:
            return NOBODY
        return officer_of(found[1])

    async def _standing(self, officer: Officer) -> Standing | None:
        if not (officer.may(Right.CONCERNS) or officer.may(Right.ADMINISTER)):
            return None
        return await self._service.database.alerts.standing(self._service.clock.now(), officer.slugs)

    def _to_sign_in(self, request: web.Request) -> web.Response:
        # What was sent with a form is not sent again after signing in: only pages are gone back to.
        back = {"next": request.path_qs} if request.method == hdrs.METH_GET else {}
        return Visit.see(f"{SIGN_IN}?{urlencode(back)}" if back else SIGN_IN)

    def _visit(self, request: web.Request, officer: Officer, csrf: str) -> Visit:
        return Visit(
            request=request,
            officer=officer,
            service=self._service,
            templates=self._templates,
            now=self._service.clock.now(),
            csrf=csrf,
            form=MultiDict(),
            consultation=None,
            rights=self._rights,
        )

    async def _let_in(self, page: Page, visit: Visit) -> Visit:
        """The visit that the handler gets.

        Raises:
            RefusedError: 403 for what is not theirs or not their form, 404 for a consultation that there is not, 400
                for a form that cannot be read.
        """
        if page.right is not Right.SIGN_IN and not visit.officer.may(page.right):
            raise RefusedError(403, _missing(page.right, visit.officer))
        consultation = self._consultation(visit.request)
        if consultation is not None and not visit.officer.may(page.right, consultation.slug):
            raise RefusedError(403, "This consultation is not one of yours. An administrator can give it to you.")
        form = await _form(visit)
        given = (*form.values(), *visit.request.query.values(), *visit.request.match_info.values())
        if any("\0" in value for value in given):
            raise RefusedError(400, "This holds a character that is none. Go back to the page and type it again.")
        return replace(visit, form=form, consultation=consultation)

    def _consultation(self, request: web.Request) -> Consultation | None:
        slug = request.match_info.get("slug")
        if slug is None:
            return None
        found = self._service.library.get(slug)
        if found is None:
            raise RefusedError(404, "There is no such consultation. Choose one from the list of consultations.")
        return found


def officer_of(person: Person) -> Officer:
    """What an officer may do. A duty that this release does not know gives no right."""
    known = {duty.value: duty for duty in Duty}
    return Officer(
        officer_id=person.officer_id,
        name=person.name,
        email=person.email,
        duties=frozenset(known[name] for name in person.duties if name in known),
        slugs=person.slugs,
    )


async def _form(visit: Visit) -> MultiDict[str]:
    """What was sent, if it came from one of our own pages in this session."""
    if visit.request.method != hdrs.METH_POST:
        return MultiDict()
    try:
        sent = await visit.request.post()
    except (ValueError, LookupError):
        raise RefusedError(400, "This form could not be read. Go back to the page and send it again.") from None
    form = MultiDict((name, value) for name, value in sent.items() if isinstance(value, str))
    if not same(form.get("csrf", ""), visit.csrf):
        raise RefusedError(403, "This form is from before you signed in. Open the page again and send it from there.")
    return form


def _missing(right: Right, officer: Officer) -> str:
    giving = [duty.value.replace("-", " ") for duty in Duty if right in RIGHTS[duty]]
    have = ", ".join(sorted(duty.value.replace("-", " ") for duty in officer.duties)) or "none"
    return (
        f"To open this page you must be allowed to {IN_WORDS[right]}. "
        f"That comes with the duty of {' or '.join(giving)}. "
        f"Your duties: {have}. An administrator can change them."
    )


def _refusal(visit: Visit, refused: RefusedError) -> web.Response:
    match refused.status:
        case 403:
            heading = "You cannot do this"
        case 404:
            heading = "Page not found"
        case _:
            heading = "That did not work"
    return visit.page("refused.html", {"heading": heading, "sentence": refused.sentence}, status=refused.status)
