"""what was read of the PBX's journal

Revision 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op

import db.base

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "journal_cursors",
        sa.Column("pbx", sa.String(length=16), nullable=False),
        sa.Column("row", sa.BigInteger(), nullable=False),
        sa.Column("at", db.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("listened", db.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("pbx", name=op.f("pk_journal_cursors")),
    )
    op.create_table(
        "link_gaps",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("pbx", sa.String(length=16), nullable=False),
        sa.Column("lost", db.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("regained", db.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("calls", sa.Integer(), nullable=True),
        sa.Column("facts", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_gaps")),
    )
    op.create_index(op.f("ix_link_gaps_lost_id"), "link_gaps", ["lost", "id"])


def downgrade() -> None:
    op.drop_table("link_gaps")
    op.drop_table("journal_cursors")
