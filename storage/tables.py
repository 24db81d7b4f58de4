"""The tables: one definition each, from which the statements in `storage.rows` take their columns and types.

Every table of what people said is keyed by participant first, so that it can be distributed by that key. Columns whose
name ends in `_enc` are sealed by `storage.crypto`; those ending in `_hash` or `_key` are keyed hashes. Rows never leave
this package: `storage.records` is what comes out.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Boolean, Column, Dialect, Index, Integer, LargeBinary, String, TypeDecorator, text
from sqlalchemy.types import TypeEngine
from sqlmodel import Field, SQLModel

from storage.instants import instant, micros


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant, held as microseconds: see `storage.instants`."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        del dialect
        return None if value is None else micros(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ANN401 - SQLAlchemy's own signature
        del dialect
        return None if value is None else instant(value)


# SQLite keeps a table whose key is declared INTEGER by that very number, without an index beside it.
_ID = BigInteger().with_variant(Integer(), "sqlite")


def _column(kind: TypeEngine[Any] | type[TypeEngine[Any]], *, key: bool = False, optional: bool = False) -> Any:  # noqa: ANN401 - stands as the default of a field of any type
    """A column; `Any`, because it stands as the default of a field of another type, as all of SQLModel's fields do."""
    return Field(sa_column=Column(kind, primary_key=key, nullable=optional, autoincrement=False))


ID, column = _ID, _column
"""For the tables of other modules."""


class Participant(SQLModel, table=True):
    """A person, known by a number that means nothing. Locked by whoever handles something they said."""

    __tablename__: ClassVar[Any] = "participant"
    __table_args__: ClassVar[Any] = (
        Index(
            "ix_participant_merged_into",
            "merged_into",
            postgresql_where=text("merged_into IS NOT NULL"),
            sqlite_where=text("merged_into IS NOT NULL"),
        ),
    )

    id: int = _column(_ID, key=True)
    created_at: datetime = _column(Instant)
    language: str | None = _column(String, optional=True)
    stopped_at: datetime | None = _column(Instant, optional=True)
    told_nothing_open: bool = _column(Boolean)
    merged_into: int | None = _column(BigInteger, optional=True)
    """Whom this person turned out to be, when they used a code: erased with them."""
    erased_at: datetime | None = _column(Instant, optional=True)
    """Set while the confirmation of an erasure waits to be sent; then the row goes too."""


class Address(SQLModel, table=True):
    """Where a participant can be reached, and how soon the next message may go there."""

    __tablename__: ClassVar[Any] = "address"
    __table_args__: ClassVar[Any] = (
        Index("uq_address_hash", "channel", "address_hash", unique=True),
        Index("ix_address_participant", "participant_id"),
    )

    id: int = _column(_ID, key=True)
    participant_id: int = _column(BigInteger)
    channel: str = _column(String)
    address_hash: bytes | None = _column(LargeBinary, optional=True)
    """None once erased, so that nobody finds it."""
    address_enc: bytes | None = _column(LargeBinary, optional=True)
    """None for the web: nothing is ever sent there."""
    current: str | None = _column(String, optional=True)
    away_since: datetime | None = _column(Instant, optional=True)
    next_send_at: datetime = _column(Instant)
    """Nothing is sent here before: in flight, or paced."""


class Conversation(SQLModel, table=True):
    """One participant's way through one consultation."""

    __tablename__: ClassVar[Any] = "conversation"
    # Room on each page for the next version of a row, so that an update touches no index (PostgreSQL's HOT updates).
    __table_args__: ClassVar[Any] = (
        Index("uq_conversation_id", "id", unique=True),
        Index("uq_conversation_reference", "reference", unique=True),
        Index("ix_conversation_slug", "slug", "participant_id"),
        Index(
            "ix_conversation_wake",
            "wake_at",
            postgresql_where=text("wake_at IS NOT NULL"),
            sqlite_where=text("wake_at IS NOT NULL"),
        ),
        {"postgresql_with": {"fillfactor": 50}},
    )

    participant_id: int = _column(BigInteger, key=True)
    slug: str = _column(String, key=True)
    id: int = _column(BigInteger)
    version: str = _column(String)
    reference: str = _column(String)
    state_enc: bytes = _column(LargeBinary)
    status: str = _column(String)
    phase: str = _column(String)
    role: str | None = _column(String, optional=True)
    band: str | None = _column(String, optional=True)
    helped_by: str | None = _column(String, optional=True)
    language: str = _column(String)
    channel: str = _column(String)
    address_id: int = _column(BigInteger)
    created_at: datetime = _column(Instant)
    started_at: datetime | None = _column(Instant, optional=True)
    completed_at: datetime | None = _column(Instant, optional=True)
    heard_at: datetime | None = _column(Instant, optional=True)
    wake_at: datetime | None = _column(Instant, optional=True)


class Message(SQLModel, table=True):
    """One thing said, either way: the transcript, the guard against second deliveries, and the queue."""

    __tablename__: ClassVar[Any] = "message"
    __table_args__: ClassVar[Any] = (
        Index(
            "uq_message_provider_key",
            "channel",
            "provider_key",
            unique=True,
            postgresql_where=text("provider_key IS NOT NULL"),
            sqlite_where=text("provider_key IS NOT NULL"),
        ),
        Index(
            "ix_message_queue",
            "channel",
            "due_at",
            postgresql_where=text("status = 'queued'"),
            sqlite_where=text("status = 'queued'"),
        ),
        Index(
            "ix_message_received",
            "channel",
            "received_at",
            postgresql_where=text("received_at IS NOT NULL"),
            sqlite_where=text("received_at IS NOT NULL"),
        ),
    )

    participant_id: int = _column(BigInteger, key=True)
    seq: int = _column(BigInteger, key=True)
    conversation_id: int | None = _column(BigInteger, optional=True)
    address_id: int = _column(BigInteger)
    channel: str = _column(String)
    direction: str = _column(String)
    status: str = _column(String)
    kind: str = _column(String)
    question: str | None = _column(String, optional=True)
    language: str | None = _column(String, optional=True)
    provider_key: bytes | None = _column(LargeBinary, optional=True)
    ref_key: bytes | None = _column(LargeBinary, optional=True)
    sent_at: datetime | None = _column(Instant, optional=True)
    received_at: datetime | None = _column(Instant, optional=True)
    recorded_at: datetime = _column(Instant)
    due_at: datetime | None = _column(Instant, optional=True)
    """When it may be sent: not before, or again when a lease or a wait for a next attempt ends."""
    after_stop: bool = _column(Boolean)
    attempts: int = _column(Integer)
    text_enc: bytes | None = _column(LargeBinary, optional=True)
    buttons_enc: bytes | None = _column(LargeBinary, optional=True)
    error: str | None = _column(String, optional=True)
    request: str | None = _column(String, optional=True)
    """What caused it, as the log names it: a random id, which says nothing of anybody."""


class Answer(SQLModel, table=True):
    """One revision of one answer. Only ever added to."""

    __tablename__: ClassVar[Any] = "answer"
    __table_args__: ClassVar[Any] = (
        Index(
            "ix_answer_unheard",
            "recorded_at",
            postgresql_where=text("kind = 'text' AND heard IS NULL"),
            sqlite_where=text("kind = 'text' AND heard IS NULL"),
        ),
    )

    participant_id: int = _column(BigInteger, key=True)
    conversation_id: int = _column(BigInteger, key=True)
    question: str = _column(String, key=True)
    revision: int = _column(Integer, key=True)
    kind: str = _column(String)
    codes: str | None = _column(String, optional=True)
    """Options and numbers, as JSON."""
    text_enc: bytes | None = _column(LargeBinary, optional=True)
    """Own words."""
    role: str | None = _column(String, optional=True)
    band: str | None = _column(String, optional=True)
    helped_by: str | None = _column(String, optional=True)
    language: str = _column(String)
    wording: str = _column(String)
    wording_language: str = _column(String)
    wording_band: str | None = _column(String, optional=True)
    channel: str = _column(String)
    message_seq: int = _column(BigInteger)
    sent_at: datetime | None = _column(Instant, optional=True)
    received_at: datetime = _column(Instant)
    recorded_at: datetime = _column(Instant)
    counts_at: datetime = _column(Instant)
    clock: str = _column(String)
    cutoff: datetime = _column(Instant)
    late_policy: str = _column(String)
    late: bool = _column(Boolean)
    late_by_seconds: int = _column(BigInteger)
    """Whole seconds after the cutoff, rounded up; 0 when in time."""
    counts: bool = _column(Boolean)
    heard: str | None = _column(String, optional=True)
    """The language it was written in, as a label: added later. None until then; empty where no language was sure."""


class EqualityAnswer(SQLModel, table=True):
    """One revision of one answer to an equality question. Only ever added to; read only by who asks for just that."""

    __tablename__: ClassVar[Any] = "equality_answer"

    participant_id: int = _column(BigInteger, key=True)
    conversation_id: int = _column(BigInteger, key=True)
    question: str = _column(String, key=True)
    revision: int = _column(Integer, key=True)
    kind: str = _column(String)
    value_enc: bytes = _column(LargeBinary)
    """Options, as JSON: sealed, because here a code alone says something of a person."""
    role: str | None = _column(String, optional=True)
    band: str | None = _column(String, optional=True)
    helped_by: str | None = _column(String, optional=True)
    language: str = _column(String)
    wording: str = _column(String)
    wording_language: str = _column(String)
    wording_band: str | None = _column(String, optional=True)
    channel: str = _column(String)
    message_seq: int = _column(BigInteger)
    sent_at: datetime | None = _column(Instant, optional=True)
    received_at: datetime = _column(Instant)
    recorded_at: datetime = _column(Instant)
    counts_at: datetime = _column(Instant)
    clock: str = _column(String)
    cutoff: datetime = _column(Instant)
    late_policy: str = _column(String)
    late: bool = _column(Boolean)
    late_by_seconds: int = _column(BigInteger)
    """Whole seconds after the cutoff, rounded up; 0 when in time."""
    counts: bool = _column(Boolean)


class ErasedMessage(SQLModel, table=True):
    """What is left of an erased person's messages: enough to know a second delivery, and nothing of whose it was."""

    __tablename__: ClassVar[Any] = "erased_message"

    channel: str = _column(String, key=True)
    provider_key: bytes = _column(LargeBinary, key=True)


class Tombstone(SQLModel, table=True):
    """A number that was a person's until they were erased: whatever is found under it, in a backup, goes too.

    The number means nothing and is never given out again; whoever writes anew has another.
    """

    __tablename__: ClassVar[Any] = "tombstone"

    id: int = _column(_ID, key=True)
    erased_at: datetime = _column(Instant)


class LinkCode(SQLModel, table=True):
    """A code that carries a conversation to another channel, once."""

    __tablename__: ClassVar[Any] = "link_code"
    __table_args__: ClassVar[Any] = (Index("ix_link_code_participant", "participant_id"),)

    code_hash: bytes = _column(LargeBinary, key=True)
    participant_id: int = _column(BigInteger)
    slug: str = _column(String)
    expires_at: datetime = _column(Instant)
    used_at: datetime | None = _column(Instant, optional=True)


class PermissionCode(SQLModel, table=True):
    """A code with which a parent says whether a child may answer, and what they said with it last. Not who they are."""

    __tablename__: ClassVar[Any] = "permission_code"
    __table_args__: ClassVar[Any] = (Index("ix_permission_code_participant", "participant_id"),)

    code_hash: bytes = _column(LargeBinary, key=True)
    participant_id: int = _column(BigInteger)
    """The child."""
    slug: str = _column(String)
    asked_at: datetime = _column(Instant)
    decided_at: datetime | None = _column(Instant, optional=True)
    allowed: bool = _column(Boolean)
    channel: str | None = _column(String, optional=True)
    """The parent's, when they decided."""


class Pace(SQLModel, table=True):
    """How soon a channel may be written to again, for all workers together."""

    __tablename__: ClassVar[Any] = "pace"

    channel: str = _column(String, key=True)
    next_at: datetime = _column(Instant)
    paused_until: datetime | None = _column(Instant, optional=True)
    stopped_reason: str | None = _column(String, optional=True)
    looked_at: datetime | None = _column(Instant, optional=True)
    """Up to here everything that the provider received for us was fetched."""


class EarlyStatus(SQLModel, table=True):
    """A status that came before we had written down under which id its message went."""

    __tablename__: ClassVar[Any] = "early_status"

    channel: str = _column(String, key=True)
    provider_key: bytes = _column(LargeBinary, key=True)
    status: str = _column(String)
    error: str | None = _column(String, optional=True)
    at: datetime = _column(Instant)


class Version(SQLModel, table=True):
    """The files of every version of a pack that was ever answered."""

    __tablename__: ClassVar[Any] = "version"

    version: str = _column(String, key=True)
    slug: str = _column(String)
    files: str = _column(String)
    """JSON: path to text."""
    first_kept_at: datetime = _column(Instant)


class Installation(SQLModel, table=True):
    """One row: proves that the secret key is the one that everything here was written with."""

    __tablename__: ClassVar[Any] = "installation"

    id: int = _column(_ID, key=True)
    fingerprint: bytes = _column(LargeBinary)
    lookup_enc: bytes | None = _column(LargeBinary, optional=True)
    """The key of all lookups, once the secret was changed; until then it is derived from the secret."""


PERSONAL = (
    "participant",
    "address",
    "conversation",
    "message",
    "answer",
    "equality_answer",
    "link_code",
    "permission_code",
    "consent",
    "feedback_sent",
    "entry",
    "redaction",
    "coded",
    "coding",
    "suggestion",
    "integrity_flag",
    "answer_print",
    "integrity_exclusion",
    "tag",
    "to_read",
)
"""Every table that holds anything of a person: what an erasure must empty, and what a test holds it to."""
SAFEGUARDING = ("concern", "alert", "kept_concern", "kept_address")
"""Tables with a rule of their own (ADR 0025): what they hold of somebody who may not be safe outlives an erasure."""
