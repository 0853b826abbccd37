"""The tables of this room: versions, which of them stand in the PBX, and since when."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, UtcDateTime


class PlanVersionRow(Base):
    """A version; never changed, never deleted. `content` and `recordings` are JSON."""

    __tablename__ = "plan_versions"
    __table_args__ = (UniqueConstraint("plan", "number"), UniqueConstraint("plan", "hash"))

    id: Mapped[int] = mapped_column(primary_key=True)
    plan: Mapped[str] = mapped_column(String(40))
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    content: Mapped[str] = mapped_column(Text)
    recordings: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    applied_at: Mapped[datetime] = mapped_column(UtcDateTime)
    applied_by: Mapped[str] = mapped_column(String(200))


class LivePlanRow(Base):
    """What of a plan stands: the version that answers strangers unless it is suspended, and the candidate."""

    __tablename__ = "live_plans"

    plan: Mapped[str] = mapped_column(String(40), primary_key=True)
    version_id: Mapped[int | None] = mapped_column(ForeignKey("plan_versions.id"))
    candidate_id: Mapped[int | None] = mapped_column(ForeignKey("plan_versions.id"))
    suspended: Mapped[bool]


class PlanHistoryRow(Base):
    """Append-only: from `at` on this is what stands of the plan; None for no version."""

    __tablename__ = "plan_history"
    __table_args__ = (Index(None, "plan", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan: Mapped[str] = mapped_column(String(40))
    version_id: Mapped[int | None] = mapped_column(ForeignKey("plan_versions.id"))
    candidate_id: Mapped[int | None] = mapped_column(ForeignKey("plan_versions.id"))
    suspended: Mapped[bool]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(String(200))
