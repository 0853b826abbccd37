"""areas, scopes and permissions

Revision 0003, after 0002.
"""

import unicodedata

import sqlalchemy as sa
from alembic import op

import db.base

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

AREAS = (
    ("commercial", "Comercial"),
    ("it", "Sistemas"),
    ("operations", "Operaciones"),
    ("providers", "Prestadores"),
    ("tmk", "TMK"),
    ("cat", "CAT"),
    ("sac", "SAC"),
    ("finance", "Finanzas"),
    ("quality", "Calidad"),
)
EMPTY_LISTS = ("areas", "subsidiaries", "accounts")


def upgrade() -> None:
    _areas()
    with op.batch_alter_table("people") as batch_op:
        batch_op.add_column(sa.Column("email", sa.String(length=254)))
        batch_op.add_column(sa.Column("since", db.base.UtcDateTime(timezone=True)))
        batch_op.add_column(sa.Column("devices", sa.Integer()))
        batch_op.add_column(sa.Column("sought", sa.String(length=400)))
        batch_op.add_column(sa.Column("revision", sa.Integer()))
        for name in EMPTY_LISTS:
            batch_op.add_column(sa.Column(name, sa.JSON()))
        batch_op.create_unique_constraint(batch_op.f("uq_people_email"), ["email"])
    _fill()
    with op.batch_alter_table("people") as batch_op:
        for name in ("since", "devices", "sought", "revision", *EMPTY_LISTS):
            batch_op.alter_column(name, nullable=False)


def _areas() -> None:
    areas = op.create_table(
        "areas",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("head", sa.Integer(), nullable=True),
        sa.Column("deputy", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["head"], ["people.id"], name=op.f("fk_areas_head")),
        sa.ForeignKeyConstraint(["deputy"], ["people.id"], name=op.f("fk_areas_deputy")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_areas")),
    )
    op.bulk_insert(areas, [{"name": name, "label": label, "revision": 1} for name, label in AREAS])


def _fill() -> None:
    people = sa.table(
        "people",
        *(sa.column(name) for name in ("id", "name", "full_name", "extension", "created", "since")),
        *(sa.column(name) for name in ("devices", "sought", "revision")),
        *(sa.column(name, sa.JSON()) for name in EMPTY_LISTS),
    )
    connection = op.get_bind()
    connection.execute(
        people.update().values(
            since=people.c.created, devices=1, revision=1, **{name: [] for name in EMPTY_LISTS}
        )
    )
    wanted = sa.select(people.c.id, people.c.name, people.c.full_name, people.c.extension)
    for row in connection.execute(wanted).all():
        sought = _sought(row.name, row.full_name, row.extension)
        connection.execute(people.update().where(people.c.id == row.id).values(sought=sought))


def _sought(*written: str | None) -> str:
    plain = unicodedata.normalize("NFKD", " ".join(text for text in written if text)).casefold()
    return " ".join("".join(sign for sign in plain if not unicodedata.combining(sign)).split())[:400]


def downgrade() -> None:
    with op.batch_alter_table("people") as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_people_email"), type_="unique")
        for name in ("email", "since", "devices", "sought", "revision", *EMPTY_LISTS):
            batch_op.drop_column(name)
    op.drop_table("areas")
