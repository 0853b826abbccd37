"""recordings of prompts and their approval

Revision 0010, after 0009.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

import db.base

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def _instant(name: str, *, nullable: bool = False) -> "sa.Column[Any]":
    return sa.Column(name, db.base.UtcDateTime(timezone=True), nullable=nullable)


def _one(name: str, table: str, condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, ["plan", "prompt"], unique=True, sqlite_where=where, postgresql_where=where)


def upgrade() -> None:
    op.create_table(
        "prompt_recordings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan", sa.String(length=40), nullable=False),
        sa.Column("prompt", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("codec", sa.String(length=32), nullable=False),
        sa.Column("rate", sa.Integer(), nullable=False),
        sa.Column("channels", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("original", sa.String(length=64), nullable=False),
        sa.Column("sound", sa.String(length=40), nullable=False),
        sa.Column("quality", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        _instant("at"),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        _instant("decided_at", nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prompt_recordings")),
        sa.UniqueConstraint("plan", "prompt", "number", name=op.f("uq_prompt_recordings_plan_prompt_number")),
    )
    _one("ux_prompt_recordings_approved", "prompt_recordings", "state = 'approved'")
    op.create_index(op.f("ix_prompt_recordings_state_plan"), "prompt_recordings", ["state", "plan"])
    op.create_table(
        "prompt_history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recording", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        _instant("at"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prompt_history")),
        sa.ForeignKeyConstraint(
            ["recording"], ["prompt_recordings.id"], name=op.f("fk_prompt_history_recording")
        ),
    )
    op.create_index(op.f("ix_prompt_history_recording_id"), "prompt_history", ["recording", "id"])
    op.create_table(
        "prompt_waivers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan", sa.String(length=40), nullable=False),
        sa.Column("prompt", sa.String(length=40), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        _instant("at"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ended_by", sa.String(length=80), nullable=True),
        _instant("ended_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prompt_waivers")),
    )
    _one("ux_prompt_waivers_standing", "prompt_waivers", "ended_at IS NULL")


def downgrade() -> None:
    op.drop_table("prompt_waivers")
    op.drop_table("prompt_history")
    op.drop_table("prompt_recordings")
