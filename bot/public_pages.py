"""The front page, and what the law and good manners want told: privacy and accessibility. Made from what is live."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from aiohttp import web

from bot.pages import ENGLISH, Pages
from flows import cutoff, staging
from flows.closings import Moved
from flows.definition import Consultation, LatePolicy
from flows.effects import Notice
from flows.messages import Channel
from flows.state import State


class Clock(Protocol):
    """See `bot.clock.Clock`."""

    def now(self) -> datetime: ...


class Library(Protocol):
    """See `bot.packs.Library`."""

    def all(self) -> Sequence[Consultation]: ...


@dataclass(frozen=True, slots=True)
class Offer:
    """What these pages tell of one consultation."""

    slug: str
    title: str
    authority: str
    contact: str | None
    keyword: str
    opens: str | None
    """The day that it opens, or its next stage does; None where nobody has approved that yet."""
    closes: str
    moved: Moved | None
    """That it closes later or earlier than was planned, and why."""
    feedback_due: str | None
    has_opened: bool
    is_open: bool
    keeps_late: bool
    ages: tuple[tuple[str, int], ...]
    """Lowest age by channel, where there is one."""
    asks_about_people: bool
    """It has equality questions."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """What is switched on here."""

    sms_number: str | None
    telegram: bool
    cookie_days: int


class PublicPages:
    """Handlers of `/`, `/privacy` and `/accessibility`. In English: they speak for the service, not for one pack."""

    def __init__(self, clock: Clock, library: Library, deployment: Deployment, pages: Pages) -> None:
        self._clock = clock
        self._library = library
        self._deployment = deployment
        self._pages = pages

    def routes(self, *, front: bool = True) -> list[web.RouteDef]:
        """`front` is False where something else stands at `/`."""
        first = [web.get("/", self.front)] if front else []
        return [*first, web.get("/privacy", self.privacy), web.get("/accessibility", self.accessibility)]

    async def front(self, _request: web.Request) -> web.Response:
        return self._page("front.html")

    async def privacy(self, _request: web.Request) -> web.Response:
        return self._page("privacy.html")

    async def accessibility(self, _request: web.Request) -> web.Response:
        return self._page("accessibility.html")

    def _page(self, template: str) -> web.Response:
        now = self._clock.now()
        offers = [offer(consultation, now) for consultation in self._library.all()]
        authorities = sorted({made.authority for made in offers})
        return self._pages.page(
            template,
            {
                "beside": False,
                "authority": authorities[0] if len(authorities) == 1 else "Sayso",
                "offers": offers,
                "here": self._deployment,
                "telegram": Channel.TELEGRAM.value,
            },
        )


def offer(consultation: Consultation, now: datetime) -> Offer:
    """What is told of a consultation at this UTC instant."""
    whole = consultation.timetable
    is_open = cutoff.takes_answers(whole, now)
    timetable = staging.at_hand(consultation, State(), now).timetable
    between = bool(whole.stages) and not is_open and now < cutoff.last_close(whole)
    coming = staging.upcoming(whole, None, now)
    opens_at = timetable.opens_at if not between else None if coming is None else coming.opens_at
    if not whole.approved:
        opens_at = None
    language = ENGLISH if ENGLISH in consultation.languages else consultation.default_language
    closes = cutoff.last_close(timetable)
    due = consultation.feedback_due
    return Offer(
        slug=consultation.slug,
        title=consultation.words_for(language, None).say[Notice.TITLE],
        authority=consultation.authority,
        contact=consultation.contact,
        keyword=consultation.sms_keyword,
        opens=None if opens_at is None else cutoff.day_in_words(opens_at.astimezone(whole.zone).date(), language),
        closes=cutoff.closing_in_words(closes, timetable.zone, language),
        moved=cutoff.why_moved(timetable, None, language, consultation.default_language),
        feedback_due=None if due is None else cutoff.day_in_words(due, language),
        has_opened=not between and cutoff.has_opened(whole, now),
        is_open=is_open,
        keeps_late=timetable.late_policy is not LatePolicy.STRICT,
        ages=tuple(sorted(consultation.min_age.items())),
        asks_about_people=any(question.equality for question in consultation.questions),
    )
