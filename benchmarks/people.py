"""What the load generator says: whole conversations of made-up people, as requests ready to be written to a socket.

They are made before anything is measured, signatures and all, so that making them costs the measured side nothing; only
a browser's requests (`visitors`) depend on the page before. The signature is written out by hand here; whoever receives
it checks it with Twilio's own validator.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Generator, Sequence
from enum import StrEnum
from typing import Final
from urllib.parse import quote_plus, urlsplit

from benchmarks import visitors
from bot.channels import taps
from bot.simulators.twilio_api import ACCOUNT_SID, AUTH_TOKEN, NUMBER

SMS_PATH: Final = "/hooks/twilio/sms"
TELEGRAM_PATH: Final = "/hooks/telegram"
SECRET: Final = "webhook-secret"
"""What Telegram sends along. Our own, because whatever has the tests' brings the whole service with it."""
NOON: Final = 1_518_696_000
"""15 February 2018, 12:00 UTC, as Unix seconds: in the middle of the consultation that is used."""

_ANSWERS: Final = (
    "Waiting lists. My son has waited for a year and nobody tells us anything.",
    "There is nothing to do after school unless somebody can drive you there.",
    "Buses in the evening, please, so that we can get home from the youth club.",
    "We kept a diary of every call. Forty-one of them in nine weeks.",
    "Ask the children at the school gate, they will tell you the same.",
    "More counsellors in schools, and one number to call that somebody answers.",
    "A warm place to go that costs nothing, open on Sundays as well.",
    "House prices mean that our young people leave and hardly any come back.",
    "You closed the children's centre in our village and nothing has come in its place.",
    "Help before it is a crisis, not after.",
)


class Channel(StrEnum):
    """Which provider the load generator plays; for the web, a browser."""

    SMS = "sms"
    TELEGRAM = "telegram"
    WEB = "web"


Talk = Generator[bytes, bytes, None]
"""One person's requests. Each is to be sent when the one before was answered, and is given the answer."""


def conversations(channel: Channel, url: str, first: int, count: int, turns: int | None = None) -> list[Talk]:
    """So many people's conversations with the service at `url`; `first` numbers them, so that no two runs share one.

    `turns` is how many messages of each are wanted; None for all.
    """
    numbers = range(first, first + count)
    if channel is Channel.WEB:
        return [visitors.visit(url, said(channel, number)[:turns]) for number in numbers]
    make = _texts(url) if channel is Channel.SMS else _updates(url)
    return [_one_by_one(make(number)[:turns]) for number in numbers]


def _one_by_one(requests: Sequence[bytes]) -> Talk:
    # Not `yield from`: a sequence's own iterator cannot be given answers.
    for request in requests:  # noqa: UP028
        yield request


def messages_each(channel: Channel) -> int:
    """How many messages one conversation has."""
    return len(said(channel, 0))


def said(channel: Channel, number: int) -> tuple[str, ...]:
    """What a person says, in order. A tap stands as nothing, a choice on the page as its code."""
    opening = {
        Channel.SMS: ("PLAN", "Parent or carer"),
        Channel.TELEGRAM: ("/start herefordshire-2018", ""),
        Channel.WEB: ("parent-carer",),
    }
    three = (_ANSWERS[(number * 3 + turn) % len(_ANSWERS)] for turn in range(3))
    return (*opening[channel], *three)


# --- Twilio ---


def _texts(url: str) -> Callable[[int], Sequence[bytes]]:
    """Twilio's inbound form with every field it has for a British mobile number."""
    always = {
        "AccountSid": ACCOUNT_SID,
        "ApiVersion": "2010-04-01",
        "FromCity": "",
        "FromCountry": "GB",
        "FromState": "",
        "FromZip": "",
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsStatus": "received",
        "To": NUMBER,
        "ToCity": "",
        "ToCountry": "GB",
        "ToState": "",
        "ToZip": "",
    }
    address = url + SMS_PATH

    def person(number: int) -> Sequence[bytes]:
        # Longer than any number that is in use, behind the digits that Ofcom keeps for drama.
        sender = f"+447700900{number:06d}"
        every = said(Channel.SMS, number)
        return [text(sender, f"SM{number:024x}{turn:08x}", words) for turn, words in enumerate(every)]

    def text(sender: str, sid: str, words: str) -> bytes:
        form = {**always, "Body": words, "From": sender, "MessageSid": sid, "SmsMessageSid": sid, "SmsSid": sid}
        signed = address + "".join(name + form[name] for name in sorted(form))
        digest = hmac.new(AUTH_TOKEN.encode(), signed.encode(), hashlib.sha1).digest()
        body = "&".join(f"{name}={quote_plus(value)}" for name, value in form.items()).encode()
        return _request(
            address,
            body,
            "Content-Type: application/x-www-form-urlencoded; charset=utf-8",
            f"X-Twilio-Signature: {base64.b64encode(digest).decode()}",
            f"I-Twilio-Idempotency-Token: {sid}",
            "User-Agent: TwilioProxy/1.1",
        )

    return person


# --- Telegram ---


def _updates(url: str) -> Callable[[int], Sequence[bytes]]:
    """Bot API updates with the fields that Telegram fills in for an ordinary account."""
    address = url + TELEGRAM_PATH

    def person(number: int) -> Sequence[bytes]:
        who = {
            "id": 5_000_000_000 + number,
            "is_bot": False,
            "first_name": "A",
            "last_name": "B",
            "language_code": "en",
        }
        chat = {"id": who["id"], "first_name": "A", "last_name": "B", "type": "private"}
        every = said(Channel.TELEGRAM, number)
        return [update(number * 10 + turn, who, chat, turn, words) for turn, words in enumerate(every)]

    def update(number: int, who: dict[str, object], chat: dict[str, object], turn: int, words: str) -> bytes:
        message = {"message_id": 2 * turn + 1, "from": who, "chat": chat, "date": NOON, "text": words}
        if words.startswith("/"):
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(words.split(maxsplit=1)[0])}]
        if not words:
            tap = {"id": str(number), "from": who, "message": message | {"text": "Who?"}, "chat_instance": "1"}
            content: dict[str, object] = {"callback_query": tap | {"data": taps.data_for("who", "parent-carer")}}
        else:
            content = {"message": message}
        body = json.dumps({"update_id": number, **content}, ensure_ascii=False).encode()
        return _request(address, body, "Content-Type: application/json", f"X-Telegram-Bot-Api-Secret-Token: {SECRET}")

    return person


def _request(address: str, body: bytes, *headers: str) -> bytes:
    parts = urlsplit(address)
    head = (
        f"POST {parts.path} HTTP/1.1",
        f"Host: {parts.netloc}",
        "Accept: */*",
        f"Content-Length: {len(body)}",
        *headers,
    )
    return "\r\n".join((*head, "", "")).encode() + body
