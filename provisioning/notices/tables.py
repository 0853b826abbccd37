"""The tables of notices: what somebody is told, what a person sent, and who has read a plan's sheet."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from db.base import Base, UtcDateTime

HOWS = ("each", "digest", "escalations")

notices = Table(
    "notices",
    Base.metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(120), nullable=False, unique=True),
    Column("person", Integer, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("about", String(60), nullable=False),
    Column("step", String(40), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("topic", String(200), nullable=False),
    Column("title", String(200), nullable=False),
    Column("detail", Text, nullable=False),
    Column("path", String(200), nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Column("due", UtcDateTime),
    Column("letter", Integer, ForeignKey("mail_outbox.id")),
    Column("why", String(20), nullable=False),
    Index(None, "about", "id"),
    Index(None, "due", "person"),
)
"""One thing that one person is told, once (`key`). It is in a `letter`, or waits for the digest that is
`due`, or `why` says why it goes nowhere: `no-address`, `declined`.
"""

preferences = Table(
    "notice_preferences",
    Base.metadata,
    Column(
        "person", Integer, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    ),
    Column("how", String(12), nullable=False),
    Column("hour", Integer, nullable=False),
    Column("zone", String(40), nullable=False),
    CheckConstraint(f"how IN {HOWS}", name="how"),
    CheckConstraint("hour BETWEEN 0 AND 23", name="hour"),
)

dispatches = Table(
    "dispatches",
    Base.metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(120), nullable=False, unique=True),
    Column("kind", String(20), nullable=False),
    Column("about", String(60), nullable=False),
    Column("by", String(80), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("subject", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("recipients", Integer, nullable=False),
    Index(None, "about", "kind", "id"),
)
"""A text that a person looked at and sent, to so many; `key` is of their form, so that it is sent once."""

sheets = Table(
    "plan_sheets",
    Base.metadata,
    Column("plan", String(40), primary_key=True),
    Column("about", String(60), nullable=False),
    Column("opened", UtcDateTime, nullable=False),
    Column("opened_by", String(80), nullable=False),
    Column("reminded", UtcDateTime),
    Column("closed", UtcDateTime),
    Column("excepted", String(64), nullable=False),
    Column("excepted_by", String(80), nullable=False),
    Column("excepted_at", UtcDateTime),
    Column("excepted_why", Text, nullable=False),
    Index(None, "closed", "opened"),
)
"""A plan whose sheet the coordinators must read. `excepted` is a sheet that may start unread by some."""

readings = Table(
    "sheet_readings",
    Base.metadata,
    Column("id", Integer, primary_key=True),
    Column("plan", String(40), nullable=False),
    Column("sheet", String(64), nullable=False),
    Column("person", Integer, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("plan", "sheet", "person"),
)
"""`sheet` is the hash of what was read (`provisioning.notices.sheet`)."""
