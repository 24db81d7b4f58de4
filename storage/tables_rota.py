"""The tables of the rota and of the alerts: who is told that somebody may not be safe, and whether they were.

An alert holds no word that was said. It is keyed by participant first, as everything about a person is.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, String, text
from sqlmodel import SQLModel

from storage.tables import ID, Instant, column


class RotaRow(SQLModel, table=True):
    """Somebody who is told. Whoever leaves the rota is deleted from it."""

    __tablename__: ClassVar[Any] = "rota"

    id: int = column(ID, key=True)
    place: int = column(Integer)
    name: str = column(String)
    hours: str = column(String)
    """See `flows.rota.Hours`."""
    slugs: str | None = column(String, optional=True)
    """The consultations they are told about, joined by spaces; None: all."""
    sms_enc: bytes | None = column(LargeBinary, optional=True)
    email_enc: bytes | None = column(LargeBinary, optional=True)


class AlertRow(SQLModel, table=True):
    """That one person was, or is to be, told of one concern in one way."""

    __tablename__: ClassVar[Any] = "alert"
    __table_args__: ClassVar[Any] = (
        Index(
            "ix_alert_due",
            "due_at",
            postgresql_where=text("due_at IS NOT NULL"),
            sqlite_where=text("due_at IS NOT NULL"),
        ),
    )

    participant_id: int = column(BigInteger, key=True)
    message_seq: int = column(BigInteger, key=True)
    number: int = column(Integer, key=True)
    """1 for the first time that anybody was told of this concern."""
    by: str = column(String, key=True)
    """`sms` or `email`."""
    rota_id: int = column(BigInteger)
    made_at: datetime = column(Instant)
    due_at: datetime | None = column(Instant, optional=True)
    """When it may be sent (again); None once it is sent, has failed, or is not needed any more."""
    attempts: int = column(Integer)
    sent_at: datetime | None = column(Instant, optional=True)
    error: str | None = column(String, optional=True)
    """Why the last attempt failed, from a closed set of words; None where none did."""
