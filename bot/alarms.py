"""Telling the rota that somebody may not be safe: at once, and the next person if nobody has read it in time.

What is sent says that something waits, and where. It holds no word that was said, and nothing of who said it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Protocol

from bot import log
from bot.channels.base import backoff
from bot.clock import Clock
from bot.config import Settings
from bot.mail import Mail, MailError
from bot.metrics import Metrics
from bot.packs import Library
from flows.dates import time_in_words
from flows.escalation import next_to_tell, on_call, wait_before_next
from flows.messages import Gone, OurFault, OutboundMessage, RetryAt, SendOutcome, Sent
from flows.rota import Member
from storage.alerts import MOST_ATTEMPTS, Alert, By, Due, Told
from storage.database import Database
from storage.rota import OnRota

NOBODY_AGAIN: Final = timedelta(minutes=1)
"""When it is looked again for somebody to tell, where the rota has nobody."""


class Texts(Protocol):
    """A way to send texts: see `bot.channels.sms.SmsChannel`."""

    async def send(self, message: OutboundMessage, *, now: datetime) -> SendOutcome: ...


class Alarms:
    """What one worker does so that concerns are read. Several may run at once: each alert is one worker's."""

    def __init__(
        self,
        database: Database,
        library: Library,
        clock: Clock,
        metrics: Metrics,
        settings: Settings,
        *,
        texts: Texts | None = None,
        mail: Mail | None = None,
    ) -> None:
        self._database = database
        self._library = library
        self._clock = clock
        self._metrics = metrics
        self._settings = settings
        self._texts = texts
        self._mail = mail

    async def look(self) -> None:
        """Makes the alerts that are due, and sends what waits.

        Raises:
            StorageError: the database cannot be reached; what is not written down is done again.
        """
        now = self._clock.now()
        rota = {one.member.rota_id: one for one in await self._database.rota.everybody()}
        await self._database.alerts.raise_due(now, lambda due: self._told(due, rota, now))
        for alert in await self._database.alerts.claim(now):
            await self._send(alert, rota.get(alert.rota_id))

    def _told(self, due: Due, rota: Mapping[int, OnRota], now: datetime) -> Told:
        people = self._on_call(due.slug, [one.member for one in rota.values() if self._ways(one)], now)
        chosen = next_to_tell(people, due.told)
        if chosen is None:
            log.error("nobody on the rota can be told of a concern")
            return Told(None, (), now + NOBODY_AGAIN)
        wait = wait_before_next(due.times + 1, len(people), self._settings.escalate_after)
        return Told(chosen.rota_id, self._ways(rota[chosen.rota_id]), now + wait)

    def _on_call(self, slug: str, members: list[Member], now: datetime) -> tuple[Member, ...]:
        pack = self._library.get(slug)
        local = now if pack is None else now.astimezone(pack.timetable.zone)
        return on_call(members, slug, local, self._settings.working_hours)

    def _ways(self, one: OnRota) -> tuple[By, ...]:
        """How somebody can be reached with what is switched on here."""
        known = ((By.SMS, one.sms and self._texts), (By.EMAIL, one.email and self._mail))
        return tuple(by for by, way in known if way)

    async def _send(self, alert: Alert, to: OnRota | None) -> None:
        now = self._clock.now()
        outcome = Gone("not on the rota any more") if to is None else await self._handed_over(alert, to, now)
        match outcome:
            case Sent():
                await self._database.alerts.sent(alert, now)
            case RetryAt(at, reason) if alert.attempt < MOST_ATTEMPTS:
                await self._database.alerts.again(alert, at, reason)
            case RetryAt(reason=reason) | Gone(reason=reason) | OurFault(reason=reason):
                await self._database.alerts.failed(alert, now, reason)
                log.error("an alert could not be sent", channel=alert.by, reason=reason)
        self._metrics.alerts.labels(alert.by.value, type(outcome).__name__).inc()

    async def _handed_over(self, alert: Alert, to: OnRota, now: datetime) -> SendOutcome:
        if alert.by is By.SMS and self._texts is not None and to.sms:
            key = "-".join(str(part) for part in alert.place)
            message = OutboundMessage(key, to.sms, self._text(alert), attempt=alert.attempt, queued_at=now)
            return await self._texts.send(message, now=now)
        if alert.by is By.EMAIL and self._mail is not None and to.email:
            try:
                await self._mail.send(
                    to.email, f"Somebody may not be safe: {alert.reference}", self._letter(alert, now)
                )
            except MailError as error:
                return Gone(str(error)) if error.for_good else RetryAt(now + backoff(alert.attempt), str(error))
            return Sent("")
        return Gone("this way is switched off")

    def _text(self, alert: Alert) -> str:
        """One text message: it fits a single segment but for a very long address of ours."""
        return f"Sayso: somebody may not be safe ({alert.reference}). Read it now and say what you did: {self._page}"

    def _letter(self, alert: Alert, now: datetime) -> str:
        pack = self._library.get(alert.slug)
        told = (
            f"It was said at {time_in_words(alert.raised_at.astimezone(pack.timetable.zone), 'en')}.\n" if pack else ""
        )
        minutes = max(0, int((now - alert.raised_at).total_seconds() // 60))
        waited = f"It has waited for {minutes} minutes. " if alert.number > 1 else ""
        return (
            f"Somebody may not be safe.\n\nConsultation: {alert.slug}\nReference: {alert.reference}\n"
            f"{told}{waited}\nRead it now, and say what you did:\n{self._page}\n\n"
            "If nobody says so in time, the next person on the rota is told.\n"
            "This message holds nothing of what was said.\n"
        )

    @property
    def _page(self) -> str:
        return f"{self._settings.public_url}/console/concerns"
