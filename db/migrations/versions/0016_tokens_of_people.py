"""tokens that act for a person

Revision 0016, after 0015.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

OF_PERSON = "fk_api_tokens_person"


def upgrade() -> None:
    with op.batch_alter_table("api_tokens") as batch:
        batch.add_column(sa.Column("person", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f(OF_PERSON), "people", ["person"], ["id"], ondelete="CASCADE")


def downgrade() -> None:
    with op.batch_alter_table("api_tokens") as batch:
        batch.drop_constraint(op.f(OF_PERSON), type_="foreignkey")
        batch.drop_column("person")
