"""Previews as a page: served with a form to choose by, or as one file that needs nothing else."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from aiohttp import web
from markupsafe import Markup

from bot.channels.base import RefusedError
from bot.chat_view import from_bubbles, view
from bot.errors import PreviewError
from bot.packs import Library
from bot.pages import ENGLISH, Pages
from bot.preview import (
    CHANNEL_NAMES,
    Preview,
    Shown,
    Wanted,
    age_in_words,
    age_of,
    bands_of,
    cost_in_words,
    previews,
    wanted,
)
from flows.commands import name_of
from flows.definition import AgeBand, Consultation
from flows.effects import Notice
from flows.messages import CONVERSING, Channel
from flows.price import TYPICAL_URL

ALL: Final = ""
_STYLES: Final = ("sayso.css", "demo.css", "preview.css")
# In HTML of ours only: a quotation mark that somebody wrote is escaped there.
_NAMES = re.compile(r' (id|for|name|aria-describedby|aria-labelledby)="([^"]+)"')

Options = Sequence[tuple[str, str]]
"""Value and words of each option of a field."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the form that one chooses by."""

    name: str
    label: str
    options: Options
    chosen: str = ALL


@dataclass(frozen=True, slots=True)
class Card:
    """One preview on the page."""

    number: int
    preview: Preview
    heading: str
    page: Markup | None
    """What the chat page shows, for the web."""

    @property
    def ages(self) -> str:
        return " ".join(band.value for band in self.preview.bands)

    @property
    def channel(self) -> str:
        return CHANNEL_NAMES[self.preview.channel]

    @property
    def messages(self) -> Sequence[tuple[Shown, str | None]]:
        """Each message, with its price in words where it has one."""
        return [(shown, cost_in_words(shown.cost) if shown.cost else None) for shown in self.preview.shown]


@dataclass(frozen=True, slots=True)
class Group:
    """One question, with all of its previews."""

    code: str
    name: str
    language: str
    cards: Sequence[Card]


class PreviewPages:
    """The handler of `/preview`. Whatever is chosen stands in the address, so that it can be sent to somebody."""

    def __init__(self, library: Library, pages: Pages, public_url: str) -> None:
        self._library = library
        self._pages = pages
        self._public_url = public_url

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/preview", self.page)]

    async def page(self, request: web.Request) -> web.Response:
        return self.show(request.query)

    def show(self, query: Mapping[str, str]) -> web.Response:
        """What the address names; the first question, where it names nothing.

        Raises:
            RefusedError: 404 where there is nothing of such a name.
        """
        consultation = self._consultation(query)
        chosen = _chosen(consultation, query)
        packs = [(pack.slug, pack.slug) for pack in self._library.all()]
        which = Field("consultation", "Consultation", packs, consultation.slug)
        found = previews(consultation, chosen, public_url=self._public_url)
        fields = (which, *_fields(consultation, chosen))
        return self._pages.page("preview.html", _values(consultation, found, fields, self._pages, self._public_url))

    def _consultation(self, query: Mapping[str, str]) -> Consultation:
        packs = self._library.all()
        if not packs:
            raise RefusedError(404, "There is no consultation to show. Put a pack into the folder of consultations.")
        consultation = self._library.get(query.get("consultation", packs[0].slug))
        if consultation is None:
            raise RefusedError(404, "There is no such consultation here.")
        return consultation


def values_for(
    consultation: Consultation, query: Mapping[str, str], pages: Pages, public_url: str
) -> Mapping[str, object]:
    """What a page of previews of one consultation is made of; the first question, where the query names nothing.

    Raises:
        RefusedError: 404 where the consultation has nothing of such a name.
    """
    chosen = _chosen(consultation, query)
    found = previews(consultation, chosen, public_url=public_url)
    return _values(consultation, found, _fields(consultation, chosen), pages, public_url)


def _chosen(consultation: Consultation, query: Mapping[str, str]) -> Wanted:
    asked = {name: query.get(name, ALL) for name in ("question", "band", "language", "channel")}
    if not query.keys() & asked.keys():
        return wanted(consultation, **at_first(consultation))
    try:
        return wanted(consultation, **asked)
    except PreviewError:
        if "consultation" not in query:
            raise RefusedError(404, "This consultation has nothing of that name to show.") from None
        # Another consultation was picked, and what was chosen of the one before is not in it.
        return wanted(consultation, **at_first(consultation))


def at_first(consultation: Consultation) -> Mapping[str, str]:
    """What is shown before anybody has chosen: the first question to the oldest, in the pack's own language."""
    oldest = bands_of(consultation)[-1]
    return {
        "question": consultation.questions[0].code,
        "band": oldest.value,
        "language": consultation.default_language,
        "channel": ALL,
    }


def document(consultation: Consultation, found: Iterable[Preview], pages: Pages) -> str:
    """Previews as one page by itself: its styles are in it, it has no script, and it asks nobody for anything."""
    listed = tuple(found)
    style = Markup("\n".join(pages.files[name].body.decode() for name in _STYLES))  # nosec B704 # noqa: S704 - our own
    fields = _used(_fields(consultation, Wanted()), listed)
    values = _values(consultation, listed, fields, pages)
    return pages.render("preview.html", {**values, "style": style, "language": ENGLISH, "w": pages.words(ENGLISH)})


def _values(
    consultation: Consultation,
    found: Iterable[Preview],
    fields: Sequence[Field],
    pages: Pages,
    public_url: str = TYPICAL_URL,
) -> Mapping[str, object]:
    return {
        "title": consultation.words_for(consultation.default_language, None).say[Notice.TITLE],
        "title_language": consultation.default_language,
        "authority": consultation.authority,
        "groups": _groups(consultation, found, pages, public_url),
        "fields": fields,
        "style": None,
    }


def _groups(consultation: Consultation, found: Iterable[Preview], pages: Pages, public_url: str) -> Sequence[Group]:
    numbers = itertools.count(1)
    words = consultation.words_for(consultation.default_language, bands_of(consultation)[-1])
    return [
        Group(
            code,
            words.questions[code].name or code,
            words.language_of_question(code),
            [_card(consultation, preview, next(numbers), pages, public_url) for preview in several],
        )
        for code, several in itertools.groupby(found, lambda preview: preview.question.code)
    ]


def _card(consultation: Consultation, preview: Preview, number: int, pages: Pages, public_url: str) -> Card:
    heading = f"{CHANNEL_NAMES[preview.channel]}, {age_of(preview)}, {name_of(preview.language)}"
    if preview.channel is not Channel.WEB or not preview.shown:
        return Card(number, preview, heading, None)
    return Card(number, preview, heading, apart(_chat(consultation, preview, pages, public_url), number))


def _chat(consultation: Consultation, preview: Preview, pages: Pages, public_url: str) -> Markup:
    """What the chat page itself shows, as far as the buttons that answer."""
    said = from_bubbles([shown.bubble for shown in preview.shown], preview.language)
    words = pages.words(preview.language)
    shown = view(consultation, preview.state, said, words, begun=True, now=consultation.timetable.opens_at)
    values = {"view": shown, "language": preview.language, "w": words, "public_url": public_url}
    html = pages.render("preview_web.html", {**values, "beside": False, "notice": ""})
    return Markup(html)  # nosec B704 # noqa: S704 - a template of ours, which escapes what others wrote


def _fields(consultation: Consultation, chosen: Wanted) -> Sequence[Field]:
    questions = [(question.code, question.code) for question in consultation.questions]
    bands = [(band.value, age_in_words(band)) for band in bands_of(consultation)]
    languages = [(language, name_of(language)) for language in consultation.languages]
    channels = [(channel.value, CHANNEL_NAMES[channel]) for channel in CONVERSING]
    return (
        Field("question", "Question", [(ALL, "Every question"), *questions], chosen.question or ALL),
        Field("band", "Age", [(ALL, "Every age"), *bands], _value(chosen.band)),
        Field("language", "Language", [(ALL, "Every language"), *languages], chosen.language or ALL),
        Field("channel", "Channel", [(ALL, "Every channel"), *channels], _value(chosen.channel)),
    )


def _used(fields: Iterable[Field], found: Sequence[Preview]) -> Sequence[Field]:
    """Fields with the options that the page has anything of; none where there is nothing to choose."""
    used = {
        "question": {preview.question.code for preview in found},
        "band": {band.value for preview in found for band in preview.bands},
        "language": {preview.language for preview in found},
        "channel": {preview.channel.value for preview in found},
    }
    least = 2
    return [
        replace(field, options=[option for option in field.options if option[0] in {ALL, *used[field.name]}])
        for field in fields
        if len(used[field.name]) >= least
    ]


def _value(chosen: AgeBand | Channel | None) -> str:
    return ALL if chosen is None else chosen.value


def apart(html: Markup, number: int) -> Markup:
    """The same HTML with names of its own, so that it can stand on one page with others of its kind."""

    def own(found: re.Match[str]) -> str:
        names = " ".join(f"{name}-{number}" for name in found[2].split())
        return f' {found[1]}="{names}"'

    # It was safe before, and only names of ours were changed.
    return Markup(_NAMES.sub(own, html))  # nosec B704 # noqa: S704 - as said above
