"""The tables of accounts, their sessions and the API's tokens. Of a token only its SHA-256 is kept."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, String, Table

import staff.absence_table
import staff.sign_in_tables  # noqa: F401 - its tables belong to the room
from db.base import Base, UtcDateTime
from staff.audit_table import audit as audit

people = Table(
    "people",
    Base.metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(40), nullable=False, unique=True),
    Column("full_name", String(80), nullable=False),
    Column("roles", JSON, nullable=False),
    Column("extension", String(6), unique=True),
    Column("groups", JSON, nullable=False),
    Column("password", String(200), nullable=False),
    Column("one_time", Boolean, nullable=False),
    Column("sip_secret", String(64)),
    Column("active", Boolean, nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("email", String(254), unique=True),
    Column("areas", JSON, nullable=False),
    Column("subsidiaries", JSON, nullable=False),
    Column("accounts", JSON, nullable=False),
    Column("devices", Integer, nullable=False),
    Column("sought", String(400), nullable=False),
    Column("revision", Integer, nullable=False),
)
"""`areas`, `roles` and `groups` are lists of names; `sought` is what a search compares."""

areas = Table(
    "areas",
    Base.metadata,
    Column("name", String(20), primary_key=True),
    Column("label", String(60), nullable=False),
    Column("head", Integer, ForeignKey("people.id")),
    Column("deputy", Integer, ForeignKey("people.id")),
    Column("revision", Integer, nullable=False),
)

sessions = Table(
    "sessions",
    Base.metadata,
    Column("token", String(64), primary_key=True),
    Column("person", Integer, ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("csrf", String(64), nullable=False),
    Column("opened", UtcDateTime, nullable=False),
    Column("seen", UtcDateTime, nullable=False),
    Column("address", String(64), nullable=False, server_default=""),
    Column("agent", String(200), nullable=False, server_default=""),
    Column("way", String(12), nullable=False, server_default="password"),
)

api_tokens = Table(
    "api_tokens",
    Base.metadata,
    Column("token", String(64), primary_key=True),
    Column("name", String(40), nullable=False, unique=True),
    Column("permissions", JSON, nullable=False),
    Column("subsidiaries", JSON, nullable=False),
    Column("accounts", JSON, nullable=False),
    Column("created", UtcDateTime, nullable=False),
    # Neither is known of a token that was made before tokens had them.
    Column("expires", UtcDateTime),
    Column("made_by", String(80)),
    Column("last_used", UtcDateTime),
    # For whom it acts; without anybody it only reads.
    Column("person", Integer, ForeignKey("people.id", ondelete="CASCADE")),
)
