"""The tables of answering back: who may be told, what is told, when it was published, and to whom it went.

See `storage.tables` for how columns are named.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Boolean, Index, Integer, String, text
from sqlmodel import SQLModel

from storage.tables import Instant, column


class ConsentRow(SQLModel, table=True):
    """Whether somebody may be written to later, as they said last. Every time they said it is an answer of theirs."""

    __tablename__: ClassVar[Any] = "consent"
    __table_args__: ClassVar[Any] = (Index("ix_consent_slug", "slug", "consent", "participant_id"),)

    participant_id: int = column(BigInteger, key=True)
    conversation_id: int = column(BigInteger, key=True)
    consent: str = column(String, key=True)
    slug: str = column(String)
    given: bool = column(Boolean)
    at: datetime = column(Instant)


class FeedbackRevision(SQLModel, table=True):
    """What the council says came of a consultation, as it stood after one save. Only ever added to."""

    __tablename__: ClassVar[Any] = "feedback_revision"

    slug: str = column(String, key=True)
    revision: int = column(Integer, key=True)
    """From 1."""
    at: datetime = column(Instant)
    officer: str = column(String)
    content: str = column(String)
    """JSON, for everybody to read once it is published."""


class FeedbackPublication(SQLModel, table=True):
    """A revision shown to everybody, or an invitation to another consultation. Only ever added to, but for its end."""

    __tablename__: ClassVar[Any] = "feedback_publication"
    __table_args__: ClassVar[Any] = (
        Index(
            "ix_feedback_publication_sending",
            "slug",
            "number",
            postgresql_where=text("sends AND finished_at IS NULL"),
            sqlite_where=text("sends AND finished_at IS NULL"),
        ),
    )

    slug: str = column(String, key=True)
    number: int = column(Integer, key=True)
    """From 1."""
    consent: str = column(String)
    """Who it is for: those who said yes to this."""
    revision: int | None = column(Integer, optional=True)
    next_slug: str | None = column(String, optional=True)
    """The consultation that it invites to."""
    at: datetime = column(Instant)
    officer: str = column(String)
    sends: bool = column(Boolean)
    """It is sent to people, and not only shown."""
    finished_at: datetime | None = column(Instant, optional=True)
    """Everybody it was for has it."""


class FeedbackSent(SQLModel, table=True):
    """It was put into the queue for somebody: so it never is again."""

    __tablename__: ClassVar[Any] = "feedback_sent"
    __table_args__: ClassVar[Any] = (Index("ix_feedback_sent_publication", "slug", "number"),)

    participant_id: int = column(BigInteger, key=True)
    slug: str = column(String, key=True)
    number: int = column(Integer, key=True)
    at: datetime = column(Instant)
