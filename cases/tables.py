"""The tables of calls and cases.

A call is named by the PBX and the trunk channel's uniqueid. It has at most one case (`calls.case`), and a
case opens for a call at most once (`cases.origin` is unique): together, exactly one case an answered call.
"""

from datetime import timedelta

from sqlalchemy import (
    DDL,
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    event,
)
from sqlalchemy.types import TypeDecorator

from db.base import Base, UtcDateTime

_MICROSECOND = timedelta(microseconds=1)


class Span(TypeDecorator[timedelta]):
    """A length of time, exact, as a number of microseconds."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> int | None:
        return None if value is None else value // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> timedelta | None:
        return None if value is None else value * _MICROSECOND


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
    Column("subsidiary", String(2), nullable=False, server_default=""),
    Column("account", Text, nullable=False, server_default=""),
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
    Index(None, "subsidiary", "opened", "id"),
    Index(None, "account", "opened", "id"),
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
    Column("linkedid", String(80), nullable=False, index=True),
    Column("direction", String(3), nullable=False, server_default="in"),
    Column("line", String(20), nullable=False),
    Column("public", String(20)),
    Column("plan", String(40), nullable=False),
    Column("version", String(12), nullable=False),
    Column("plan_name", Text, nullable=False),
    Column("fantasy_name", Text, nullable=False),
    Column("subsidiary", String(2), nullable=False, server_default=""),
    Column("account", Text, nullable=False, server_default=""),
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
    # [party, joined, left] of each who spoke with the caller; instants in ISO 8601.
    Column("parties", JSON, nullable=False, server_default="[]"),
    Column("held_by", JSON, nullable=False, server_default="[]"),
    Column("passed_by", String(20)),
    # Whose each extension was: extension → account's name.
    Column("people", JSON, nullable=False, server_default="{}"),
    Column("extension", String(6)),
    Column("number", String(20)),
    Column("coordinator", String(40)),
    Column("started", UtcDateTime, nullable=False),
    Column("queued", UtcDateTime),
    Column("answered", UtcDateTime),
    Column("ended", UtcDateTime),
    Column("since", UtcDateTime, nullable=False),
    Column("ivr", Span, nullable=False, server_default="0"),
    Column("waiting", Span, nullable=False, server_default="0"),
    Column("talking", Span, nullable=False, server_default="0"),
    Column("held", Span, nullable=False, server_default="0"),
    # When it ended without anybody having spoken to the caller, until somebody did in a later call.
    Column("missed", UtcDateTime),
    Column("outcome", String(20)),
    Column("phase", String(20), nullable=False),
    Column("ended_by", String(20)),
    Column("cause", Integer),
    Column("case", Integer, ForeignKey("cases.id"), index=True),
    Index(None, "started", "id"),
    Index(None, "plan", "started", "id"),
    Index(None, "line", "started", "id"),
    Index(None, "caller", "started", "id"),
    Index(None, "number", "started", "id"),
    Index(None, "coordinator", "started", "id"),
    Index(None, "outcome", "started", "id"),
    Index(None, "subsidiary", "started", "id"),
    Index(None, "account", "started", "id"),
    Index(None, "ended"),
    Index(None, "missed"),
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

# What cases are found by (`cases.search`): words of their calls, and words written in them.
case_search = Table(
    "case_search",
    Base.metadata,
    Column("id", Integer, ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    Column("called", Text, nullable=False),
    Column("written", Text, nullable=False),
)
SQLITE = (
    "CREATE VIRTUAL TABLE case_search_fts USING fts5(called, written, content='case_search',"
    " content_rowid='id', tokenize='unicode61 remove_diacritics 0', prefix='2 3 4')",
    "CREATE TRIGGER case_search_added AFTER INSERT ON case_search BEGIN"
    " INSERT INTO case_search_fts(rowid, called, written) VALUES (new.id, new.called, new.written); END",
    "CREATE TRIGGER case_search_changed AFTER UPDATE ON case_search BEGIN"
    " INSERT INTO case_search_fts(case_search_fts, rowid, called, written)"
    " VALUES ('delete', old.id, old.called, old.written);"
    " INSERT INTO case_search_fts(rowid, called, written) VALUES (new.id, new.called, new.written); END",
)
POSTGRESQL = (
    "CREATE INDEX case_search_fts ON case_search USING gin (to_tsvector('simple', called || ' ' || written))",
)
for _dialect, _statements in (("sqlite", SQLITE), ("postgresql", POSTGRESQL)):
    for _statement in _statements:
        event.listen(case_search, "after_create", DDL(_statement).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]

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
