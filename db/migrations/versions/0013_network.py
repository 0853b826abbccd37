"""providers and training

Revision 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op

import db.base

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _handed_bases()
    _network_checks()
    _network_demands()
    _provider_loads()
    _providers()
    _selection_tasks()
    _trainings()
    _network_documents()
    _provider_history()
    _provider_skills()
    _provider_zones()


def _handed_bases() -> None:
    op.create_table(
        "handed_bases",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("plan", sa.String(length=40), nullable=False),
        sa.Column("alta", sa.Integer(), nullable=True),
        sa.Column("subsidiary", sa.String(length=2), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("file", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=True),
        sa.Column("stored", sa.Boolean(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("received_by", sa.String(length=120), nullable=False),
        sa.Column("received", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", db.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("ended", db.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=80), nullable=True),
        sa.Column("ending", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handed_bases")),
    )
    op.create_index(op.f("ix_handed_bases_plan_id"), "handed_bases", ["plan", "id"])


def _network_checks() -> None:
    op.create_table(
        "network_checks",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("plan", sa.String(length=40), nullable=False),
        sa.Column("alta", sa.Integer(), nullable=True),
        sa.Column("subsidiary", sa.String(length=2), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("needs", sa.String(length=64), nullable=False),
        sa.Column("enough", sa.Boolean(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("at", db.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network_checks")),
    )
    op.create_index(op.f("ix_network_checks_plan_id"), "network_checks", ["plan", "id"])


def _network_demands() -> None:
    op.create_table(
        "network_demands",
        sa.Column("plan", sa.String(length=40), nullable=False),
        sa.Column("zones", sa.JSON(), nullable=False),
        sa.Column("minimums", sa.JSON(), nullable=False),
        sa.Column("at", db.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("plan", name=op.f("pk_network_demands")),
    )


def _provider_loads() -> None:
    op.create_table(
        "provider_loads",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("at", db.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("subsidiary", sa.String(length=2), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_loads")),
    )
    op.create_index(op.f("ix_provider_loads_at"), "provider_loads", ["at"])


def _providers() -> None:
    op.create_table(
        "providers",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("subsidiary", sa.String(length=2), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("folded", sa.String(length=120), nullable=False),
        sa.Column("tax_id", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("hours", sa.String(length=300), nullable=False),
        sa.Column("contact", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=120), nullable=False),
        sa.Column("contract_from", sa.Date(), nullable=True),
        sa.Column("contract_until", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("sought", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('selection', 'active', 'suspended')", name=op.f("ck_providers_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_providers")),
        sa.UniqueConstraint("subsidiary", "folded", name=op.f("uq_providers_subsidiary_folded")),
    )
    op.create_index(op.f("ix_providers_folded_id"), "providers", ["folded", "id"])
    op.create_index(op.f("ix_providers_state_folded_id"), "providers", ["state", "folded", "id"])


def _selection_tasks() -> None:
    op.create_table(
        "selection_tasks",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("plan", sa.String(length=40), nullable=False),
        sa.Column("alta", sa.Integer(), nullable=True),
        sa.Column("subsidiary", sa.String(length=2), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("service", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("zone", sa.String(length=200), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(length=80), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("opened", db.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.String(length=80), nullable=False),
        sa.Column("closed", db.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=80), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'filled', 'waived')", name=op.f("ck_selection_tasks_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_selection_tasks")),
    )
    op.create_index(op.f("ix_selection_tasks_plan_id"), "selection_tasks", ["plan", "id"])
    op.create_index(op.f("ix_selection_tasks_state_due_id"), "selection_tasks", ["state", "due", "id"])


def _trainings() -> None:
    op.create_table(
        "trainings",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("plan", sa.String(length=40), nullable=False),
        sa.Column("alta", sa.Integer(), nullable=True),
        sa.Column("subsidiary", sa.String(length=2), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("held", sa.Date(), nullable=False),
        sa.Column("trainer", sa.String(length=120), nullable=False),
        sa.Column("attended", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("withdrawn", sa.Text(), nullable=True),
        sa.Column("at", db.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trainings")),
    )
    op.create_index(op.f("ix_trainings_plan_id"), "trainings", ["plan", "id"])


def _network_documents() -> None:
    op.create_table(
        "network_documents",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("provider", sa.Integer(), nullable=True),
        sa.Column("training", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("file", sa.String(length=200), nullable=False),
        sa.Column("type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", db.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "(provider IS NULL) <> (training IS NULL)", name=op.f("ck_network_documents_of_one")
        ),
        sa.ForeignKeyConstraint(["provider"], ["providers.id"], name=op.f("fk_network_documents_provider")),
        sa.ForeignKeyConstraint(["training"], ["trainings.id"], name=op.f("fk_network_documents_training")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network_documents")),
    )
    op.create_index(op.f("ix_network_documents_provider"), "network_documents", ["provider"])
    op.create_index(op.f("ix_network_documents_training"), "network_documents", ["training"])


def _provider_history() -> None:
    op.create_table(
        "provider_history",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("provider", sa.Integer(), nullable=False),
        sa.Column("at", db.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["provider"], ["providers.id"], name=op.f("fk_provider_history_provider")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_history")),
    )
    op.create_index(op.f("ix_provider_history_provider_id"), "provider_history", ["provider", "id"])


def _provider_skills() -> None:
    op.create_table(
        "provider_skills",
        sa.Column("provider", sa.Integer(), nullable=False),
        sa.Column("service", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(["provider"], ["providers.id"], name=op.f("fk_provider_skills_provider")),
        sa.PrimaryKeyConstraint("provider", "service", "code", name=op.f("pk_provider_skills")),
    )
    op.create_index(op.f("ix_provider_skills_service_provider"), "provider_skills", ["service", "provider"])


def _provider_zones() -> None:
    op.create_table(
        "provider_zones",
        sa.Column("provider", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(length=200), nullable=False),
        sa.Column("shown", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["provider"], ["providers.id"], name=op.f("fk_provider_zones_provider")),
        sa.PrimaryKeyConstraint("provider", "zone", name=op.f("pk_provider_zones")),
    )
    op.create_index(op.f("ix_provider_zones_zone_provider"), "provider_zones", ["zone", "provider"])


def downgrade() -> None:
    for table in (
        "provider_zones",
        "provider_skills",
        "provider_history",
        "network_documents",
        "trainings",
        "selection_tasks",
        "providers",
        "provider_loads",
        "network_demands",
        "network_checks",
        "handed_bases",
    ):
        op.drop_table(table)
