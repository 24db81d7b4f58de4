"""Alerts: that somebody on the rota is told of a concern, is told again, and the next one after them.

Everything is a row, so that nothing is forgotten in a crash, and each is claimed by one worker at a time. An alert may
go out twice after a crash; that it does not go out at all is not allowed to happen quietly.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from flows.concern_rules import Tier
from storage.instants import instant, micros
from storage.rows import insert, plain, whole
from storage.sessions import Connections, Dialect, Row, Session
from storage.tables_rota import AlertRow

_ALERT = whole(AlertRow)
MOST: Final = 20
"""Concerns, or alerts, that are taken at a time."""
LEASE: Final = timedelta(seconds=60)
MOST_ATTEMPTS: Final = 8
_FURTHEST: Final = timedelta(hours=2)
"""Nothing is ever put off for longer: what seems to be was put off before the clock was set back."""
_APART: Final = timedelta(seconds=60)
"""Further apart than this two machines' clocks never are: what was told later than that, was told before the clock was
set back."""
# Whoever says more while an earlier text of theirs waits is on the same page as that: one alert leads to all of it.
_OWN = """NOT EXISTS (
    SELECT 1 FROM concern AS e WHERE e.participant_id = n.participant_id AND e.conversation_id = n.conversation_id
    AND e.message_seq < n.message_seq AND e.alert_due_at IS NOT NULL AND e.acknowledged_at IS NULL)"""
_DUE = f"""
    SELECT n.participant_id, n.message_seq, n.slug, n.alert_due_at, n.raised_at FROM concern AS n
    WHERE n.alert_due_at IS NOT NULL AND n.acknowledged_at IS NULL
    AND (n.alert_due_at <= {{}} OR n.alert_due_at > {{}} OR {{}} < (
        SELECT a.made_at FROM alert AS a WHERE a.participant_id = n.participant_id AND a.message_seq = n.message_seq
        ORDER BY a.number DESC LIMIT 1))
    AND {_OWN} ORDER BY n.alert_due_at, n.participant_id, n.message_seq LIMIT {{}}
"""
_TOLD = """
    SELECT rota_id, count(DISTINCT number), max(number) FROM alert
    WHERE participant_id = {} AND message_seq = {} GROUP BY rota_id
"""
_PUT_OFF = "UPDATE concern SET alert_due_at = {} WHERE participant_id = {} AND message_seq = {}"
_CLAIM = """
    SELECT a.participant_id, a.message_seq, a.number, a.by, a.rota_id, a.attempts, n.slug, n.tier, n.raised_at,
    coalesce(c.reference, q.reference), n.acknowledged_at
    FROM alert AS a JOIN concern AS n ON n.participant_id = a.participant_id AND n.message_seq = a.message_seq
    LEFT JOIN conversation AS c ON c.participant_id = n.participant_id AND c.id = n.conversation_id
    LEFT JOIN kept_concern AS q ON q.participant_id = n.participant_id AND q.message_seq = n.message_seq
    WHERE a.due_at IS NOT NULL AND (a.due_at <= {} OR a.due_at > {})
    ORDER BY a.due_at, a.participant_id, a.message_seq, a.number, a.by LIMIT {}
"""
_MINE = "participant_id = {} AND message_seq = {} AND number = {} AND by = {}"
_LEASE = f"UPDATE alert SET due_at = {{}}, attempts = attempts + 1 WHERE {_MINE}"
_SENT = f"UPDATE alert SET sent_at = {{}}, due_at = NULL, error = NULL WHERE {_MINE}"
# Only of the last attempt: another worker may be at the next one by now.
_DROP = f"UPDATE alert SET due_at = NULL WHERE {_MINE}"
_AGAIN = f"UPDATE alert SET due_at = {{}}, error = {{}} WHERE {_MINE} AND sent_at IS NULL AND attempts = {{}}"
_HURRY = """
    UPDATE concern SET alert_due_at = {} WHERE participant_id = {} AND message_seq = {} AND acknowledged_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM alert AS a WHERE a.participant_id = concern.participant_id
                    AND a.message_seq = concern.message_seq AND a.number = {}
                    AND (a.sent_at IS NOT NULL OR a.due_at IS NOT NULL))
"""
_WAITING = "SELECT slug, tier, count(*), min(raised_at) FROM concern WHERE acknowledged_at IS NULL GROUP BY slug, tier"
_ON_ROTA = "SELECT count(*) FROM rota"
# That somebody was told hours ago does not count where nobody could be told since.
_UNTOLD = f"""
    SELECT count(*) FROM concern AS n WHERE n.alert_due_at IS NOT NULL AND n.acknowledged_at IS NULL
    AND n.raised_at <= {{}} AND NOT EXISTS (
        SELECT 1 FROM alert AS a WHERE a.participant_id = n.participant_id AND a.message_seq = n.message_seq
        AND a.sent_at IS NOT NULL AND a.number >= coalesce((
            SELECT max(l.number) FROM alert AS l WHERE l.participant_id = n.participant_id
            AND l.message_seq = n.message_seq AND l.made_at <= {{}}), 0))
    AND {_OWN}
"""


class By(StrEnum):
    """How somebody is told."""

    SMS = "sms"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Due:
    """A concern that somebody is to be told of now."""

    slug: str
    raised_at: datetime
    """UTC."""
    told: Mapping[int, int]
    """How often each person on the rota was told of it, by `rota_id`."""
    times: int
    """How often anybody was."""


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told of it, and when the next one is if nobody acknowledges it."""

    rota_id: int | None
    """None: there is nobody."""
    by: tuple[By, ...]
    next_at: datetime
    """UTC."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert to be sent. It holds no word that was said, and nothing of who said it."""

    place: tuple[int, int, int, str]
    rota_id: int
    by: By
    attempt: int
    number: int
    slug: str
    tier: Tier
    reference: str
    raised_at: datetime
    """UTC."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the list of concerns stands."""

    waiting: Mapping[Tier, int]
    oldest: Mapping[Tier, datetime]
    """UTC; of each tier of which any wait."""
    untold: int
    """Those of which nobody could be told within a minute, of all consultations."""
    on_rota: int
    """How many people there are to be told."""


class Alerts:
    """Everything about telling the rota."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def raise_due(self, now: datetime, choose: Callable[[Due], Told]) -> int:
        """Makes the alerts that are due now; `choose` says who is told. Returns how many concerns it was about."""
        async with self._connections.writing() as session:
            lock = " FOR UPDATE OF n SKIP LOCKED" if session.dialect is Dialect.POSTGRESQL else ""
            look = micros(now), micros(now + _FURTHEST), micros(now + _APART), MOST
            found = await session.fetch(plain(session.dialect, _DUE + lock, *look))
            for row in found:
                await self._raise(session, row, now, choose)
            if found:
                await session.commit()
            return len(found)

    async def _raise(self, session: Session, row: Row, now: datetime, choose: Callable[[Due], Told]) -> None:
        owner, seq, slug, _, raised_at = row
        counted = await session.fetch(plain(session.dialect, _TOLD, owner, seq))
        times = max((number for _, _, number in counted), default=0)
        told = choose(Due(slug, instant(raised_at), {rota: count for rota, count, _ in counted}, times))
        statements = [plain(session.dialect, _PUT_OFF, micros(told.next_at), owner, seq)]
        if told.rota_id is not None:
            at = micros(now)
            rows = [(owner, seq, times + 1, by.value, told.rota_id, at, at, 0, None, None) for by in told.by]
            statements.append(insert(session.dialect, _ALERT, rows))
        await session.run(statements)

    async def claim(self, now: datetime) -> list[Alert]:
        """Takes what is to be sent now, for `LEASE`: no other worker sends it meanwhile."""
        async with self._connections.writing() as session:
            lock = " FOR UPDATE OF a SKIP LOCKED" if session.dialect is Dialect.POSTGRESQL else ""
            look = micros(now), micros(now + _FURTHEST), MOST
            rows = await session.fetch(plain(session.dialect, _CLAIM + lock, *look))
            needed = [row for row in rows if row[10] is None]
            statements = [plain(session.dialect, _LEASE, micros(now + LEASE), *row[:4]) for row in needed]
            # Somebody has read it meanwhile: nobody is disturbed any more.
            statements += [plain(session.dialect, _DROP, *row[:4]) for row in rows if row[10] is not None]
            if statements:
                await session.run(statements)
                await session.commit()
        return [_alert(row) for row in needed]

    async def sent(self, alert: Alert, now: datetime) -> None:
        """Writes down that it was handed over."""
        await self._write(_SENT, micros(now), *alert.place)

    async def again(self, alert: Alert, at: datetime, error: str) -> None:
        """Writes down that it could not be handed over now, and is tried again at that time."""
        await self._write(_AGAIN, micros(at), error, *alert.place, alert.attempt)

    async def failed(self, alert: Alert, now: datetime, error: str, *, hurry: bool = True) -> None:
        """Writes down that it will not be handed over. With `hurry` the next person is told now, if no way is left."""
        owner, seq, number, _ = alert.place
        async with self._connections.writing() as session:
            statements = [plain(session.dialect, _AGAIN, None, error, *alert.place, alert.attempt)]
            if hurry:
                statements.append(plain(session.dialect, _HURRY, micros(now), owner, seq, number))
            await session.run(statements)
            await session.commit()

    async def _write(self, sql: str, *args: object) -> None:
        async with self._connections.writing() as session:
            await session.run([plain(session.dialect, sql, *args)])
            await session.commit()

    async def standing(self, now: datetime, slugs: Collection[str] | None = None) -> Standing:
        """What waits in these consultations, or in all; since when; and of what nobody could be told."""
        late = now - timedelta(minutes=1)
        async with self._connections.reading() as session:
            rows = await session.fetch(plain(session.dialect, _WAITING))
            [(untold,)] = await session.fetch(plain(session.dialect, _UNTOLD, micros(late), micros(late)))
            [(on_rota,)] = await session.fetch(plain(session.dialect, _ON_ROTA))
        own = [row for row in rows if slugs is None or row[0] in slugs]
        waiting = {tier: sum(row[2] for row in own if row[1] == tier.value) for tier in Tier}
        oldest = {tier: instant(min(row[3] for row in own if row[1] == tier.value)) for tier in Tier if waiting[tier]}
        return Standing(waiting, oldest, int(untold), int(on_rota))


def _alert(row: Row) -> Alert:
    owner, seq, number, by, rota_id, attempts, slug, tier, raised_at, reference, _ = row
    return Alert(
        place=(owner, seq, number, by),
        rota_id=rota_id,
        by=By(by),
        attempt=attempts + 1,
        number=number,
        slug=slug,
        tier=Tier(tier),
        reference=reference or "",
        raised_at=instant(raised_at),
    )
