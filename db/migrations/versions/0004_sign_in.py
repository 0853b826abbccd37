"""invitations, second factors, sign-in by a provider, mail

Revision 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

import db.base

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SESSION_COLUMNS = (("address", 64, ""), ("agent", 200, ""), ("way", 12, "password"))
TABLES = (
    "mail_outbox",
    "wrong_tries",
    "sign_in_places",
    "invitations",
    "second_factors",
    "recovery_codes",
    "linked_accounts",
    "sign_in_steps",
)


def upgrade() -> None:
    with op.batch_alter_table("sessions") as batch_op:
        for name, length, former in SESSION_COLUMNS:
            batch_op.add_column(
                sa.Column(name, sa.String(length=length), nullable=False, server_default=former)
            )
    _mail()
    _tries()
    _invitations()
    _second_factors()
    _provider()


def _instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, db.base.UtcDateTime(timezone=True), nullable=nullable)


def _of_a_person(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_person")
    return sa.ForeignKeyConstraint(["person"], ["people.id"], name=name, ondelete="CASCADE")


def _mail() -> None:
    states = "state IN ('pending', 'sending', 'sent', 'failed', 'doubtful')"
    op.create_table(
        "mail_outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        _instant("created"),
        _instant("due"),
        _instant("ended", nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.CheckConstraint(states, name=op.f("ck_mail_outbox_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_outbox")),
        sa.UniqueConstraint("message_id", name=op.f("uq_mail_outbox_message_id")),
    )
    op.create_index(op.f("ix_mail_outbox_state_due"), "mail_outbox", ["state", "due"])


def _tries() -> None:
    op.create_table(
        "wrong_tries",
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("key", sa.String(length=110), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        _instant("last"),
        _instant("until"),
        sa.PrimaryKeyConstraint("kind", "key", name=op.f("pk_wrong_tries")),
    )
    op.create_table(
        "sign_in_places",
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        _instant("first"),
        _instant("last"),
        _of_a_person("sign_in_places"),
        sa.PrimaryKeyConstraint("person", "address", name=op.f("pk_sign_in_places")),
    )


def _invitations() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=12), nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        _instant("created"),
        _instant("expires"),
        _instant("ended", nullable=True),
        sa.Column("end", sa.String(length=8), nullable=True),
        sa.Column("letter", sa.Integer(), nullable=True),
        _of_a_person("invitations"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("secret", name=op.f("uq_invitations_secret")),
    )
    op.create_index(op.f("ix_invitations_person"), "invitations", ["person"])


def _second_factors() -> None:
    op.create_table(
        "second_factors",
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        _instant("since"),
        _of_a_person("second_factors"),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_second_factors")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        _instant("used", nullable=True),
        _of_a_person("recovery_codes"),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_recovery_codes")),
    )
    op.create_index(op.f("ix_recovery_codes_person"), "recovery_codes", ["person"])


def _provider() -> None:
    op.create_table(
        "linked_accounts",
        sa.Column("issuer", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        _instant("linked"),
        _of_a_person("linked_accounts"),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_linked_accounts")),
    )
    op.create_index(op.f("ix_linked_accounts_person"), "linked_accounts", ["person"])
    op.create_table(
        "sign_in_steps",
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("person", sa.Integer(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        _instant("expires"),
        _of_a_person("sign_in_steps"),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_sign_in_steps")),
    )
    op.create_index(op.f("ix_sign_in_steps_expires"), "sign_in_steps", ["expires"])


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    with op.batch_alter_table("sessions") as batch_op:
        for name, _length, _former in SESSION_COLUMNS:
            batch_op.drop_column(name)
