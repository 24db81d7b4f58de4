"""A visitor without JavaScript: follows links and redirects, keeps the one cookie, and sends the form as it stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser

from aiohttp import ClientResponse, ClientSession

_SPACES = re.compile(r"\s+")


@dataclass
class Shown(HTMLParser):
    """What a page shows, as far as tests ask for it."""

    html: str
    status: int
    headers: dict[str, str]
    fields: dict[str, str] = field(default_factory=dict[str, str])
    """The form's hidden fields."""
    action: str = ""
    options: list[str] = field(default_factory=list[str])
    buttons: list[str] = field(default_factory=list[str])
    """What each button of the page sends, such as `command=skip`."""

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = named["action"]
        elif tag == "input" and named.get("type") == "hidden":
            self.fields[named["name"]] = named["value"]
        elif tag == "input" and named.get("type") in {"radio", "checkbox"}:
            self.options.append(named["value"])
        elif tag == "button" and named.get("type") != "button":
            self.buttons.append(f"{named['name']}={named['value']}" if "name" in named else "")

    @property
    def said(self) -> list[str]:
        """The bubbles, each with its sender in front."""
        found = re.findall(r'<div class="bubble.*?</div>', self.html, re.DOTALL)
        return [_SPACES.sub(" ", unescape(re.sub(r"<[^>]+>", " ", bubble))).strip() for bubble in found]


@dataclass
class Visitor:
    """Somebody with a browser that has JavaScript switched off."""

    http: ClientSession
    url: str
    path: str = "/chat/harbour-play"
    cookie: str = ""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """Others that go with every request, such as what a proxy adds."""

    async def get(self, path: str | None = None) -> Shown:
        async with self.http.get(self.url + (path or self.path), headers=self._headers()) as answer:
            return await self._shown(answer)

    async def send(self, page: Shown, *answers: str, **fields: str) -> Shown:
        """The page's form, with these answers, and the page that it leads to."""
        answer = await self.post(page, *answers, **fields)
        return await self.get(answer.headers["Location"].partition("#")[0]) if answer.status == 303 else answer

    async def post(self, page: Shown, *answers: str, **fields: str) -> Shown:
        """The form alone, without following where it leads."""
        pairs = [*{**page.fields, **fields}.items(), *(("answer", answer) for answer in answers)]
        target = self.url + page.action
        async with self.http.post(target, data=pairs, headers=self._headers(), allow_redirects=False) as answer:
            return await self._shown(answer)

    async def _shown(self, answer: ClientResponse) -> Shown:
        given = answer.headers.get("Set-Cookie", "").partition(";")[0]
        if given:
            self.cookie = "" if given.endswith("=") else given
        return Shown(await answer.text(), answer.status, dict(answer.headers))

    def _headers(self) -> dict[str, str]:
        return {**self.headers, **({"Cookie": self.cookie} if self.cookie else {})}


async def at_the_last_question(visitor: Visitor) -> Shown:
    page = await visitor.send(await visitor.get(), "child-8-11")
    return await visitor.send(page, "more")


async def finished(visitor: Visitor) -> Shown:
    return await visitor.send(await at_the_last_question(visitor), "There is always a queue")
