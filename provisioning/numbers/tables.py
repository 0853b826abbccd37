"""The tables of this room: the inventory, its history, files to load, what carriers delivered."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from db.base import Base, UtcDateTime

numbers = Table(
    "numbers",
    Base.metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("e164", String(16), nullable=False, unique=True),
    Column("kind", String(8), nullable=False),
    Column("state", String(12), nullable=False),
    Column("subsidiary", String(2), nullable=False),
    Column("carrier", String(40), nullable=False),
    Column("alta", Integer),
    Column("plan", String(40)),
    Column("account", Text, nullable=False),
    # Of a header: the public number that is mounted on it.
    Column("public", Integer, ForeignKey("numbers.id"), index=True),
    Column("note", String(200), nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("until", UtcDateTime),
    Column("asked_at", UtcDateTime),
    Column("granted_at", UtcDateTime),
    Column("linked_at", UtcDateTime),
    Column("sought", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    CheckConstraint("kind = 'header' OR public IS NULL", name="only_headers_bear"),
    Index(None, "state", "e164"),
    Index(None, "kind", "e164"),
    Index(None, "plan", "e164"),
    Index(None, "carrier", "e164"),
    Index(None, "carrier", "kind", "state", "since", "e164"),
    Index(None, "alta"),
    Index(None, "subsidiary", "state", "e164"),
    Index(None, "state", "until"),
)
"""`account` is empty while the number serves nobody; `since` is when the present state began, `until` when a
quarantine ends; `asked_at`, `granted_at` and `linked_at` are how far the carrier is, whatever the PBX has of
it; `sought` is what a search compares.
"""

number_history = Table(
    "number_history",
    Base.metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("number", Integer, ForeignKey("numbers.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("move", String(12), nullable=False),
    Column("before", String(12)),
    Column("after", String(12), nullable=False),
    Column("alta", Integer),
    Column("plan", String(40)),
    Column("other", String(16)),
    Column("reason", Text, nullable=False),
    Index(None, "number", "id"),
)
"""Append-only. `move` is one of `states.Move`, `add`, `note`, `carrier`; `other` what it is linked with."""

number_loads = Table(
    "number_loads",
    Base.metadata,
    Column("id", String(32), primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("actor", String(80), nullable=False),
    Column("name", String(120), nullable=False),
    Column("subsidiary", String(2), nullable=False),
    Column("carrier", String(40), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("area", String(20), nullable=False),
    Column("content", LargeBinary, nullable=False),
)
"""Files that were looked at and not loaded yet; they are kept for a day."""

carrier_deliveries = Table(
    "carrier_deliveries",
    Base.metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("carrier", String(40), nullable=False),
    Column("line", String(16), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("header", String(20), nullable=False),
    Column("value", String(80), nullable=False),
    Column("expected", String(80), nullable=False),
    Column("matches", Boolean, nullable=False),
    Column("differences", Text, nullable=False),
    Index(None, "carrier", "id"),
    Index(None, "carrier", "line", "id"),
)
"""What really came: `header` is the part of the INVITE, `value` the called number as it stood there."""
