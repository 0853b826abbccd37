"""releases of lines, their dossiers, the canaries

Revision 0015, after 0014.
"""

import sqlalchemy as sa
from alembic import op

import db.base

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

UNDER_WAY = "state IN ('scheduled', 'releasing')"


def upgrade() -> None:
    op.create_table(
        "line_releases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan", sa.String(length=40), nullable=False),
        sa.Column("subsidiary", sa.String(length=2), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("fingerprint", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("due", db.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked", db.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended", db.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("said", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('scheduled', 'releasing', 'done', 'cancelled', 'refused')",
            name=op.f("ck_line_releases_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_releases")),
    )
    op.create_index(op.f("ix_line_releases_plan_id"), "line_releases", ["plan", "id"])
    op.create_index(op.f("ix_line_releases_state_due"), "line_releases", ["state", "due"])
    op.create_index(
        "uq_line_releases_under_way",
        "line_releases",
        ["plan"],
        unique=True,
        sqlite_where=sa.text(UNDER_WAY),
        postgresql_where=sa.text(UNDER_WAY),
    )
    op.create_table(
        "dossiers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("line_release", sa.Integer(), nullable=False),
        sa.Column("plan", sa.String(length=40), nullable=False),
        sa.Column("subsidiary", sa.String(length=2), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("at", db.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["line_release"], ["line_releases.id"], name=op.f("fk_dossiers_line_release")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossiers")),
        sa.UniqueConstraint("line_release", name=op.f("uq_dossiers_line_release")),
        sa.UniqueConstraint("previous", name=op.f("uq_dossiers_previous")),
        sa.UniqueConstraint("head", name=op.f("uq_dossiers_head")),
    )
    op.create_index(op.f("ix_dossiers_plan_id"), "dossiers", ["plan", "id"])
    op.create_table(
        "canaries",
        sa.Column("plan", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("at", db.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("report", sa.Integer(), nullable=True),
        sa.Column("said", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('running', 'passed', 'failed')", name=op.f("ck_canaries_state")),
        sa.PrimaryKeyConstraint("plan", "day", name=op.f("pk_canaries")),
    )


def downgrade() -> None:
    op.drop_table("canaries")
    op.drop_table("dossiers")
    op.drop_table("line_releases")
