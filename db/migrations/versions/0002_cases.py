"""calls that twist

Revision 0002, after 23e1a6eca9f7.
"""

revision = "0002"
down_revision = "23e1a6eca9f7"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
