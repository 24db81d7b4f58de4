"""The Big Ask's people as a wire sees them: each conversation as requests, every next one made when it is needed.

A conversation is a generator: it gives a request, is sent the answer to it, and raises where that is not what somebody
in that place has to get. Whatever is the same for everybody was put together before.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Generator
from time import perf_counter
from typing import Final
from urllib.parse import quote_plus, urlsplit

from benchmarks.big_ask_people import Person, Turn
from benchmarks.people import NOON, SMS_PATH, TELEGRAM_PATH
from benchmarks.stage import SLUG
from bot.channels import taps
from bot.simulators.twilio_api import ACCOUNT_SID, AUTH_TOKEN, NUMBER
from flows.messages import Channel
from tests.support.town import SECRET

Conversation = Generator[bytes, bytes, None]
"""Takes whole answers, head and body."""

OK: Final = b"HTTP/1.1 200 "
SEE_OTHER: Final = b"HTTP/1.1 303 "
_BROWSER: Final = (
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language: en-GB,en;q=0.5",
    "Accept-Encoding: gzip, deflate, br",
    "Connection: keep-alive",
)


class UnexpectedAnswerError(Exception):
    """The service did not answer somebody as it should have."""


def conversations(url: str) -> Callable[[Person], Conversation]:
    """How anybody talks to the service at `url`, on the channel that is theirs."""
    ways = {
        Channel.SMS: _Texting(url).conversation,
        Channel.TELEGRAM: _Chatting(url).conversation,
        Channel.WEB: _Browsing(url).conversation,
    }
    return lambda person: ways[person.script.channel](person)


def _head(url: str, verb: str, path: str, *headers: str) -> bytes:
    lines = (f"{verb} {path} HTTP/1.1", f"Host: {urlsplit(url).netloc}", *headers)
    return "\r\n".join((*lines, "")).encode()


def _insist(answer: bytes, status: bytes, person: Person) -> None:
    if not answer.startswith(status):
        said = answer.partition(b"\r\n")[0].decode("latin-1")
        raise UnexpectedAnswerError(f"person {person.number} was answered {said!r} and not {status.decode()!r}")


# --- Twilio ---


class _Texting:
    """Twilio's inbound form with every field it has for a British mobile number, and its signature."""

    def __init__(self, url: str) -> None:
        self._start = _head(
            url,
            "POST",
            SMS_PATH,
            "Accept: */*",
            "User-Agent: TwilioProxy/1.1",
            "Content-Type: application/x-www-form-urlencoded; charset=utf-8",
        )
        # The fields in the order in which the signature takes them.
        before = (("AccountSid", ACCOUNT_SID), ("ApiVersion", "2010-04-01"), ("Body", ""))
        where = (("FromCity", ""), ("FromCountry", "GB"), ("FromState", ""), ("FromZip", ""), ("MessageSid", ""))
        how = (("NumMedia", "0"), ("NumSegments", "1"), ("SmsMessageSid", ""))
        to = (("To", NUMBER), ("ToCity", ""), ("ToCountry", "GB"), ("ToState", ""), ("ToZip", ""))
        after = (("SmsStatus", "received"), *to)
        self._form = tuple(
            "&".join(f"{name}={quote_plus(value)}" for name, value in fields).encode()
            for fields in (before, where, how, after)
        )
        self._signed = tuple(
            "".join(f"{name}{value}" for name, value in fields).encode() for fields in (where, how, after)
        )
        prefix = f"{url}{SMS_PATH}" + "".join(f"{name}{value}" for name, value in before)
        self._seal = hmac.new(AUTH_TOKEN.encode(), prefix.encode(), hashlib.sha1)

    def conversation(self, person: Person) -> Conversation:
        for place, turn in enumerate(person.script.turns):
            if turn.sends is None:
                words = person.words(place)
                plain, form = words.plain + b" p%06d" % person.number, words.form + b"+p%06d" % person.number
            else:
                plain, form = turn.sends.encode(), quote_plus(turn.sends).encode()
            _insist((yield self._request(person, place, plain, form)), OK, person)

    def _request(self, person: Person, place: int, plain: bytes, form: bytes) -> bytes:
        sid = b"SM%024x%08x" % (person.number, place)
        sender = person.phone.encode()
        where, how, after = self._signed
        seal = self._seal.copy()
        seal.update(b"%bFrom%b%b%b%b%bSmsSid%b%b" % (plain, sender, where, sid, how, sid, sid, after))
        signature = base64.b64encode(seal.digest())
        before, where, how, after = self._form
        body = b"%b%b&From=%%2B%b&%b%b&%b%b&SmsSid=%b&%b" % (before, form, sender[1:], where, sid, how, sid, sid, after)
        return b"%bI-Twilio-Idempotency-Token: %b\r\nX-Twilio-Signature: %b\r\nContent-Length: %d\r\n\r\n%b" % (
            *(self._start, sid, signature, len(body), body),
        )


# --- Telegram ---


class _Chatting:
    """Bot API updates with the fields that Telegram fills in for an ordinary account."""

    def __init__(self, url: str) -> None:
        self._start = _head(
            *(url, "POST", TELEGRAM_PATH, "Accept: */*", "Content-Type: application/json"),
            f"X-Telegram-Bot-Api-Secret-Token: {SECRET}",
        )
        self._began = perf_counter()

    def conversation(self, person: Person) -> Conversation:
        chat = person.chat
        who = b'{"id":%d,"is_bot":false,"first_name":"A","last_name":"B","language_code":"en"}' % chat
        where = b'{"id":%d,"first_name":"A","last_name":"B","type":"private"}' % chat
        for place, turn in enumerate(person.script.turns):
            said = self._said(person, place, turn)
            # Its whole seconds, as Telegram has them; the service's clock began a little before.
            date = NOON + int(perf_counter() - self._began)
            tapped = turn.question == "who"
            message = b'{"message_id":%d,"from":%b,"chat":%b,"date":%d,"text":"%b"}' % (
                *(2 * place + 1, who, where, date, b"Who are you?" if tapped else said),
            )
            number = person.number * 10 + place
            if tapped:
                content = b'"callback_query":{"id":"%d","from":%b,"message":%b,"chat_instance":"1","data":"%b"}' % (
                    *(number, who, message, said),
                )
            else:
                content = b'"message":' + message
            body = b'{"update_id":%d,%b}' % (number, content)
            _insist((yield b"%bContent-Length: %d\r\n\r\n%b" % (self._start, len(body), body)), OK, person)

    def _said(self, person: Person, place: int, turn: Turn) -> bytes:
        if turn.sends is None:
            return person.words(place).json + b" p%06d" % person.number
        return (taps.data_for(turn.question, turn.sends) if turn.question == "who" else turn.sends).encode()


# --- a browser ---


class _Browsing:
    """Opens the page, sends its form, is led back to the page: twice over the wire for each answer."""

    def __init__(self, url: str) -> None:
        path = f"/chat/{SLUG}"
        self._get = _head(url, "GET", path, *_BROWSER)
        self._post = _head(
            *(url, "POST", path, *_BROWSER, f"Origin: {url}", "Content-Type: application/x-www-form-urlencoded"),
        )

    def conversation(self, person: Person) -> Conversation:
        page = yield self._get + b"\r\n"
        _insist(page, OK, person)
        cookie = b"Cookie: " + _between(page, b"Set-Cookie: ", b";")
        again = self._get + cookie + b"\r\n\r\n"
        for place, turn in enumerate(person.script.turns):
            # The form as it stands: what the page asks has to be what this person is about to answer.
            question = _between(page, b'name="question" value="', b'"')
            if question.decode() != turn.question:
                raise UnexpectedAnswerError(f"person {person.number} was asked {question!r}, not {turn.question!r}")
            form = _between(page, b'name="form" value="', b'"')
            body = b"question=%b&form=%b&%b" % (question, form, self._said(person, place, turn))
            led = yield b"%b%b\r\nContent-Length: %d\r\n\r\n%b" % (self._post, cookie, len(body), body)
            _insist(led, SEE_OTHER, person)
            page = yield again
            _insist(page, OK, person)
        if b'name="leave"' not in page:
            raise UnexpectedAnswerError(f"person {person.number} was not told that this was all")

    def _said(self, person: Person, place: int, turn: Turn) -> bytes:
        if turn.sends is None:
            return b"answer=%b+p%06d" % (person.words(place).form, person.number)
        return b"answer=" + turn.sends.encode() if turn.sends else b"command=skip"


def _between(page: bytes, start: bytes, end: bytes) -> bytes:
    at = page.find(start)
    if at < 0:
        raise UnexpectedAnswerError(f"the page has no {start!r}")
    at += len(start)
    return page[at : page.index(end, at)]
