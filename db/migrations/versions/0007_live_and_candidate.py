"""what answers strangers and what only test calls reach

Revision 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What was live stays live, without a candidate."""
    for table in ("live_plans", "plan_history"):
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("candidate_id", sa.Integer()))
            batch.add_column(sa.Column("suspended", sa.Boolean(), server_default=sa.false(), nullable=False))
            batch.create_foreign_key(
                batch.f(f"fk_{table}_candidate_id"), "plan_versions", ["candidate_id"], ["id"]
            )
        with op.batch_alter_table(table) as batch:
            batch.alter_column("suspended", server_default=None)
            if table == "live_plans":
                batch.alter_column("version_id", existing_type=sa.Integer(), nullable=True)
    with op.batch_alter_table("release") as batch:
        batch.add_column(sa.Column("candidates", sa.JSON(), server_default="{}", nullable=False))
        batch.add_column(sa.Column("suspended", sa.JSON(), server_default="[]", nullable=False))
    with op.batch_alter_table("release") as batch:
        batch.alter_column("candidates", server_default=None)
        batch.alter_column("suspended", server_default=None)


def downgrade() -> None:
    """What did not answer strangers does not answer at all."""
    with op.batch_alter_table("release") as batch:
        batch.drop_column("suspended")
        batch.drop_column("candidates")
    op.execute("DELETE FROM live_plans WHERE suspended OR version_id IS NULL")
    for table in ("live_plans", "plan_history"):
        with op.batch_alter_table(table) as batch:
            if table == "live_plans":
                batch.alter_column("version_id", existing_type=sa.Integer(), nullable=False)
            batch.drop_constraint(batch.f(f"fk_{table}_candidate_id"), type_="foreignkey")
            batch.drop_column("suspended")
            batch.drop_column("candidate_id")
