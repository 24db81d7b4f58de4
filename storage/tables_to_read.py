"""The table of what people said in their own words, and of who has read it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Index, Integer, String, text
from sqlmodel import SQLModel

from storage.tables import Instant, column


class ToReadRow(SQLModel, table=True):
    """One message in somebody's own words. It holds none of them: they are in the message, sealed."""

    __tablename__: ClassVar[Any] = "to_read"
    __table_args__: ClassVar[Any] = (
        Index(
            "ix_to_read_waiting",
            "slug",
            "rank",
            "said_at",
            "participant_id",
            "message_seq",
            postgresql_where=text("read_at IS NULL"),
            sqlite_where=text("read_at IS NULL"),
        ),
    )

    participant_id: int = column(BigInteger, key=True)
    message_seq: int = column(BigInteger, key=True)
    slug: str = column(String)
    question: str | None = column(String, optional=True)
    """The question that it was about."""
    rank: int = column(Integer)
    """0: an urgent concern; 1: a concern; 2: nothing that a rule sees. It orders what is read, and no more."""
    said_at: datetime = column(Instant)
    read_at: datetime | None = column(Instant, optional=True)
    read_by: str | None = column(String, optional=True)
    """By e-mail address."""
