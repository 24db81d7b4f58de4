"""What outlives an erasure because a child may depend on it: the words of a concern, and where they can be reached.

Rows are copied as they are sealed, under the numbers that they were sealed for: so erasing somebody needs no key. Only
`storage.safeguarding` reads them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Index, LargeBinary, String
from sqlmodel import SQLModel

from storage.tables import ID, Instant, column


class KeptConcernRow(SQLModel, table=True):
    """Of a concern whose participant is erased or made anonymous: what it needs to be read by itself."""

    __tablename__: ClassVar[Any] = "kept_concern"

    participant_id: int = column(BigInteger, key=True)
    message_seq: int = column(BigInteger, key=True)
    person: int = column(BigInteger)
    """Whose it is among `kept_address`: another number where they had used a code."""
    reference: str = column(String)
    band: str | None = column(String, optional=True)
    text_enc: bytes | None = column(LargeBinary, optional=True)
    """The message, sealed as `message.text` of this participant and this number."""
    kept_at: datetime = column(Instant)


class KeptAddressRow(SQLModel, table=True):
    """Where somebody can be reached who may not be safe. Opened by a safeguarding lead alone, with a reason."""

    __tablename__: ClassVar[Any] = "kept_address"
    __table_args__: ClassVar[Any] = (Index("ix_kept_address_person", "person"),)

    id: int = column(ID, key=True)
    """The address's own number, which it is sealed for."""
    participant_id: int = column(BigInteger)
    person: int = column(BigInteger)
    channel: str = column(String)
    address_enc: bytes = column(LargeBinary)
    """Sealed as `address.address` of this participant and this number."""
