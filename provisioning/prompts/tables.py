"""The tables of recordings of prompts: each version kept, who decided, what stays in the built-in voice."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, UtcDateTime

_APPROVED = text("state = 'approved'")
_STANDING = text("ended_at IS NULL")


class PromptRecordingRow(Base):
    """A recording of a prompt, the `number`-th of it.

    `original` is the SHA-256 of the file as it came, `sound` the telephone version's name in the PBX;
    `said` is the text it was recorded for. At most one of a prompt is approved.
    """

    __tablename__ = "prompt_recordings"
    __table_args__ = (
        UniqueConstraint("plan", "prompt", "number"),
        Index(
            "ux_prompt_recordings_approved",
            "plan",
            "prompt",
            unique=True,
            sqlite_where=_APPROVED,
            postgresql_where=_APPROVED,
        ),
        Index(None, "state", "plan"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan: Mapped[str] = mapped_column(String(40))
    prompt: Mapped[str] = mapped_column(String(40))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(16))
    said: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(16))
    file_name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(16))
    codec: Mapped[str] = mapped_column(String(32))
    rate: Mapped[int]
    channels: Mapped[int]
    size: Mapped[int] = mapped_column(BigInteger)
    original: Mapped[str] = mapped_column(String(64))
    sound: Mapped[str] = mapped_column(String(40))
    quality: Mapped[dict[str, Any]] = mapped_column(JSON)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text)


class PromptHistoryRow(Base):
    """Append-only: what happened to a recording; `state` is the one it came to."""

    __tablename__ = "prompt_history"
    __table_args__ = (Index(None, "recording", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    recording: Mapped[int] = mapped_column(ForeignKey("prompt_recordings.id"))
    state: Mapped[str] = mapped_column(String(16))
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text)


class PromptWaiverRow(Base):
    """Somebody's word that a prompt may do without an approved recording as long as it says this."""

    __tablename__ = "prompt_waivers"
    __table_args__ = (
        Index(
            "ux_prompt_waivers_standing",
            "plan",
            "prompt",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan: Mapped[str] = mapped_column(String(40))
    prompt: Mapped[str] = mapped_column(String(40))
    said: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text)
    ended_by: Mapped[str | None] = mapped_column(String(80))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
