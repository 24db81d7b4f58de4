"""The table that says which answers officers typed in, how those were given, and when."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String
from sqlmodel import Field, SQLModel

from storage.tables import Instant


class EntryRow(SQLModel, table=True):
    """One form that was typed in: the first for a conversation, or a correction of it. Only ever added to."""

    __tablename__: ClassVar[Any] = "entry"
    __table_args__: ClassVar[Any] = (
        Index("uq_entry_form", "form_hash", unique=True),
        Index("ix_entry_slug", "slug", "entered_at"),
    )

    participant_id: int = Field(sa_column=Column(BigInteger, primary_key=True, nullable=False, autoincrement=False))
    conversation_id: int = Field(sa_column=Column(BigInteger, primary_key=True, nullable=False, autoincrement=False))
    number: int = Field(sa_column=Column(Integer, primary_key=True, nullable=False, autoincrement=False))
    """1 for the first, one more for each correction."""
    slug: str = Field(sa_column=Column(String, nullable=False))
    form_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    """Keyed hash of the form's own number: the same form sent twice counts once."""
    channel: str = Field(sa_column=Column(String, nullable=False))
    given_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    """When the answers were given, as the officer stated it."""
    entered_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    officer: str = Field(sa_column=Column(String, nullable=False))
    """By e-mail address."""
