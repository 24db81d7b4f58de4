"""What the load generator says: whole conversations of made-up people, as requests ready to be written to a socket.

They are made before anything is measured, signatures and all, so that making them costs the measured side nothing.
The signature is written out by hand here; whoever receives it checks it with Twilio's own validator.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Final
from urllib.parse import quote_plus, urlsplit

from bot.channels import taps
from bot.simulators.twilio_api import ACCOUNT_SID, AUTH_TOKEN, NUMBER
from tests.support.town import SECRET

SMS_PATH: Final = "/hooks/twilio/sms"
TELEGRAM_PATH: Final = "/hooks/telegram"
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
    """Which provider the load generator plays."""

    SMS = "sms"
    TELEGRAM = "telegram"


Conversation = Sequence[bytes]
"""One person's requests, each to be sent when the one before was answered."""


def conversations(channel: Channel, url: str, first: int, count: int) -> list[Conversation]:
    """So many people's conversations with the service at `url`; `first` numbers them, so that no two runs share one."""
    make = _texts(url) if channel is Channel.SMS else _updates(url)
    return [make(number) for number in range(first, first + count)]


def messages_each(channel: Channel) -> int:
    """How many messages one conversation has."""
    return len(conversations(channel, "http://127.0.0.1:1", 0, 1)[0])


# --- Twilio ---


def _texts(url: str) -> Callable[[int], Conversation]:
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

    def person(number: int) -> Conversation:
        # Longer than any number that is in use, behind the digits that Ofcom keeps for drama.
        sender = f"+447700900{number:06d}"
        said = ("PLAN", "Parent or carer", *_three_answers(number))
        return [text(sender, f"SM{number:024x}{turn:08x}", words) for turn, words in enumerate(said)]

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


def _updates(url: str) -> Callable[[int], Conversation]:
    """Bot API updates with the fields that Telegram fills in for an ordinary account."""
    address = url + TELEGRAM_PATH

    def person(number: int) -> Conversation:
        who = {
            "id": 5_000_000_000 + number,
            "is_bot": False,
            "first_name": "A",
            "last_name": "B",
            "language_code": "en",
        }
        chat = {"id": who["id"], "first_name": "A", "last_name": "B", "type": "private"}
        said = ("/start herefordshire-2018", "", *_three_answers(number))
        return [update(number * 10 + turn, who, chat, turn, words) for turn, words in enumerate(said)]

    def update(number: int, who: dict[str, object], chat: dict[str, object], turn: int, words: str) -> bytes:
        message = {"message_id": 2 * turn + 1, "from": who, "chat": chat, "date": NOON, "text": words}
        if not words:
            tap = {"id": str(number), "from": who, "message": message | {"text": "Who?"}, "chat_instance": "1"}
            content: dict[str, object] = {"callback_query": tap | {"data": taps.data_for("who", "parent-carer")}}
        else:
            content = {"message": message}
        body = json.dumps({"update_id": number, **content}, ensure_ascii=False).encode()
        return _request(address, body, "Content-Type: application/json", f"X-Telegram-Bot-Api-Secret-Token: {SECRET}")

    return person


def _three_answers(number: int) -> tuple[str, str, str]:
    first, second, third = (_ANSWERS[(number * 3 + turn) % len(_ANSWERS)] for turn in range(3))
    return first, second, third


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
