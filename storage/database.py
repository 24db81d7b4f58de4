"""The way in: one database, its units of work, its outbox, and its reads."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from flows.messages import Channel
from storage import labels, schema
from storage.alerts import Alerts
from storage.coding import Coding
from storage.concerns import Concerns
from storage.connections import connect
from storage.crypto import Keyring
from storage.entered import Entered
from storage.errors import SchemaBehindError, StorageError
from storage.exports import Exports
from storage.feedback import Feedback
from storage.figures import Figures
from storage.holdings import Holdings
from storage.identity import Identities
from storage.integrity import Integrity
from storage.officers import Officers
from storage.outbox import Outbox
from storage.permissions import Permissions
from storage.reading import Reading
from storage.records import AddressKey, ConversationRecord, ParticipantAnswers, TranscriptEntry, Unheard
from storage.redactions import Redactions
from storage.retention import Retention
from storage.rota import Rota
from storage.rows import insert, plain, whole
from storage.running import Running
from storage.safeguarding import Safeguarding
from storage.schema import check, upgrade
from storage.sessions import Connections, Session
from storage.tables import Installation, Version
from storage.tags import Tags
from storage.to_read import ReadList
from storage.transcripts import Counts, QueueDepth, Reader
from storage.unit_of_work import UnitOfWork

__all__ = ["Database", "check", "upgrade"]

_INSTALLATION = whole(Installation)
_VERSION = whole(Version)


class Database:
    """One database, opened. Safe to use from many tasks of one event loop."""

    outbox: Outbox
    reading: Reading
    redactions: Redactions
    concerns: Concerns
    integrity: Integrity
    holdings: Holdings
    """What we hold of one person, for whoever asks for it."""
    retention: Retention
    permissions: Permissions
    """What parents were asked."""
    safeguarding: Safeguarding
    figures: Figures
    running: Running
    """What officers decided about their consultations."""
    entered: Entered
    """What officers typed in for others."""
    alerts: Alerts
    rota: Rota
    read_list: ReadList
    identities: Identities
    coding: Coding
    tags: Tags
    """Themes, and which answers officers put under them."""
    officers: Officers
    exports: Exports
    feedback: Feedback

    def __init__(self, connections: Connections, keyring: Keyring, worker: int) -> None:
        self._connections = connections
        self._keyring = keyring
        self.worker = worker
        self.outbox = Outbox(connections, keyring)
        self.figures = Figures(connections)
        self.running = Running(connections)
        self.entered = Entered(connections, keyring)
        self.officers = Officers(connections, keyring)
        self.exports = Exports(connections, keyring)
        self.feedback = Feedback(connections, keyring)
        self.alerts = Alerts(connections)
        self.rota = Rota(connections, keyring)
        self.read_list = ReadList(connections, keyring)
        self.identities = Identities(connections, keyring)
        self.coding = Coding(connections, keyring)
        self.tags = Tags(connections)
        self.reading = Reading(connections, keyring)
        self.redactions = Redactions(connections, keyring)
        self.concerns = Concerns(connections, keyring)
        self.integrity = Integrity(connections, keyring)
        self.holdings = Holdings(connections, keyring)
        self.retention = Retention(connections)
        self.permissions = Permissions(connections, keyring)
        self.safeguarding = Safeguarding(connections)

    @classmethod
    async def open(cls, url: str, *, secret: bytes | tuple[bytes, ...], worker: int = 0) -> Database:
        """Opens a database whose tables are up to date and that was written with this secret.

        Of several secrets the first seals, and all of them open: so one takes over from another (`storage.rotation`).

        Raises:
            UnavailableError: it cannot be reached.
            UnusableUrlError: the URL is not one of those that Sayso can use.
            SchemaBehindError: run `sayso db upgrade`.
            WrongSecretError: the secret is too short, or another one than the database was written with.
        """
        keyring = Keyring([secret] if isinstance(secret, bytes) else secret)
        missing = await schema.check(url)
        if missing:
            raise SchemaBehindError(" ".join(missing))
        connections = connect(url)
        try:
            async with connections.writing() as session:
                await _prove_secret(session, keyring)
        except BaseException:
            await connections.close()
            raise
        return cls(connections, keyring, worker)

    async def close(self) -> None:
        await self._connections.close()

    @property
    def abreast(self) -> int:
        """How many units of work are worth having open at once."""
        return self._connections.abreast

    async def ready(self) -> bool:
        """Whether the database can be read and written: it writes and commits, and leaves nothing behind.

        Only a commit tells: a disk without room refuses nothing before it.
        """
        try:
            async with self._connections.writing() as session:
                await session.run(
                    [
                        insert(session.dialect, _VERSION, [("ready", "ready", "{}", 0)], _NO_MATTER),
                        plain(session.dialect, "DELETE FROM version WHERE version = {}", "ready"),
                    ]
                )
                await session.fetch(plain(session.dialect, "SELECT id FROM installation"))
                await session.commit()
        except StorageError:
            return False
        return True

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[UnitOfWork]:
        """A transaction that may write. Left without `commit`, nothing of it happened."""
        async with self._connections.writing() as session:
            yield UnitOfWork(session, self._keyring)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Reader]:
        """Reads that all see the same instant, so that an export balances with its own counts."""
        async with self._connections.reading() as session:
            yield Reader(session, self._keyring)

    async def transcript(self, conversation_id: int) -> list[TranscriptEntry]:
        """Everything said in one conversation, oldest first."""
        async with self.snapshot() as reader:
            return await reader.transcript(conversation_id)

    async def transcripts(self, slug: str) -> AsyncIterator[TranscriptEntry]:
        """Everything said in a consultation, one participant after another; streamed."""
        async with self.snapshot() as reader:
            async for entry in reader.transcripts(slug):
                yield entry

    async def answers(self, slug: str) -> AsyncIterator[ParticipantAnswers]:
        """Every participant of a consultation with the answers that count; streamed."""
        async with self.snapshot() as reader:
            async for one in reader.answers(slug):
                yield one

    async def label(self, heard: Sequence[tuple[Unheard, str | None]]) -> None:
        """Writes down which language answers were written in; None where that is not sure."""
        async with self._connections.writing() as session:
            await labels.label(session, heard)
            await session.commit()

    async def counts(self, slug: str) -> Counts:
        async with self.snapshot() as reader:
            return await reader.counts(slug)

    async def find(self, key: AddressKey, slug: str) -> ConversationRecord | None:
        """The conversation that this address has about a consultation, as it was last committed; not locked."""
        async with self.snapshot() as reader:
            return await reader.find(key, slug)

    async def version_files(self, version: str) -> Mapping[str, str] | None:
        """The files of a version of a pack, if it was ever answered."""
        async with self.snapshot() as reader:
            return await reader.version_files(version)

    async def queue_depth(self) -> dict[Channel, QueueDepth]:
        """What waits to be sent, by channel."""
        async with self.snapshot() as reader:
            return await reader.queue_depth()

    async def oldest_wake(self) -> datetime | None:
        """When the first conversation is to be woken (UTC); in the past where the schedule is behind."""
        async with self.snapshot() as reader:
            return await reader.oldest_wake()

    async def last_received(self, channel: Channel) -> datetime | None:
        """When the newest message on a channel reached us (UTC): what came later we may have missed."""
        async with self.snapshot() as reader:
            return await reader.last_received(channel)

    async def failed_steps(self) -> int:
        """How many messages were kept that our own fault kept from being handled."""
        async with self.snapshot() as reader:
            return await reader.failed_steps()


_NO_MATTER = "ON CONFLICT (version) DO NOTHING"


async def _prove_secret(session: Session, keyring: Keyring) -> None:
    first = insert(session.dialect, _INSTALLATION, [(1, keyring.fingerprint(), None)], "ON CONFLICT (id) DO NOTHING")
    await session.run([first])
    [written] = await session.fetch(plain(session.dialect, "SELECT fingerprint, lookup_enc FROM installation"))
    await session.commit()
    keyring.adopt(*written)
