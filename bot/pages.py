"""What every page of ours has in common: templates, the words around a conversation, static files, and headers."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType
from typing import Final

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from flows.scripts import direction

ENGLISH: Final = "en"

_TYPES: Final = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml", "png": "image/png"}
_LINK = Markup('<a href="{}"{}>{}</a>')
_BESIDE = Markup(' target="_blank"')
_LEFT_TO_RIGHT = Markup(' dir="ltr"')
_APART = Markup('<bdi dir="ltr">{}</bdi>')
_YEAR = 31_536_000
_HOLE: Final = "\0"
"""Stands around a hole's name: in no text of a pack or of ours, for TOML has none."""
_WEB_ADDRESS = r"https?://[^\s<>\"'\u2068\u2069]+[^\s<>\"'.,;:!?)\u2068\u2069]"
_ADDRESS = re.compile(_WEB_ADDRESS)
_SLOT = re.compile(r"{([a-z_]+)}")
_ADDRESS_OR_NUMBER = re.compile(rf"{_WEB_ADDRESS}|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\+?[0-9][0-9\s()-]{{3,}}[0-9]")
"""Also an e-mail address, and a telephone number: among words from right to left its groups would change places."""


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file that is served as it is. Its version is its content, so that a browser may keep it for a year."""

    body: bytes
    content_type: str
    version: str


def policy(*, frame_ancestors: Sequence[str] = (), frames: bool = False) -> str:
    """The Content-Security-Policy: our own files, our own addresses, nobody else's frame unless the pack allows it."""
    ancestors = " ".join(frame_ancestors) or "'none'"
    return "; ".join(
        (
            "default-src 'none'",
            "style-src 'self'",
            "script-src 'self'",
            "img-src 'self'",
            "connect-src 'self'",
            *(("frame-src 'self'",) if frames else ()),
            "form-action 'self'",
            "base-uri 'none'",
            f"frame-ancestors {ancestors}",
        )
    )


class Pages:
    """Renders our pages. Everything is read once, when the service starts."""

    def __init__(self) -> None:
        self.files = _static_files()
        self._words = _page_words()
        self._public = _public_words()
        self._environment = Environment(
            loader=PackageLoader("bot", "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals["static"] = self.address_of
        self._environment.filters["linked"] = self.linked
        self._environment.filters["direction"] = direction
        self._environment.filters["fill"] = fill

    def words(self, language: str) -> Mapping[str, str]:
        """The words around a conversation, in English where nobody has written them in that language yet."""
        return self._words.get(language, self._words[ENGLISH])

    @property
    def public_languages(self) -> frozenset[str]:
        """The languages that the front page, privacy and accessibility are written in."""
        return frozenset(self._public)

    def public_in(self, spoken: Iterable[str]) -> tuple[str, ...]:
        """Of these languages those that such pages are written in, English before them all."""
        return ENGLISH, *sorted((self.public_languages & {*spoken}) - {ENGLISH})

    def public_words(self, page: str, language: str) -> Mapping[str, str]:
        """What one of those pages says, in a language that is among them."""
        return self._public[language][page]

    def address_of(self, name: str) -> str:
        """Where a static file is found, with its version."""
        return f"/static/{name}?v={self.files[name].version}"

    def render(self, template: str, values: Mapping[str, object]) -> str:
        return self._environment.get_template(template).render(values)

    def page(
        self,
        template: str,
        values: Mapping[str, object],
        *,
        status: int = 200,
        frame_ancestors: Sequence[str] = (),
        frames: bool = False,
        language: str = ENGLISH,
    ) -> web.Response:
        """A whole page out of a template, in the words of a language."""
        text = self.render(template, {"language": language, "w": self.words(language), **values})
        return self.respond(text, status=status, frame_ancestors=frame_ancestors, frames=frames)

    @staticmethod
    def respond(
        text: str, *, status: int = 200, frame_ancestors: Sequence[str] = (), frames: bool = False
    ) -> web.Response:
        """A page with its headers, never kept by a cache: somebody else may sit at the same screen next."""
        response = web.Response(status=status, text=text, content_type="text/html")
        response.headers.update(
            {
                "Content-Security-Policy": policy(frame_ancestors=frame_ancestors, frames=frames),
                "Cache-Control": "no-store",
                "Referrer-Policy": "no-referrer",
                "X-Content-Type-Options": "nosniff",
                "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
            }
        )
        return response

    def message(self, name: str, *, status: int) -> web.Response:
        """A page with a heading and a sentence of our own, where no consultation is at hand."""
        words = self.words(ENGLISH)
        return self.page(
            "message.html",
            {
                "beside": False,
                "authority": "Sayso",
                "heading": words[f"{name}_title"],
                "lines": [words[f"{name}_text"]],
                "link": ("/", words["all_consultations"]),
            },
            status=status,
        )

    async def serve(self, request: web.Request) -> web.Response:
        """A static file."""
        file = self.files.get(request.match_info["name"])
        if file is None:
            return web.Response(status=404, text="There is no such file here.")
        current = request.query.get("v") == file.version
        keeping = f"public, max-age={_YEAR}, immutable" if current else "no-cache"
        headers = {"Cache-Control": keeping, "X-Content-Type-Options": "nosniff"}
        return web.Response(body=file.body, content_type=file.content_type, charset="utf-8", headers=headers)

    @staticmethod
    def linked(text: str, public_url: str, *, beside: bool = False, language: str = ENGLISH) -> Markup:
        """Our own addresses in a text become links (in a new tab, from within a frame); anybody else's stay words.

        In a language that runs from right to left every address and telephone number keeps its own way.
        """
        leftwards = direction(language) == "rtl"
        if not leftwards and public_url not in text:  # as nearly always
            return escape(text)
        more = (_BESIDE if beside else Markup()) + (_LEFT_TO_RIGHT if leftwards else Markup())
        done, at = Markup(), 0
        for found in (_ADDRESS_OR_NUMBER if leftwards else _ADDRESS).finditer(text):
            address = found.group()
            ours = address == public_url or address.startswith(f"{public_url}/")
            if ours or leftwards:
                done += escape(text[at : found.start()])
                done += _LINK.format(address, more, address) if ours else _APART.format(address)
                at = found.end()
        return done + escape(text[at:])

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/static/{name}", self.serve)]


class Stencils:
    """Pages with holes in them: what is the same for everybody who stands at one place is rendered once.

    Whatever is anybody's own goes into a hole, and is not kept.
    """

    MOST: Final = 256
    """A few KiB each. The one that was made first makes room for the next."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._made: dict[Hashable, Sequence[str]] = {}

    def fill(
        self, template: str, key: Hashable, values: Callable[[], Mapping[str, object]], holes: Mapping[str, str]
    ) -> str:
        """The template with `holes`, which are HTML, where it names them; `key` tells the other values apart."""
        made = self._made.get(key)
        if made is None:
            if len(self._made) >= self.MOST:
                del self._made[next(iter(self._made))]
            marked = {name: f"{_HOLE}{name}{_HOLE}" for name in holes}
            made = self._made[key] = tuple(self._pages.render(template, {**values(), **marked}).split(_HOLE))
        return "".join(holes[part] if place % 2 else part for place, part in enumerate(made))


def fill(text: str, **values: object) -> str:
    """The text with what stands between braces filled in; nothing else in it is looked at."""
    return _SLOT.sub(lambda slot: str(values[slot[1]]), text)


def _static_files() -> Mapping[str, StaticFile]:
    files = {}
    for entry in resources.files("bot").joinpath("static").iterdir():
        kind = _TYPES.get(entry.name.rpartition(".")[2])
        if kind is not None:
            body = entry.read_bytes()
            files[entry.name] = StaticFile(body, kind, hashlib.sha256(body).hexdigest()[:12])
    return MappingProxyType(files)


def _page_words() -> Mapping[str, Mapping[str, str]]:
    return {language: tomllib.loads(text) for language, text in _texts("words")}


def _public_words() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    return {language: tomllib.loads(text) for language, text in _texts("public")}


def _texts(folder: str) -> Iterator[tuple[str, str]]:
    """Every language's file in a folder of words, by language."""
    for entry in resources.files("bot").joinpath("templates", folder).iterdir():
        if entry.name.endswith(".toml"):
            yield entry.name.removesuffix(".toml"), entry.read_text(encoding="utf-8")
