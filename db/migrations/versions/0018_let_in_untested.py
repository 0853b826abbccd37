"""what was let in without the gate

Revision 0018, after 0017.
"""

import sqlalchemy as sa
from alembic import op

import db.base

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "untested_releases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan", sa.String(length=40), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("at", db.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_untested_releases")),
    )
    with op.batch_alter_table("untested_releases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_untested_releases_plan_id"), ["plan", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("untested_releases")
