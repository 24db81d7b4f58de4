"""SMS through Twilio.

Sources: twilio.com/docs/usage/security (signatures), /docs/messaging/guides/webhook-request (the inbound form),
/docs/messaging/tutorials/advanced-opt-out (STOP and START), and the table in `sms_errors`.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache, partial
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import unquote_plus

import phonenumbers
from aiohttp import ClientError
from phonenumbers import PhoneNumberType
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.request_validator import RequestValidator

from bot.channels import sms_client, sms_errors
from bot.channels.base import Pace, Parsed, ProviderError, RawRequest, RefusedError, backoff
from flows.commands import understand
from flows.definition import Command
from flows.messages import (
    CameBack,
    Channel,
    Content,
    Gone,
    InboundMessage,
    Other,
    OutboundMessage,
    Pressed,
    RetryAt,
    SendOutcome,
    Sent,
    Shows,
    Status,
    StatusUpdate,
    Typed,
    Unusable,
)
from flows.segments import is_full_segment

API: Final = "https://api.twilio.com"
INBOUND_PATH: Final = "/hooks/twilio/sms"
STATUS_PATH: Final = "/hooks/twilio/status"
SIGNATURE_HEADER: Final = "X-Twilio-Signature"

_MOST_FIELDS: Final = 500
_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
"""E.164. A short code or a name as the sender is a machine: what it says is no answer, and nothing goes back to it.
`whatsapp:+44...` does not match either: those messages wait for a channel of their own."""
_MOBILE: Final = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
_STATUSES: Final = {
    "sent": Status.SENT,
    "delivered": Status.DELIVERED,
    "read": Status.READ,
    "undelivered": Status.FAILED,
    "failed": Status.FAILED,
    "canceled": Status.FAILED,
}
"""Others ("queued", "sending") say less than the answer to our own call did."""
_OPTED: Final = {"STOP": Command.STOP, "START": Command.START}
_APART: Final = timedelta(seconds=60)
"""By so much our clock may be ahead of Twilio's."""
_RECENT: Final = 100
"""How many of the last texts to one person are looked through for one that may have been sent already."""

# Below this Twilio's library logs what it is sent.
logging.getLogger("twilio").setLevel(logging.WARNING)


@lru_cache(4096)
def is_mobile(number: str) -> bool:
    """Whether a number in E.164 is one that texts can be sent to. A landline would read them aloud to whoever is in."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(parsed) and phonenumbers.number_type(parsed) in _MOBILE


class SmsChannel:
    """The SMS side of every conversation. Made before the loop runs; connects at the first call.

    `sender` is our number in E.164, or the id of a messaging service (`MG...`). `per_second` is what the account allows
    it. `public_url` is the address that Twilio calls: signatures are made over it.
    """

    name: Final = Channel.SMS
    # Four parts in GSM-7, nine in other alphabets: more than any network is known to put together again.
    shows: Final = Shows(buttons=False, emoji=False, joined=True, short=True, longest=600)

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        sender: str,
        public_url: str,
        api: str = API,
        per_second: float = 1,
        timeout: float = 10,
        can_be_texted: Callable[[str], bool] = is_mobile,
    ) -> None:
        self.pace: Final = Pace(per_second=per_second, per_address_seconds=1)
        self._validator: Any = RequestValidator(auth_token)
        self._public_url = public_url.rstrip("/")
        self._sender = sender
        self._timeout = timeout
        self._can_be_texted = can_be_texted
        self._connect: Callable[[], Any] = lambda: sms_client.client(account_sid, auth_token, api, timeout)
        self._connected: Any = None

    def parse(self, request: RawRequest) -> Parsed:
        signature = request.headers.get(SIGNATURE_HEADER)
        if not signature:
            raise RefusedError(403, "This address is for Twilio alone.")
        form = _form(request.body)
        # Always the address we are known by: what the request itself says of it can be a proxy's, or anybody's.
        if not self._is_signed(self._public_url + request.path, form, signature):
            raise RefusedError(403, "The signature of this request does not match.")
        if request.path.partition("?")[0] == STATUS_PATH:
            return Parsed(updates=tuple(_statuses(form)))
        return Parsed(messages=tuple(_received(form, request.received_at)))

    async def send(self, message: OutboundMessage, *, now: datetime) -> SendOutcome:
        """Hand one text to Twilio.

        After a `RetryAt` the text may have been accepted all the same, with only the answer lost: ask `already_sent`
        before the next attempt.
        """
        if not self._can_be_texted(message.address):
            return Gone("Not a mobile number: nothing is sent to it")
        service = self._sender.startswith("MG")
        try:
            async with asyncio.timeout(self._timeout):
                sent = await self._client.messages.create_async(
                    to=message.address,
                    body=message.text,
                    status_callback=self._public_url + STATUS_PATH,
                    **{"messaging_service_sid" if service else "from_": self._sender},
                )
        except (TwilioRestException, TwilioServiceException) as error:
            return sms_errors.outcome(error.code, error.status, attempt=message.attempt, now=now)
        except (ClientError, TwilioException, OSError, ValueError) as error:
            return RetryAt(now + backoff(message.attempt), f"Twilio could not be reached: {type(error).__name__}")
        if not sent.sid:
            return RetryAt(now + backoff(message.attempt), "Twilio gave no answer that can be read")
        return Sent(str(sent.sid))

    async def missed(self, since: datetime, *, now: datetime) -> Sequence[InboundMessage]:
        """See `Recovers.missed`. Texts that did reach us are among them: their ids say so."""
        start = since.replace(microsecond=0)  # Twilio's times are whole seconds
        ours = {} if self._sender.startswith("MG") else {"to": self._sender}
        listed = await self._listed(date_sent_after=start, page_size=1000, **ours)
        # The list is newest first: turned round before it is sorted, so that texts of one second keep their order.
        found = [text for text in reversed(listed) if text.direction == "inbound" and text.date_created >= start]
        found.sort(key=lambda text: text.date_created)
        return [message for text in found for message in _recovered(text, now)]

    async def already_sent(self, message: OutboundMessage) -> Sequence[str]:
        """See `Recovers.already_sent`: same person, same words, made since the message was queued."""
        if message.queued_at is None:
            return ()
        queued = message.queued_at.replace(microsecond=0) - _APART
        # Not asked for by date: a text that Twilio has accepted and not yet passed on has no date to be found by.
        return [
            str(text.sid)
            for text in reversed(await self._listed(to=message.address, limit=_RECENT))
            if text.direction != "inbound" and text.body == message.text and text.date_created >= queued
        ]

    async def close(self) -> None:
        connected, self._connected = self._connected, None
        if connected is not None:
            await connected.http_client.close()

    def _is_signed(self, url: str, form: _Form, signature: str) -> bool:
        """Whether Twilio's library, which knows every way in which Twilio signs, takes the signature for genuine."""
        # `validate` works it out with a port in the address and without. Nearly always the first of these is right.
        expected: str = self._validator.compute_signature(url, form)
        if hmac.compare_digest(expected.encode(), signature.encode(errors="replace")):
            return True
        return bool(self._validator.validate(url, form, signature))

    @property
    def _client(self) -> Any:  # noqa: ANN401 - twilio has no types
        if self._connected is None:
            self._connected = self._connect()
        return self._connected

    async def _listed(self, **filters: object) -> list[Any]:
        try:
            return list(await self._client.messages.list_async(**filters))
        except (ClientError, TwilioException, OSError, ValueError) as error:
            refused = _status_of(error) in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)
            sentence = (
                "Twilio does not accept our account: check SAYSO_TWILIO_ACCOUNT_SID and SAYSO_TWILIO_AUTH_TOKEN."
                if refused
                else f"Twilio's list of messages could not be read ({type(error).__name__}): ask again later."
            )
            raise ProviderError(sentence, passing=not refused) from None


class _Form(dict[str, list[str]]):
    """A form with its repeated fields."""

    # How Twilio's validator first asks for the values of a field, before it tries the ways of other frameworks.
    getall = dict[str, list[str]].__getitem__

    def first(self, name: str) -> str:
        """The field's value, empty where there is none."""
        return self.get(name, [""])[0]

    def needed(self, name: str) -> str:
        if not (value := self.first(name)):
            raise RefusedError(400, f"The form has no {name}.")
        return value


def _form(body: bytes) -> _Form:
    """Every field, the empty ones too: they are signed like the others."""
    form = _Form()
    try:
        fields = body.decode().split("&", _MOST_FIELDS)
        if len(fields) > _MOST_FIELDS:
            raise RefusedError(400, "This form has too many fields.")
        # As the standard library's `parse_qsl` does it, in half the time.
        for field in filter(None, fields):
            name, _, value = field.partition("=")
            if "%" in field or "+" in field:
                name, value = unquote_plus(name, errors="strict"), unquote_plus(value, errors="strict")
            form.setdefault(name, []).append(value)
    except ValueError:
        raise RefusedError(400, "This is not a form.") from None
    return form


def _received(form: _Form, received_at: datetime) -> Iterator[InboundMessage]:
    sender, sid = form.needed("From"), form.needed("MessageSid")
    made = partial(InboundMessage, Channel.SMS, sender, received_at=received_at)
    if _NUMBER.fullmatch(sender):
        opted = form.first("OptOutType").upper()
        yield from _said(made, sid, form.first("Body"), form.first("NumMedia"), opted)


def _recovered(text: Any, now: datetime) -> Iterator[InboundMessage]:  # noqa: ANN401 - twilio has no types
    sender, sent_at = str(text.from_), text.date_created
    made = partial(InboundMessage, Channel.SMS, sender, received_at=now, sent_at=sent_at, recovered=True)
    if _NUMBER.fullmatch(sender):
        yield from _said(made, str(text.sid), text.body or "", text.num_media or "", "")


def _said(made: partial[InboundMessage], sid: str, body: str, media: str, opted: str) -> Iterator[InboundMessage]:
    if opted == "START":
        # Twilio lets our texts through again from here on, whatever the words were.
        yield made(f"{sid}:opted-in", CameBack())
    if media not in ("", "0"):
        yield made(f"{sid}:{Unusable.PICTURE}", Other(Unusable.PICTURE))
        if not body:
            return
    yield made(sid, _words(body, opted), already_confirmed=opted in _OPTED)


def _words(body: str, opted: str) -> Content:
    """What was typed, letter for letter.

    A body that looks like base64 stays as it is. Some gateways are said to deliver texts so, but one long word without
    a space looks no different, and to read an answer as what it is not would be worse than to keep what we were given.
    """
    command = _OPTED.get(opted)
    if command is None or isinstance(understand(body, ()), Command) or body.strip().upper() == "YES":
        # "YES" is one of Twilio's words for START, and a good answer to many a question.
        return Typed(body, may_continue=is_full_segment(body))
    return Pressed(command)  # a word of the council's own choosing, set up with Twilio


def _statuses(form: _Form) -> Iterator[StatusUpdate]:
    sid, name = form.needed("MessageSid"), form.needed("MessageStatus")
    status = _STATUSES.get(name.lower())
    if status is None:
        return
    code = form.first("ErrorCode") if status is Status.FAILED else ""
    number = int(code) if code.isascii() and code.isdecimal() else None
    yield StatusUpdate(Channel.SMS, sid, status, error=_error(number, name), gone=sms_errors.is_gone(number))


def _error(code: int | None, status: str) -> str | None:
    if _STATUSES[status.lower()] is not Status.FAILED:
        return None
    if code is None:
        return f"Twilio: {status.lower()}"
    rule = sms_errors.RULES.get(code)
    return f"Twilio {code}: {rule.reason}" if rule else f"Twilio {code}"


def _status_of(error: Exception) -> int | None:
    """The HTTP status behind an error: a page that could not be had is told of by another class than the rest."""
    response = error.args[1] if len(error.args) > 1 else error
    status = getattr(response, "status_code", getattr(error, "status", None))
    return status if isinstance(status, int) else None
