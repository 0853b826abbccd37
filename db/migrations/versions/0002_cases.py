"""calls that twist

Revision 0002, after 23e1a6eca9f7.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

import db.base
from cases.search import called_words, written_words
from cases.tables import POSTGRESQL, SQLITE

revision = "0002"
down_revision = "23e1a6eca9f7"
branch_labels = None
depends_on = None

SOME = 1_000
MICROSECOND = timedelta(microseconds=1)
CALL_INDEXES: tuple[tuple[str, ...], ...] = (
    ("linkedid",),
    ("number", "started", "id"),
    ("coordinator", "started", "id"),
    ("outcome", "started", "id"),
    ("subsidiary", "started", "id"),
    ("account", "started", "id"),
    ("missed",),
)
CASE_INDEXES: tuple[tuple[str, ...], ...] = (("subsidiary", "opened", "id"), ("account", "opened", "id"))
SPANS = ("ivr", "waiting", "talking", "held")


def upgrade() -> None:
    _widen()
    op.create_table(
        "case_search",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("called", sa.Text(), nullable=False),
        sa.Column("written", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["cases.id"], name=op.f("fk_case_search_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_search")),
    )
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.get_bind().exec_driver_sql(statement)
    _fill(op.get_bind())
    with op.batch_alter_table("calls") as batch:
        batch.alter_column("since", existing_type=db.base.UtcDateTime(timezone=True), nullable=False)


def _widen() -> None:
    with op.batch_alter_table("cases") as batch:
        for column in _scope():
            batch.add_column(column)
        for names in CASE_INDEXES:
            batch.create_index(f"ix_cases_{'_'.join(names)}", list(names))
    with op.batch_alter_table("calls") as batch:
        for column in (*_scope(), *_of_calls()):
            batch.add_column(column)
        for names in CALL_INDEXES:
            batch.create_index(f"ix_calls_{'_'.join(names)}", list(names))


def _scope() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("subsidiary", sa.String(2), nullable=False, server_default=""),
        sa.Column("account", sa.Text(), nullable=False, server_default=""),
    )


def _of_calls() -> Iterator[sa.Column[Any]]:
    yield sa.Column("direction", sa.String(3), nullable=False, server_default="in")
    yield sa.Column("parties", sa.JSON(), nullable=False, server_default="[]")
    yield sa.Column("held_by", sa.JSON(), nullable=False, server_default="[]")
    yield sa.Column("passed_by", sa.String(20))
    yield sa.Column("people", sa.JSON(), nullable=False, server_default="{}")
    yield sa.Column("since", db.base.UtcDateTime(timezone=True))
    yield sa.Column("missed", db.base.UtcDateTime(timezone=True))
    for name in SPANS:
        yield sa.Column(name, sa.BigInteger(), nullable=False, server_default="0")


def _fill(connection: sa.Connection) -> None:
    """What old rows lack: whose plan it is, who spoke, how long what lasted, the words they are found by."""
    tables = sa.MetaData()
    calls, cases, search, versions = (
        sa.Table(name, tables, autoload_with=connection)
        for name in ("calls", "cases", "case_search", "plan_versions")
    )
    for row in connection.execute(sa.select(versions.c.plan, versions.c.hash, versions.c.content)).all():
        plan = json.loads(row.content)
        whose = {"subsidiary": plan["subsidiary"], "account": plan["account"]["name"]}
        for table in (calls, cases):
            mine = (table.c.plan == row.plan) & (table.c.version == row.hash[:12])
            connection.execute(sa.update(table).where(mine).values(whose))
    for some in _rows(connection, calls):
        connection.execute(_update(calls), [_told(row) for row in some])
    for some in _rows(connection, cases):
        origins = [row["origin"] for row in some if row["origin"]]
        heard = connection.execute(sa.select(calls).where(calls.c.id.in_(origins))).mappings()
        called = {row["id"]: called_words(row["caller"], row["caller_name"], row["digits"]) for row in heard}
        found = [
            {"id": row["id"], "called": called.get(row["origin"], ""), "written": written_words(row)}
            for row in some
        ]
        connection.execute(sa.insert(search), found)


def _rows(connection: sa.Connection, table: sa.Table) -> Iterator[list[Mapping[str, Any]]]:
    """All rows, some at a time."""
    last = None
    while True:
        wanted = sa.select(table).order_by(table.c.id).limit(SOME)
        if last is not None:
            wanted = wanted.where(table.c.id > last)
        some: list[Mapping[str, Any]] = [dict(row) for row in connection.execute(wanted).mappings()]
        if not some:
            return
        yield some
        last = some[-1]["id"]


def _update(calls: sa.Table) -> sa.Update:
    values: dict[str, Any] = {
        name: sa.bindparam(f"new_{name}") for name in ("parties", "people", "since", *SPANS[:3])
    }
    return sa.update(calls).where(calls.c.id == sa.bindparam("the_id")).values(values)


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    """A plain call, as its record tells it: the machine, then the wait, then one who talks."""
    started = row["started"].replace(tzinfo=UTC)
    queued, answered, ended = (_instant(row[name]) for name in ("queued", "answered", "ended"))
    who = row["extension"] or row["number"] or ""
    parties = [[who, answered.isoformat(), ended.isoformat() if ended else None]] if answered else []
    people = {row["extension"]: row["coordinator"]} if row["extension"] and row["coordinator"] else {}
    begun = [at for at in (started, queued, answered, ended) if at is not None]
    spans = _spans(started, queued, answered, ended)
    new = {"parties": parties, "people": people, "since": begun[-1], **spans}
    return {"the_id": row["id"], **{f"new_{name}": value for name, value in new.items()}}


def _spans(
    started: datetime, queued: datetime | None, answered: datetime | None, ended: datetime | None
) -> dict[str, int]:
    spans = {"ivr": 0, "waiting": 0, "talking": 0}
    stage, since = "ivr", started
    for following, at in (("waiting", queued), ("talking", answered), ("", ended)):
        if at is not None:
            spans[stage] += (at - since) // MICROSECOND
            stage, since = following, at
    return spans


def _instant(value: datetime | None) -> datetime | None:
    return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


def downgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("DROP TABLE case_search_fts")
    op.drop_table("case_search")
    with op.batch_alter_table("calls") as batch:
        for names in CALL_INDEXES:
            batch.drop_index(f"ix_calls_{'_'.join(names)}")
        for column in (*_of_calls(), *_scope()):
            batch.drop_column(column.name)
    with op.batch_alter_table("cases") as batch:
        for names in CASE_INDEXES:
            batch.drop_index(f"ix_cases_{'_'.join(names)}")
        for column in _scope():
            batch.drop_column(column.name)
