"""A Twilio on loopback: as much of its messaging as a consultation uses.

Inbound texts and statuses are posted with real signatures; a webhook that is not taken is tried once more and then
lost, as it is with Twilio, where only the list of messages still has it.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from aiohttp import web

from bot import ids
from bot.clock import Clock
from bot.simulators import faults
from bot.simulators.phones import Phone, PhoneMessage
from bot.simulators.server import Server, accepted
from bot.simulators.texts import OptOut, Refusal, Text, answer_to, query, refusal

ACCOUNT_SID: Final = "AC00000000000000000000000000000001"
AUTH_TOKEN: Final = "simulated"  # noqa: S105 - it opens nothing but this simulator
NUMBER: Final = "+447700900456"

_LONGEST_BODY: Final = 1600
_DRAMA = re.compile(r"\+447700900\d{3}")


def is_drama_number(number: str) -> bool:
    """Whether a number is one that Ofcom keeps for drama: in use by nobody, and invalid to every real validator."""
    return _DRAMA.fullmatch(number) is not None


class TwilioApi(Server):
    """One account with one number. `sms_url` is where its inbound texts are posted."""

    def __init__(
        self,
        *,
        account_sid: str = ACCOUNT_SID,
        auth_token: str = AUTH_TOKEN,
        number: str = NUMBER,
        now: Callable[[], datetime] | None = None,
        port: int = 0,
        opt_out: OptOut = OptOut.DEFAULT,
        callbacks: bool = True,
    ) -> None:
        super().__init__(port=port)
        self.account_sid = account_sid
        self.number = number
        self.sms_url = ""
        self.now = now or Clock().now
        self.phones: dict[str, Phone] = {}
        self.texts: list[Text] = []
        """Every text either way, oldest first."""
        self.opted_out: set[str] = set()
        self.landlines: set[str] = set()
        """Numbers that are refused with 21635."""
        self.refused: list[int] = []
        """Statuses of webhooks that were not taken; 0 where there was no answer."""
        self.retries = 1
        """How often a webhook that was not taken is tried again."""
        self.retry_seconds = 0.1
        self._token = auth_token
        self._opt_out = opt_out
        self._callbacks = callbacks
        self._basic = "Basic " + base64.b64encode(f"{account_sid}:{auth_token}".encode()).decode()

    def phone(self, number: str) -> Phone:
        """The phone with that number: a new one, or the one there is."""
        if number not in self.phones:
            self.phones[number] = Phone(self, number)
        return self.phones[number]

    def routes(self) -> list[web.RouteDef]:
        path = "/2010-04-01/Accounts/{sid}/Messages.json"
        return [web.post(path, self._create), web.get(path, self._list)]

    async def receive(self, phone: Phone, body: str, media: int) -> PhoneMessage:
        """Take in what a phone sends, and tell the service."""
        text = self._keep(Text(_sid("SM"), phone.number, self.number, body, self.now(), "inbound", "received", media))
        message = PhoneMessage(text.sid, by_us=False, at=text.created, text=body, media=media)
        phone.messages.append(message)
        opted = self._opt(phone, body)
        self.changes.happened()
        if self.sms_url:
            extra = {"OptOutType": opted} if opted and self._opt_out is OptOut.ADVANCED else {}
            await self.tell(self.sms_url, self._inbound_form(text) | extra)
        return message

    def arrives(self, body: str, *, sender: str, media: int = 0) -> Text:
        """Have Twilio hold an inbound text that it never tells the service of, as in an outage."""
        return self._keep(Text(_sid("SM"), sender, self.number, body, self.now(), "inbound", "received", media))

    async def deliver(self, text: Text) -> bool:
        """Tell the service of an inbound text, or tell it again; whether it was taken."""
        return await self.tell(self.sms_url, self._inbound_form(text))

    async def tell(self, url: str, form: Mapping[str, str]) -> bool:
        """Post one signed webhook, and once more if it was not taken; whether it was."""
        body = urlencode(form).encode()
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Twilio-Signature": self.signature(url, form),
            "I-Twilio-Idempotency-Token": ids.short_token(),
        }
        for again in range(self.retries + 1):
            if again:
                await asyncio.sleep(self.retry_seconds)
            status = await self.post(url, body, headers)
            if accepted(status):
                return True
            self.refused.append(status)
        return False

    def signature(self, url: str, form: Mapping[str, str]) -> str:
        """Twilio's signature of a form (twilio.com/docs/usage/security), worked out without Twilio's library."""
        signed = url + "".join(name + form[name] for name in sorted(form))
        return base64.b64encode(hmac.new(self._token.encode(), signed.encode(), hashlib.sha1).digest()).decode()

    async def _create(self, request: web.Request) -> web.Response:
        form = dict(parse_qsl((await request.read()).decode(), keep_blank_values=True))
        fault = self.faults.take()
        if (wrong := await faults.before(fault, request)) is not None:
            return wrong
        try:
            text = self._accept(request, form)
        except Refusal as error:
            return web.json_response(error.answer, status=error.status)
        if self._callbacks and text.callback:
            _ = self.in_background(self._report(text))
        answer = web.json_response(text.resource(self.account_sid), status=HTTPStatus.CREATED)
        return await faults.after(fault, request, answer)

    def _accept(self, request: web.Request, form: Mapping[str, str]) -> Text:
        self._check(request)
        to, body = form.get("To", ""), form.get("Body", "")
        if not re.fullmatch(r"\+[1-9]\d{6,14}", to):
            raise refusal(21211, "Invalid 'To' Phone Number")
        if form.get("From") != self.number and not form.get("MessagingServiceSid"):
            raise refusal(21606, "The 'From' phone number provided is not a valid message-capable Twilio phone number")
        if not body:
            raise refusal(21602, "Message body is required.")
        if len(body) > _LONGEST_BODY:
            raise refusal(21617, "The concatenated message body exceeds the 1600 character limit.")
        if to in self.landlines:
            raise refusal(21635, "'To' number cannot be a landline")
        if to in self.opted_out:
            raise refusal(21610, "Attempt to send to unsubscribed recipient")
        text = self._keep(Text(_sid("SM"), self.number, to, body, self.now(), "outbound-api", "queued"))
        text.callback = form.get("StatusCallback", "")
        phone = self.phone(to)
        if not phone.switched_off:
            phone.messages.append(PhoneMessage(text.sid, by_us=True, at=text.created, text=body))
        self.changes.happened()
        return text

    async def _list(self, request: web.Request) -> web.Response:
        fault = self.faults.take()
        if (wrong := await faults.before(fault, request)) is not None:
            return wrong
        try:
            self._check(request)
        except Refusal as error:
            return web.json_response(error.answer, status=error.status)
        page = query(self.texts, request.query, request.path, self.account_sid)
        return await faults.after(fault, request, web.json_response(page))

    def _check(self, request: web.Request) -> None:
        if request.headers.get("Authorization") != self._basic or request.match_info["sid"] != self.account_sid:
            raise refusal(20003, "Authenticate", HTTPStatus.UNAUTHORIZED)

    async def _report(self, text: Text) -> None:
        last = "undelivered" if self.phone(text.to).switched_off else "delivered"
        for status in ("sent", last):
            text.status = status
            text.sent = text.sent or self.now()
            form = {"MessageSid": text.sid, "SmsSid": text.sid, "MessageStatus": status, "SmsStatus": status}
            form |= {"To": text.to, "From": text.sender, "AccountSid": self.account_sid, "ApiVersion": "2010-04-01"}
            if status == "undelivered":
                form["ErrorCode"] = "30003"
            await self.tell(text.callback, form)

    def _opt(self, phone: Phone, body: str) -> str | None:
        """What Twilio does about STOP, START and HELP before the service hears of them."""
        if self._opt_out is OptOut.OFF or (found := answer_to(body)) is None:
            return None
        kind, words = found
        if kind == "STOP":
            self.opted_out.add(phone.number)
        elif kind == "START":
            if phone.number not in self.opted_out:
                return kind
            self.opted_out.discard(phone.number)
        message = PhoneMessage(_sid("SM"), by_us=True, at=self.now(), text=words)
        message.by_provider = True
        phone.messages.append(message)
        return kind

    def _inbound_form(self, text: Text) -> dict[str, str]:
        """The fields of a real inbound text, the empty ones included: they are signed too."""
        empty = ("ToState", "ToCity", "ToZip", "FromState", "FromCity", "FromZip")
        form: dict[str, Any] = dict.fromkeys(empty, "") | {"ToCountry": "GB", "FromCountry": "GB"}
        form |= dict.fromkeys(("SmsMessageSid", "SmsSid", "MessageSid"), text.sid)
        form |= {"SmsStatus": "received", "NumSegments": "1", "ApiVersion": "2010-04-01"}
        form |= {"AccountSid": self.account_sid, "From": text.sender, "To": text.to, "Body": text.body}
        return form | {"NumMedia": str(text.media)}

    def _keep(self, text: Text) -> Text:
        self.texts.append(text)
        return text


def _sid(prefix: str) -> str:
    return f"{prefix}{ids.new_id():032x}"
