"""The table that says which parts of answers officers took out of what is read."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Index, Integer, String, text
from sqlmodel import SQLModel

from storage.tables import Instant, column


class RedactionRow(SQLModel, table=True):
    """Parts of one revision of one answer. Only added to, but for its undoing, which keeps it."""

    __tablename__: ClassVar[Any] = "redaction"
    __table_args__: ClassVar[Any] = (
        Index(
            "ix_redaction_slug",
            "slug",
            "participant_id",
            postgresql_where=text("undone_at IS NULL"),
            sqlite_where=text("undone_at IS NULL"),
        ),
    )

    participant_id: int = column(BigInteger, key=True)
    conversation_id: int = column(BigInteger, key=True)
    number: int = column(Integer, key=True)
    """From 1, within a conversation."""
    slug: str = column(String)
    question: str = column(String)
    revision: int = column(Integer)
    spans: str = column(String)
    """JSON: start, end and kind of each part, in characters. What stood there is in the answer, sealed."""
    at: datetime = column(Instant)
    officer: str = column(String)
    """By e-mail address."""
    reason: str = column(String)
    undone_at: datetime | None = column(Instant, optional=True)
    undone_by: str | None = column(String, optional=True)
    undone_why: str | None = column(String, optional=True)
