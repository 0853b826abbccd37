"""The tables of this room: the text that each plan is being written in, and what it said before."""

from datetime import datetime

from sqlalchemy import Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, UtcDateTime


class PlanDraftRow(Base):
    """A plan's text as it is being written, one a plan; `open` until it is published or given up.

    `version` is the number of the version it began from, `subsidiary` and `account` are whose plan it is:
    they decide who sees it, whatever the text says.
    """

    __tablename__ = "plan_drafts"
    __table_args__ = (
        Index("ix_plan_drafts_open", "plan", sqlite_where=text("open"), postgresql_where=text("open")),
    )

    plan: Mapped[str] = mapped_column(String(40), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    revision: Mapped[int]
    open: Mapped[bool]
    by: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int | None]
    alta: Mapped[int | None]
    subsidiary: Mapped[str] = mapped_column(String(2))
    account: Mapped[str] = mapped_column(Text)


class PlanDraftHistoryRow(Base):
    """What a draft said: one row for what somebody wrote without a longer break, with its last revision."""

    __tablename__ = "plan_draft_history"
    __table_args__ = (UniqueConstraint("plan", "revision"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan: Mapped[str] = mapped_column(String(40))
    revision: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(200))
    begun: Mapped[datetime] = mapped_column(UtcDateTime)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
