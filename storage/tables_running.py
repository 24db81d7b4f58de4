"""The table of what officers decided about their consultations. Nothing in it is about anybody who answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Integer, String
from sqlmodel import SQLModel

from storage.tables import Instant, column


class DecisionRow(SQLModel, table=True):
    """One decision. Only ever added to: what stands is worked out from all of them."""

    __tablename__: ClassVar[Any] = "decision"

    slug: str = column(String, key=True)
    number: int = column(Integer, key=True)
    """1 for a consultation's first; without gaps."""
    at: datetime = column(Instant)
    officer: str = column(String)
    """By e-mail address."""
    act: str = column(String)
    facts: str = column(String)
    """JSON: what was decided."""
