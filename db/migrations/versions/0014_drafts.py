"""plans being written

Revision 0014, after 0013.
"""

import sqlalchemy as sa
from alembic import op

import db.base

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plan_drafts",
        sa.Column("plan", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("at", db.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("alta", sa.Integer(), nullable=True),
        sa.Column("subsidiary", sa.String(length=2), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("plan", name=op.f("pk_plan_drafts")),
    )
    op.create_index(
        "ix_plan_drafts_open",
        "plan_drafts",
        ["plan"],
        sqlite_where=sa.text("open"),
        postgresql_where=sa.text("open"),
    )
    op.create_table(
        "plan_draft_history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("begun", db.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("at", db.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_draft_history")),
        sa.UniqueConstraint("plan", "revision", name=op.f("uq_plan_draft_history_plan_revision")),
    )


def downgrade() -> None:
    op.drop_table("plan_draft_history")
    op.drop_table("plan_drafts")
