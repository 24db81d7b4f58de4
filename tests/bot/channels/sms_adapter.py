"""A person with a phone, for the suite over all channels."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import ClassVar
from urllib.parse import parse_qsl, urlencode

from multidict import CIMultiDict

from bot.channels.base import RawRequest
from bot.channels.sms import INBOUND_PATH, SIGNATURE_HEADER, SmsChannel
from bot.simulators.faults import Fault, Kind
from bot.simulators.phones import Phone
from bot.simulators.texts import error_body
from bot.simulators.twilio_api import ACCOUNT_SID, AUTH_TOKEN, NUMBER, TwilioApi, is_drama_number
from flows.messages import Content, Typed
from flows.segments import is_full_segment
from tests.bot.channels.contract import NOW, Adapter, Can, Trouble

PUBLIC_URL = "https://sayso.example.gov.uk"
PERSON = "+447700900123"
NOBODY_LISTENS = "http://127.0.0.1:9"


def signature(url: str, body: bytes, token: str = AUTH_TOKEN) -> str:
    pairs = sorted(set(parse_qsl(body.decode(errors="replace"), keep_blank_values=True)))
    signed = url + "".join(name + value for name, value in pairs)
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()


def request(body: bytes, signed: str | None = None, path: str = INBOUND_PATH) -> RawRequest:
    signed = signature(PUBLIC_URL + path, body) if signed is None else signed
    return RawRequest(path, CIMultiDict({SIGNATURE_HEADER.lower(): signed}), body, NOW)


def channel(api: str = NOBODY_LISTENS, *, timeout: float = 10, sender: str = NUMBER) -> SmsChannel:
    return SmsChannel(
        account_sid=ACCOUNT_SID,
        auth_token=AUTH_TOKEN,
        sender=sender,
        public_url=PUBLIC_URL,
        api=api,
        timeout=timeout,
        can_be_texted=is_drama_number,
    )


class SmsAdapter(Adapter):
    can = frozenset({Can.SEND_PICTURES, Can.BE_USELESS})
    troubles = frozenset(Trouble)
    private: ClassVar = (PERSON, PERSON[1:], AUTH_TOKEN)
    address = PERSON

    def __init__(self) -> None:
        self.channel = channel()
        self._last = 0
        self._api: TwilioApi | None = None
        self._phone: Phone | None = None

    def form(self, **fields: str) -> dict[str, str]:
        self._last += 1
        sid = f"SM{self._last:032x}"
        blanks = dict.fromkeys(("ToState", "ToCity", "ToZip", "FromState", "FromCity", "FromZip"), "")
        usual = {"MessageSid": sid, "SmsSid": sid, "From": PERSON, "To": NUMBER, "Body": "", "NumMedia": "0"}
        return {**blanks, **usual, "AccountSid": ACCOUNT_SID, "ApiVersion": "2010-04-01", **fields}

    def post(self, form: Mapping[str, str]) -> RawRequest:
        return request(urlencode(form).encode())

    def says(self, text: str) -> RawRequest:
        return self.post(self.form(Body=text))

    def understood(self, text: str) -> Content:
        return Typed(text, may_continue=is_full_segment(text))

    def genuine(self, body: bytes) -> RawRequest:
        return request(body)

    def forged(self, text: str) -> tuple[RawRequest, ...]:
        honest = self.says(text)
        body, url = honest.body, PUBLIC_URL + INBOUND_PATH
        return (
            RawRequest(INBOUND_PATH, CIMultiDict(), body, NOW),
            request(body, ""),
            request(body, "x"),
            request(body, "é\udcff"),
            request(body, signature(url, body, token="somebody else's")),
            request(body, signature(url.replace("https", "http"), body)),
            request(body, signature(url, self.says("other words").body)),
            request(body, signature(url + "?x=1", body)),
            request(body + b"&NumMedia=1", signature(url, body)),
        )

    def garbled(self) -> tuple[RawRequest, ...]:
        nobody, nameless = self.form(Body="x"), self.form(Body="x")
        del nobody["From"], nameless["MessageSid"]
        many = "&".join(f"a{number}=" for number in range(1000)).encode()
        return (*map(self.genuine, (b"", b"{}", b"Body=%FF", b"\xff", many)), self.post(nobody), self.post(nameless))

    def sends_picture(self, words: str) -> RawRequest:
        return self.post(self.form(Body=words, NumMedia="1", MediaUrl0="https://api.twilio.com/x"))

    def useless(self) -> tuple[RawRequest, ...]:
        senders = ("60777", "HMRC", f"whatsapp:{PERSON}", "+44", "+0123456789", PERSON + "\n")
        return tuple(self.post(self.form(Body="hello", From=sender)) for sender in senders)

    async def open(self) -> None:
        self._api = await TwilioApi(callbacks=False, now=lambda: NOW).__aenter__()
        self._phone = self._api.phone(PERSON)
        self.channel = channel(self._api.url)

    async def close(self) -> None:
        await super().close()
        if self._api is not None:
            await self._api.close()

    async def gets_into(self, trouble: Trouble) -> None:
        assert self._api is not None
        refusals = {
            Trouble.PERSON_LEFT: (400, 21610),
            Trouble.BUSY: (429, 20429),
            Trouble.REFUSES_US: (401, 20003),
            Trouble.BROKEN: (503, 20503),
        }
        if trouble in refusals:
            status, code = refusals[trouble]
            self._api.faults.add(Fault(Kind.REFUSED, status, error_body(code, "said Twilio", status)))
        elif trouble is Trouble.AWAY:
            await self._api.close()
        elif trouble is Trouble.SILENT:
            self.channel = channel(self._api.url, timeout=0.2)
            self._api.faults.add(Fault(Kind.HUNG))
        else:
            kinds = {Trouble.DROPS: Kind.DROPPED, Trouble.LOSES_ANSWER: Kind.LOST}
            self._api.faults.add(Fault(kinds[trouble]))

    def shown(self) -> list[str]:
        assert self._phone is not None
        return [message.text for message in self._phone.heard]
