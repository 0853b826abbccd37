"""notices, absences, confirmations

Revision 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op

import db.base

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

OUTBOX_TEXTS = (("about", 60), ("reply_to", 254), ("subsidiary", 2), ("sought", 400))
TABLES = (
    "mail_received",
    "absences",
    "notices",
    "notice_preferences",
    "dispatches",
    "plan_sheets",
    "sheet_readings",
)


def upgrade() -> None:
    _outbox()
    _received()
    _absences()
    _notices()
    _dispatches()
    _sheets()


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=False)


def _long(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, db.base.UtcDateTime(timezone=True), nullable=nullable)


def _id(table: str) -> tuple[sa.Column[int], sa.PrimaryKeyConstraint]:
    return sa.Column("id", sa.Integer(), nullable=False), sa.PrimaryKeyConstraint(
        "id", name=op.f(f"pk_{table}")
    )


def _of_a_person(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_person")
    return sa.ForeignKeyConstraint(["person"], ["people.id"], name=name, ondelete="CASCADE")


def _outbox() -> None:
    with op.batch_alter_table("mail_outbox") as batch_op:
        batch_op.add_column(sa.Column("key", sa.String(length=120), nullable=True))
        for name, length in OUTBOX_TEXTS:
            batch_op.add_column(sa.Column(name, sa.String(length=length), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("account", sa.Text(), nullable=False, server_default=""))
    op.execute("UPDATE mail_outbox SET sought = substr(lower(recipient || ' ' || subject), 1, 400)")
    op.create_index(op.f("ix_mail_outbox_state_id"), "mail_outbox", ["state", "id"])
    op.create_index(op.f("ix_mail_outbox_about_id"), "mail_outbox", ["about", "id"])
    op.create_index("uq_mail_outbox_key", "mail_outbox", ["key"], unique=True)


def _received() -> None:
    outcomes = "outcome IN ('landed', 'refused', 'dropped')"
    op.create_table(
        "mail_received",
        *_id("mail_received"),
        _text("digest", 64),
        _instant("at"),
        _text("sender", 254),
        _text("subject", 200),
        _long("text"),
        sa.Column("size", sa.Integer(), nullable=False),
        _text("outcome", 10),
        _long("reason"),
        _text("about", 60),
        sa.Column("person", sa.String(length=40), nullable=True),
        _text("subsidiary", 2),
        _long("account"),
        _text("sought", 400),
        sa.CheckConstraint(outcomes, name=op.f("ck_mail_received_outcome")),
        sa.UniqueConstraint("digest", name=op.f("uq_mail_received_digest")),
    )
    op.create_index(op.f("ix_mail_received_outcome_id"), "mail_received", ["outcome", "id"])
    op.create_index(op.f("ix_mail_received_about_id"), "mail_received", ["about", "id"])


def _absences() -> None:
    op.create_table(
        "absences",
        *_id("absences"),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("deputy", sa.Integer(), nullable=True),
        _text("note", 200),
        _text("made_by", 80),
        _instant("made"),
        sa.CheckConstraint("first <= last", name=op.f("ck_absences_order")),
        sa.ForeignKeyConstraint(
            ["deputy"], ["people.id"], name=op.f("fk_absences_deputy"), ondelete="SET NULL"
        ),
        _of_a_person("absences"),
    )
    op.create_index(op.f("ix_absences_person_last"), "absences", ["person", "last"])
    op.create_index(op.f("ix_absences_last"), "absences", ["last"])


def _notices() -> None:
    op.create_table(
        "notices",
        *_id("notices"),
        _text("key", 120),
        sa.Column("person", sa.Integer(), nullable=False),
        _text("about", 60),
        _text("step", 40),
        _text("kind", 20),
        _text("topic", 200),
        _text("title", 200),
        _long("detail"),
        _text("path", 200),
        _instant("created"),
        _instant("due", nullable=True),
        sa.Column("letter", sa.Integer(), nullable=True),
        _text("why", 20),
        sa.ForeignKeyConstraint(["letter"], ["mail_outbox.id"], name=op.f("fk_notices_letter")),
        _of_a_person("notices"),
        sa.UniqueConstraint("key", name=op.f("uq_notices_key")),
    )
    op.create_index(op.f("ix_notices_about_id"), "notices", ["about", "id"])
    op.create_index(op.f("ix_notices_due_person"), "notices", ["due", "person"])
    op.create_table(
        "notice_preferences",
        sa.Column("person", sa.Integer(), autoincrement=False, nullable=False),
        _text("how", 12),
        sa.Column("hour", sa.Integer(), nullable=False),
        _text("zone", 40),
        sa.CheckConstraint(
            "how IN ('each', 'digest', 'escalations')", name=op.f("ck_notice_preferences_how")
        ),
        sa.CheckConstraint("hour BETWEEN 0 AND 23", name=op.f("ck_notice_preferences_hour")),
        _of_a_person("notice_preferences"),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_notice_preferences")),
    )


def _dispatches() -> None:
    op.create_table(
        "dispatches",
        *_id("dispatches"),
        _text("key", 120),
        _text("kind", 20),
        _text("about", 60),
        _text("by", 80),
        _instant("at"),
        _text("subject", 200),
        _long("text"),
        sa.Column("recipients", sa.Integer(), nullable=False),
        sa.UniqueConstraint("key", name=op.f("uq_dispatches_key")),
    )
    op.create_index(op.f("ix_dispatches_about_kind_id"), "dispatches", ["about", "kind", "id"])


def _sheets() -> None:
    op.create_table(
        "plan_sheets",
        _text("plan", 40),
        _text("about", 60),
        _instant("opened"),
        _text("opened_by", 80),
        _instant("reminded", nullable=True),
        _instant("closed", nullable=True),
        _text("excepted", 64),
        _text("excepted_by", 80),
        _instant("excepted_at", nullable=True),
        _long("excepted_why"),
        sa.PrimaryKeyConstraint("plan", name=op.f("pk_plan_sheets")),
    )
    op.create_index(op.f("ix_plan_sheets_closed_opened"), "plan_sheets", ["closed", "opened"])
    op.create_table(
        "sheet_readings",
        *_id("sheet_readings"),
        _text("plan", 40),
        _text("sheet", 64),
        sa.Column("person", sa.Integer(), nullable=False),
        _instant("at"),
        _of_a_person("sheet_readings"),
        sa.UniqueConstraint("plan", "sheet", "person", name=op.f("uq_sheet_readings_plan_sheet_person")),
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    for index in ("uq_mail_outbox_key", "ix_mail_outbox_about_id", "ix_mail_outbox_state_id"):
        op.drop_index(index, table_name="mail_outbox")
    with op.batch_alter_table("mail_outbox") as batch_op:
        batch_op.drop_column("key")
        batch_op.drop_column("account")
        for name, _length in OUTBOX_TEXTS:
            batch_op.drop_column(name)
