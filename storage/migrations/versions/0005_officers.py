"""Officers: who they are, where they are signed in, who guesses, and the record of what was done."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    people()
    signing_in()
    record()


def people() -> None:
    op.create_table(
        "officer",
        sa.Column("id", number, nullable=False, autoincrement=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("duties", sa.String(), nullable=False),
        sa.Column("slugs", sa.String(), nullable=True),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("factor_enc", sa.LargeBinary(), nullable=True),
        sa.Column("factor_counter", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("disabled_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("uq_officer_email", "officer", ["email"], unique=True)
    op.create_table(
        "officer_recovery_code",
        sa.Column("officer_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("officer_id", "code_hash"),
    )


def signing_in() -> None:
    op.create_table(
        "officer_session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("officer_id", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("offer_enc", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index("ix_officer_session_officer", "officer_session", ["officer_id"])
    op.create_index("ix_officer_session_expires", "officer_session", ["expires_at"])
    op.create_table(
        "officer_guess",
        sa.Column("guess_key", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("free_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("guess_key"),
    )
    op.create_index("ix_officer_guess_last", "officer_guess", ["last_at"])


def record() -> None:
    op.create_table(
        "deed",
        sa.Column("number", number, nullable=False, autoincrement=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("officer", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("chain", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_deed_officer", "deed", ["officer", "number"])
    op.create_index("ix_deed_slug", "deed", ["slug", "number"])
    op.create_index("ix_deed_subject", "deed", ["subject", "number"])
    head = op.create_table(
        "deed_head",
        sa.Column("id", number, nullable=False, autoincrement=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.Column("chain", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.bulk_insert(head, [{"id": 1, "lines": 0, "chain": bytes(32)}])
