"""Coding: which answers officers put under which themes, and what a machine suggested.

A code belongs to one revision of an answer: somebody who changes their answer is read anew. What is counted and given
out are codes on answers that stand, under the theme that stands for the one that was chosen.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from typing import Final

from storage import audit, codebook, crypto, participants
from storage.audit import Deed
from storage.codebook import Book, Change, Edit, Theme
from storage.coding_filters import same
from storage.crypto import Keyring
from storage.errors import ConflictError
from storage.instants import instant, micros
from storage.reading import STANDS, ReadAnswer
from storage.rows import Shape, fetch_with, insert, plain, whole
from storage.sessions import Connections, Session
from storage.tables import Conversation
from storage.tables_coding import CodedRow, CodingRow, SuggestionRow

PERSON: Final = "person"
MACHINE: Final = "machine-accepted"
UNREVIEWED: Final = "unreviewed"
ACCEPTED: Final = "accepted"
REJECTED: Final = "rejected"
PEOPLE: Final = 1000
"""Participants whose codes are read at a time."""

_CODED = whole(CodedRow)
_CODING = whole(CodingRow)
_SUGGESTION = whole(SuggestionRow)
_REFERENCE = Shape(Conversation, "reference")
_MINE = "participant_id = {} AND conversation_id = {} AND question = {} AND revision = {}"
_STILL = f"""
    SELECT 1 FROM answer AS w WHERE w.participant_id = {{}} AND w.conversation_id = {{}} AND w.question = {{}}
    AND w.revision = {{}} AND {STANDS}
"""
_CHOSEN = """
    SELECT g.theme, coalesce(t.merged_into, g.theme), g.origin FROM coding AS g
    LEFT JOIN theme AS t ON t.slug = g.slug AND t.question = g.question AND t.code = g.theme
    WHERE g.participant_id = {} AND g.conversation_id = {} AND g.question = {} AND g.revision = {}
    AND g.coder = {} AND g.withdrawn_at IS NULL
"""
_SEEN = f"SELECT evidence_rich, note_enc, message_seq, at FROM coded WHERE {_MINE} AND coder = {{}}"
_BEFORE = """
    SELECT max(revision) FROM coded
    WHERE participant_id = {} AND conversation_id = {} AND question = {} AND revision < {} AND coder = {}
"""
_SUGGESTED = """
    SELECT s.theme, coalesce(t.merged_into, s.theme), s.score, s.state FROM suggestion AS s
    LEFT JOIN theme AS t ON t.slug = s.slug AND t.question = s.question AND t.code = s.theme
    WHERE s.participant_id = {} AND s.conversation_id = {} AND s.question = {} AND s.revision = {}
    ORDER BY coalesce(s.score, 0) DESC, s.theme
"""
_WITHDRAW = (
    f"UPDATE coding SET withdrawn_at = {{}} WHERE {_MINE} AND coder = {{}} AND theme = {{}} AND withdrawn_at IS NULL"
)
_DECIDE = f"""
    UPDATE suggestion SET state = {{}}, decided_at = {{}}, decided_by = {{}}
    WHERE {_MINE} AND theme = {{}} AND state = 'unreviewed'
"""
_SEE = """
    ON CONFLICT (participant_id, conversation_id, question, revision, coder)
    DO UPDATE SET at = excluded.at, evidence_rich = excluded.evidence_rich, note_enc = excluded.note_enc
"""
_SUGGEST = """
    ON CONFLICT (participant_id, conversation_id, question, revision, theme)
    DO UPDATE SET score = excluded.score, imported_at = excluded.imported_at, imported_by = excluded.imported_by
    WHERE suggestion.state = 'unreviewed'
"""
_ANSWERED = f"""
    SELECT k.reference, w.participant_id, w.conversation_id, w.revision FROM k
    JOIN conversation AS c ON c.reference = k.reference
    JOIN answer AS w ON w.participant_id = c.participant_id AND w.conversation_id = c.id
    WHERE c.slug = {{}} AND w.question = {{}} AND {STANDS}
"""
_TOTAL = f"""
    SELECT count(*) FROM conversation AS c
    JOIN answer AS w ON w.participant_id = c.participant_id AND w.conversation_id = c.id AND w.question = {{}}
    WHERE c.slug = {{}} AND {STANDS}
"""
_BY_CODER = f"""
    SELECT d.coder, count(*) FROM coded AS d JOIN answer AS w ON {same("w", "d")}
    WHERE d.slug = {{}} AND d.question = {{}} AND {STANDS} GROUP BY d.coder ORDER BY d.coder
"""
_BY_ANYBODY = f"""
    SELECT count(*) FROM (
        SELECT DISTINCT d.participant_id, d.conversation_id FROM coded AS d JOIN answer AS w ON {same("w", "d")}
        WHERE d.slug = {{}} AND d.question = {{}} AND {STANDS}
    ) AS each_one
"""
_BY_THEME = f"""
    SELECT code, count(*) FROM (
        SELECT DISTINCT coalesce(t.merged_into, g.theme) AS code, g.participant_id, g.conversation_id
        FROM coding AS g JOIN answer AS w ON {same("w", "g")}
        LEFT JOIN theme AS t ON t.slug = g.slug AND t.question = g.question AND t.code = g.theme
        WHERE g.slug = {{}} AND g.question = {{}} AND g.withdrawn_at IS NULL AND {STANDS}
    ) AS each_one GROUP BY code
"""
_WAITING = f"""
    SELECT count(*) FROM suggestion AS s JOIN answer AS w ON {same("w", "s")}
    WHERE s.slug = {{}} AND s.question = {{}} AND s.state = 'unreviewed' AND {STANDS}
"""
_BOTH = f"""
    SELECT d.participant_id, d.conversation_id, d.coder, coalesce(t.merged_into, g.theme), g.origin
    FROM coded AS d JOIN coded AS o ON {same("o", "d")} AND o.coder <> d.coder
    JOIN answer AS w ON {same("w", "d")}
    LEFT JOIN coding AS g ON {same("g", "d")} AND g.coder = d.coder AND g.withdrawn_at IS NULL
    LEFT JOIN theme AS t ON t.slug = d.slug AND t.question = d.question AND t.code = g.theme
    WHERE d.slug = {{}} AND d.question = {{}} AND d.coder IN ({{}}, {{}}) AND o.coder IN ({{}}, {{}}) AND {STANDS}
    ORDER BY d.participant_id, d.conversation_id
"""
_BY_ONE = "SELECT count(*) FROM coded WHERE slug = {} AND question = {} AND coder = {}"
_UPTO = """
    SELECT max(participant_id) FROM (
        SELECT participant_id FROM conversation WHERE slug = {} AND participant_id > {}
        ORDER BY participant_id LIMIT {}
    ) AS looked
"""
_CODES = f"""
    SELECT c.reference, d.question, d.coder, d.evidence_rich, coalesce(t.merged_into, g.theme), g.origin
    FROM conversation AS c JOIN coded AS d ON d.participant_id = c.participant_id AND d.conversation_id = c.id
    JOIN answer AS w ON {same("w", "d")}
    LEFT JOIN coding AS g ON {same("g", "d")} AND g.coder = d.coder AND g.withdrawn_at IS NULL
    LEFT JOIN theme AS t ON t.slug = d.slug AND t.question = d.question AND t.code = g.theme
    WHERE c.slug = {{}} AND c.participant_id > {{}} AND c.participant_id <= {{}} AND {STANDS}
    ORDER BY d.participant_id, d.conversation_id, d.question, d.coder
"""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A theme that a machine suggested for an answer."""

    theme: str
    """As it was suggested: what a decision names."""
    stands_for: str
    """The theme that it means now."""
    score: float | None
    state: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One answer as one coder has coded it so far, and what a machine suggested for it."""

    coded: bool
    themes: frozenset[str] = frozenset()
    evidence_rich: bool = False
    note: str = field(default="", repr=False)
    suggestions: tuple[Suggestion, ...] = ()
    saved_at: datetime | None = None
    """UTC; None where this coder has not been through it."""
    before_change: bool = False
    """Not coded yet, but an earlier wording of the same answer was: the themes are those."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a coder decided about one answer."""

    themes: frozenset[str]
    evidence_rich: bool = False
    """It holds facts or figures that the council could act on."""
    note: str = field(default="", repr=False)
    accepted: frozenset[str] = frozenset()
    rejected: frozenset[str] = frozenset()
    """Themes as a machine suggested them."""
    instead_of: datetime | None = None
    """When that was saved which this stands in place of (UTC); None where the coder saw nothing of theirs."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a question is coded. Answers that stand, and no others."""

    answers: int
    coded: int
    """By anybody."""
    coders: Mapping[str, int]
    themes: Mapping[str, int]
    """Answers under each theme, whoever put them there."""
    unreviewed: int
    """Machine suggestions that nobody has decided on."""


@dataclass(frozen=True, slots=True)
class Code:
    """One theme that one coder put an answer under."""

    reference: str
    question: str
    theme: str
    """Empty where this coder found none that fitted."""
    evidence_rich: bool
    coder: str
    origin: str
    """`person` or `machine-accepted`."""


class Coding:
    """The codebooks, and everything that was coded."""

    def __init__(self, connections: Connections, keyring: Keyring) -> None:
        self._connections = connections
        self._keyring = keyring

    async def codebook(self, book: Book) -> list[Theme]:
        """Every theme of a question, those that are merged or retired as well."""
        async with self._connections.reading() as session:
            return await codebook.read(session, book)

    async def history(self, book: Book) -> list[Change]:
        """Every change of a codebook, oldest first."""
        async with self._connections.reading() as session:
            return await codebook.history(session, book)

    async def edit(self, book: Book, made: Edit, deed: Deed) -> None:
        """Changes a codebook, with its line in the record.

        Raises:
            ConflictError: somebody was faster; look at the codebook again.
        """
        async with self._connections.writing() as session:
            await codebook.edit(session, book, made, deed)
            await audit.append(session, deed)
            await session.commit()

    async def sheet(self, answer: ReadAnswer, coder: str) -> Sheet:
        """One answer as `coder` has coded it so far. Nothing of what other coders did."""
        key = _key(answer)
        async with self._connections.reading() as session:
            chosen = await session.fetch(plain(session.dialect, _CHOSEN, *key, coder))
            seen = await session.fetch(plain(session.dialect, _SEEN, *key, coder))
            suggested = await session.fetch(plain(session.dialect, _SUGGESTED, *key))
            [(before,)] = await session.fetch(plain(session.dialect, _BEFORE, *key, coder))
            if not seen and before is not None:
                chosen = await session.fetch(plain(session.dialect, _CHOSEN, *key[:-1], before, coder))
        found = Sheet(
            coded=bool(seen),
            themes=frozenset(row[1] for row in chosen),
            suggestions=tuple(Suggestion(*row) for row in suggested),
            before_change=not seen and before is not None,
        )
        for rich, sealed, seq, at in seen:
            note = self._keyring.open_text(crypto.CODING_NOTE, answer.participant_id, seq, sealed) if sealed else ""
            return replace(found, evidence_rich=bool(rich), note=note, saved_at=instant(at))
        return found

    async def save(self, slug: str, answer: ReadAnswer, choice: Choice, deed: Deed) -> None:
        """Codes an answer as the officer of the deed, in place of how they had coded it before.

        Raises:
            ConflictError: it was changed, erased, coded or decided on meanwhile; the message says which.
        """
        key, coder, at = _key(answer), deed.officer, micros(deed.at)
        async with self._connections.writing() as session:
            await participants.lock(session, answer.participant_id)
            await _insist(session, key, coder, choice)
            await self._choose(session, slug, answer, choice, deed)
            note = self._keyring.seal_text(crypto.CODING_NOTE, answer.participant_id, answer.message_seq, choice.note)
            row = (*key, coder, slug, answer.message_seq, at, choice.evidence_rich, note if choice.note else None)
            await session.run([insert(session.dialect, _CODED, [row], _SEE)])
            await audit.append(session, deed)
            await session.commit()

    async def _choose(self, session: Session, slug: str, answer: ReadAnswer, choice: Choice, deed: Deed) -> None:
        key, coder, at = _key(answer), deed.officer, micros(deed.at)
        before = await session.fetch(plain(session.dialect, _CHOSEN, *key, coder))
        suggested = {row[0]: row[1] for row in await session.fetch(plain(session.dialect, _SUGGESTED, *key))}
        agreed = {suggested[theme]: theme for theme in choice.accepted if theme in suggested}
        kept = {resolved for _, resolved, _ in before} & (choice.themes | agreed.keys())
        statements = [
            plain(session.dialect, _WITHDRAW, at, *key, coder, theme) for theme, now, _ in before if now not in kept
        ]
        # A theme that somebody ticked as well is their own; only what they merely agreed to came from a machine.
        origins = dict.fromkeys(agreed, MACHINE) | dict.fromkeys(choice.themes, PERSON)
        rows = [(*key, theme, coder, at, slug, origins[theme], None) for theme in sorted(origins.keys() - kept)]
        if rows:
            statements.append(insert(session.dialect, _CODING, rows, "ON CONFLICT DO NOTHING"))
        for state, themes in ((ACCEPTED, choice.accepted), (REJECTED, choice.rejected)):
            statements += [plain(session.dialect, _DECIDE, state, at, coder, *key, theme) for theme in sorted(themes)]
        if statements:
            await session.run(statements)

    async def suggest(self, book: Book, given: Sequence[tuple[str, str, float | None]], deed: Deed) -> None:
        """Keeps a machine's suggestions (reference, theme, score) as unreviewed; all or none. What is decided stays so.

        Raises:
            ConflictError: a reference has no answer to this question (any more).
        """
        async with self._connections.writing() as session:
            found = await self._answered(session, book, {reference for reference, _, _ in given})
            if any(reference not in found for reference, _, _ in given):
                raise ConflictError("A reference has no answer to this question any more: make the file anew.")
            state = (UNREVIEWED, micros(deed.at), deed.officer, None, None)
            rows = [
                (owner, conversation, book.question, revision, theme, book.slug, score, *state)
                for reference, theme, score in given
                for owner, conversation, revision in [found[reference]]
            ]
            if rows:
                await participants.lock_ids(session, sorted({row[0] for row in rows}))
                await session.run([insert(session.dialect, _SUGGESTION, rows, _SUGGEST)])
            await audit.append(session, deed)
            await session.commit()

    async def answered(self, book: Book, references: set[str]) -> set[str]:
        """Which of these references have an answer to the question that stands."""
        async with self._connections.reading() as session:
            return set(await self._answered(session, book, references))

    async def _answered(self, session: Session, book: Book, references: set[str]) -> dict[str, tuple[int, int, int]]:
        asked = [(reference,) for reference in sorted(references)]
        rows = await fetch_with(session, _REFERENCE, _ANSWERED, asked, book.slug, book.question)
        return {row[0]: (row[1], row[2], row[3]) for row in rows}

    async def progress(self, slug: str, question: str) -> Progress:
        """How far a question is coded, all at one instant."""
        async with self._connections.reading() as session:
            [(answers,)] = await session.scan(plain(session.dialect, _TOTAL, question, slug))
            [(coded,)] = await session.scan(plain(session.dialect, _BY_ANYBODY, slug, question))
            coders = await session.scan(plain(session.dialect, _BY_CODER, slug, question))
            themes = await session.scan(plain(session.dialect, _BY_THEME, slug, question))
            [(waiting,)] = await session.scan(plain(session.dialect, _WAITING, slug, question))
        return Progress(answers, coded, dict(map(tuple, coders)), dict(map(tuple, themes)), waiting)

    async def coded_by(self, slug: str, question: str, coder: str) -> int:
        """How often this coder has been through an answer, those that were changed since as well: cheap at any size."""
        async with self._connections.reading() as session:
            [(count,)] = await session.fetch(plain(session.dialect, _BY_ONE, slug, question, coder))
        return int(count)

    async def pairs(
        self, slug: str, question: str, coders: tuple[str, str]
    ) -> list[tuple[frozenset[str], frozenset[str]]]:
        """What two coders put each answer under that both went through, and neither with a machine's help."""
        async with self._connections.reading() as session:
            rows = await session.scan(plain(session.dialect, _BOTH, slug, question, *coders, *coders))
        found: list[tuple[frozenset[str], frozenset[str]]] = []
        for _, group in groupby(rows, lambda row: (row[0], row[1])):
            given = list(group)
            if all(row[4] != MACHINE for row in given):
                first, second = (frozenset(row[3] for row in given if row[2] == who and row[3]) for who in coders)
                found.append((first, second))
        return found

    async def codes(self, slug: str) -> AsyncIterator[Code]:
        """Every code on an answer that stands, one participant after another; streamed, all of one instant."""
        async with self._connections.reading() as session:
            after = -1
            while True:
                [(upto,)] = await session.fetch(plain(session.dialect, _UPTO, slug, after, PEOPLE))
                if upto is None:
                    return
                rows = await session.fetch(plain(session.dialect, _CODES, slug, after, upto))
                found: dict[tuple[str, str, str, str], Code] = {}
                for reference, question, coder, rich, theme, origin in rows:
                    made = Code(reference, question, theme or "", bool(rich), coder, origin or PERSON)
                    # Two themes that became one, one of them a person's own: then it is theirs.
                    if made.origin == PERSON or (reference, question, coder, made.theme) not in found:
                        found[reference, question, coder, made.theme] = made
                for code in found.values():
                    yield code
                after = upto


async def _insist(session: Session, key: tuple[int, int, str, int], coder: str, choice: Choice) -> None:
    """That what the coder decided on is as they saw it. The participant is locked.

    Raises:
        ConflictError: it is not.
    """
    if not await session.fetch(plain(session.dialect, _STILL, *key)):
        raise ConflictError("This answer was changed or erased while you had it open.")
    seen = await session.fetch(plain(session.dialect, _SEEN, *key, coder))
    if [row[3] for row in seen] != [micros(at) for at in (choice.instead_of,) if at is not None]:
        raise ConflictError("You have coded this answer in another window since you opened it here.")
    waiting = {row[0] for row in await session.fetch(plain(session.dialect, _SUGGESTED, *key)) if row[3] == UNREVIEWED}
    if not (choice.accepted | choice.rejected) <= waiting:
        raise ConflictError("Somebody else has decided on a suggestion since you opened this answer.")


def _key(answer: ReadAnswer) -> tuple[int, int, str, int]:
    return (answer.participant_id, answer.conversation_id, answer.question, answer.revision)
