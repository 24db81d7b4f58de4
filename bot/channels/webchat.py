"""The web page's side of the conversation: one cookie, one signed form, translated into neutral messages.

Nothing is stored to show a page. The cookie holds a random token and nothing else; a form carries a random number and
a signature over it, the token and the question, so that nobody else's page can post it for the visitor.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from bot import ids
from bot.channels.base import Pace, Parsed, RawRequest, RefusedError
from flows.commands import LANGUAGE_NAMES, name_of
from flows.definition import Command
from flows.integrity import Flag, Sign, begun_too_fast
from flows.messages import (
    Began,
    Channel,
    Content,
    InboundMessage,
    OutboundMessage,
    Pressed,
    SendOutcome,
    Sent,
    Shows,
    Submitted,
    Typed,
)

PATH: Final = "/chat/"
MOST_FIELDS: Final = 200
"""More fields than the longest ranking needs; a body with more is not from our form."""
COOKIE_DAYS: Final = 90
"""How long an unfinished answer waits on the device: longer than most consultations are open."""

START_LIVES: Final = timedelta(hours=36)
"""How long the form is good with which somebody begins: a school's day. Later the page comes anew, with their words."""
TRAP: Final = "comments"
"""A field that no person sees, hears or comes to: who fills it in is a program, as a rule."""

_STAMP = re.compile(r"[\w-]+~(s?)([0-9a-f]{1,13})", re.ASCII)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,64}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


class MismatchError(RefusedError):
    """A form that was not made for this visitor: the cookie is gone, or the form was made elsewhere."""

    def __init__(self) -> None:
        super().__init__(403, "We could not match this form to your visit. Please send it again.")


@dataclass(frozen=True, slots=True)
class Fields:
    """A posted form as it came, before anybody has checked whose it is."""

    question: str = ""
    form: str = field(default="", repr=False)
    answers: tuple[str, ...] = field(default=(), repr=False)
    command: str = ""
    code: str | None = field(default=None, repr=False)
    """A carry-over code; None where the form did not ask for one."""
    language: str = ""
    """A language asked for together with this answer."""
    speak: str = ""
    """A language asked for by itself, with its own button."""
    leave: bool = False
    """The device is to forget its visitor; nothing is said."""
    trapped: bool = False
    """The field that nobody sees was filled in."""

    @property
    def nonce(self) -> str:
        """The form's own number, made for one visitor; it also tells when, and whether it begins something."""
        return self.form.partition(".")[0]

    @property
    def starts(self) -> bool:
        """The form is one with which somebody begins."""
        stamp = _STAMP.fullmatch(self.nonce)
        return stamp is not None and stamp[1] == "s"

    @property
    def made_at(self) -> datetime | None:
        """When the form was made (UTC); None where it does not say."""
        stamp = _STAMP.fullmatch(self.nonce)
        return None if stamp is None else _EPOCH + timedelta(milliseconds=int(stamp[2], 16))

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Names and values as they would be posted again; empty ones are left out."""
        named = {"question": self.question, "form": self.form, "command": self.command, "code": self.code}
        spoken = {"lang": self.language, "speak": self.speak}
        return (
            *((name, value) for name, value in (named | spoken).items() if value),
            *(("answer", answer) for answer in self.answers),
        )


@dataclass(frozen=True, slots=True)
class Cookie:
    """How this deployment keeps a visitor's token. `__Host-` needs https, which loopback demonstrations lack."""

    secure: bool

    @classmethod
    def of(cls, public_url: str) -> Cookie:
        return cls(secure=urlsplit(public_url).scheme == "https")

    @property
    def name(self) -> str:
        return "__Host-sayso" if self.secure else "sayso"

    def read(self, headers: Mapping[str, str]) -> str | None:
        """The visitor's token; None where there is none, or something else stands in its place."""
        for part in headers.get("Cookie", "").split(";"):
            name, _, value = part.strip().partition("=")
            if name == self.name and _TOKEN.fullmatch(value):
                return value
        return None

    def keep(self, token: str, *, embedded: bool) -> str:
        """A `Set-Cookie` value. In another site's frame a cookie must say `None` and is kept apart for that site."""
        return f"{self.name}={token}; Path=/; Max-Age={COOKIE_DAYS * 86_400}; {self._scope(embedded=embedded)}"

    def drop(self, *, embedded: bool) -> str:
        """A `Set-Cookie` value that makes the device forget: the answers stay, and nobody here can reach them."""
        return f"{self.name}=; Path=/; Max-Age=0; {self._scope(embedded=embedded)}"

    def _scope(self, *, embedded: bool) -> str:
        if not self.secure:
            return "HttpOnly; SameSite=Lax"
        return "HttpOnly; Secure; SameSite=None; Partitioned" if embedded else "HttpOnly; Secure; SameSite=Lax"


def read_fields(content_type: str, body: bytes) -> Fields:
    """A form body, whoever sent it.

    Raises:
        RefusedError: 400 where it is not a form in UTF-8.
    """
    if content_type.partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise RefusedError(400, "Please send the form on the page: this was not one.")
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:
        raise RefusedError(400, "Please send the form on the page: this one could not be read.") from None
    single = dict(reversed(pairs))
    return Fields(
        question=single.get("question", ""),
        form=single.get("form", ""),
        answers=_chosen(tuple(value for name, value in pairs if name == "answer")),
        command=single.get("command", ""),
        code=single.get("code"),
        language=single.get("lang", ""),
        speak=single.get("speak", ""),
        leave="leave" in single,
        trapped=bool(single.get(TRAP, "")),
    )


def _chosen(answers: tuple[str, ...]) -> tuple[str, ...]:
    """A ranking's places that were left empty say nothing; one empty field is an empty answer."""
    return tuple(answer for answer in answers if answer) if len(answers) > 1 else answers


class WebChat:
    """The web channel. Replies are not sent anywhere: the page shows the transcript."""

    name: Channel = Channel.WEB
    shows: Shows = Shows(buttons=False, form=True)
    pace: Pace = Pace(per_second=1_000_000, per_address_seconds=0)

    def __init__(self, secret: bytes, public_url: str, *, also: tuple[bytes, ...] = ()) -> None:
        """`secret` is the service's own; the key for forms is derived from it.

        Forms of those in `also` are genuine too, so that a page that was open when the secret changed can be sent.
        """
        self._keys = [hmac.digest(one, b"sayso web form", hashlib.sha256) for one in (secret, *also)]
        self.cookie = Cookie.of(public_url)

    def issue(self, token: str, question: str, at: datetime, *, start: bool = False) -> str:
        """A new form value for this visitor and this question ("" where none is asked), made at this moment (UTC).

        One with which somebody begins is good for some hours, and for one participant: it fits this visitor alone.
        """
        nonce = f"{ids.token()}~{'s' if start else ''}{(at - _EPOCH) // timedelta(milliseconds=1):x}"
        return f"{nonce}.{_seal(self._keys[0], token, nonce, question)}"

    def genuine(self, token: str, fields: Fields) -> bool:
        """True when we made this form for this visitor and this question."""
        return self._key_of(token, fields) is not None

    def parse(self, request: RawRequest) -> Parsed:
        """See `ChannelPort.parse`.

        Raises:
            MismatchError: the form is not this visitor's.
            RefusedError: 400 for what is not our form at all, 404 for what is not a consultation's address.
        """
        return self.parse_fields(request, read_fields(request.headers.get("Content-Type", ""), request.body))

    def parse_fields(self, request: RawRequest, fields: Fields) -> Parsed:
        """As `parse`, for whoever has read the request's fields already.

        The same form sent twice with the same words is one delivery. Sent again with other words (people go back a
        page and mend what they wrote) it is another one, and so a change of that answer.
        """
        slug = slug_of(request.path)
        token = self.cookie.read(request.headers)
        content = _content(fields)
        key = None if token is None else self._key_of(token, fields)
        if token is None or key is None or _outlived(fields, request.received_at):
            raise MismatchError
        # Whichever worker hears of it, with whichever keys: the same form with the same words has the same id.
        said = "\x1f".join((fields.question, fields.command, fields.code or "", fields.speak, *fields.answers))
        said_as = hmac.new(key, said.encode(), hashlib.sha256).hexdigest()[:32]
        return Parsed((_message(slug, token, fields, content, said_as, request.received_at),))

    async def send(self, message: OutboundMessage, *, now: datetime) -> SendOutcome:  # noqa: ARG002
        """Nothing goes out: what is in the transcript is on the page."""
        return Sent(message.key)

    async def close(self) -> None:
        """There is nothing to let go of."""

    def _key_of(self, token: str, fields: Fields) -> bytes | None:
        """The key that the form was made with; None where it is none of ours, or another visitor's."""
        nonce, _, seal = fields.form.partition(".")
        for key in self._keys:
            if hmac.compare_digest(seal.encode(), _seal(key, token, nonce, fields.question).encode()):
                return key
        return None


def _message(
    slug: str, token: str, fields: Fields, content: Content, said_as: str, received_at: datetime
) -> InboundMessage:
    return InboundMessage(
        channel=Channel.WEB,
        address=token,
        provider_id=f"{fields.nonce}.{said_as}",
        content=content,
        received_at=received_at,
        slug=slug,
        language=fields.language or None,
        flags=_flags(fields, received_at),
    )


def _seal(key: bytes, token: str, nonce: str, question: str) -> str:
    return hmac.new(key, f"{token}\n{nonce}\n{question}".encode(), hashlib.sha256).hexdigest()


def _outlived(fields: Fields, now: datetime) -> bool:
    return fields.starts and fields.made_at is not None and now - fields.made_at > START_LIVES


def _flags(fields: Fields, sent_at: datetime) -> tuple[Flag, ...]:
    """Signs that a program sent this. It is taken in like any other."""
    hidden = (Flag(Sign.HIDDEN_FIELD),) if fields.trapped else ()
    fast = fields.starts and begun_too_fast(fields.made_at, sent_at)
    return (*hidden, Flag(Sign.TOO_FAST, "start")) if fast else hidden


def slug_of(path: str) -> str:
    """The consultation that a page's address names.

    Raises:
        RefusedError: 404 where it cannot be one.
    """
    slug = urlsplit(path).path.removeprefix(PATH)
    if not _SLUG.fullmatch(slug):
        raise RefusedError(404, "There is no such page here.")
    return slug


def _content(fields: Fields) -> Content:
    if fields.code is not None:
        return Began(fields.code.strip())
    if fields.speak in LANGUAGE_NAMES:
        # Saying a language's own name is how every channel asks for it.
        return Typed(name_of(fields.speak))
    if fields.command:
        try:
            return Pressed(Command(fields.command))
        except ValueError:
            raise RefusedError(400, "That button is not one of ours. Please go back to the page.") from None
    if fields.question:
        return Submitted(fields.question, fields.answers)
    return Typed("\n".join(fields.answers))
