"""how far the carrier is with a number, whatever the PBX has of it

Revision 0017, after 0016.
"""

import sqlalchemy as sa
from alembic import op

import db.base

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

COLUMNS = ("asked_at", "granted_at", "linked_at")
ASKED = "UPDATE numbers SET asked_at = since WHERE state = 'requested'"
LINKED = """UPDATE numbers SET linked_at = (
  SELECT max(link.at) FROM number_history link WHERE link.number = numbers.id AND link.move = 'link'
  AND NOT EXISTS (
    SELECT 1 FROM number_history later WHERE later.number = link.number AND later.id > link.id
    AND later.move IN ('unlink', 'recall', 'free', 'reserve')
  )
) WHERE state NOT IN ('free', 'reserved', 'requested', 'retired')"""
GRANTED = "UPDATE numbers SET granted_at = linked_at"


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("numbers", sa.Column(name, db.base.UtcDateTime(timezone=True), nullable=True))
    for told in (ASKED, LINKED, GRANTED):
        op.execute(told)


def downgrade() -> None:
    op.execute("UPDATE numbers SET state = 'requested' WHERE state = 'granted'")
    for name in COLUMNS:
        op.drop_column("numbers", name)
