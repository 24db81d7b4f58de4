"""Making people anonymous once a consultation's time is over: what leads to them goes, what they said stays.

Addresses go, with the hashes that they are found by, web tokens among them, and codes and marks of single messages. The
keyed hashes of messages' ids stay: they belong to nobody, and a provider's second delivery is known by them. Somebody
with a conversation whose time is not over keeps everything until it is.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from storage import audit, erasure, safeguarding
from storage.audit import SYSTEM, Deed
from storage.instants import micros
from storage.participants import lock_ids
from storage.rows import Shape, fetch_with, plain, run_with
from storage.sessions import Connections, Session
from storage.tables import Conversation, Participant

_SLUG = Shape(Conversation, "slug")
_ID = Shape(Participant, "id")

# A person under way to be erased is left alone: the confirmation still needs the address. So does what was just said to
# somebody who wrote to a consultation that has long been over.
_KNOWN = """
    SELECT p.id FROM participant AS p
    WHERE p.erased_at IS NULL AND EXISTS (SELECT 1 FROM address AS a WHERE a.participant_id = p.id)
    AND NOT EXISTS (SELECT 1 FROM message AS m WHERE m.participant_id = p.id AND m.status = 'queued'
                    AND m.recorded_at > {})
"""
_LIVING = """
    NOT EXISTS (SELECT 1 FROM conversation AS c WHERE c.participant_id = p.id
                AND c.slug NOT IN (SELECT k.slug FROM k))
    AND NOT EXISTS (SELECT 1 FROM participant AS q JOIN conversation AS c ON c.participant_id = q.id
                    WHERE q.merged_into = p.id AND c.slug NOT IN (SELECT k.slug FROM k))
"""
_OVER = f"""
    {_KNOWN} AND EXISTS (SELECT 1 FROM conversation AS c WHERE c.participant_id = p.id
                         AND c.slug IN (SELECT k.slug FROM k))
    AND {_LIVING} AND p.id > {{}} ORDER BY p.id LIMIT {{}}
"""
_STILL_OVER = f"{_KNOWN} AND {_LIVING} AND p.id >= {{}} AND p.id <= {{}}"
# Who wrote and never began: nothing of a consultation holds them.
_PASSERS_BY = f"""
    {_KNOWN} AND p.created_at < {{}} AND p.merged_into IS NULL
    AND NOT EXISTS (SELECT 1 FROM conversation AS c WHERE c.participant_id = p.id)
    AND NOT EXISTS (SELECT 1 FROM participant AS q WHERE q.merged_into = p.id)
    ORDER BY p.id LIMIT {{}}
"""
_FORGET = (
    "DELETE FROM address WHERE participant_id IN (SELECT k.id FROM k)",
    "DELETE FROM permission_code WHERE participant_id IN (SELECT k.id FROM k)",
    "DELETE FROM link_code WHERE participant_id IN (SELECT k.id FROM k)",
    "UPDATE message SET ref_key = NULL WHERE participant_id IN (SELECT k.id FROM k) AND ref_key IS NOT NULL",
    "UPDATE message SET status = 'cancelled' WHERE participant_id IN (SELECT k.id FROM k) AND status = 'queued'",
    "UPDATE conversation SET wake_at = NULL WHERE participant_id IN (SELECT k.id FROM k) AND wake_at IS NOT NULL",
)
GOES_OUT_WITHIN: Final = timedelta(days=1)
"""A message that waits longer to be sent is not waited for."""
_SLUGS = "SELECT DISTINCT slug FROM conversation"
_VERSION = "SELECT version FROM version WHERE slug = {} ORDER BY first_kept_at DESC, version LIMIT 1"


class Retention:
    """Takes from people what leads to them, once nothing of theirs has time left."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def slugs(self) -> list[str]:
        """Every consultation that anybody has a conversation in, also one whose pack is gone."""
        async with self._connections.reading() as session:
            return sorted(row[0] for row in await session.fetch(plain(session.dialect, _SLUGS)))

    async def newest_version(self, slug: str) -> str | None:
        """The version of a consultation that was answered first most lately; None where none was kept."""
        async with self._connections.reading() as session:
            found = await session.fetch(plain(session.dialect, _VERSION, slug))
        return str(found[0][0]) if found else None

    async def anonymise(self, over: Collection[str], *, now: datetime, limit: int, after: int = -1) -> Sequence[int]:
        """Makes people anonymous who are in none but these consultations, at most `limit`; returns their numbers.

        They come in the order of their numbers, from behind `after`. One line of the record tells how many.
        """
        rows, lately = [(slug,) for slug in sorted(over)], micros(now - GOES_OUT_WITHIN)
        # Looked for without keeping anybody from writing: it goes through everybody who can still be reached.
        async with self._connections.reading() as session:
            found = [row[0] for row in await fetch_with(session, _SLUG, _OVER, rows, lately, after, limit)]
        if not found:
            return ()
        async with self._connections.writing() as session:
            await lock_ids(session, found)
            # What they said between the two looks counts: whoever has begun another conversation stays.
            args = lately, found[0], found[-1]
            still = {row[0] for row in await fetch_with(session, _SLUG, _STILL_OVER, rows, *args)}
            gone = [number for number in found if number in still]
            if gone:
                await self._destroy(session, gone, now)
                why = f"{len(gone)} of those who answered {' '.join(sorted(over))}: the time to keep them is over"
                await audit.append(session, Deed(now, SYSTEM, "identifiers.destroyed", why=why))
                await session.commit()
            return found

    async def _destroy(self, session: Session, gone: Sequence[int], now: datetime) -> None:
        people = [(number, one) for one in gone for number in sorted(await erasure.same_person(session, one))]
        await safeguarding.keep(session, people, now)
        for body in _FORGET:
            await run_with(session, _ID, body, [(number,) for number, _ in people])

    async def forget_passers_by(self, before: datetime, *, now: datetime, limit: int) -> int:
        """Erases whoever wrote before that instant (UTC) and never began a conversation; returns how many."""
        asked = micros(now - GOES_OUT_WITHIN), micros(before), limit
        async with self._connections.reading() as session:
            found = [row[0] for row in await session.fetch(plain(session.dialect, _PASSERS_BY, *asked))]
        if not found:
            return 0
        async with self._connections.writing() as session:
            await lock_ids(session, found)
            still = {row[0] for row in await session.fetch(plain(session.dialect, _PASSERS_BY, *asked))}
            numbers = [number for number in found if number in still]
            for number in numbers:
                await erasure.erase(session, number, now=now)
            await erasure.forget(session, numbers)
            if numbers:
                why = f"{len(numbers)} who began no conversation: the time to keep them is over"
                await audit.append(session, Deed(now, SYSTEM, "identifiers.destroyed", why=why))
            await session.commit()
            return len(numbers)
