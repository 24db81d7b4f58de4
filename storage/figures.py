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

# One pass over the answers, which is what takes long; the people that it makes are then counted twice: by when they
# came, and by what they have in common. How far each got is the highest place among the questions that they answered.
_PEOPLE = f"""
    WITH p AS MATERIALIZED (
        SELECT c.role, c.band, c.channel, c.language, min(w.recorded_at) / {_QUARTER} AS quarter,
               max(<furthest>) AS furthest, CASE WHEN c.completed_at < {{}} THEN 1 ELSE 0 END AS finished
        FROM conversation AS c
        JOIN answer AS w ON w.participant_id = c.participant_id AND w.conversation_id = c.id
        WHERE c.slug = {{}} AND w.counts AND w.recorded_at < {{}} GROUP BY c.participant_id, c.slug
    )
    SELECT p.quarter, CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR), 0, 0,
           count(*) FROM p GROUP BY p.quarter
    UNION ALL
    SELECT NULL, p.role, p.band, p.channel, p.language, p.furthest, p.finished, count(*) FROM p
    GROUP BY p.role, p.band, p.channel, p.language, p.furthest, p.finished
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

    async def take(self, slug: str, questions: Sequence[str], until: datetime, choose: Choose) -> Taken | None:
        """The figures of the moment that `choose` names, which is `until` or earlier; None where it names none.

        `choose` is told of everybody who came before `until` (UTC). `questions` are the codes, in order, of those by
        which to tell how far somebody got. All of it is of one snapshot.
        """
        async with self._connections.reading() as session:
            taken = await _before(session, slug, questions, until)
            moment = choose(taken.arrived)
            if moment is None:
                return None
            return taken if moment == until else await _before(session, slug, questions, moment)


async def _before(session: Session, slug: str, questions: Sequence[str], moment: datetime) -> Taken:
    places = " ".join(f"WHEN {{}} THEN {place}" for place in range(len(questions)))
    sql = _PEOPLE.replace("<furthest>", f"CASE w.question {places} ELSE -1 END" if questions else "-1")
    at = micros(moment)
    rows = await session.scan(plain(session.dialect, sql, *questions, at, slug, at))
    arrived = [Arrived(instant(row[0] * _QUARTER), row[-1]) for row in rows if row[0] is not None]
    alike = [
        Alike(
            role,
            None if band is None else AgeBand(band),
            channel,
            language,
            questions[furthest] if furthest >= 0 else None,
            bool(finished),
            people,
        )
        for quarter, role, band, channel, language, furthest, finished, people in rows
        if quarter is None
    ]
    return Taken(moment, sorted(arrived, key=lambda each: each.at), alike)
