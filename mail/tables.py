"""The table of letters on their way."""

from sqlalchemy import Boolean, CheckConstraint, Column, Index, Integer, String, Table, Text

from db.base import Base, UtcDateTime

STATES = ("pending", "sending", "sent", "failed", "doubtful")
OUTCOMES = ("landed", "refused", "dropped")

outbox = Table(
    "mail_outbox",
    Base.metadata,
    Column("id", Integer, primary_key=True),
    Column("message_id", String(200), nullable=False, unique=True),
    Column("kind", String(40), nullable=False),
    Column("recipient", String(254), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("confidential", Boolean, nullable=False),
    Column("state", String(10), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Column("due", UtcDateTime, nullable=False),
    Column("ended", UtcDateTime),
    Column("error", Text, nullable=False),
    Column("key", String(120)),
    Column("about", String(60), nullable=False, server_default=""),
    Column("reply_to", String(254), nullable=False, server_default=""),
    Column("subsidiary", String(2), nullable=False, server_default=""),
    Column("account", Text, nullable=False, server_default=""),
    Column("sought", String(400), nullable=False, server_default=""),
    CheckConstraint(f"state IN {STATES}", name="state"),
    Index(None, "state", "due"),
    Index(None, "state", "id"),
    Index(None, "about", "id"),
    Index("uq_mail_outbox_key", "key", unique=True),
)
"""`confidential` texts (a link that opens an account) are taken out once the letter is gone. A `key` is
written once. `about` names what it tells of (`alta:12`); who sees it follows from `subsidiary` and `account`.
"""

received = Table(
    "mail_received",
    Base.metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("at", UtcDateTime, nullable=False),
    Column("sender", String(254), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("outcome", String(10), nullable=False),
    Column("reason", Text, nullable=False),
    Column("about", String(60), nullable=False),
    Column("person", String(40)),
    Column("subsidiary", String(2), nullable=False),
    Column("account", Text, nullable=False),
    Column("sought", String(400), nullable=False),
    CheckConstraint(f"outcome IN {OUTCOMES}", name="outcome"),
    Index(None, "outcome", "id"),
    Index(None, "about", "id"),
)
"""What came in by mail: `landed` where it belongs, `refused` with a reason, or `dropped` (by a machine).
`digest` is of what the sender wrote, so that a message handed in twice lands once.
"""
