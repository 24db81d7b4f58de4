"""Sends what came of a consultation to those who agreed, and invitations to those who may be asked again.

A little at a time, by day, and only while the queue in front of it is short: answers to people who are talking to us
go first, and what is queued before the evening has gone out before the night.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot import log, said_messages
from bot.clock import Clock
from bot.packs import Library
from bot.said import decode
from flows import cutoff
from flows.consents import Consent
from flows.definition import Consultation
from flows.messages import Channel
from storage.database import Database
from storage.feedback import Publication, Recipient

AT_ONCE: Final = 64
"""People in one transaction."""
MOST_WAITING: Final = 256
"""With so many messages waiting on a channel nothing is added."""
_MOST_ROUNDS: Final = 16
_BEFORE_NIGHT: Final = timedelta(minutes=10)
"""So long before the quiet hours the last is queued: that is time enough for what waits to go out."""


class Answering:
    """What is being sent, by every worker."""

    def __init__(
        self,
        database: Database,
        library: Library,
        clock: Clock,
        public_url: str,
        *,
        queued: Callable[[Iterable[Channel]], object] = lambda _: None,
    ) -> None:
        self._database = database
        self._library = library
        self._clock = clock
        self._public_url = public_url
        self._queued = queued
        self._reached: dict[tuple[str, int], int] = {}
        """How far this worker has come with each publication."""

    async def send(self) -> int:
        """Queues what may go out now; returns for how many people."""
        return sum([await self._send_one(publication) for publication in await self._database.feedback.unfinished()])

    async def _send_one(self, publication: Publication) -> int:
        pack = self._library.get(publication.slug)
        words = None if pack is None else await self._words(pack, publication)
        if pack is None or words is None:
            return 0
        told = 0
        for _ in range(_MOST_ROUNDS):
            now = self._clock.now()
            if _is_night(pack, now) or await self._is_busy():
                break
            place = (publication.slug, publication.number)
            after = self._reached.get(place, 0)
            batch = await self._database.feedback.send(publication, words, now=now, limit=AT_ONCE, after=after)
            self._reached[place] = batch.last
            if not batch.channels:
                break
            told += len(batch.channels)
            self._queued(set(batch.channels) - {Channel.WEB})
        if told:
            log.info("answered back", slug=publication.slug, count=told)
        return told

    async def _is_busy(self) -> bool:
        depths = await self._database.queue_depth()
        return any(depth.waiting >= MOST_WAITING for depth in depths.values())

    async def _words(self, pack: Consultation, publication: Publication) -> Callable[[Recipient], Sequence[str]] | None:
        """What each is told; None where there is nothing to tell, and never will be."""
        match publication.consent:
            case Consent.FEEDBACK:
                held = await self._database.feedback.revision(publication.slug, publication.revision or 0)
                if held is None:
                    return None
                answer = decode(held.content)
                return lambda one: said_messages.feedback(
                    pack, answer, self._public_url, one.language, one.band, one.channel
                )
            case Consent.NEXT_ROUND:
                coming = self._library.get(publication.next_slug or "")
                now = self._clock.now()
                if coming is None or not cutoff.takes_answers(coming.timetable, now):
                    # An invitation to what is closed would only disappoint.
                    await self._database.feedback.finish(publication, now)
                    return None
                return lambda one: said_messages.invitation(
                    coming, self._public_url, one.language, one.band, one.channel
                )


def _is_night(pack: Consultation, now: datetime) -> bool:
    return any(cutoff.not_at_night(pack.timetable, at) > at for at in (now, now + _BEFORE_NIGHT))
