"""The providers as the world knows them: what they hold, what they refuse, what reached whose phone.

In memory, and in the world's own time. `ports` is how a worker speaks to them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from flows.messages import Button, Channel, Content, InboundMessage, Typed
from tests.simulation.dice import Dice
from tests.simulation.watch import Attempt


@dataclass(frozen=True, slots=True)
class Received:
    """A message of ours on somebody's phone."""

    at: float
    key: str
    text: str
    buttons: tuple[Button, ...] = ()
    ref: str = ""


@dataclass(slots=True)
class Phone:
    """One address at a provider."""

    address: str
    received: list[Received] = field(default_factory=list)
    blocked: bool = False
    """The person has blocked us, or opted out with the provider."""
    landline: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A row of Twilio's list of messages, with the names that its library gives it."""

    sid: str
    direction: str
    from_: str
    to: str
    body: str
    date_created: datetime
    num_media: str = "0"

    @property
    def kept_as(self) -> str:
        """The id under which we take it in."""
        return self.sid if self.num_media == "0" else f"{self.sid}:picture"


class Provider:
    """What Twilio and Telegram have in common."""

    def __init__(self, channel: Channel, dice: Dice, now: Callable[[], datetime], time: Callable[[], float]) -> None:
        self.channel = channel
        self.dice = dice
        self.now = now
        self.time = time
        self.on_accept: Callable[[Attempt, str], object] = lambda _attempt, _text: None
        self.phones: dict[str, Phone] = {}
        self.refusing = False
        """It does not know our account just now."""
        self.accepted: list[tuple[Attempt, float]] = []
        """Everything that it took, in order."""
        self._last = 0

    def phone(self, address: str) -> Phone:
        return self.phones.setdefault(address, Phone(address))

    def number(self) -> int:
        self._last += 1
        return self._last

    def accept(self, attempt: Attempt, text: str, buttons: tuple[Button, ...] = ()) -> str:
        """Takes a message of ours and has it on the person's phone at once; its id."""
        phone = self.phone(attempt.message.address)
        attempt.accepted_at = self.time()
        self.accepted.append((attempt, self.time()))
        self.on_accept(attempt, text)
        ref = f"{phone.address}:{self.number()}" if self.channel is Channel.TELEGRAM else f"SM{self.number():08}"
        phone.received.append(Received(self.time(), attempt.message.key, text, buttons, ref))
        return ref


class Twilio(Provider):
    """Texts both ways, kept in a list that can be asked for."""

    OURS = "+447700900000"

    def __init__(self, dice: Dice, now: Callable[[], datetime], time: Callable[[], float], *, opts_out: bool) -> None:
        super().__init__(Channel.SMS, dice, now, time)
        self.texts: list[Text] = []
        self.opts_out = opts_out

    def takes(self, attempt: Attempt, body: str) -> str:
        sid = self.accept(attempt, body)
        to, created = attempt.message.address, self.now().replace(microsecond=0)
        self.texts.append(Text(sid, "outbound-api", self.OURS, to, body, created))
        return sid

    def hears(self, address: str, body: str, opted: str, media: str) -> Text:
        """A text to us, which is on the list from now on."""
        if opted:
            self.phone(address).blocked = opted == "STOP"
        created = self.now().replace(microsecond=0)
        text = Text(f"SM{self.number():08}", "inbound", address, self.OURS, body, created, media)
        self.texts.append(text)
        return text

    def opts(self, content: Content) -> str:
        """What Twilio's own opt-out makes of a text."""
        if not self.opts_out or not isinstance(content, Typed):
            return ""
        said = content.text.strip().upper()
        return said if said in {"STOP", "START"} else ""


class Telegram(Provider):
    """Private chats; updates wait in order until we have taken them."""

    def __init__(self, dice: Dice, now: Callable[[], datetime], time: Callable[[], float]) -> None:
        super().__init__(Channel.TELEGRAM, dice, now, time)
        self.acknowledged: set[str] = set()


@dataclass(frozen=True, slots=True)
class Utterance:
    """One thing that somebody said, and what the world knows of it."""

    person: str
    message: InboundMessage
    said_at: datetime
    """True time."""
