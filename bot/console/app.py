"""The console, put together: every part behind the one door."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from bot.console.account import Account
from bot.console.answering_back import AnsweringBack
from bot.console.browsers import SessionCookie
from bot.console.coding import Desk
from bot.console.concerns import ConcernsRaised
from bot.console.council import BACK, BEGIN, Council
from bot.console.deeds import Deeds
from bot.console.door import Door
from bot.console.entering import Entering
from bot.console.exporting import Exporting
from bot.console.home import Home
from bot.console.identifying import Identifying
from bot.console.integrity import IntegrityReport
from bot.console.passwords import Passwords
from bot.console.people import People
from bot.console.posters import Posters
from bot.console.preview import Preview
from bot.console.provider import Provider
from bot.console.read_list import ReadingList
from bot.console.reading import Reading
from bot.console.redacting import Redacting
from bot.console.requests import Requests
from bot.console.rota import RotaPages
from bot.console.running import RunningIt
from bot.console.section import Page, Section
from bot.console.sign_in import SignIn
from bot.console.tagging import Tagging
from bot.console.themes import Themes
from bot.console.watching import Watching
from bot.pages import Pages
from bot.service import Service


class Console:
    """Everything under `/console`. Nothing is served there that is not a `Page` of one of its parts."""

    def __init__(self, service: Service, templates: Pages, *, passwords: Passwords | None = None) -> None:
        """`passwords` are others than the usual ones: tests have cheap ones."""
        cookie = SessionCookie(service.settings.public_url)
        oidc = service.settings.oidc
        hashing = passwords or Passwords()
        self._service = service
        self._templates = templates
        self._sections: Sequence[Section] = (
            SignIn(cookie, hashing, provider=BEGIN if oidc is not None else ""),
            *([] if oidc is None else [Council(cookie, Provider(oidc, f"{service.settings.public_url}{BACK}"))]),
            Account(cookie, hashing),
            Home(),
            ConcernsRaised(),
            Exporting(),
            IntegrityReport(),
            Reading(),
            AnsweringBack(),
            Posters(),
            Preview(),
            Redacting(),
            Requests(),
            Tagging(),
            ReadingList(),
            Identifying(),
            Themes(),
            Desk(),
            RunningIt(),
            Entering(),
            RotaPages(),
            People(hashing),
            Deeds(),
            Watching(),
        )

    def pages(self) -> Sequence[Page]:
        """Every page there is, in the order in which the parts declare them."""
        return [page for section in self._sections for page in section.pages()]

    def routes(self) -> list[web.RouteDef]:
        pages = self.pages()
        door = Door(self._service, self._templates, pages)
        return [_route(page, door) for page in pages]


def _route(page: Page, door: Door) -> web.RouteDef:
    if page.method == "GET":
        return web.get(page.path, door.guarding(page))
    return web.route(page.method, page.path, door.guarding(page))
