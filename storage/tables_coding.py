"""The tables of coding: the codebook of each question, and which answers officers put under its themes.

Those of the codebook hold nothing of anybody who answered; the other three are keyed by participant first.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Boolean, Float, Index, Integer, LargeBinary, String, text
from sqlmodel import SQLModel

from storage.tables import Instant, column


class ThemeRow(SQLModel, table=True):
    """A theme of one question, as it stands. How it came to be so is in `theme_change`."""

    __tablename__: ClassVar[Any] = "theme"

    slug: str = column(String, key=True)
    question: str = column(String, key=True)
    code: str = column(String, key=True)
    place: int = column(Integer)
    """Order in the codebook."""
    label: str = column(String)
    about: str = column(String)
    aim: str | None = column(String, optional=True)
    origin: str = column(String)
    """`pack` or `officer`."""
    state: str = column(String)
    """`active`, `retired` or `merged`."""
    merged_into: str | None = column(String, optional=True)
    """The theme that stands for it now: never one that is itself merged into another."""


class ThemeChangeRow(SQLModel, table=True):
    """One change of a codebook. Only ever added to."""

    __tablename__: ClassVar[Any] = "theme_change"

    slug: str = column(String, key=True)
    question: str = column(String, key=True)
    number: int = column(Integer, key=True)
    """1 for a codebook's first; without gaps."""
    at: datetime = column(Instant)
    officer: str = column(String)
    """By e-mail address."""
    code: str = column(String)
    act: str = column(String)
    facts: str = column(String)
    """JSON: what it was before and is now."""


class CodedRow(SQLModel, table=True):
    """That one coder has been through one revision of an answer, whether or not any theme fitted."""

    __tablename__: ClassVar[Any] = "coded"
    __table_args__: ClassVar[Any] = (Index("ix_coded_slug", "slug", "question", "participant_id"),)

    participant_id: int = column(BigInteger, key=True)
    conversation_id: int = column(BigInteger, key=True)
    question: str = column(String, key=True)
    revision: int = column(Integer, key=True)
    coder: str = column(String, key=True)
    """By e-mail address."""
    slug: str = column(String)
    message_seq: int = column(BigInteger)
    at: datetime = column(Instant)
    evidence_rich: bool = column(Boolean)
    note_enc: bytes | None = column(LargeBinary, optional=True)


class CodingRow(SQLModel, table=True):
    """That one coder put one revision of an answer under a theme. Taken back, it stays with the time of that."""

    __tablename__: ClassVar[Any] = "coding"
    __table_args__: ClassVar[Any] = (
        Index(
            "uq_coding_stands",
            "participant_id",
            "conversation_id",
            "question",
            "revision",
            "coder",
            "theme",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
            sqlite_where=text("withdrawn_at IS NULL"),
        ),
        Index("ix_coding_slug", "slug", "question"),
    )

    participant_id: int = column(BigInteger, key=True)
    conversation_id: int = column(BigInteger, key=True)
    question: str = column(String, key=True)
    revision: int = column(Integer, key=True)
    theme: str = column(String, key=True)
    """As it was called when it was chosen: a theme that was merged since stands for another."""
    coder: str = column(String, key=True)
    at: datetime = column(Instant, key=True)
    slug: str = column(String)
    origin: str = column(String)
    """`person`, or `machine-accepted` where a person agreed to what a machine suggested."""
    withdrawn_at: datetime | None = column(Instant, optional=True)


class SuggestionRow(SQLModel, table=True):
    """A theme that a machine suggested for one revision of an answer. It counts for nothing until a person says so."""

    __tablename__: ClassVar[Any] = "suggestion"
    __table_args__: ClassVar[Any] = (Index("ix_suggestion_slug", "slug", "question", "state"),)

    participant_id: int = column(BigInteger, key=True)
    conversation_id: int = column(BigInteger, key=True)
    question: str = column(String, key=True)
    revision: int = column(Integer, key=True)
    theme: str = column(String, key=True)
    slug: str = column(String)
    score: float | None = column(Float, optional=True)
    """From 0 to 1, as the machine gave it."""
    state: str = column(String)
    """`unreviewed`, `accepted` or `rejected`."""
    imported_at: datetime = column(Instant)
    imported_by: str = column(String)
    decided_at: datetime | None = column(Instant, optional=True)
    decided_by: str | None = column(String, optional=True)
