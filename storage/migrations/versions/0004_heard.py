"""The language that an answer in somebody's own words was surely written in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("answer", sa.Column("heard", sa.String(), nullable=True))
    unheard = sa.text("kind = 'text' AND heard IS NULL")
    op.create_index("ix_answer_unheard", "answer", ["recorded_at"], postgresql_where=unheard, sqlite_where=unheard)
