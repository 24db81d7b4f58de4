"""A person with a browser, for the suite over all channels."""

from __future__ import annotations

from typing import ClassVar
from urllib.parse import urlencode

from multidict import CIMultiDict

from bot.channels.base import RawRequest
from bot.channels.webchat import WebChat
from flows.messages import Content, Submitted
from tests.bot.channels.contract import NOW, Adapter, Can

PUBLIC_URL = "http://127.0.0.1:8080"
PATH = "/chat/harbour-play"
SECRET = b"a key of thirty-two bytes or more"
VISITOR = "q3Jv0ZkXb1m2N4c5V6b7Kw"
SOMEBODY_ELSE = "x9Jv0ZkXb1m2N4c5V6b7Kw"
FORM = "application/x-www-form-urlencoded"


def a_post(fields: dict[str, str] | list[tuple[str, str]], *, visitor: str = VISITOR, path: str = PATH) -> RawRequest:
    """The form of a page, as a browser sends it."""
    return a_body(urlencode(fields).encode(), visitor=visitor, path=path)


def a_body(body: bytes, *, visitor: str = VISITOR, path: str = PATH, content_type: str = FORM) -> RawRequest:
    headers = CIMultiDict({"content-type": content_type, "cookie": f"theme=dark; sayso={visitor}"})
    return RawRequest(path, headers, body, NOW)


class WebChatAdapter(Adapter):
    can = frozenset({Can.BEGIN_BY_LINK, Can.COMMAND_BY_NAME})
    troubles = frozenset()
    private: ClassVar = (VISITOR,)
    address = VISITOR

    def __init__(self) -> None:
        self.channel: WebChat = WebChat(SECRET, PUBLIC_URL)

    def form(self, question: str = "why", **fields: str) -> dict[str, str]:
        return {"question": question, "form": self.channel.issue(VISITOR, question, NOW), **fields}

    def says(self, text: str) -> RawRequest:
        return a_post(self.form(answer=text))

    def understood(self, text: str) -> Content:
        return Submitted("why", (text,))

    def genuine(self, body: bytes) -> RawRequest:
        return a_body(body)

    def forged(self, text: str) -> tuple[RawRequest, ...]:
        honest = self.form(answer=text)
        others = WebChat(b"another key of thirty-two bytes !", PUBLIC_URL).issue(VISITOR, "why", NOW)
        nonce, _, seal = honest["form"].partition(".")
        forms = ("", ".", nonce, f"{nonce}.", f".{seal}", f"{nonce}.{seal}0", f"{seal}.{nonce}", others, "é.ŵ")
        return (
            *(a_post({**honest, "form": form}) for form in forms),
            a_post({**honest, "question": "swings"}),
            a_post(honest, visitor=SOMEBODY_ELSE),
            a_post(honest, visitor=""),
            a_post(honest, visitor="<script>"),
            RawRequest(PATH, CIMultiDict({"Content-Type": FORM}), urlencode(honest).encode(), NOW),
        )

    def garbled(self) -> tuple[RawRequest, ...]:
        honest = self.form()
        many = urlencode([*honest.items(), *(("answer", "x") for _ in range(1000))]).encode()
        return (
            *(a_body(body) for body in (b"answer=%FF", b"\xff", many)),
            a_body(b"{}", content_type="application/json"),
            a_body(b"", content_type=""),
            a_post({**honest, "command": "dance"}),
        )

    def begins(self, payload: str) -> RawRequest:
        return a_post(self.form("", code=payload))

    def commands(self, word: str) -> RawRequest:
        return a_post(self.form(answer="half a thought", command=word))

    async def open(self) -> None:
        """There is no provider: the page shows what the transcript holds."""

    def shown(self) -> list[str]:
        raise NotImplementedError
