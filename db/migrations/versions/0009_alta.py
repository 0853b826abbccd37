"""the alta

Revision 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op

import db.base

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = (
    "alta_procedures",
    "altas",
    "alta_events",
    "alta_steps",
    "alta_turns",
    "alta_spans",
    "alta_documents",
    "alta_forms",
    "alta_signatures",
    "alta_coverages",
    "alta_hooks",
)
_UNDER_WAY = "state IN ('running', 'suspended')"


def upgrade() -> None:
    _procedures()
    _altas()
    _events()
    _steps()
    _turns()
    _spans()
    _documents()
    _forms()
    _signatures()
    _coverages()
    _hooks()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _procedures() -> None:
    op.create_table(
        "alta_procedures",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", db.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_alta_procedures")),
    )


def _altas() -> None:
    op.create_table(
        "altas",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("plan", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("subsidiary", sa.String(length=2), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("carrier", sa.String(length=40)),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("procedure", sa.String(length=64), nullable=False),
        sa.Column("amends", sa.Integer()),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("asked_by", sa.String(length=80), nullable=False),
        sa.Column("started", db.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended", db.base.UtcDateTime(timezone=True)),
        sa.Column("sought", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('alta', 'otro-si')", name=op.f("ck_altas_kind")),
        sa.CheckConstraint(
            "state IN ('running', 'suspended', 'cancelled', 'done')", name=op.f("ck_altas_state")
        ),
        sa.ForeignKeyConstraint(["amends"], ["altas.id"], name=op.f("fk_altas_amends")),
        sa.ForeignKeyConstraint(["procedure"], ["alta_procedures.hash"], name=op.f("fk_altas_procedure")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_altas")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_altas_account_id"), "altas", ["account", "id"])
    op.create_index(op.f("ix_altas_carrier_id"), "altas", ["carrier", "id"])
    op.create_index(op.f("ix_altas_plan_id"), "altas", ["plan", "id"])
    op.create_index(op.f("ix_altas_state_id"), "altas", ["state", "id"])
    op.create_index(op.f("ix_altas_subsidiary_id"), "altas", ["subsidiary", "id"])
    op.create_index(
        "uq_altas_under_way",
        "altas",
        ["plan"],
        unique=True,
        sqlite_where=sa.text(_UNDER_WAY),
        postgresql_where=sa.text(_UNDER_WAY),
    )


def _events() -> None:
    op.create_table(
        "alta_events",
        sa.Column("alta", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", db.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("step", sa.String(length=40)),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["alta"], ["altas.id"], name=op.f("fk_alta_events_alta")),
        sa.PrimaryKeyConstraint("alta", "revision", name=op.f("pk_alta_events")),
    )


def _steps() -> None:
    op.create_table(
        "alta_steps",
        sa.Column("alta", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("areas", sa.JSON(), nullable=False),
        sa.Column("owner", sa.String(length=40)),
        sa.Column("since", db.base.UtcDateTime(timezone=True)),
        sa.Column("due", db.base.UtcDateTime(timezone=True)),
        sa.Column("closed", db.base.UtcDateTime(timezone=True)),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["alta"], ["altas.id"], name=op.f("fk_alta_steps_alta")),
        sa.PrimaryKeyConstraint("alta", "step", name=op.f("pk_alta_steps")),
    )
    op.create_index(op.f("ix_alta_steps_state_due_alta"), "alta_steps", ["state", "due", "alta"])
    op.create_index(op.f("ix_alta_steps_state_owner_alta"), "alta_steps", ["state", "owner", "alta"])
    op.create_index(op.f("ix_alta_steps_state_step_alta"), "alta_steps", ["state", "step", "alta"])


def _turns() -> None:
    op.create_table(
        "alta_turns",
        sa.Column("alta", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("area", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["alta"], ["altas.id"], name=op.f("fk_alta_turns_alta")),
        sa.PrimaryKeyConstraint("alta", "step", "area", name=op.f("pk_alta_turns")),
    )
    op.create_index(op.f("ix_alta_turns_area_alta"), "alta_turns", ["area", "alta"])


def _spans() -> None:
    op.create_table(
        "alta_spans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alta", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("area", sa.String(length=20), nullable=False),
        sa.Column("subsidiary", sa.String(length=2), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("opened", db.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("closed", db.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("days", sa.Float(), nullable=False),
        sa.Column("on_time", sa.Boolean(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["alta"], ["altas.id"], name=op.f("fk_alta_spans_alta")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alta_spans")),
    )
    op.create_index(op.f("ix_alta_spans_alta_step"), "alta_spans", ["alta", "step"])
    op.create_index(op.f("ix_alta_spans_closed_id"), "alta_spans", ["closed", "id"])


def _documents() -> None:
    op.create_table(
        "alta_documents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alta", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=12), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("drew_up", sa.String(length=80), nullable=False),
        sa.Column("reviewed", sa.String(length=80)),
        sa.Column("approved", sa.String(length=80)),
        sa.Column("subsidiary", sa.String(length=2), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("at", db.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("sought", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["alta"], ["altas.id"], name=op.f("fk_alta_documents_alta")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alta_documents")),
        sa.UniqueConstraint("alta", "name", "revision", name=op.f("uq_alta_documents_alta_name_revision")),
    )
    op.create_index(op.f("ix_alta_documents_account_year_id"), "alta_documents", ["account", "year", "id"])


def _forms() -> None:
    op.create_table(
        "alta_forms",
        sa.Column("alta", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("at", db.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["alta"], ["altas.id"], name=op.f("fk_alta_forms_alta")),
        sa.PrimaryKeyConstraint("alta", "form", "version", name=op.f("pk_alta_forms")),
    )


def _signatures() -> None:
    op.create_table(
        "alta_signatures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alta", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("area", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", db.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["alta"], ["altas.id"], name=op.f("fk_alta_signatures_alta")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alta_signatures")),
        sa.UniqueConstraint(
            "alta", "form", "version", "area", name=op.f("uq_alta_signatures_alta_form_version_area")
        ),
        sa.UniqueConstraint(
            "alta", "form", "version", "person", name=op.f("uq_alta_signatures_alta_form_version_person")
        ),
    )


def _coverages() -> None:
    op.create_table(
        "alta_coverages",
        sa.Column("alta", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", db.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["alta"], ["altas.id"], name=op.f("fk_alta_coverages_alta")),
        sa.PrimaryKeyConstraint("alta", "version", name=op.f("pk_alta_coverages")),
    )


def _hooks() -> None:
    op.create_table(
        "alta_hooks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alta", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due", db.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended", db.base.UtcDateTime(timezone=True)),
        sa.Column("error", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('pending', 'sending', 'sent', 'failed')", name=op.f("ck_alta_hooks_state")
        ),
        sa.ForeignKeyConstraint(["alta"], ["altas.id"], name=op.f("fk_alta_hooks_alta")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alta_hooks")),
        sa.UniqueConstraint("alta", "version", name=op.f("uq_alta_hooks_alta_version")),
    )
    op.create_index(op.f("ix_alta_hooks_state_due"), "alta_hooks", ["state", "due"])
