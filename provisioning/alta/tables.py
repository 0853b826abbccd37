"""The tables of altas. What happened is in `alta_events`; `alta_steps` is what lists ask, made of it anew."""

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from db.base import Base, UtcDateTime

_UNDER_WAY = text("state IN ('running', 'suspended')")


def _alta() -> Column[int]:
    return Column("alta", Integer, ForeignKey("altas.id"), nullable=False)


alta_procedures = Table(
    "alta_procedures",
    Base.metadata,
    Column("hash", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
"""Every text of the procedure that an alta began with, by its SHA-256."""

altas = Table(
    "altas",
    Base.metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kind", String(8), nullable=False),
    Column("plan", String(40), nullable=False),
    Column("name", Text, nullable=False),
    Column("subsidiary", String(2), nullable=False),
    Column("account", Text, nullable=False),
    Column("carrier", String(40)),
    # The whole request, as JSON of `AltaRequest`; the columns above are what lists ask.
    Column("request", Text, nullable=False),
    Column("procedure", String(64), ForeignKey("alta_procedures.hash"), nullable=False),
    Column("amends", Integer, ForeignKey("altas.id")),
    Column("state", String(10), nullable=False),
    Column("asked_by", String(80), nullable=False),
    Column("started", UtcDateTime, nullable=False),
    Column("ended", UtcDateTime),
    Column("sought", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    CheckConstraint("kind IN ('alta', 'otro-si')", name="kind"),
    CheckConstraint("state IN ('running', 'suspended', 'cancelled', 'done')", name="state"),
    Index(None, "state", "id"),
    Index(None, "subsidiary", "id"),
    Index(None, "account", "id"),
    Index(None, "carrier", "id"),
    Index(None, "plan", "id"),
    Index("uq_altas_under_way", "plan", unique=True, sqlite_where=_UNDER_WAY, postgresql_where=_UNDER_WAY),
    sqlite_autoincrement=True,
)
"""One under way a plan at most. `sought` is what a search compares."""

alta_events = Table(
    "alta_events",
    Base.metadata,
    Column("alta", Integer, ForeignKey("altas.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("by", String(80), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("step", String(40)),
    Column("reason", Text, nullable=False),
    Column("data", JSON, nullable=False),
)
"""Append-only."""

alta_steps = Table(
    "alta_steps",
    Base.metadata,
    Column("alta", Integer, ForeignKey("altas.id"), primary_key=True),
    Column("step", String(40), primary_key=True),
    Column("place", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("areas", JSON, nullable=False),
    Column("owner", String(40)),
    Column("since", UtcDateTime),
    Column("due", UtcDateTime),
    Column("closed", UtcDateTime),
    Column("round", Integer, nullable=False),
    Index(None, "state", "step", "alta"),
    Index(None, "state", "due", "alta"),
    Index(None, "state", "owner", "alta"),
)
"""The steps of each alta as they stand."""

alta_turns = Table(
    "alta_turns",
    Base.metadata,
    Column("alta", Integer, ForeignKey("altas.id"), primary_key=True),
    Column("step", String(40), primary_key=True),
    Column("area", String(20), primary_key=True),
    Index(None, "area", "alta"),
)
"""The areas whose turn it is: a row for each open step and area."""

alta_spans = Table(
    "alta_spans",
    Base.metadata,
    Column("id", Integer, primary_key=True),
    _alta(),
    Column("step", String(40), nullable=False),
    Column("title", Text, nullable=False),
    Column("area", String(20), nullable=False),
    Column("subsidiary", String(2), nullable=False),
    Column("account", Text, nullable=False),
    Column("opened", UtcDateTime, nullable=False),
    Column("closed", UtcDateTime, nullable=False),
    Column("days", Float, nullable=False),
    Column("on_time", Boolean, nullable=False),
    Column("round", Integer, nullable=False),
    Index(None, "closed", "id"),
    Index(None, "alta", "step"),
)
"""How long each step was open, each time it was closed by somebody or by itself. Append-only.

`days` are business days and parts of them, suspension left out.
"""

alta_documents = Table(
    "alta_documents",
    Base.metadata,
    Column("id", Integer, primary_key=True),
    _alta(),
    Column("step", String(40), nullable=False),
    Column("name", String(40), nullable=False),
    Column("title", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("type", String(100), nullable=False),
    Column("size", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("label", String(12), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("drew_up", String(80), nullable=False),
    Column("reviewed", String(80)),
    Column("approved", String(80)),
    Column("subsidiary", String(2), nullable=False),
    Column("account", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("by", String(80), nullable=False),
    Column("sought", Text, nullable=False),
    UniqueConstraint("alta", "name", "revision"),
    Index(None, "account", "year", "id"),
)
"""A client's folder (P7): every revision of every document; the file lies under its digest (P12)."""

alta_forms = Table(
    "alta_forms",
    Base.metadata,
    Column("alta", Integer, ForeignKey("altas.id"), primary_key=True),
    Column("form", String(20), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("data", JSON, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("by", String(80), nullable=False),
)
"""Each version of a form. Append-only: a signature is of a version, so a change leaves it behind."""

alta_signatures = Table(
    "alta_signatures",
    Base.metadata,
    Column("id", Integer, primary_key=True),
    _alta(),
    Column("form", String(20), nullable=False),
    Column("version", Integer, nullable=False),
    Column("area", String(20), nullable=False),
    Column("person", String(40), nullable=False),
    Column("approved", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("alta", "form", "version", "area"),
    UniqueConstraint("alta", "form", "version", "person"),
)
"""One word an area and one area a person on each version of a form."""

alta_coverages = Table(
    "alta_coverages",
    Base.metadata,
    Column("alta", Integer, ForeignKey("altas.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    # JSON of `coverages.Coverages`: the list, the general conditions, the guide.
    Column("content", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("by", String(80), nullable=False),
)
"""Each version of what the plan covers. Append-only."""

alta_hooks = Table(
    "alta_hooks",
    Base.metadata,
    Column("id", Integer, primary_key=True),
    _alta(),
    Column("version", Integer, nullable=False),
    Column("state", String(10), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("due", UtcDateTime, nullable=False),
    Column("ended", UtcDateTime),
    Column("error", Text, nullable=False),
    CheckConstraint("state IN ('pending', 'sending', 'sent', 'failed')", name="state"),
    UniqueConstraint("alta", "version"),
    Index(None, "state", "due"),
)
"""Versions of coverages on their way to the company's other system."""
