"""The table that says which messages may mean that somebody is not safe, and who has read them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Index, LargeBinary, String, text
from sqlmodel import SQLModel

from storage.tables import Instant, column


class ConcernRow(SQLModel, table=True):
    """One message that a person must read. It holds no words: they are in the message, sealed."""

    __tablename__: ClassVar[Any] = "concern"
    __table_args__: ClassVar[Any] = (
        Index(
            "ix_concern_waiting",
            "tier",
            "raised_at",
            postgresql_where=text("acknowledged_at IS NULL"),
            sqlite_where=text("acknowledged_at IS NULL"),
        ),
        Index(
            "ix_concern_alert",
            "alert_due_at",
            postgresql_where=text("alert_due_at IS NOT NULL"),
            sqlite_where=text("alert_due_at IS NOT NULL"),
        ),
    )

    participant_id: int = column(BigInteger, key=True)
    message_seq: int = column(BigInteger, key=True)
    conversation_id: int = column(BigInteger)
    slug: str = column(String)
    question: str | None = column(String, optional=True)
    """The question that was open when it was said."""
    tier: str = column(String)
    rules: str = column(String)
    """Codes of the rules that say so, with spaces between."""
    harms: str = column(String)
    """With spaces between."""
    raised_at: datetime = column(Instant)
    acknowledged_at: datetime | None = column(Instant, optional=True)
    acknowledged_by: str | None = column(String, optional=True)
    """By e-mail address."""
    outcome_enc: bytes | None = column(LargeBinary, optional=True)
    """What was done, as who read it wrote it down: it may say something of the person."""
    alert_due_at: datetime | None = column(Instant, optional=True)
    """When the rota is told next; None where it is not to be told."""
