"""What the parts of the console agree on: a page says which right it needs, and is handed a visit that has it.

A part of the console is a class with `pages()`. It never looks at cookies, rights or tokens: `bot.console.door` has
done so before its handler runs, and nothing is served under `/console` that is not declared as a `Page`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from aiohttp import web
from multidict import MultiDict

from bot.console.rights import Officer, Right
from bot.pages import Pages
from bot.service import Service
from flows.definition import Consultation
from storage.audit import Deed


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

    @property
    def asked(self) -> Consultation:
        """The consultation of a page whose path names one."""
        if self.consultation is None:
            raise LookupError("the path of this page names no consultation")
        return self.consultation

    def may(self, right: Right) -> bool:
        """Whether a link to something else would be of use: in this consultation, where there is one."""
        return self.officer.may(right, None if self.consultation is None else self.consultation.slug)

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
