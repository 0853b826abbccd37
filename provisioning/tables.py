"""Releases as they were published: which plan versions each one holds, when and by whom."""

from datetime import datetime

from sqlalchemy import JSON, Boolean, Column, Index, Integer, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, UtcDateTime


class ReleaseRow(Base):
    """One publication. Append-only; `plans` and `candidates` are plan → content hash, of what answers
    strangers and of what test calls reach; `suspended` are the plans among the former that answer nobody.
    """

    __tablename__ = "release"

    id: Mapped[int] = mapped_column(primary_key=True)
    release: Mapped[str] = mapped_column(String(12), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(String(80))
    plans: Mapped[dict[str, str]] = mapped_column(JSON)
    candidates: Mapped[dict[str, str]] = mapped_column(JSON)
    suspended: Mapped[list[str]] = mapped_column(JSON)


untested_releases = Table(
    "untested_releases",
    Base.metadata,
    Column("id", Integer, primary_key=True),
    Column("plan", String(40), nullable=False),
    Column("version", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("by", String(200), nullable=False),
    Column("reason", Text, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Index(None, "plan", "id"),
)
"""Append-only: a version that strangers were let in to without the gate, and why."""
