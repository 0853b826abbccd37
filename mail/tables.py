"""The table of letters on their way."""

from sqlalchemy import Boolean, CheckConstraint, Column, Index, Integer, String, Table, Text

from db.base import Base, UtcDateTime

STATES = ("pending", "sending", "sent", "failed", "doubtful")

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
    CheckConstraint(f"state IN {STATES}", name="state"),
    Index(None, "state", "due"),
)
"""`confidential` texts (a link that opens an account) are taken out once the letter is gone."""
