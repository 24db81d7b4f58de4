"""Answering back: what the council says came of a consultation, and to whom it was sent.

What is said is kept in revisions; a publication shows one of them. Sending goes in batches: for each person the
message and the note that they had it are one transaction, so that a crash neither loses nor repeats it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from flows.consents import Consent
from flows.definition import AgeBand
from flows.messages import CONVERSING, Channel, Status
from storage import audit, messages
from storage.audit import Deed
from storage.crypto import Keyring
from storage.errors import ConflictError
from storage.instants import instant, maybe_instant, micros
from storage.records import OutboundRecord
from storage.rows import Shape, fetch_with, insert, plain, whole
from storage.sessions import Connections, Dialect, Row, Session
from storage.tables import Participant
from storage.tables_feedback import FeedbackPublication, FeedbackRevision, FeedbackSent

_ID = Shape(Participant, "id")
_REVISION, _PUBLICATION, _SENT = whole(FeedbackRevision), whole(FeedbackPublication), whole(FeedbackSent)
_LATEST = f"SELECT {_REVISION.listed} FROM feedback_revision WHERE slug = {{}} ORDER BY revision DESC LIMIT {{}}"
_ONE = f"SELECT {_REVISION.listed} FROM feedback_revision WHERE slug = {{}} AND revision = {{}}"
_NUMBER = "SELECT coalesce(max(number), 0) + 1 FROM feedback_publication WHERE slug = {}"
_PUBLICATIONS = f"""
    SELECT {_PUBLICATION.listed}, (SELECT count(*) FROM feedback_sent AS s
                                   WHERE s.slug = feedback_publication.slug AND s.number = feedback_publication.number)
    FROM feedback_publication
"""
_PUBLISHED = (
    "SELECT max(revision) FROM feedback_publication WHERE slug = {} AND consent = {} AND number = ("
    "SELECT max(number) FROM feedback_publication WHERE slug = {} AND consent = {})"
)
_SLUGS = "SELECT DISTINCT slug FROM feedback_publication WHERE consent = {}"
_FINISH = "UPDATE feedback_publication SET finished_at = {} WHERE slug = {} AND number = {} AND finished_at IS NULL"
_TALKING = ", ".join(f"'{channel.value}'" for channel in CONVERSING)
# Whoever said yes, and has not said STOP, left, been erased, or turned out to be somebody else since.
_WILLING = f"""
    n.slug = {{}} AND n.consent = {{}} AND n.given AND c.channel IN ({_TALKING})
    AND p.stopped_at IS NULL AND p.erased_at IS NULL AND p.merged_into IS NULL AND a.away_since IS NULL
"""
_WHO = """
    FROM consent AS n
    JOIN conversation AS c ON c.participant_id = n.participant_id AND c.id = n.conversation_id
    JOIN participant AS p ON p.id = n.participant_id
    JOIN address AS a ON a.id = c.address_id
"""
_NOT_YET = """
    AND NOT EXISTS (SELECT 1 FROM feedback_sent AS s
                    WHERE s.participant_id = n.participant_id AND s.slug = n.slug AND s.number = {})
"""
_REACH = f"""
    SELECT c.channel, c.language, c.band, count(*) {_WHO} WHERE {_WILLING}
    GROUP BY c.channel, c.language, c.band ORDER BY c.channel, c.language, c.band
"""
_NEXT = f"""
    SELECT p.id {_WHO} WHERE {_WILLING} {_NOT_YET} AND n.participant_id > {{}} ORDER BY n.participant_id LIMIT {{}}
"""
# Looked up anew once they are locked: what they said meanwhile counts.
_LOCKED = f"""
    SELECT c.participant_id, c.id, c.reference, c.role, c.band, c.language, c.channel, c.address_id,
           (SELECT coalesce(max(m.seq), 0) + 1 FROM message AS m WHERE m.participant_id = p.id)
    {_WHO.replace("FROM consent AS n", "FROM k JOIN consent AS n ON n.participant_id = k.id")}
    WHERE {_WILLING} {_NOT_YET} ORDER BY p.id
"""


@dataclass(frozen=True, slots=True)
class Revision:
    """What was to be said, as somebody left it."""

    slug: str
    revision: int
    at: datetime
    officer: str
    content: str = field(repr=False)
    """JSON."""


@dataclass(frozen=True, slots=True)
class Publication:
    """Something that was published, and how far it has come."""

    slug: str
    number: int
    consent: Consent
    """Who it goes to: those who agreed to this."""
    revision: int | None
    next_slug: str | None
    """The consultation that it invites to."""
    at: datetime
    officer: str
    sends: bool
    finished_at: datetime | None
    sent: int = 0
    """People for whom it was put into the queue."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How many people would get it who have the same words."""

    channel: Channel
    language: str
    band: AgeBand | None
    people: int


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who is to be told."""

    reference: str
    role: str | None
    band: AgeBand | None
    language: str
    channel: Channel


@dataclass(frozen=True, slots=True)
class Batch:
    """People for whom it was put into the queue just now."""

    channels: Sequence[Channel]
    """The channel of each."""
    last: int
    """Up to which participant was looked."""


class Feedback:
    """What came of consultations. Every method may raise UnavailableError."""

    def __init__(self, connections: Connections, keyring: Keyring) -> None:
        self._connections = connections
        self._keyring = keyring

    # --- what is said ---

    async def latest(self, slug: str) -> Revision | None:
        """As it was left last; None where nobody has begun."""
        found = await self.history(slug, limit=1)
        return found[0] if found else None

    async def history(self, slug: str, *, limit: int = 50) -> list[Revision]:
        """Its revisions, newest first."""
        async with self._connections.reading() as session:
            rows = await session.fetch(plain(session.dialect, _LATEST, slug, limit))
        return [_revision(row) for row in rows]

    async def revision(self, slug: str, revision: int) -> Revision | None:
        async with self._connections.reading() as session:
            rows = await session.fetch(plain(session.dialect, _ONE, slug, revision))
        return _revision(rows[0]) if rows else None

    async def save(self, slug: str, content: str, *, after: int, deed: Deed) -> int:
        """Adds a revision; returns its number. `after` is the one that it was made of, or 0.

        Raises:
            ConflictError: somebody else has saved since.
        """
        async with self._doing(deed) as session:
            rows = await session.fetch(plain(session.dialect, _LATEST, slug, 1))
            if after != (rows[0][1] if rows else 0):
                raise ConflictError("Somebody else has changed this since: look at it again.")
            row = (slug, after + 1, micros(deed.at), deed.officer, content)
            await session.run([insert(session.dialect, _REVISION, [row])])
        return after + 1

    # --- what is shown ---

    async def publish(self, slug: str, revision: int, *, sends: bool, deed: Deed) -> Publication:
        """Shows a revision to everybody from now on; and with `sends` to each who agreed to be told."""
        return await self._publish(slug, Consent.FEEDBACK, revision, None, sends=sends, deed=deed)

    async def invite(self, slug: str, next_slug: str, *, deed: Deed) -> Publication:
        """Invites everybody who agreed to be asked again to another consultation."""
        return await self._publish(slug, Consent.NEXT_ROUND, None, next_slug, sends=True, deed=deed)

    async def _publish(
        self, slug: str, consent: Consent, revision: int | None, next_slug: str | None, *, sends: bool, deed: Deed
    ) -> Publication:
        async with self._doing(deed) as session:
            [(number,)] = await session.fetch(plain(session.dialect, _NUMBER, slug))
            at, officer = deed.at, deed.officer
            row = (slug, number, consent.value, revision, next_slug, micros(at), officer, sends, None)
            await session.run([insert(session.dialect, _PUBLICATION, [row])])
        return Publication(slug, number, consent, revision, next_slug, at, officer, sends, None)

    async def published(self, slug: str) -> Revision | None:
        """What everybody may read now."""
        told = Consent.FEEDBACK.value
        async with self._connections.reading() as session:
            [(revision,)] = await session.fetch(plain(session.dialect, _PUBLISHED, slug, told, slug, told))
            rows = await session.fetch(plain(session.dialect, _ONE, slug, revision)) if revision else ()
        return _revision(rows[0]) if rows else None

    async def published_slugs(self) -> frozenset[str]:
        """The consultations of which something is published."""
        async with self._connections.reading() as session:
            rows = await session.fetch(plain(session.dialect, _SLUGS, Consent.FEEDBACK.value))
        return frozenset(row[0] for row in rows)

    async def publications(self, slug: str) -> list[Publication]:
        """Everything published of a consultation, newest first."""
        sql = f"{_PUBLICATIONS} WHERE slug = {{}} ORDER BY number DESC"
        async with self._connections.reading() as session:
            return [_publication(row) for row in await session.fetch(plain(session.dialect, sql, slug))]

    # --- whom it is sent to ---

    async def reach(self, slug: str, consent: Consent) -> list[Reach]:
        """How many would get it now, by what decides about their words."""
        async with self._connections.reading() as session:
            rows = await session.fetch(plain(session.dialect, _REACH, slug, consent.value))
        return [Reach(Channel(row[0]), row[1], _band(row[2]), row[3]) for row in rows]

    async def unfinished(self) -> list[Publication]:
        """What is still being sent, oldest first."""
        sql = f"{_PUBLICATIONS} WHERE sends AND finished_at IS NULL ORDER BY at, slug, number"
        async with self._connections.reading() as session:
            return [_publication(row) for row in await session.fetch(plain(session.dialect, sql))]

    async def send(
        self,
        publication: Publication,
        words: Callable[[Recipient], Sequence[str]],
        *,
        now: datetime,
        limit: int,
        after: int = 0,
    ) -> Batch:
        """Queues it for up to `limit` people who agreed and do not have it yet; once all have it, it is finished.

        Nobody gets it who has said STOP, cannot be reached, or was erased. `after` is how far an earlier batch came, so
        that those who have it are not looked through again; at the end whoever was passed over is looked for from the
        beginning. Several workers may do this at once: each passes over those whom another is at.
        """
        chosen = (publication.slug, publication.consent.value, publication.number)
        async with self._connections.writing() as session:
            found = await self._next(session, chosen, after, limit)
            if not found and after:
                found = await self._next(session, chosen, 0, limit)
            if not found and not await session.fetch(plain(session.dialect, _NEXT, *chosen, 0, 1)):
                await session.run([plain(session.dialect, _FINISH, micros(now), publication.slug, publication.number)])
            rows = await fetch_with(session, _ID, _LOCKED, [(row[0],) for row in found], *chosen)
            queued = [record for row in rows for record in _queued(row, words(_recipient(row)), now)]
            sent = [(row[0], publication.slug, publication.number, micros(now)) for row in rows]
            if sent:
                added = insert(session.dialect, _SENT, sent)
                await session.run([added, *messages.queue(session, self._keyring, queued)])
            await session.commit()
        return Batch([Channel(row[6]) for row in rows], max((row[0] for row in found), default=0))

    async def _next(self, session: Session, chosen: Row, after: int, limit: int) -> Sequence[Row]:
        ours = " FOR NO KEY UPDATE OF p SKIP LOCKED" if session.dialect is Dialect.POSTGRESQL else ""
        return await session.fetch(plain(session.dialect, _NEXT + ours, *chosen, after, limit))

    async def finish(self, publication: Publication, now: datetime) -> None:
        """Sends it to nobody else."""
        async with self._connections.writing() as session:
            await session.run([plain(session.dialect, _FINISH, micros(now), publication.slug, publication.number)])
            await session.commit()

    @asynccontextmanager
    async def _doing(self, deed: Deed) -> AsyncIterator[Session]:
        """A transaction that ends with its line of the record."""
        async with self._connections.writing() as session:
            yield session
            await audit.append(session, deed)
            await session.commit()


def _queued(row: Row, texts: Sequence[str], now: datetime) -> list[OutboundRecord]:
    owner, conversation_id, _, _, _, language, channel, address_id, seq = row
    web = Channel(channel) is Channel.WEB
    return [
        OutboundRecord(
            participant_id=owner,
            seq=seq + place,
            conversation_id=conversation_id,
            channel=Channel(channel),
            address_id=address_id,
            queued_at=now,
            question=None,
            language=language,
            text=text,
            # A page is asked for: it shows the transcript at their next visit.
            status=Status.DELIVERED if web else Status.QUEUED,
        )
        for place, text in enumerate(texts)
    ]


def _recipient(row: Row) -> Recipient:
    return Recipient(row[2], row[3], _band(row[4]), row[5], Channel(row[6]))


def _band(name: str | None) -> AgeBand | None:
    return None if name is None else AgeBand(name)


def _revision(row: Row) -> Revision:
    slug, revision, at, officer, content = row
    return Revision(slug, revision, instant(at), officer, content)


def _publication(row: Row) -> Publication:
    slug, number, consent, revision, next_slug, at, officer, sends, finished_at, sent = row
    return Publication(
        slug,
        number,
        Consent(consent),
        revision,
        next_slug,
        instant(at),
        officer,
        bool(sends),
        maybe_instant(finished_at),
        sent,
    )
