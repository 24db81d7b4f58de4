"""The tables of the officers' side: who they are, where they are signed in, who guesses, and what was done.

Nothing of a participant is here. See `storage.tables` for how columns are named.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Boolean, Index, Integer, LargeBinary, String
from sqlmodel import SQLModel

from storage.tables import ID, Instant, column


class OfficerRow(SQLModel, table=True):
    """Somebody of the council's who may sign in."""

    __tablename__: ClassVar[Any] = "officer"
    __table_args__: ClassVar[Any] = (Index("uq_officer_email", "email", unique=True),)

    id: int = column(ID, key=True)
    email: str = column(String)
    """In small letters."""
    name: str = column(String)
    duties: str = column(String)
    """Joined by spaces."""
    slugs: str | None = column(String, optional=True)
    """The consultations that are theirs, joined by spaces; None where all of them are."""
    password_hash: str | None = column(String, optional=True)
    """None where only the council's own provider lets them in."""
    must_change: bool = column(Boolean)
    """The password was made for them: it is good for choosing another."""
    factor_enc: bytes | None = column(LargeBinary, optional=True)
    """The secret of their authenticator app; None until it is set up."""
    factor_counter: int = column(BigInteger)
    """The last half minute whose code was used: none is taken twice."""
    created_at: datetime = column(Instant)
    disabled_at: datetime | None = column(Instant, optional=True)


class RecoveryCode(SQLModel, table=True):
    """A code that stands in for the app, once. Deleted when it is used."""

    __tablename__: ClassVar[Any] = "officer_recovery_code"

    officer_id: int = column(BigInteger, key=True)
    code_hash: bytes = column(LargeBinary, key=True)


class OfficerSession(SQLModel, table=True):
    """A browser that an officer is signed in with, or half-way."""

    __tablename__: ClassVar[Any] = "officer_session"
    __table_args__: ClassVar[Any] = (
        Index("ix_officer_session_officer", "officer_id"),
        Index("ix_officer_session_expires", "expires_at"),
    )

    token_hash: bytes = column(LargeBinary, key=True)
    """Whoever reads the database cannot sign in with it."""
    officer_id: int = column(BigInteger)
    stage: str = column(String)
    """`known` by the password, `proved` by the second factor too, or `whole`: signed in."""
    offer_enc: bytes | None = column(LargeBinary, optional=True)
    """A secret that is offered to an app and not yet confirmed."""
    created_at: datetime = column(Instant)
    seen_at: datetime = column(Instant)
    expires_at: datetime = column(Instant)


class Guess(SQLModel, table=True):
    """How often somebody failed to sign in, by account and by network; for all workers together."""

    __tablename__: ClassVar[Any] = "officer_guess"
    __table_args__: ClassVar[Any] = (Index("ix_officer_guess_last", "last_at"),)

    guess_key: bytes = column(LargeBinary, key=True)
    failures: int = column(Integer)
    last_at: datetime = column(Instant)
    free_at: datetime = column(Instant)
    """Nothing is looked at before."""


class DeedRow(SQLModel, table=True):
    """One line of the record. Only ever added to."""

    __tablename__: ClassVar[Any] = "deed"
    __table_args__: ClassVar[Any] = (
        Index("ix_deed_officer", "officer", "number"),
        Index("ix_deed_slug", "slug", "number"),
        Index("ix_deed_subject", "subject", "number"),
    )

    number: int = column(ID, key=True)
    """From 1, without a gap."""
    at: datetime = column(Instant)
    officer: str = column(String)
    act: str = column(String)
    slug: str = column(String)
    subject: str = column(String)
    why: str = column(String)
    chain: bytes = column(LargeBinary)
    """SHA-256 over the line before's and this line."""


class DeedHead(SQLModel, table=True):
    """One row: the last line, so that lines cut off the end are missed; locked by whoever adds one."""

    __tablename__: ClassVar[Any] = "deed_head"

    id: int = column(ID, key=True)
    lines: int = column(BigInteger)
    chain: bytes = column(LargeBinary)
