"""How many people answered a consultation: true counts, for `flows.suppression` to make fit to be shown.

Counted is whoever has given at least one answer that counts, and as they were before a moment: what reached us later is
in none of these figures, so that figures of the same moment are the same whenever they are asked for. Role, age band,
channel and language are what the conversation has last. Answers to equality questions are not read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from flows.definition import AgeBand
from storage.instants import instant, micros
from storage.rows import plain
from storage.sessions import Connections, Session

QUARTER: Final = timedelta(minutes=15)
"""How finely people's first answers are told apart in time: every zone's midnight falls between two."""
_QUARTER: Final = QUARTER // timedelta(microseconds=1)

_FIRST = f"""
    SELECT p.first / {_QUARTER}, count(*) FROM (
        SELECT min(w.recorded_at) AS first FROM conversation AS c
        JOIN answer AS w ON w.participant_id = c.participant_id AND w.conversation_id = c.id
        WHERE c.slug = {{}} AND w.counts GROUP BY c.participant_id
    ) AS p GROUP BY 1 ORDER BY 1
"""
# How far each person got is the highest place among the questions of which they answered one.
_GROUPS = """
    SELECT p.role, p.band, p.channel, p.language, p.furthest, p.finished, count(*) FROM (
        SELECT c.role, c.band, c.channel, c.language, max(<furthest>) AS furthest,
               CASE WHEN c.completed_at < {} THEN 1 ELSE 0 END AS finished
        FROM conversation AS c
        JOIN answer AS w ON w.participant_id = c.participant_id AND w.conversation_id = c.id
        WHERE c.slug = {} AND w.counts AND w.recorded_at < {} GROUP BY c.participant_id, c.slug
    ) AS p GROUP BY p.role, p.band, p.channel, p.language, p.furthest, p.finished
"""


@dataclass(frozen=True, slots=True)
class Arrived:
    """How many people's first answer reached us within one `QUARTER` of an hour, which begins at `at` (UTC)."""

    at: datetime
    people: int


@dataclass(frozen=True, slots=True)
class Alike:
    """People who have all of this in common, and how many they are."""

    role: str | None
    band: AgeBand | None
    channel: str
    language: str
    furthest: str | None
    """The last question of those asked about that they answered; None where they answered none of them."""
    finished: bool
    people: int


@dataclass(frozen=True, slots=True)
class Taken:
    """Everybody who had answered before a moment (UTC), each once in `arrived` and once in `alike`."""

    before: datetime
    arrived: Sequence[Arrived]
    alike: Sequence[Alike]


Choose = Callable[[Sequence[Arrived]], datetime | None]
"""Given when people came, of which moment (UTC, at the end of a `QUARTER`) the figures are to be; None for none."""


class Figures:
    """True counts. Nobody sees them before `flows.suppression` has."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def take(self, slug: str, questions: Sequence[str], choose: Choose) -> Taken | None:
        """The figures of the moment that `choose` names; None where it names none. All are of one snapshot.

        `questions` are the codes, in order, of those by which to tell how far somebody got.
        """
        async with self._connections.reading() as session:
            arrived = await _arrived(session, slug)
            before = choose(arrived)
            if before is None:
                return None
            alike = await _alike(session, slug, questions, before)
        return Taken(before, [each for each in arrived if each.at < before], alike)


async def _arrived(session: Session, slug: str) -> list[Arrived]:
    rows = await session.scan(plain(session.dialect, _FIRST, slug))
    return [Arrived(instant(quarter * _QUARTER), people) for quarter, people in rows]


async def _alike(session: Session, slug: str, questions: Sequence[str], before: datetime) -> list[Alike]:
    places = " ".join(f"WHEN {{}} THEN {place}" for place in range(len(questions)))
    sql = _GROUPS.replace("<furthest>", f"CASE w.question {places} ELSE -1 END" if questions else "-1")
    at = micros(before)
    rows = await session.scan(plain(session.dialect, sql, *questions, at, slug, at))
    return [
        Alike(
            role,
            None if band is None else AgeBand(band),
            channel,
            language,
            questions[furthest] if furthest >= 0 else None,
            bool(finished),
            people,
        )
        for role, band, channel, language, furthest, finished, people in rows
    ]
