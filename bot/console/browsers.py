"""What a browser brings along: its session cookie, where it comes from, and where it wanted to go."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from bot import ids
from bot.networks import address_of

CONSOLE: Final = "/console"
_TOKEN: Final = re.compile(r"[\w-]{43}", re.ASCII)
_OWN_PATH: Final = re.compile(r"/console(?:[/?](?!/)[\w\-./?=&%+~,:;]*)?", re.ASCII)
_LONGEST_PATH: Final = 1000


class SessionCookie:
    """The cookie that holds a session's token. Under https no other site, and no sibling of ours, can set it."""

    def __init__(self, public_url: str) -> None:
        self._secure = urlsplit(public_url).scheme == "https"
        self.name = "__Host-sayso-console" if self._secure else "sayso-console"

    def read(self, request: web.Request) -> str | None:
        """The token; None where there is none, or something else stands in its place."""
        token = request.cookies.get(self.name, "")
        return token if _TOKEN.fullmatch(token) else None

    def give(self, response: web.StreamResponse, token: str) -> None:
        """Kept until the browser is closed. Lax, because the council's own provider sends people back to us."""
        response.set_cookie(self.name, token, path="/", secure=self._secure, httponly=True, samesite="Lax")

    def take(self, response: web.StreamResponse) -> None:
        response.del_cookie(self.name, path="/", secure=self._secure, httponly=True, samesite="Lax")


def new_token() -> str:
    return ids.session_token()


def csrf_of(token: str) -> str:
    """What every form of this session carries. Only who has the token can make it, and it does not give it away."""
    return hashlib.sha256(b"sayso console form\0" + token.encode()).hexdigest()


def same(given: str, expected: str) -> bool:
    """Whether two secrets are the same, in a time that does not say how much of them is."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode())


def network_of(request: web.Request) -> str:
    """Where a request comes from, as far as guessing is counted by it: an IPv4 address, or an IPv6 network of /64.

    `bot.networks` says whom we believe about it.
    """
    peer = address_of(request.remote, request.headers.getall("X-Forwarded-For", ()))
    if peer is None:
        return "unknown"
    if isinstance(peer, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((peer, 64), strict=False))
    return str(peer)


def own_path(wanted: str) -> str:
    """A path to go on to, if it is the console's own; the console's first page, if it is anything else."""
    if len(wanted) > _LONGEST_PATH or not _OWN_PATH.fullmatch(wanted) or ".." in wanted or "//" in wanted:
        return CONSOLE
    return CONSOLE if wanted.startswith(f"{CONSOLE}/sign-") else wanted
