"""The tables of calls and cases.

A call is named by the PBX and the trunk channel's uniqueid. It has at most one case (`calls.case`), and a
case opens for a call at most once (`cases.origin` is unique): together, exactly one case an answered call.
"""

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text

from db.base import Base, UtcDateTime

cases = Table(
    "cases",
    Base.metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    # The call it was opened for. No foreign key: the case is written first, and the call points at it.
    Column("origin", String(80), unique=True),
    Column("line", String(20), nullable=False),
    Column("plan", String(40), nullable=False),
    Column("version", String(12), nullable=False),
    Column("plan_name", Text, nullable=False),
    Column("fantasy_name", Text, nullable=False),
    Column("state", String(8), nullable=False),
    Column("kind", String(20)),
    Column("coverage", String(12)),
    Column("who", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("telephone", String(40), nullable=False),
    Column("notes", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("owner", String(40)),
    Column("callback_queue", String(40)),
    Column("caller", String(20)),
    Column("outcome", String(20)),
    Column("opened", UtcDateTime, nullable=False),
    Column("closed", UtcDateTime),
    Column("revision", Integer, nullable=False),
    CheckConstraint("state IN ('open', 'closed')", name="state"),
    Index(None, "opened", "id"),
    Index(None, "plan", "opened", "id"),
    Index(None, "line", "opened", "id"),
    Index(None, "state", "opened", "id"),
    Index(None, "owner", "state", "opened", "id"),
    Index(None, "caller", "state", "opened", "id"),
    Index(None, "telephone", "state", "opened", "id"),
    sqlite_autoincrement=True,
)

calls = Table(
    "calls",
    Base.metadata,
    Column("id", String(80), primary_key=True),
    Column("linkedid", String(80), nullable=False),
    Column("line", String(20), nullable=False),
    Column("public", String(20)),
    Column("plan", String(40), nullable=False),
    Column("version", String(12), nullable=False),
    Column("plan_name", Text, nullable=False),
    Column("fantasy_name", Text, nullable=False),
    Column("carrier", String(40), nullable=False),
    Column("caller", String(20)),
    Column("caller_name", Text, nullable=False),
    Column("choices", JSON, nullable=False),
    Column("kind", String(20)),
    Column("priority", Integer, nullable=False),
    Column("digits", JSON, nullable=False),
    Column("queue", String(40)),
    Column("callback_queue", String(40)),
    Column("ringing", JSON, nullable=False),
    Column("extension", String(6)),
    Column("number", String(20)),
    Column("coordinator", String(40)),
    Column("started", UtcDateTime, nullable=False),
    Column("queued", UtcDateTime),
    Column("answered", UtcDateTime),
    Column("ended", UtcDateTime),
    Column("outcome", String(20)),
    Column("phase", String(20), nullable=False),
    Column("ended_by", String(20)),
    Column("cause", Integer),
    Column("case", Integer, ForeignKey("cases.id"), index=True),
    Index(None, "started", "id"),
    Index(None, "plan", "started", "id"),
    Index(None, "line", "started", "id"),
    Index(None, "caller", "started", "id"),
    Index(None, "ended"),
)

call_events = Table(
    "call_events",
    Base.metadata,
    Column("call", String(80), ForeignKey("calls.id"), primary_key=True),
    Column("key", String(24), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String(24), nullable=False),
    Column("detail", JSON, nullable=False),
)

case_changes = Table(
    "case_changes",
    Base.metadata,
    Column("case", Integer, ForeignKey("cases.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("by", String(40), nullable=False),
    Column("field", String(20), nullable=False),
    Column("before", Text),
    Column("after", Text),
)

refused_facts = Table(
    "refused_facts",
    Base.metadata,
    Column("call", String(80), primary_key=True),
    Column("key", String(24), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String(24), nullable=False),
    Column("detail", JSON, nullable=False),
    Column("reason", Text, nullable=False),
    Column("refused", UtcDateTime, nullable=False),
)
