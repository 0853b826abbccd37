"""test calls and their reports

Revision 0011, after 0010.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

import db.base

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_TRIGGERS = {
    "sqlite": (
        "CREATE TRIGGER test_reports_no_update BEFORE UPDATE ON test_reports "
        "BEGIN SELECT RAISE(ABORT, 'test reports stay as they are'); END",
        "CREATE TRIGGER test_reports_no_delete BEFORE DELETE ON test_reports "
        "BEGIN SELECT RAISE(ABORT, 'test reports stay as they are'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION test_reports_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'test reports stay as they are'; END $$",
        "CREATE TRIGGER test_reports_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON test_reports "
        "FOR EACH STATEMENT EXECUTE FUNCTION test_reports_refuse()",
    ),
}


def _tested() -> tuple[sa.Column[Any], ...]:
    """Of what version of which plan, by whom: reports and runs have it alike."""
    return (
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("plan", sa.String(length=40), nullable=False),
        sa.Column("plan_name", sa.Text(), nullable=False),
        sa.Column("subsidiary", sa.String(length=2), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("fingerprint", sa.String(length=120), nullable=False),
        sa.Column("release", sa.String(length=12), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("begun", db.base.UtcDateTime(timezone=True), nullable=False),
    )


def upgrade() -> None:
    op.create_table(
        "test_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        *_tested(),
        sa.Column("ended", db.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("result", sa.String(length=12), nullable=False),
        sa.Column("checks", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_reports")),
    )
    op.create_index(op.f("ix_test_reports_ended_id"), "test_reports", ["ended", "id"])
    op.create_index(op.f("ix_test_reports_plan_kind_id"), "test_reports", ["plan", "kind", "id"])
    op.create_index(op.f("ix_test_reports_plan_ended_id"), "test_reports", ["plan", "ended", "id"])
    for statement in _TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)
    op.create_table(
        "test_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        *_tested(),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("busy", sa.String(length=40), nullable=True),
        sa.Column("planned", sa.JSON(), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.Column("calls", sa.JSON(), nullable=False),
        sa.Column("ears", sa.JSON(), nullable=False),
        sa.Column("report", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["report"], ["test_reports.id"], name=op.f("fk_test_runs_report")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_runs")),
        sa.UniqueConstraint("busy", name=op.f("uq_test_runs_busy")),
    )
    op.create_index(op.f("ix_test_runs_state_id"), "test_runs", ["state", "id"])
    op.create_index(op.f("ix_test_runs_plan_id"), "test_runs", ["plan", "id"])
    op.create_table(
        "hand_tests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan", sa.String(length=40), nullable=False),
        sa.Column("subsidiary", sa.String(length=2), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("line", sa.String(length=20), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("begun", db.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires", db.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("report", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["report"], ["test_reports.id"], name=op.f("fk_hand_tests_report")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_tests")),
    )
    op.create_index(op.f("ix_hand_tests_plan_id"), "hand_tests", ["plan", "id"])
    op.create_index(op.f("ix_hand_tests_state_expires"), "hand_tests", ["state", "expires"])


def downgrade() -> None:
    op.drop_table("hand_tests")
    op.drop_table("test_runs")
    op.drop_table("test_reports")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION test_reports_refuse()")
