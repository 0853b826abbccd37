"""Reports of tests, for ever; tests that are under way; tests by hand from an outside line.

The database itself keeps reports as they are: triggers refuse to change or delete one.
"""

from collections.abc import Mapping

from sqlalchemy import DDL, JSON, Column, ForeignKey, Index, Integer, String, Table, Text, event

from db.base import Base, UtcDateTime

test_reports = Table(
    "test_reports",
    Base.metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(12), nullable=False),
    Column("plan", String(40), nullable=False),
    Column("plan_name", Text, nullable=False),
    Column("subsidiary", String(2), nullable=False),
    Column("account", Text, nullable=False),
    Column("version", String(64), nullable=False),
    Column("fingerprint", String(120), nullable=False),
    Column("release", String(12), nullable=False),
    Column("by", String(80), nullable=False),
    Column("begun", UtcDateTime, nullable=False),
    Column("ended", UtcDateTime, nullable=False),
    Column("result", String(12), nullable=False),
    Column("checks", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    # The report itself, as canonical JSON: what the hash is of.
    Column("body", Text, nullable=False),
    Column("hash", String(64), nullable=False),
    Index(None, "ended", "id"),
    Index(None, "plan", "kind", "id"),
    Index(None, "plan", "ended", "id"),
)

test_runs = Table(
    "test_runs",
    Base.metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(12), nullable=False),
    Column("plan", String(40), nullable=False),
    Column("plan_name", Text, nullable=False),
    Column("subsidiary", String(2), nullable=False),
    Column("account", Text, nullable=False),
    Column("version", String(64), nullable=False),
    Column("fingerprint", String(120), nullable=False),
    Column("release", String(12), nullable=False),
    Column("by", String(80), nullable=False),
    Column("begun", UtcDateTime, nullable=False),
    Column("state", String(12), nullable=False),
    # The plan while a test of it is under way: there is one at a time.
    Column("busy", String(40), unique=True),
    # What is to be called: the name and the title of each call, in their order.
    Column("planned", JSON, nullable=False),
    Column("left_out", JSON, nullable=False),
    Column("calls", JSON, nullable=False),
    Column("ears", JSON, nullable=False),
    Column("report", Integer, ForeignKey("test_reports.id")),
    Index(None, "state", "id"),
    Index(None, "plan", "id"),
)

hand_tests = Table(
    "hand_tests",
    Base.metadata,
    Column("id", Integer, primary_key=True),
    Column("plan", String(40), nullable=False),
    Column("subsidiary", String(2), nullable=False),
    Column("account", Text, nullable=False),
    Column("line", String(20), nullable=False),
    Column("by", String(80), nullable=False),
    Column("begun", UtcDateTime, nullable=False),
    Column("expires", UtcDateTime, nullable=False),
    Column("state", String(12), nullable=False),
    Column("code", String(20), nullable=False),
    Column("told", JSON, nullable=False),
    Column("report", Integer, ForeignKey("test_reports.id")),
    Index(None, "plan", "id"),
    Index(None, "state", "expires"),
)

TRIGGERS: Mapping[str, tuple[str, ...]] = {
    "sqlite": (
        "CREATE TRIGGER test_reports_no_update BEFORE UPDATE ON test_reports "
        "BEGIN SELECT RAISE(ABORT, 'test reports stay as they are'); END",
        "CREATE TRIGGER test_reports_no_delete BEFORE DELETE ON test_reports "
        "BEGIN SELECT RAISE(ABORT, 'test reports stay as they are'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION test_reports_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'test reports stay as they are'; END $$",
        "CREATE TRIGGER test_reports_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON test_reports "
        "FOR EACH STATEMENT EXECUTE FUNCTION test_reports_refuse()",
    ),
}

for _dialect, _statements in TRIGGERS.items():
    for _statement in _statements:
        event.listen(test_reports, "after_create", DDL(_statement).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]
