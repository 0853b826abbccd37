"""the inventory of numbers

Revision 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op

import db.base

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _numbers()
    _history()
    _loads()
    _deliveries()


def _numbers() -> None:
    op.create_table(
        "numbers",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("e164", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("subsidiary", sa.String(length=2), nullable=False),
        sa.Column("carrier", sa.String(length=40), nullable=False),
        sa.Column("alta", sa.Integer(), nullable=True),
        sa.Column("plan", sa.String(length=40), nullable=True),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("public", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("since", db.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("until", db.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("sought", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind = 'header' OR public IS NULL", name=op.f("ck_numbers_only_headers_bear")),
        sa.ForeignKeyConstraint(["public"], ["numbers.id"], name=op.f("fk_numbers_public")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_numbers")),
        sa.UniqueConstraint("e164", name=op.f("uq_numbers_e164")),
    )
    for columns in (
        ("alta",),
        ("carrier", "e164"),
        ("carrier", "kind", "state", "since", "e164"),
        ("kind", "e164"),
        ("plan", "e164"),
        ("public",),
        ("state", "e164"),
        ("state", "until"),
        ("subsidiary", "state", "e164"),
    ):
        op.create_index(op.f(f"ix_numbers_{'_'.join(columns)}"), "numbers", list(columns))


def _history() -> None:
    op.create_table(
        "number_history",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", db.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("move", sa.String(length=12), nullable=False),
        sa.Column("before", sa.String(length=12), nullable=True),
        sa.Column("after", sa.String(length=12), nullable=False),
        sa.Column("alta", sa.Integer(), nullable=True),
        sa.Column("plan", sa.String(length=40), nullable=True),
        sa.Column("other", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["numbers.id"], name=op.f("fk_number_history_number")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_history")),
    )
    op.create_index(op.f("ix_number_history_number_id"), "number_history", ["number", "id"])


def _loads() -> None:
    op.create_table(
        "number_loads",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("at", db.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("subsidiary", sa.String(length=2), nullable=False),
        sa.Column("carrier", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("area", sa.String(length=20), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_loads")),
    )
    op.create_index(op.f("ix_number_loads_at"), "number_loads", ["at"])


def _deliveries() -> None:
    op.create_table(
        "carrier_deliveries",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("carrier", sa.String(length=40), nullable=False),
        sa.Column("line", sa.String(length=16), nullable=False),
        sa.Column("at", db.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("header", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=80), nullable=False),
        sa.Column("expected", sa.String(length=80), nullable=False),
        sa.Column("matches", sa.Boolean(), nullable=False),
        sa.Column("differences", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier_deliveries")),
    )
    for columns in (("carrier", "id"), ("carrier", "line", "id")):
        op.create_index(
            op.f(f"ix_carrier_deliveries_{'_'.join(columns)}"), "carrier_deliveries", list(columns)
        )


def downgrade() -> None:
    for table in ("carrier_deliveries", "number_loads", "number_history", "numbers"):
        op.drop_table(table)
