"""The table of tags: a word or two that officers put on a conversation, to find it again."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Index, String
from sqlmodel import SQLModel

from storage.tables import Instant, column


class TagRow(SQLModel, table=True):
    """One tag on one conversation. Taken off, it is gone: that it was there is in the record."""

    __tablename__: ClassVar[Any] = "tag"
    __table_args__: ClassVar[Any] = (Index("ix_tag_slug", "slug", "tag"),)

    participant_id: int = column(BigInteger, key=True)
    conversation_id: int = column(BigInteger, key=True)
    tag: str = column(String, key=True)
    slug: str = column(String)
    officer: str = column(String)
    """By e-mail address."""
    at: datetime = column(Instant)
