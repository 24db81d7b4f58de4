"""The table that says which answers officers typed in, how those were given, and when."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, String
from sqlmodel import SQLModel

from storage.tables import Instant, column


class EntryRow(SQLModel, table=True):
    """One form that was typed in: the first for a conversation, or a correction of it. Only ever added to."""

    __tablename__: ClassVar[Any] = "entry"
    __table_args__: ClassVar[Any] = (
        Index("uq_entry_form", "form_hash", unique=True),
        Index("ix_entry_slug", "slug", "entered_at"),
    )

    participant_id: int = column(BigInteger, key=True)
    conversation_id: int = column(BigInteger, key=True)
    number: int = column(Integer, key=True)
    """1 for the first, one more for each correction."""
    slug: str = column(String)
    form_hash: bytes = column(LargeBinary)
    """Keyed hash of the form's own number: the same form sent twice counts once."""
    channel: str = column(String)
    given_at: datetime = column(Instant)
    """When the answers were given, as the officer stated it."""
    entered_at: datetime = column(Instant)
    officer: str = column(String)
    """By e-mail address."""
