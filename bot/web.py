"""The routes: providers' hooks, the public's pages, and what an operator looks at.

Whatever a stranger sends is answered with one plain sentence. What went wrong inside is in the log, never in a reply.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from time import perf_counter
from typing import Final

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from bot import ids, log
from bot.allow_pages import AllowPages
from bot.channels.base import Parsed, RawRequest, RefusedError
from bot.channels.webchat import COOKIE_DAYS
from bot.chat_pages import ChatPages
from bot.chat_parts import Parts
from bot.console.app import Console
from bot.console.passwords import Passwords
from bot.held_pages import HeldPages
from bot.metrics import CONTENT_TYPE
from bot.pages import ENGLISH, Pages, policy
from bot.public_pages import Deployment, PublicPages
from bot.said_pages import SaidPages
from bot.service import Service
from flows.messages import Channel
from storage.errors import UnavailableError
from storage.statuses import Report

SERVICE: Final = web.AppKey("service", Service)
LARGEST_BODY: Final = 1024 * 1024
"""Bytes; one more is refused with 413."""
AWAY_SECONDS: Final = "30"
READY_SECONDS: Final = 3.0
"""A database that has not answered by then is away: a balancer, or whoever collects the metrics, waits no longer."""

_PLAIN: Final = ("/hooks/", "/healthz", "/readyz", "/metrics")
_SENTENCES: Final = {
    400: "We could not read that. Please go back and try again.",
    403: "This is not for you. Please check the address that you were given.",
    404: "There is no such page. Please check the address that you were given.",
    405: "This address does not work that way. Please go back and try again.",
    413: "That is too much at once. Please send less.",
    500: "Something went wrong on our side. Please try again in a minute.",
    503: "We cannot save anything just now. Please try again in a minute.",
}
_HEADERS: Final = {
    "Content-Security-Policy": policy(),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_NO_ROUTE: Final = "none"
"""Whatever strangers ask for that there is not: their own words would be labels without end."""
_EMPTY_TWIML: Final = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


def application(service: Service, *, front: bool = True, passwords: Passwords | None = None) -> web.Application:
    """The whole site. `front` is False where something else stands at `/`; `passwords` are cheap ones, in tests."""
    pages = Pages()
    app = web.Application(middlewares=[_guarded(service, pages)], client_max_size=LARGEST_BODY)
    app[SERVICE] = service
    app.add_routes(_hooks(service))
    app.add_routes(_operations(service))
    app.add_routes(_pages(service, pages, front=front))
    app.add_routes(Console(service, pages, passwords=passwords).routes())
    return app


# --- providers ---


def _hooks(service: Service) -> Iterable[web.RouteDef]:
    async def telegram(request: web.Request) -> web.Response:
        await _taken(service, Channel.TELEGRAM, request)
        return web.Response(text="OK")

    async def twilio(request: web.Request) -> web.Response:
        await _taken(service, Channel.SMS, request)
        return web.Response(text=_EMPTY_TWIML, content_type="text/xml")

    return (
        web.post("/hooks/telegram", telegram),
        web.post("/hooks/twilio/sms", twilio),
        web.post("/hooks/twilio/status", twilio),
    )


async def _taken(service: Service, channel: Channel, request: web.Request) -> None:
    """Returns once everything in the request is durable.

    Raises:
        RefusedError: it is not genuine, or malformed.
        UnavailableError: nothing, or not all of it, was kept; the provider is to send it again.
    """
    port = service.channels.get(channel)
    if port is None:
        # Fails closed: without settings nobody can be told from anybody.
        raise RefusedError(403, "This channel is switched off.")
    parsed: Parsed = port.parse(
        RawRequest(
            path=request.path_qs,
            headers=request.headers,
            body=await request.read(),
            received_at=service.clock.now(),
        )
    )
    if parsed.updates:
        _tell(service, await service.database.outbox.status(parsed.updates, service.clock.now()))
    match parsed.messages:
        case (message,):  # nearly always: no task is made for it
            await service.receiver.take(message)
        case messages:
            await asyncio.gather(*(service.receiver.take(message) for message in messages))


def _tell(service: Service, reports: Iterable[Report]) -> None:
    """Logs what became of messages, each under the request that had caused it: that is where its story ends."""
    for report in reports:
        service.metrics.reports.labels(report.channel.value, report.status.value).inc()
        with log.request(report.request):
            log.info(
                "message reported",
                channel=report.channel,
                reference=report.reference,
                seq=report.seq,
                status=report.status,
                reason=report.reason,
            )


# --- operators ---


class _Readiness:
    """Whether the database can be read and written. One question at a time, however many want to know."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._asking: asyncio.Task[bool] | None = None

    async def asked(self) -> bool:
        """What it is now, for the caller and for the metrics."""
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._service.database.ready())
        # Not cancelled when it takes too long: it may be half-way through a transaction.
        done, _ = await asyncio.wait({self._asking}, timeout=READY_SECONDS)
        ready = bool(done) and self._asking.result()
        self._service.metrics.ready.set(ready)
        return ready


def _operations(service: Service) -> Iterable[web.RouteDef]:
    readiness = _Readiness(service)

    async def healthz(_request: web.Request) -> web.Response:
        return web.Response(text="alive\n")

    async def readyz(_request: web.Request) -> web.Response:
        ready = await readiness.asked()
        stopped = await service.database.outbox.stopped() if ready else ()
        state = {"ready": ready, "degraded": sorted(channel.value for channel in stopped)}
        return web.json_response(state, status=200 if ready else 503)

    async def metrics(_request: web.Request) -> web.Response:
        # Asked now: an alert must not depend on somebody writing to us while there is no database.
        await readiness.asked()
        return web.Response(body=service.metrics.text(), headers={hdrs.CONTENT_TYPE: CONTENT_TYPE})

    return web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)


# --- people ---


def _pages(service: Service, pages: Pages, *, front: bool) -> Iterable[web.RouteDef]:
    settings = service.settings
    chat = Parts(
        public_url=settings.public_url,
        clock=service.clock,
        library=service.library,
        database=service.database,
        versions=service.versions,
        receiver=service.receiver,
        webchat=service.webchat,
        gate=service.gate,
        # What stands at `/` instead of the front page is the demo, which shows the chat in a frame of its own.
        frame_ancestors=() if front else ("'self'",),
    )
    here = Deployment(
        sms_number=settings.twilio.sender if settings.twilio else None,
        telegram=settings.telegram is not None,
        cookie_days=COOKIE_DAYS,
    )
    return (
        *ChatPages(chat, pages).routes(),
        *HeldPages(
            service.clock,
            service.library,
            service.versions,
            service.database.holdings,
            service.webchat.cookie,
            pages,
        ).routes(),
        *PublicPages(
            service.clock, service.library, here, pages, answered=service.database.feedback.published_slugs
        ).routes(front=front),
        *AllowPages(service, pages).routes(),
        *SaidPages(service.database, service.library, pages).routes(),
        *pages.routes(),
    )


# --- whatever happens ---


def _guarded(service: Service, pages: Pages) -> Middleware:
    """A request id for the log; a plain answer for every fault; headers that every response has."""

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        with log.request(ids.short_token()):
            began = perf_counter()
            response = await _answered(service, pages, request, handler)
            route = _route(request) or _NO_ROUTE
            service.metrics.requests.labels(route, str(response.status)).inc()
            service.metrics.request_seconds.labels(route).observe(perf_counter() - began)
            for name, value in _HEADERS.items():
                response.headers.setdefault(name, value)
            return response

    return guarded


async def _answered(service: Service, pages: Pages, request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except RefusedError as refused:
        service.metrics.refused.labels(str(refused.status)).inc()
        return _refusal(pages, request, refused.status, refused.sentence)
    except UnavailableError:
        service.metrics.unavailable.inc()
        log.warning("turned away: the database is not available", route=_route(request), method=request.method)
        response = _refusal(pages, request, 503, _SENTENCES[503])
        response.headers[hdrs.RETRY_AFTER] = AWAY_SECONDS
        return response
    except web.HTTPException as error:
        return _refusal_of(service, pages, request, error)
    except Exception as error:  # noqa: BLE001 - a stranger is told nothing of our faults; the log is
        service.metrics.faults.labels("request").inc()
        log.error("a request failed", fault=error, route=_route(request), method=request.method)
        return _refusal(pages, request, 500, _SENTENCES[500])


def _refusal_of(service: Service, pages: Pages, request: web.Request, error: web.HTTPException) -> web.StreamResponse:
    if error.status < 400:  # noqa: PLR2004 - a redirect raised, not a refusal
        return web.Response(status=error.status, headers=error.headers)
    service.metrics.refused.labels(str(error.status)).inc()
    response = _refusal(pages, request, error.status, _SENTENCES.get(error.status, _SENTENCES[400]))
    if hdrs.ALLOW in error.headers:
        response.headers[hdrs.ALLOW] = error.headers[hdrs.ALLOW]
    return response


def _refusal(pages: Pages, request: web.Request, status: int, sentence: str) -> web.Response:
    """One plain sentence: text for programs, a page for people."""
    if request.path.startswith(_PLAIN):
        return web.Response(status=status, text=f"{sentence}\n")
    words = pages.words(ENGLISH)
    heading, _, rest = sentence.partition(". ")
    values = {
        "beside": False,
        "authority": "Sayso",
        "heading": heading.rstrip("."),
        "lines": [rest] if rest else [],
        "link": ("/", words["all_consultations"]),
    }
    return pages.page("message.html", values, status=status)


def _route(request: web.Request) -> str | None:
    """The route's own pattern: a path that a stranger made up is not written into the log."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else None
