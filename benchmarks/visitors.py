"""A browser without JavaScript: opens the page, keeps the one cookie, sends the form as it stands, follows to the page.

What a browser would keep after its first visit (style sheet, script) is not asked for.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from html import unescape
from typing import Final
from urllib.parse import urlencode, urlsplit

PATH: Final = "/chat/herefordshire-2018"

_HIDDEN: Final = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')
_COOKIE: Final = re.compile(r"^set-cookie: ([^;\r\n]+)", re.IGNORECASE | re.MULTILINE)
_LOCATION: Final = re.compile(r"^location: ([^#\r\n]+)", re.IGNORECASE | re.MULTILINE)


def visit(url: str, answers: Sequence[str]) -> Generator[bytes, bytes, None]:
    """One person's requests: a page, then for every answer the form and the page that it leads to.

    Raises:
        ConnectionError: an answer is not what a browser could go on from.
    """
    host = urlsplit(url).netloc
    page = (yield _get(PATH, host, "")).decode()
    cookie = _found(_COOKIE, page)
    for answer in answers:
        fields = [(name, unescape(value)) for name, value in _HIDDEN.findall(page)]
        taken = yield _post(PATH, host, cookie, urlencode([*fields, ("answer", answer)]))
        page = (yield _get(_found(_LOCATION, taken.decode()), host, cookie)).decode()


def _found(pattern: re.Pattern[str], answer: str) -> str:
    match = pattern.search(answer)
    if match is None:
        raise ConnectionError(f"no browser could go on from this answer: {answer[:80]!r}")
    return match[1]


def _get(path: str, host: str, cookie: str) -> bytes:
    return _request(f"GET {path} HTTP/1.1", host, cookie)


def _post(path: str, host: str, cookie: str, body: str) -> bytes:
    about = (
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
        f"Origin: http://{host}",
    )
    return _request(f"POST {path} HTTP/1.1", host, cookie, *about) + body.encode()


def _request(first: str, host: str, cookie: str, *more: str) -> bytes:
    head = (first, f"Host: {host}", "Accept: text/html", "Accept-Language: en-GB", *more)
    cookies = (f"Cookie: {cookie}",) if cookie else ()
    return "\r\n".join((*head, *cookies, "", "")).encode()
