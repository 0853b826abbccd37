"""The tables of this room: releases asked for, their dossiers, the canary of each plan and day."""

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, Integer, String, Table, Text, text

from db.base import Base, UtcDateTime

STATES = ("scheduled", "releasing", "done", "cancelled", "refused")
CANARY_STATES = ("running", "passed", "failed")

line_releases = Table(
    "line_releases",
    Base.metadata,
    Column("id", Integer, primary_key=True),
    Column("plan", String(40), nullable=False),
    Column("subsidiary", String(2), nullable=False),
    Column("account", Text, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("fingerprint", String(120), nullable=False),
    Column("state", String(10), nullable=False),
    Column("due", UtcDateTime, nullable=False),
    Column("by", String(200), nullable=False),
    Column("reason", Text, nullable=False),
    Column("asked", UtcDateTime, nullable=False),
    Column("ended", UtcDateTime),
    Column("said", Text, nullable=False),
    CheckConstraint(f"state IN {STATES}", name="state"),
    Index(None, "plan", "id"),
    Index(None, "state", "due"),
    Index(
        "uq_line_releases_under_way",
        "plan",
        unique=True,
        sqlite_where=text("state IN ('scheduled', 'releasing')"),
        postgresql_where=text("state IN ('scheduled', 'releasing')"),
    ),
)
"""`hash` and `fingerprint` are of the version that was asked to be released; `said` is why it was refused.
At most one of a plan is under way.
"""

dossiers = Table(
    "dossiers",
    Base.metadata,
    Column("id", Integer, primary_key=True),
    Column("line_release", ForeignKey("line_releases.id"), nullable=False, unique=True),
    Column("plan", String(40), nullable=False),
    Column("subsidiary", String(2), nullable=False),
    Column("account", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("by", String(200), nullable=False),
    Column("previous", String(64), nullable=False, unique=True),
    Column("head", String(64), nullable=False, unique=True),
    Column("size", Integer, nullable=False),
    Index(None, "plan", "id"),
)
"""One chain a site: each dossier stands on the `head` of the one before. The files lie in the data folder."""

canaries = Table(
    "canaries",
    Base.metadata,
    Column("plan", String(40), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("state", String(10), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("report", Integer),
    Column("said", Text, nullable=False),
    CheckConstraint(f"state IN {CANARY_STATES}", name="state"),
)
"""Who wins the row makes the calls of that plan and day; `said` is what failed."""
