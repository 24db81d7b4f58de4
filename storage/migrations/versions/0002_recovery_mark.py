"""Until when the texts that a provider holds for us have been fetched: what came after may still be missing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pace", sa.Column("looked_at", sa.BigInteger(), nullable=True))
