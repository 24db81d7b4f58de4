"""What looks as if nobody had meant it: flagged for an officer, and left out of exports when one says why.

Nothing here changes or drops an answer. Whatever is written beside a conversation holds it fast, so that an erasure at
the same moment either comes first, and then nothing is written, or comes after and takes it away.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Final

from flows.integrity import COPIES, Sign, mark_of
from storage import audit
from storage.audit import Deed
from storage.crypto import Keyring
from storage.instants import instant, maybe_instant, micros
from storage.records import FlagRecord, Unheard
from storage.rows import Shape, fetch_with, insert, plain, run_with, whole
from storage.sessions import Connections, Dialect, Row, Session, Statement
from storage.tables_integrity import AnswerPrint, Exclusion, FlagRow

PAGE: Final = 50
"""Flags on one page of the console."""

_FLAG = whole(FlagRow)
_PRINT = whole(AnswerPrint)
_SAME = Shape(AnswerPrint, "slug", "question", "mark")
_EXCLUSION = whole(Exclusion)
_ONCE = "ON CONFLICT (participant_id, conversation_id, sign) DO NOTHING"

_KEEP_PRINTS = f"""
    INSERT INTO answer_print ({_PRINT.listed})
    SELECT k.participant_id, k.conversation_id, k.question, k.slug, k.mark FROM k
    JOIN conversation AS c ON c.participant_id = k.participant_id AND c.id = k.conversation_id
    WHERE k.slug = c.slug {{lock}}
    ON CONFLICT (participant_id, conversation_id, question) DO UPDATE SET mark = excluded.mark
"""
_COUNT_SAME = """
    SELECT k.slug, k.question, k.mark, (SELECT count(*) FROM (
        SELECT 1 FROM answer_print AS p WHERE p.slug = k.slug AND p.question = k.question AND p.mark = k.mark LIMIT {}
    ) AS found) FROM k
"""
_SHARING = """
    SELECT p.participant_id, p.conversation_id, p.slug, p.question FROM answer_print AS p
    JOIN k ON p.slug = k.slug AND p.question = k.question AND p.mark = k.mark
"""
_FLAG_THEM = f"""
    INSERT INTO integrity_flag ({_FLAG.listed})
    SELECT k.participant_id, k.conversation_id, k.sign, k.slug, k.detail, k.at, k.cleared_at, k.cleared_by FROM k
    JOIN conversation AS c ON c.participant_id = k.participant_id AND c.id = k.conversation_id
    WHERE k.slug = c.slug {{lock}} {_ONCE}
"""

_JOINED = """
    FROM integrity_flag AS f
    JOIN conversation AS c ON c.participant_id = f.participant_id AND c.id = f.conversation_id
    LEFT JOIN integrity_exclusion AS x ON x.participant_id = f.participant_id AND x.conversation_id = f.conversation_id
"""
_COUNTS = f"""
    SELECT f.sign, count(*), count(f.cleared_at), count(CASE WHEN f.cleared_at IS NULL THEN x.at END) {_JOINED}
    WHERE f.slug = {{}} GROUP BY f.sign
"""
_PARTICIPANTS = "SELECT count(DISTINCT participant_id) FROM integrity_flag WHERE slug = {} AND cleared_at IS NULL"
_LIST = f"""
    SELECT c.reference, f.sign, f.detail, f.at, f.cleared_at, f.cleared_by, x.why {_JOINED}
    WHERE f.slug = {{}} AND f.sign = {{}} AND c.reference > {{}} ORDER BY c.reference LIMIT {{}}
"""
_ONE = f"""
    SELECT c.reference, f.sign, f.detail, f.at, f.cleared_at, f.cleared_by, x.why {_JOINED}
    WHERE f.slug = {{}} AND c.reference = {{}} ORDER BY f.sign
"""
_OF_ONE = "SELECT c.participant_id, c.id FROM conversation AS c WHERE c.slug = {} AND c.reference = {} {lock}"
_OF_SIGN = """
    SELECT c.participant_id, c.id FROM integrity_flag AS f
    JOIN conversation AS c ON c.participant_id = f.participant_id AND c.id = f.conversation_id
    WHERE f.slug = {} AND f.sign = {} AND f.cleared_at IS NULL
    ORDER BY c.participant_id {lock}
"""
_CLEAR_ONE = """
    UPDATE integrity_flag SET cleared_at = {}, cleared_by = {} WHERE slug = {} AND sign = {} AND cleared_at IS NULL
    AND participant_id IN (SELECT c.participant_id FROM conversation AS c WHERE c.slug = {} AND c.reference = {})
    RETURNING participant_id
"""
_CLEAR_ALL = """
    UPDATE integrity_flag SET cleared_at = {}, cleared_by = {} WHERE slug = {} AND sign = {} AND cleared_at IS NULL
    RETURNING participant_id
"""
_EXCLUDED = """
    SELECT c.reference, x.why, x.at, x.officer FROM integrity_exclusion AS x
    JOIN conversation AS c ON c.participant_id = x.participant_id AND c.id = x.conversation_id
    WHERE x.slug = {} ORDER BY c.reference
"""
_RESTORE = """
    DELETE FROM integrity_exclusion WHERE slug = {} AND participant_id IN (
        SELECT c.participant_id FROM conversation AS c WHERE c.slug = {} AND c.reference = {})
    RETURNING participant_id
"""
_EXCLUDE = f"""
    INSERT INTO integrity_exclusion ({_EXCLUSION.listed}) SELECT {", ".join(f"k.{one}" for one in _EXCLUSION.columns)}
    FROM k WHERE 1 = 1 ON CONFLICT (participant_id, conversation_id) DO NOTHING RETURNING participant_id
"""


@dataclass(frozen=True, slots=True)
class SignCount:
    """How many conversations bear a sign."""

    sign: Sign
    flagged: int
    """That nobody has cleared."""
    cleared: int
    excluded: int
    """Of the flagged ones, those that exports leave out."""


@dataclass(frozen=True, slots=True)
class Flagged:
    """One sign of one conversation."""

    reference: str
    sign: Sign
    detail: str
    at: datetime
    """UTC."""
    cleared_at: datetime | None
    cleared_by: str | None
    excluded: str | None
    """The reason for which exports leave the conversation out; None where they do not."""


@dataclass(frozen=True, slots=True)
class Excluded:
    """A conversation that exports leave out."""

    reference: str
    why: str
    at: datetime
    """UTC."""
    officer: str


def add(session: Session, records: Sequence[FlagRecord]) -> list[Statement]:
    """The statement that writes flags down; a conversation has one of each kind."""
    rows = {
        (one.participant_id, one.conversation_id, one.flag.sign): (
            *(one.participant_id, one.conversation_id, one.flag.sign.value, one.slug, one.flag.detail, micros(one.at)),
            *(None, None),
        )
        for one in records
    }
    return [insert(session.dialect, _FLAG, [*rows.values()], _ONCE)] if rows else []


async def excluded(session: Session, slug: str) -> list[Excluded]:
    """Every conversation of a consultation that exports leave out, by reference."""
    found = await session.fetch(plain(session.dialect, _EXCLUDED, slug))
    return [Excluded(reference, why, instant(at), officer) for reference, why, at, officer in found]


class Integrity:
    """Flags and exclusions of every consultation, over one database's connections."""

    def __init__(self, connections: Connections, keyring: Keyring) -> None:
        self._connections = connections
        self._key = keyring.lookup("answer print")

    async def compare(self, answers: Sequence[Unheard], now: datetime) -> int:
        """Looks whether long answers are the very same as many others'; returns how many are flagged with it.

        Doing it twice comes to the same. An answer that was changed is compared as it is now.
        """
        prints = {
            (one.participant_id, one.conversation_id, one.question): (one.slug, mark)
            for one in answers
            if (mark := mark_of(one.text, self._key)) is not None
        }
        if not prints:
            return 0
        async with self._connections.writing() as session:
            rows = [(*key, *held) for key, held in sorted(prints.items())]
            await run_with(session, _PRINT, _locked(session, _KEEP_PRINTS), rows)
            sharing = await _sharing(session, rows)
            flags = [(who, which, Sign.SAME_WORDS.value, *rest) for who, which, *rest in _flags(sharing, now)]
            await run_with(session, _FLAG, _locked(session, _FLAG_THEM), flags)
            await session.commit()
        return len(flags)

    async def counts(self, slug: str) -> list[SignCount]:
        """Every sign, in order, and how many bear it."""
        async with self._connections.reading() as session:
            found = {row[0]: row[1:] for row in await session.fetch(plain(session.dialect, _COUNTS, slug))}
        return [
            SignCount(sign, every - cleared, cleared, out)
            for sign in Sign
            for every, cleared, out in [found.get(sign.value, (0, 0, 0))]
        ]

    async def participants(self, slug: str) -> int:
        """How many participants have a flag that nobody has cleared."""
        async with self._connections.reading() as session:
            [(count,)] = await session.fetch(plain(session.dialect, _PARTICIPANTS, slug))
        return int(count)

    async def listed(self, slug: str, sign: Sign, *, after: str = "", limit: int = PAGE) -> list[Flagged]:
        """Conversations with a sign, by reference, from behind `after` on."""
        async with self._connections.reading() as session:
            return _read(await session.fetch(plain(session.dialect, _LIST, slug, sign.value, after, limit)))

    async def of(self, slug: str, reference: str) -> list[Flagged]:
        """Every sign of one conversation."""
        async with self._connections.reading() as session:
            return _read(await session.fetch(plain(session.dialect, _ONE, slug, reference)))

    async def excluded(self, slug: str) -> list[Excluded]:
        """Every conversation that exports leave out, by reference."""
        async with self._connections.reading() as session:
            return await excluded(session, slug)

    async def clear(self, slug: str, sign: Sign, deed: Deed, *, reference: str | None = None) -> int:
        """Says that a sign means nothing, for one conversation or for all; returns for how many, on record."""
        values = micros(deed.at), deed.officer, slug, sign.value
        async with self._connections.writing() as session:
            one = plain(session.dialect, _CLEAR_ONE, *values, slug, reference)
            found = await session.fetch(plain(session.dialect, _CLEAR_ALL, *values) if reference is None else one)
            return await _recorded(session, deed, sign, len(found), reference)

    async def exclude(self, slug: str, why: str, deed: Deed, *, sign: Sign, reference: str | None = None) -> int:
        """Has exports leave out one conversation, or all with a sign; returns how many more that is, on record."""
        async with self._connections.writing() as session:
            of_one = plain(session.dialect, _locked(session, _OF_ONE), slug, reference)
            of_sign = plain(session.dialect, _locked(session, _OF_SIGN), slug, sign.value)
            whose = await session.fetch(of_sign if reference is None else of_one)
            rows = [(*one, slug, why, micros(deed.at), deed.officer) for one in whose]
            found = await fetch_with(session, _EXCLUSION, _EXCLUDE, rows) if rows else ()
            return await _recorded(session, deed, sign, len(found), reference)

    async def restore(self, slug: str, reference: str, deed: Deed) -> bool:
        """Has exports take a conversation in again, on record; False where they did so already."""
        async with self._connections.writing() as session:
            if not await session.fetch(plain(session.dialect, _RESTORE, slug, slug, reference)):
                return False
            await audit.append(session, deed)
            await session.commit()
            return True


async def _recorded(session: Session, deed: Deed, sign: Sign, count: int, reference: str | None) -> int:
    """Writes the deed and commits, where anything was done."""
    if count:
        subject = reference or f"{sign.value}: {count}"
        await audit.append(session, replace(deed, subject=subject))
        await session.commit()
    return count


async def _sharing(session: Session, rows: Sequence[Row]) -> list[Row]:
    """Whose answers are the same as many others': of these rows and, where the many are just reached, of the others."""
    same = sorted({(slug, question, mark) for _, _, question, slug, mark in rows})
    limit = COPIES + len(rows)
    many = {
        (slug, question, mark): count
        for slug, question, mark, count in await fetch_with(session, _SAME, _COUNT_SAME, same, limit)
        if count >= COPIES
    }
    # Where more than these came before, those that came before were flagged then.
    reached = [key for key, count in many.items() if count < limit]
    others = await fetch_with(session, _SAME, _SHARING, reached) if reached else ()
    beyond = many.keys() - set(reached)
    ours = [
        (who, which, slug, question) for who, which, question, slug, mark in rows if (slug, question, mark) in beyond
    ]
    return [*others, *ours]


def _flags(sharing: Sequence[Row], now: datetime) -> Iterator[Row]:
    once = {(who, which): (slug, question) for who, which, slug, question in sharing}
    for key, (slug, question) in sorted(once.items()):
        yield (*key, slug, question, micros(now), None, None)


def _read(rows: Sequence[Row]) -> list[Flagged]:
    return [
        Flagged(reference, Sign(sign), detail, instant(at), maybe_instant(cleared_at), cleared_by, why)
        for reference, sign, detail, at, cleared_at, cleared_by, why in rows
    ]


def _locked(session: Session, sql: str) -> str:
    """With the conversations held fast, where writers are side by side; SQLite has one."""
    return _with_lock(sql, "FOR KEY SHARE OF c" if session.dialect is Dialect.POSTGRESQL else "")


@lru_cache
def _with_lock(sql: str, lock: str) -> str:
    return sql.replace("{lock}", lock)
