"""the audit trail and the API's tokens

Revision 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

import db.base

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_WRONG = (
    "NEW.id <> (SELECT coalesce(max(id), 0) + 1 FROM audit) OR "  # noqa: S608 - no text of anybody's
    f"NEW.previous <> coalesce((SELECT hash FROM audit ORDER BY id DESC LIMIT 1), '{'0' * 64}')"
)
_TRIGGERS = {
    "sqlite": (
        "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit "
        "BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END",
        "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit "
        "BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END",
        f"CREATE TRIGGER audit_in_order BEFORE INSERT ON audit WHEN {_WRONG} "
        "BEGIN SELECT RAISE(ABORT, 'audit rows follow one another'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'audit is append-only'; END $$",
        "CREATE FUNCTION audit_in_order() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF {_WRONG} THEN "
        "RAISE EXCEPTION 'audit rows follow one another'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
        "CREATE TRIGGER audit_in_order BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_in_order()",
    ),
}


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", db.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("via", sa.String(length=10), nullable=False),
        sa.Column("address", sa.String(length=60), nullable=True),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_at_id"), "audit", ["at", "id"])
    op.create_index(op.f("ix_audit_actor_id"), "audit", ["actor", "id"])
    op.create_index(op.f("ix_audit_action_id"), "audit", ["action", "id"])
    op.create_index(op.f("ix_audit_subject_id"), "audit", ["subject", "id"])
    for statement in _TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)
    _tokens()


def _tokens() -> None:
    """Those that exist go on reading what they could."""
    with op.batch_alter_table("api_tokens") as table:
        former = '["call:read", "case:read", "status:read"]'
        table.add_column(sa.Column("permissions", sa.JSON(), nullable=False, server_default=former))
        for name in ("subsidiaries", "accounts"):
            table.add_column(sa.Column(name, sa.JSON(), nullable=False, server_default="[]"))
        table.add_column(sa.Column("expires", db.base.UtcDateTime(timezone=True)))
        table.add_column(sa.Column("made_by", sa.String(length=80)))
    with op.batch_alter_table("api_tokens") as table:
        for name in ("permissions", "subsidiaries", "accounts"):
            table.alter_column(name, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("api_tokens") as table:
        for name in ("permissions", "subsidiaries", "accounts", "expires", "made_by"):
            table.drop_column(name)
    op.drop_table("audit")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_refuse()")
        op.execute("DROP FUNCTION audit_in_order()")
