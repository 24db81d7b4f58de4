"""Keeping and forgetting: once a consultation's time is over, those who answered it become anonymous. ADR 0025."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot import log
from bot.clock import Clock
from bot.errors import VersionMissingError
from bot.packs import Library
from bot.versions import Versions
from flows.cutoff import last_close
from flows.definition import Consultation
from flows.errors import BrokenPackError
from flows.keeping import Keeping, later
from storage.database import Database

AT_ONCE: Final = 100
"""People in one transaction."""
_UTC: Final = ZoneInfo("UTC")


class Forgetting:
    """Looks for what has had its time. One worker is enough; a second one does no harm."""

    def __init__(self, database: Database, library: Library, clock: Clock) -> None:
        self._database = database
        self._library = library
        self._clock = clock
        self._versions = Versions(library, database.version_files)

    async def forget(self) -> int:
        """Makes everybody anonymous whose time is over, in batches; returns how many were looked at."""
        now, count = self._clock.now(), 0
        known = [pack async for pack in self._known()]
        over = [pack.slug for pack in known if self._until(pack) <= now]
        after = -1
        while over:
            found = await self._database.retention.anonymise(over, now=now, limit=AT_ONCE, after=after)
            if not found:
                break
            after, count = found[-1], count + len(found)
        longest = max((pack.keeping.months for pack in known), default=Keeping().months)
        while gone := await self._database.retention.forget_passers_by(
            later(now, -longest, _UTC), now=now, limit=AT_ONCE
        ):
            count += gone
        until = {pack.slug: pack.keeping.concerns_from(now, pack.timetable.zone) for pack in known}
        # Those of nobody's consultation are kept for as long as any are.
        until[""] = min([Keeping().concerns_from(now, _UTC), *until.values()])
        await self._database.safeguarding.forget(until)
        return count

    @staticmethod
    def _until(pack: Consultation) -> datetime:
        return pack.keeping.until(last_close(pack.timetable), pack.timetable.zone)

    async def _known(self) -> AsyncIterator[Consultation]:
        """Every consultation that somebody answered; also one whose pack was taken away, as it was answered last."""
        for slug in await self._database.retention.slugs():
            pack = self._library.get(slug)
            if pack is None:
                version = await self._database.retention.newest_version(slug)
                try:
                    pack = await self._versions.of(slug, version or "")
                except (VersionMissingError, BrokenPackError):
                    log.warning("nobody knows how long a consultation is kept", slug=slug)
                    continue
            yield pack
