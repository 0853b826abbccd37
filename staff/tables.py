"""The tables of accounts, their sessions and the API's tokens. Of a token only its SHA-256 is kept."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, String, Table

from db.base import Base, UtcDateTime

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
)

sessions = Table(
    "sessions",
    Base.metadata,
    Column("token", String(64), primary_key=True),
    Column("person", Integer, ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("csrf", String(64), nullable=False),
    Column("opened", UtcDateTime, nullable=False),
    Column("seen", UtcDateTime, nullable=False),
)

api_tokens = Table(
    "api_tokens",
    Base.metadata,
    Column("token", String(64), primary_key=True),
    Column("name", String(40), nullable=False, unique=True),
    Column("created", UtcDateTime, nullable=False),
    Column("last_used", UtcDateTime),
)
