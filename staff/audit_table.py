"""The table of the audit trail, and the triggers by which the database itself keeps it append-only.

The triggers refuse UPDATE, DELETE and TRUNCATE, a row whose number does not follow the last one (SQLite's
`INSERT OR REPLACE` too) and one that does not name the last hash. A migration that ever rebuilds this table
must make them again.
"""

from collections.abc import Mapping

from sqlalchemy import DDL, Column, Index, Integer, String, Table, Text, event

from db.base import Base, UtcDateTime

audit = Table(
    "audit",
    Base.metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("via", String(10), nullable=False),
    Column("address", String(60)),
    Column("action", String(40), nullable=False),
    Column("subject", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("reason", Text, nullable=False),
    # What is searched: the texts above, folded. Derived, so no part of the hash.
    Column("words", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index(None, "at", "id"),
    Index(None, "actor", "id"),
    Index(None, "action", "id"),
    Index(None, "subject", "id"),
)

GENESIS = "0" * 64
"""What the first row names as the hash before it."""

_WRONG = (
    "NEW.id <> (SELECT coalesce(max(id), 0) + 1 FROM audit) OR "  # noqa: S608 - no text of anybody's
    f"NEW.previous <> coalesce((SELECT hash FROM audit ORDER BY id DESC LIMIT 1), '{GENESIS}')"
)
TRIGGERS: Mapping[str, tuple[str, ...]] = {
    "sqlite": (
        "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit "
        "BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END",
        "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit "
        "BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END",
        f"CREATE TRIGGER audit_in_order BEFORE INSERT ON audit WHEN {_WRONG} "
        "BEGIN SELECT RAISE(ABORT, 'audit rows follow one another'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'audit is append-only'; END $$",
        "CREATE FUNCTION audit_in_order() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF {_WRONG} THEN "
        "RAISE EXCEPTION 'audit rows follow one another'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
        "CREATE TRIGGER audit_in_order BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_in_order()",
    ),
}

for _dialect, _statements in TRIGGERS.items():
    for _statement in _statements:
        event.listen(audit, "after_create", DDL(_statement).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]
