"""The tables of exports that officers ask for in the console: what was asked, how far it is, and the sealed files.

See `storage.tables` for how columns are named. The files are of many people at once and are kept for a short time only;
an erasure withdraws those that may hold the person (`storage.erasure`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, String
from sqlmodel import SQLModel

from storage.tables import ID, Instant, column


class ExportJob(SQLModel, table=True):
    """One export that was asked for."""

    __tablename__: ClassVar[Any] = "export_job"
    __table_args__: ClassVar[Any] = (Index("ix_export_job_officer", "officer", "slug", "asked_at"),)

    id: int = column(ID, key=True)
    slug: str = column(String)
    officer: str = column(String)
    """Whose it is: nobody else may fetch it."""
    subject: str = column(String)
    """What, and as which kind of file, such as `answers/csv`."""
    why: str = column(String)
    state: str = column(String)
    done: int = column(BigInteger)
    total: int = column(BigInteger)
    """Rows, people or messages: how much there is to do."""
    fault: str = column(String)
    """What to do instead, where it could not be made."""
    files: str = column(String)
    """Names and sizes as JSON, once it is whole."""
    asked_at: datetime = column(Instant)
    seen_at: datetime = column(Instant)
    """When whoever makes it was last heard of."""
    ends_at: datetime = column(Instant)
    """When its files go."""


class ExportPart(SQLModel, table=True):
    """A piece of a file."""

    __tablename__: ClassVar[Any] = "export_part"

    job_id: int = column(BigInteger, key=True)
    file: int = column(Integer, key=True)
    part: int = column(Integer, key=True)
    held_enc: bytes = column(LargeBinary)
