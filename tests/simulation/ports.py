"""How a worker speaks to the simulated providers: the real channels, with the network taken out from under them.

SMS is the real `SmsChannel` on a client that stands for Twilio's library; Telegram is the real `TelegramChannel` with
its one call replaced. So what an error means, and looking for a text before it is sent again, are the service's own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace

from telegram.error import Forbidden, InvalidToken, NetworkError, TelegramError, TimedOut
from twilio.base.exceptions import TwilioRestException

from bot.channels.sms import SmsChannel
from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_request import FloodedError
from flows.messages import Channel, OutboundMessage, SendOutcome, Sent, Status, StatusUpdate
from tests.simulation.dice import Dice
from tests.simulation.loop import Life
from tests.simulation.net import LostError, Net
from tests.simulation.providers import Telegram, Text, Twilio
from tests.simulation.watch import Attempt, Journal

PUBLIC_URL = "https://harbour.example"
TWILIO_SECONDS = 10.0
TELEGRAM_SECONDS = 25.0
"""How long the real libraries wait for an answer."""
_HANGS_FOR = 120.0

_CURRENT: ContextVar[Attempt | None] = ContextVar("attempt", default=None)


@dataclass(frozen=True, slots=True)
class Ways:
    """What a port needs of the world."""

    net: Net
    dice: Dice
    journal: Journal
    life: Life
    tell: Callable[[StatusUpdate], object]
    """Has the provider tell us what became of a message."""

    def attempt_of(self, message: OutboundMessage) -> Attempt:
        return self.journal.attempt_of(message.key, message.attempt, self.life)


class SimulatedSms(SmsChannel):
    """SMS by the simulated Twilio."""

    def __init__(self, twilio: Twilio, ways: Ways) -> None:
        super().__init__(
            account_sid="AC1",
            auth_token="token",
            sender=Twilio.OURS,
            public_url=PUBLIC_URL,
            timeout=TWILIO_SECONDS,
            can_be_texted=lambda _: True,
        )
        self._connect = lambda: _Client(twilio, ways)
        self._twilio = twilio
        self._ways = ways

    async def send(self, message: OutboundMessage, *, now: datetime) -> SendOutcome:
        attempt = self._ways.attempt_of(message)
        _CURRENT.set(attempt)
        try:
            outcome = await super().send(message, now=now)
        finally:
            attempt.let_go_at = self._twilio.time()
        attempt.told = isinstance(outcome, Sent)
        return outcome

    async def already_sent(self, message: OutboundMessage) -> Sequence[str]:
        _CURRENT.set(self._ways.attempt_of(message))
        return await super().already_sent(message)


class _Client:
    """Stands for `twilio.rest.Client`, as far as the channel uses it."""

    def __init__(self, twilio: Twilio, ways: Ways) -> None:
        self._twilio = twilio
        self._ways = ways
        self.messages = self
        self.http_client = self

    async def close(self) -> None:
        """There are no connections."""

    async def create_async(self, *, to: str, body: str, status_callback: str, from_: str) -> SimpleNamespace:
        attempt = _CURRENT.get()
        assert attempt is not None
        assert (to, status_callback, from_) == (
            attempt.message.address,
            f"{PUBLIC_URL}/hooks/twilio/status",
            Twilio.OURS,
        )
        return await self._ways.net.call(lambda: self._take(attempt, body))

    async def _take(self, attempt: Attempt, body: str) -> SimpleNamespace:
        await self._trouble()
        phone = self._twilio.phone(attempt.message.address)
        if phone.blocked:
            raise _refused(400, 21610)
        if phone.landline:
            raise _refused(400, 21614)
        sid = self._twilio.takes(attempt, body)
        fate = Status.FAILED if self._ways.dice.happens(self._ways.net.climate.error / 8) else Status.DELIVERED
        for status in (Status.SENT, fate):
            error = "Twilio 30003: the phone is off or out of reach" if status is Status.FAILED else None
            self._ways.tell(StatusUpdate(Channel.SMS, sid, status, error))
        return SimpleNamespace(sid=sid)

    async def list_async(
        self,
        *,
        to: str | None = None,
        date_sent_after: datetime | None = None,
        limit: int | None = None,
        page_size: int | None = None,  # noqa: ARG002 - as the library's
    ) -> list[Text]:
        attempt = _CURRENT.get()
        async with asyncio.timeout(TWILIO_SECONDS):
            return await self._ways.net.call(lambda: self._list(to, date_sent_after, limit, attempt))

    async def _list(
        self, to: str | None, after: datetime | None, limit: int | None, attempt: Attempt | None
    ) -> list[Text]:
        await self._trouble()
        if attempt is not None and to == attempt.message.address:
            attempt.lookups.append(self._twilio.time())
        listed = [text for text in reversed(self._twilio.texts) if to in (None, text.to)]
        return [text for text in listed if after is None or text.date_created >= after][:limit]

    async def _trouble(self) -> None:
        climate, dice = self._ways.net.climate, self._ways.dice
        if self._twilio.refusing:
            raise _refused(401, 20003)
        if dice.happens(climate.too_many):
            raise _refused(429, 20429)
        if dice.happens(climate.error):
            raise _refused(500, 20500)
        if dice.happens(climate.hang):
            await asyncio.sleep(_HANGS_FOR)


def _refused(status: int, code: int) -> TwilioRestException:
    return TwilioRestException(status, "/Messages", "", code)


class SimulatedTelegram(TelegramChannel):
    """Telegram, simulated."""

    def __init__(self, telegram: Telegram, ways: Ways) -> None:
        super().__init__(token="1:simulated", secret="simulated")
        self._telegram = telegram
        self._ways = ways

    async def send(self, message: OutboundMessage, *, now: datetime) -> SendOutcome:
        attempt = self._ways.attempt_of(message)
        try:
            outcome = await self._sent(attempt, message, now)
        finally:
            attempt.let_go_at = self._telegram.time()
        attempt.told = isinstance(outcome, Sent)
        return outcome

    async def _sent(self, attempt: Attempt, message: OutboundMessage, now: datetime) -> SendOutcome:
        try:
            async with asyncio.timeout(TELEGRAM_SECONDS):
                ref = await self._ways.net.call(lambda: self._take(attempt, message))
        except TimeoutError:
            return self._outcome(TimedOut(), message, now)
        except LostError:
            return self._outcome(NetworkError("lost"), message, now)
        except TelegramError as error:
            return self._outcome(error, message, now)
        return Sent(ref)

    async def _take(self, attempt: Attempt, message: OutboundMessage) -> str:
        climate, dice = self._ways.net.climate, self._ways.dice
        if self._telegram.refusing:
            raise InvalidToken
        if dice.happens(climate.too_many):
            raise FloodedError(dice.whole(1, 30))
        if dice.happens(climate.error):
            raise NetworkError("Bad Gateway")
        if dice.happens(climate.hang):
            await asyncio.sleep(_HANGS_FOR)
        if self._telegram.phone(message.address).blocked:
            raise Forbidden("bot was blocked by the user")
        return self._telegram.accept(attempt, message.text, message.buttons)

    async def acknowledge(self, callback_id: str) -> None:
        try:
            async with asyncio.timeout(TELEGRAM_SECONDS):
                await self._ways.net.call(lambda: self._hear_of(callback_id))
        except (TimeoutError, LostError):
            self.unacknowledged += 1

    async def _hear_of(self, callback_id: str) -> None:
        self._telegram.acknowledged.add(callback_id)
