"""The table of what officers decided about their consultations. Nothing in it is about anybody who answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Column, Integer, String
from sqlmodel import Field, SQLModel

from storage.tables import Instant


class DecisionRow(SQLModel, table=True):
    """One decision. Only ever added to: what stands is worked out from all of them."""

    __tablename__: ClassVar[Any] = "decision"

    slug: str = Field(sa_column=Column(String, primary_key=True, nullable=False))
    number: int = Field(sa_column=Column(Integer, primary_key=True, nullable=False, autoincrement=False))
    """1 for a consultation's first; without gaps."""
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
    officer: str = Field(sa_column=Column(String, nullable=False))
    """By e-mail address."""
    act: str = Field(sa_column=Column(String, nullable=False))
    facts: str = Field(sa_column=Column(String, nullable=False))
    """JSON: what was decided."""
