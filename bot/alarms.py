"""Telling the rota that somebody may not be safe: at once, and the next person if nobody has read it in time.

What is sent says that something waits, and where. It holds no word that was said, and nothing of who said it.
"""

from __future__ import annotations

import asyncio
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
from flows.concern_rules import Tier
from flows.dates import time_in_words
from flows.effects import Notice
from flows.escalation import next_to_tell, on_call, wait_before_next
from flows.messages import Gone, OurFault, OutboundMessage, RetryAt, SendOutcome, Sent
from flows.rota import Member
from storage.alerts import MOST_ATTEMPTS, Alert, By, Due, Told
from storage.database import Database
from storage.rota import OnRota

NOBODY_AGAIN: Final = timedelta(minutes=1)
"""When it is looked again for somebody to tell, where the rota has nobody."""
SEND_SECONDS: Final = 30.0
"""Well inside the lease: what hangs is given up before another worker may take it."""
_ENGLISH: Final = "en"


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
        claimed = await self._database.alerts.claim(now)
        # Side by side: one provider that hangs must not keep the others' alerts until their lease is over.
        ended = await asyncio.gather(*(self._send(alert, rota) for alert in claimed), return_exceptions=True)
        for fault in ended:
            if fault is not None:
                raise fault

    def _told(self, due: Due, rota: Mapping[int, OnRota], now: datetime) -> Told:
        people = self._reachable(due.slug, rota, now)
        chosen = next_to_tell(people, due.told)
        if chosen is None:
            log.error("nobody on the rota can be told of a concern")
            return Told(None, (), now + NOBODY_AGAIN)
        wait = wait_before_next(due.times + 1, len(people), self._settings.escalate_after)
        return Told(chosen.rota_id, self._ways(rota[chosen.rota_id]), now + wait)

    def _reachable(self, slug: str, rota: Mapping[int, OnRota], now: datetime) -> tuple[Member, ...]:
        """Who is told about a consultation at that time, in order."""
        members = [one.member for one in rota.values() if self._ways(one)]
        pack = self._library.get(slug)
        local = now if pack is None else now.astimezone(pack.timetable.zone)
        return on_call(members, slug, local, self._settings.working_hours)

    def _ways(self, one: OnRota) -> tuple[By, ...]:
        """How somebody can be reached with what is switched on here."""
        known = ((By.SMS, one.sms and self._texts), (By.EMAIL, one.email and self._mail))
        return tuple(by for by, way in known if way)

    async def _send(self, alert: Alert, rota: Mapping[int, OnRota]) -> None:
        to = rota.get(alert.rota_id)
        outcome = Gone("not on the rota any more") if to is None else await self._tried(alert, to)
        now, alerts = self._clock.now(), self._database.alerts
        match outcome:
            case Sent():
                await alerts.sent(alert, now)
            case RetryAt(at, reason) if alert.attempt < MOST_ATTEMPTS:
                await alerts.again(alert, at, reason)
            case OurFault(reason) if alert.attempt < MOST_ATTEMPTS:
                # Somebody may mend the setting, and is told by the banner meanwhile.
                await alerts.again(alert, now + backoff(alert.attempt), reason)
            case RetryAt(reason=reason) | Gone(reason=reason) | OurFault(reason=reason):
                people = self._reachable(alert.slug, rota, now)
                # Once everybody was tried in vain it goes round again in its time, and not at every look.
                await alerts.failed(alert, now, reason, hurry=alert.number % max(len(people), 1) != 0)
                log.error("an alert could not be sent", channel=alert.by, reason=reason)
        self._metrics.alerts.labels(alert.by.value, type(outcome).__name__).inc()

    async def _tried(self, alert: Alert, to: OnRota) -> SendOutcome:
        """What became of it, well inside the lease; a fault of ours is an attempt like another."""
        try:
            async with asyncio.timeout(SEND_SECONDS):
                return await self._handed_over(alert, to, self._clock.now())
        except Exception as fault:  # noqa: BLE001 - a fault in one way must not keep the other from being tried
            self._metrics.faults.labels("send").inc()
            log.error("sending an alert failed", fault=fault, channel=alert.by)
            return RetryAt(self._clock.now() + backoff(alert.attempt), type(fault).__name__)

    async def _handed_over(self, alert: Alert, to: OnRota, now: datetime) -> SendOutcome:
        if alert.by is By.SMS and self._texts is not None and to.sms:
            key = "-".join(str(part) for part in alert.place)
            message = OutboundMessage(key, to.sms, self._text(alert, now), attempt=alert.attempt, queued_at=now)
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

    def _text(self, alert: Alert, now: datetime) -> str:
        """One text message, or two joined where the consultation's name is long."""
        waited = f", waiting for {_minutes(alert, now)}" if alert.number > 1 else ""
        where = f"{self._title(alert.slug)}, {alert.reference}{waited}"
        return f"Sayso: somebody may not be safe ({_how(alert)}). {where}. Read it, say what you did: {self._page}"

    def _letter(self, alert: Alert, now: datetime) -> str:
        pack = self._library.get(alert.slug)
        said = alert.raised_at if pack is None else alert.raised_at.astimezone(pack.timetable.zone)
        return (
            f"Somebody may not be safe.\n\nConsultation: {self._title(alert.slug)}\nReference: {alert.reference}\n"
            f"How urgent: {_how(alert)}\n\n"
            f"It was said at {time_in_words(said, 'en')}. It has waited for {_minutes(alert, now)}.\n"
            f"Read it now, and say what you did:\n{self._page}\n\n"
            "If nobody says so in time, the next person on the rota is told.\n"
            "This message holds nothing of what was said.\n"
        )

    def _title(self, slug: str) -> str:
        """What a consultation is called, in English where it has English words; its slug where it is gone."""
        pack = self._library.get(slug)
        if pack is None:
            return slug or "no consultation yet"
        language = _ENGLISH if _ENGLISH in pack.languages else pack.default_language
        return pack.words_for(language, None).say[Notice.TITLE]

    @property
    def _page(self) -> str:
        return f"{self._settings.public_url}/console/concerns"


def _how(alert: Alert) -> str:
    """Whatever is told and is not urgent could not be looked at."""
    return "urgent" if alert.tier is Tier.URGENT else "could not be checked"


def _minutes(alert: Alert, now: datetime) -> str:
    minutes = max(0, int((now - alert.raised_at).total_seconds() // 60))
    return f"{minutes} minute{'' if minutes == 1 else 's'}"
