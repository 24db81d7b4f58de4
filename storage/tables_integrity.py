"""The tables of what looks as if nobody had meant it: signs, prints by which the same words are found, and exclusions.

None of them holds a word that a participant wrote, or a network that anybody came from.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Index, String
from sqlmodel import SQLModel

from storage.tables import Instant, column


class FlagRow(SQLModel, table=True):
    """A sign that was seen in one conversation; each kind once."""

    __tablename__: ClassVar[Any] = "integrity_flag"
    __table_args__: ClassVar[Any] = (Index("ix_integrity_flag_slug", "slug", "sign", "at"),)

    participant_id: int = column(BigInteger, key=True)
    conversation_id: int = column(BigInteger, key=True)
    sign: str = column(String, key=True)
    slug: str = column(String)
    detail: str = column(String)
    """Which burst it was, or which question."""
    at: datetime = column(Instant)
    cleared_at: datetime | None = column(Instant, optional=True)
    """When an officer said that it means nothing here."""
    cleared_by: str | None = column(String, optional=True)


class AnswerPrint(SQLModel, table=True):
    """A number that the same words share: made with a key, so that nobody can guess words from it."""

    __tablename__: ClassVar[Any] = "answer_print"
    __table_args__: ClassVar[Any] = (Index("ix_answer_print_same", "slug", "question", "mark"),)

    participant_id: int = column(BigInteger, key=True)
    conversation_id: int = column(BigInteger, key=True)
    question: str = column(String, key=True)
    slug: str = column(String)
    mark: int = column(BigInteger)


class Exclusion(SQLModel, table=True):
    """A conversation that an officer leaves out of exports, with the reason."""

    __tablename__: ClassVar[Any] = "integrity_exclusion"
    __table_args__: ClassVar[Any] = (Index("ix_integrity_exclusion_slug", "slug"),)

    participant_id: int = column(BigInteger, key=True)
    conversation_id: int = column(BigInteger, key=True)
    slug: str = column(String)
    why: str = column(String)
    """As the officer gave it: it stands in the record and in manifests too."""
    at: datetime = column(Instant)
    officer: str = column(String)
