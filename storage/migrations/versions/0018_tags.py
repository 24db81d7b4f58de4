"""Words that officers put on conversations, to find them again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tag",
        sa.Column("participant_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("officer", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("participant_id", "conversation_id", "tag"),
    )
    op.create_index("ix_tag_slug", "tag", ["slug", "tag"])
