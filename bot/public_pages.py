"""The front page, and what the law and good manners want told: privacy and accessibility. Made from what is live."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from operator import itemgetter
from typing import Final, Protocol

from aiohttp import hdrs, web

from bot.pages import Pages
from bot.said_words import said_words
from flows import commands, cutoff, staging, telling
from flows.closings import Moved
from flows.definition import AgeBand, Command, Consultation, LatePolicy
from flows.effects import Notice
from flows.law import Basis, Permission, in_force
from flows.messages import Channel
from flows.phrases import fill, known_to
from flows.state import State

_RIGHTS: Final = (Command.SHOW, Command.CHANGE, Command.DELETE, Command.STOP)
PREPARED: Final = date(2026, 11, 26)
"""When the accessibility statement was first written."""
REVIEWED: Final = date(2026, 11, 26)
"""When somebody last compared it with what the pages do: at least once a year, and after any large change."""
_WEIGHT: Final = re.compile(r"q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)")


class Clock(Protocol):
    """See `bot.clock.Clock`."""

    def now(self) -> datetime: ...


class Library(Protocol):
    """See `bot.packs.Library`."""

    def all(self) -> Sequence[Consultation]: ...

    def data_contact(self, slug: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Voice:
    """What one age group is told of what happens to their words, for everybody to read (the Children's code, 4)."""

    band: str
    texts: tuple[tuple[str, str], ...]
    """Each with the language that it is really in."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What these pages tell of one consultation."""

    slug: str
    title: str
    title_language: str
    languages: tuple[str, ...]
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
    kept_until: str
    """The day on which everybody who answered becomes anonymous."""
    safety_years: int
    """For how long what may mean that somebody is not safe is kept."""
    consented: bool = False
    """It asks on the ground of a consent; else as a public task."""
    under: int | None = None
    """The age in years that matters for who may answer: see `flows.law`."""
    asks_parents: bool = False
    """A parent can allow it to whoever is younger."""
    voices: tuple[Voice, ...] = ()
    """What each age group is told; none before it has opened."""
    answered: bool = False
    """What came of it is published."""
    data_contact: str = ""
    """Whom people can ask about their data, as the gate before the approval says; empty where it does not."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """What is switched on here."""

    sms_number: str | None
    telegram: bool
    cookie_days: int


class PublicPages:
    """Handlers of `/`, `/privacy` and `/accessibility`.

    They speak for the service, in each language that a consultation here has and they are written in, beside English:
    the one that `?lang=` names, else the one that the browser likes best.
    """

    def __init__(
        self,
        clock: Clock,
        library: Library,
        deployment: Deployment,
        pages: Pages,
        *,
        answered: Callable[[], Awaitable[frozenset[str]]] | None = None,
    ) -> None:
        """`answered` gives the consultations of which it is published what came of them."""
        self._clock = clock
        self._library = library
        self._deployment = deployment
        self._pages = pages
        self._answered = answered

    def routes(self, *, front: bool = True) -> list[web.RouteDef]:
        """`front` is False where something else stands at `/`."""
        first = [web.get("/", self.front)] if front else []
        return [*first, web.get("/privacy", self.privacy), web.get("/accessibility", self.accessibility)]

    async def front(self, request: web.Request) -> web.Response:
        answered = frozenset[str]() if self._answered is None else await self._answered()
        return self._page(request, "front", answered)

    async def privacy(self, request: web.Request) -> web.Response:
        return self._page(request, "privacy")

    async def accessibility(self, request: web.Request) -> web.Response:
        return self._page(request, "accessibility")

    def _page(self, request: web.Request, name: str, answered: frozenset[str] = frozenset()) -> web.Response:
        consultations = self._library.all()
        languages = self._pages.public_in(language for one in consultations for language in one.languages)
        language = wanted(request.query.get("lang"), request.headers.get(hdrs.ACCEPT_LANGUAGE, ""), languages)
        now = self._clock.now()
        offers = [
            replace(
                offer(one, now, language),
                answered=one.slug in answered,
                data_contact=self._library.data_contact(one.slug),
            )
            for one in consultations
        ]
        authorities = sorted({made.authority for made in offers})
        return self._pages.page(
            f"{name}.html",
            {
                "beside": False,
                "authority": authorities[0] if len(authorities) == 1 else "Sayso",
                "path": request.path,
                "languages": [(code, commands.name_of(code)) for code in languages],
                "t": self._pages.public_words(name, language),
                "commands": [(command.value, commands.word(command, language)) for command in _RIGHTS],
                "offers": offers,
                "authorities": authorities,
                "prepared": cutoff.day_in_words(PREPARED, language),
                "reviewed": cutoff.day_in_words(REVIEWED, language),
                "came_of_it": said_words(language).page["title"],
                "here": self._deployment,
                "telegram": Channel.TELEGRAM.value,
            },
            language=language,
        )


def wanted(named: str | None, accepted: str, languages: Sequence[str]) -> str:
    """Of these languages the one that was asked for; else the first that the browser accepts, by its own preference.

    `accepted` is an Accept-Language header (RFC 9110, section 12.5.4).
    """
    if named is not None and named in languages:
        return named
    ranked: list[tuple[float, str]] = []
    for part in accepted.split(","):
        tag, _, weight = part.partition(";")
        found = _WEIGHT.fullmatch(weight.strip()) if weight else None
        ranked.append((float(found[1]) if found else 1.0, tag.strip().partition("-")[0].casefold()))
    ranked.sort(key=itemgetter(0), reverse=True)
    return next((tag for weight, tag in ranked if weight and tag in languages), languages[0])


def offer(consultation: Consultation, now: datetime, language: str) -> Offer:
    """What is told of a consultation at this UTC instant, in this language as far as the consultation has it."""
    whole = consultation.timetable
    law = in_force(consultation.laws, now)
    is_open = cutoff.takes_answers(whole, now)
    timetable = staging.at_hand(consultation, State(), now).timetable
    between = bool(whole.stages) and not is_open and now < cutoff.last_close(whole)
    coming = staging.upcoming(whole, None, now)
    opens_at = timetable.opens_at if not between else None if coming is None else coming.opens_at
    if not whole.approved:
        opens_at = None
    titled = language if language in consultation.languages else consultation.default_language
    closes = cutoff.last_close(timetable)
    due = consultation.feedback_due
    kept_until = consultation.keeping.until(cutoff.last_close(whole), whole.zone)
    return Offer(
        slug=consultation.slug,
        title=consultation.words_for(titled, None).say[Notice.TITLE],
        title_language=titled,
        languages=consultation.languages,
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
        kept_until=cutoff.day_in_words(kept_until.astimezone(whole.zone).date(), language),
        safety_years=consultation.keeping.safeguarding_years,
        asks_about_people=any(question.equality for question in consultation.questions),
        asks_parents=law.asks_parents,
        consented=law.basis is Basis.CONSENT,
        under=law.under if law.least_age or law.permission is Permission.TELL_AN_ADULT else None,
        voices=_voices(consultation, language) if cutoff.has_opened(whole, now) else (),
    )


def _voices(consultation: Consultation, language: str) -> tuple[Voice, ...]:
    bands = sorted({option.band for option in consultation.who_options}, key=tuple(AgeBand).index)
    return tuple(Voice(band.value, tuple(_told(consultation, language, band))) for band in bands)


def _told(consultation: Consultation, language: str, band: AgeBand) -> Iterator[tuple[str, str]]:
    """The notices on the way, and the answer to PRIVACY. A sentence that leads to this page falls away by itself."""
    words = consultation.words_for(language, band)
    shapes = [question.for_band(band) for question in consultation.questions]
    beside = dict.fromkeys(notice for shape in shapes if (notice := telling.notice_before(shape)) is not None)
    for notice in (Notice.PRIVACY_NOTE, *beside, Notice.PRIVACY):
        spoken = words.language_of("say", notice)
        values = known_to(consultation, State(language=language, band=band), None, words, spoken)
        yield fill(words.say[notice], values), spoken
