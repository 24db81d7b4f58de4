"""What the parts of the console agree on: a page says which right it needs, and is handed a visit that has it.

A part of the console is a class with `pages()`. It never looks at cookies, rights or tokens: `bot.console.door` has
done so before its handler runs, and nothing is served under `/console` that is not declared as a `Page`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from aiohttp import web
from multidict import MultiDict

from bot.console.rights import Officer, Right
from bot.pages import ENGLISH, Pages
from bot.service import Service
from flows.definition import Consultation
from flows.effects import Notice
from storage.alerts import Standing
from storage.audit import Deed

NAVIGATION: Final = (
    ("/console/{slug}", "Overview"),
    ("/console/{slug}/read", "To read"),
    ("/console/{slug}/answers", "Answers"),
    ("/console/{slug}/themes", "Themes"),
    ("/console/{slug}/integrity", "Integrity"),
    ("/console/{slug}/exports", "Exports"),
    ("/console/{slug}/running", "Running it"),
    ("/console/{slug}/enter", "Type in answers"),
    ("/console/{slug}/posters", "Posters"),
    ("/console/{slug}/preview", "Preview"),
    ("/console/{slug}/answered", "We asked, you said"),
)
"""The parts of a consultation, in the order in which they are shown. A part is shown to whoever may open its page."""
_BELONGS: Final = {
    "/console/{slug}/people": "/console/{slug}/answers",
    "/console/{slug}/coding": "/console/{slug}/themes",
    "/console/{slug}/aims": "/console/{slug}/themes",
}
"""Pages that no link of the navigation leads to, and the part that they belong to."""
SERVICE_NAVIGATION: Final = (
    ("/console", "Consultations"),
    ("/console/concerns", "Concerns"),
    ("/console/rota", "Rota"),
    ("/console/officers", "Officers"),
    ("/console/record", "Record"),
)
"""What concerns no one consultation."""


@dataclass(frozen=True, slots=True)
class Link:
    """A page that the visitor may open."""

    href: str
    words: str
    here: bool
    """It, or a page below it, is the one that is shown."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of an officer who may make it."""

    request: web.Request
    officer: Officer
    service: Service
    templates: Pages
    now: datetime
    """UTC, from the service's clock."""
    csrf: str
    """What every form carries in its hidden field `csrf`."""
    form: MultiDict[str]
    """What was sent, once its token was found right; empty for a GET. Files are read from `request` by the handler."""
    consultation: Consultation | None
    """The one that the path names as `{slug}`, in its newest version."""
    standing: Standing | None = None
    """How the list of concerns stands, for who reads them or looks after the rota; None for everybody else."""
    rights: Mapping[str, Right] = field(default_factory=dict[str, Right], repr=False)
    """What each page that can be opened needs, by its path as declared."""

    @property
    def asked(self) -> Consultation:
        """The consultation of a page whose path names one."""
        if self.consultation is None:
            raise LookupError("the path of this page names no consultation")
        return self.consultation

    def may(self, right: Right) -> bool:
        """Whether a link to something else would be of use: in this consultation, where there is one."""
        return self.officer.may(right, None if self.consultation is None else self.consultation.slug)

    @property
    def title(self) -> str:
        """What the consultation is called, in English where it has English words."""
        pack = self.asked
        return pack.words_for(self.title_language, None).say[Notice.TITLE]

    @property
    def title_language(self) -> str:
        pack = self.asked
        return ENGLISH if ENGLISH in pack.languages else pack.default_language

    @property
    def navigation(self) -> Sequence[Link]:
        """The parts of this consultation that are theirs to open."""
        return self._links(NAVIGATION, "" if self.consultation is None else self.consultation.slug)

    @property
    def service_navigation(self) -> Sequence[Link]:
        return self._links(SERVICE_NAVIGATION, "")

    def _links(self, known: Sequence[tuple[str, str]], slug: str) -> Sequence[Link]:
        open_to_them = [(path, words) for path, words in known if path in self.rights and self.may(self.rights[path])]
        here = self.request.path
        for page, part in _BELONGS.items():
            if f"{here}/".startswith(f"{page.replace('{slug}', slug)}/"):
                here = part.replace("{slug}", slug)
        addressed = [(path.replace("{slug}", slug), words) for path, words in open_to_them]
        # The longest one that the address begins with: the overview stands above all the others.
        above = max((href for href, _ in addressed if f"{here}/".startswith(f"{href}/")), key=len, default="")
        return [Link(href, words, href == above) for href, words in addressed]

    def page(self, template: str, values: Mapping[str, object], *, status: int = 200) -> web.Response:
        """A page from `bot/templates/console/`, with what the layout needs."""
        whole = {"visit": self, "consultation": self.consultation, "right": Right, **values}
        return self.templates.page(f"console/{template}", whole, status=status)

    @staticmethod
    def see(path: str) -> web.Response:
        """On to another page, after a form: 303."""
        return web.Response(status=303, headers={"Location": path})

    def deed(self, act: str, subject: str = "", *, why: str = "") -> Deed:
        """A line of the record, for a storage function that writes it in the same transaction as what was done.

        `act` is such as `theme.renamed`; `subject` names what it was done to, with a reference or a code and never with
        anybody's words.
        """
        slug = self.consultation.slug if self.consultation is not None else ""
        return Deed(at=self.now, officer=self.officer.email, act=act, slug=slug, subject=subject, why=why)

    async def record(self, act: str, subject: str = "", *, why: str = "") -> None:
        """Writes a line of the record by itself, for what changes nothing: looking at somebody's conversation."""
        await self.service.database.officers.record(self.deed(act, subject, why=why))


Handler = Callable[[Visit], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Page:
    """One route under `/console`. It cannot be declared without the right that it needs."""

    method: str
    path: str
    """Such as `/console/{slug}/answers`."""
    right: Right
    handler: Handler


class Section(Protocol):
    """A part of the console."""

    def pages(self) -> Sequence[Page]:
        """Everything it serves."""
