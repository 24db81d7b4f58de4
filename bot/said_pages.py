"""What came of a consultation, for everybody: in each language of the pack, in the words of each age."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from bot.channels.base import RefusedError
from bot.packs import Library
from bot.pages import Pages
from bot.preview import bands_of
from bot.said import Answer, Outcome, Spoken, decode
from bot.said_words import said_words
from flows import cutoff
from flows.commands import name_of
from flows.definition import AgeBand, Consultation
from flows.effects import Notice
from storage.database import Database

_COLOURS: Final = {Outcome.YES: "green", Outcome.PARTLY: "yellow", Outcome.NO: "red"}


@dataclass(frozen=True, slots=True)
class Choice:
    """A language or an age that the page can be read in."""

    href: str
    words: str
    language: str
    here: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """One subject on the page."""

    spoken: Spoken
    outcome: str
    colour: str


class SaidPages:
    """The handler of `/said/{slug}`."""

    def __init__(self, database: Database, library: Library, pages: Pages) -> None:
        self._database = database
        self._library = library
        self._pages = pages

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/said/{slug}", self.page)]

    async def page(self, request: web.Request) -> web.Response:
        """What is published.

        Raises:
            RefusedError: 404 where nothing is.
        """
        pack = self._library.get(request.match_info["slug"])
        held = None if pack is None else await self._database.feedback.published(pack.slug)
        if pack is None or held is None:
            raise RefusedError(404, "There is nothing here yet. What came of it will be on this page.")
        language, band = wanted(pack, request.query.get("lang", ""), request.query.get("age", ""))
        values = said_values(pack, decode(held.content), language, band, f"/said/{pack.slug}")
        return self._pages.page("said.html", values, language=language)


def wanted(pack: Consultation, language: str, band: str) -> tuple[str, AgeBand]:
    """What somebody asked for, as far as the pack has it; else its first language, and its oldest band."""
    bands = {each.value: each for each in bands_of(pack)}
    return language if language in pack.languages else pack.default_language, bands.get(band, [*bands.values()][-1])


def said_values(pack: Consultation, answer: Answer, language: str, band: AgeBand, address: str) -> dict[str, object]:
    """What the page, and the part of it that an editor looks at, are made of."""
    words = pack.words_for(language, band)
    page = said_words(language).page
    day = None if answer.decided_on is None else cutoff.day_in_words(answer.decided_on, language)
    return {
        "beside": False,
        "authority": pack.authority,
        "title": words.say[Notice.TITLE],
        "title_language": words.language_of("say", Notice.TITLE),
        "page": page,
        "decided": page["decided"].format(body=answer.decided_by, day=day) if answer.decided_by and day else "",
        "contact": page["contact"].format(contact=pack.contact) if pack.contact else "",
        "subjects": _subjects(pack, answer, language, band),
        "ages": _ages(pack, language, band, address),
        "languages": _languages(pack, language, band, address),
        "band": band.value,
    }


def _subjects(pack: Consultation, answer: Answer, language: str, band: AgeBand) -> Sequence[Shown]:
    page = said_words(language).page
    found = []
    for subject in answer.subjects:
        spoken = subject.spoken(language, band, pack.default_language)
        if spoken is not None:
            outcome = subject.outcome
            said, colour = (page[f"outcome_{outcome.value}"], _COLOURS[outcome]) if outcome else ("", "")
            found.append(Shown(spoken, said, colour))
    return found


def _ages(pack: Consultation, language: str, band: AgeBand, address: str) -> Sequence[Choice]:
    page = said_words(language).page
    return [
        Choice(_address(address, language, each), page[f"age_{each.value}"], language, each is band)
        for each in bands_of(pack)
    ]


def _languages(pack: Consultation, language: str, band: AgeBand, address: str) -> Sequence[Choice]:
    return [Choice(_address(address, each, band), name_of(each), each, each == language) for each in pack.languages]


def _address(address: str, language: str, band: AgeBand) -> str:
    return f"{address}?{urlencode({'lang': language, 'age': band.value})}"
