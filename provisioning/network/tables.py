"""The tables of this room: providers, what is enough, selection, training, clients' databases."""

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from db.base import Base, UtcDateTime

providers = Table(
    "providers",
    Base.metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("subsidiary", String(2), nullable=False),
    Column("name", String(120), nullable=False),
    # How two writings of one name are told to be the same.
    Column("folded", String(120), nullable=False),
    Column("tax_id", String(30), nullable=False),
    Column("state", String(12), nullable=False),
    Column("capacity", Integer, nullable=False),
    Column("hours", String(300), nullable=False),
    Column("contact", String(120), nullable=False),
    Column("phone", String(40), nullable=False),
    Column("email", String(120), nullable=False),
    Column("contract_from", Date),
    Column("contract_until", Date),
    Column("note", Text, nullable=False),
    Column("sought", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    CheckConstraint("state IN ('selection', 'active', 'suspended')", name="state"),
    UniqueConstraint("subsidiary", "folded"),
    Index(None, "folded", "id"),
    Index(None, "state", "folded", "id"),
)
"""Who gives the assistances. `hours` is empty for who serves day and night."""

provider_skills = Table(
    "provider_skills",
    Base.metadata,
    Column("provider", Integer, ForeignKey("providers.id"), primary_key=True),
    Column("service", String(40), primary_key=True),
    Column("code", String(12), primary_key=True),
    Index(None, "service", "provider"),
)
"""`code` is empty for a whole service."""

provider_zones = Table(
    "provider_zones",
    Base.metadata,
    Column("provider", Integer, ForeignKey("providers.id"), primary_key=True),
    Column("zone", String(200), primary_key=True),
    Column("shown", String(200), nullable=False),
    Index(None, "zone", "provider"),
)
"""`zone` is the folded path beneath the country, empty for all of it."""

provider_history = Table(
    "provider_history",
    Base.metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("provider", Integer, ForeignKey("providers.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("what", String(12), nullable=False),
    Column("before", JSON, nullable=False),
    Column("after", JSON, nullable=False),
    Column("reason", Text, nullable=False),
    Index(None, "provider", "id"),
)
"""Append-only."""

provider_loads = Table(
    "provider_loads",
    Base.metadata,
    Column("id", String(32), primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("actor", String(80), nullable=False),
    Column("name", String(120), nullable=False),
    Column("subsidiary", String(2), nullable=False),
    Column("content", LargeBinary, nullable=False),
)
"""Files that were looked at and not loaded yet; they are kept for a day."""

network_demands = Table(
    "network_demands",
    Base.metadata,
    Column("plan", String(40), primary_key=True),
    Column("zones", JSON, nullable=False),
    Column("minimums", JSON, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("revision", Integer, nullable=False),
)
"""What a plan demands otherwise than the file of minimums says."""

network_checks = Table(
    "network_checks",
    Base.metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("plan", String(40), nullable=False),
    Column("alta", Integer),
    Column("subsidiary", String(2), nullable=False),
    Column("account", Text, nullable=False),
    Column("needs", String(64), nullable=False),
    Column("enough", Boolean, nullable=False),
    Column("rows", JSON, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("note", Text, nullable=False),
    Index(None, "plan", "id"),
)
"""Append-only: what was looked at when somebody confirmed that it is enough. `needs` is the hash of what was
asked for.
"""

selection_tasks = Table(
    "selection_tasks",
    Base.metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("plan", String(40), nullable=False),
    Column("alta", Integer),
    Column("subsidiary", String(2), nullable=False),
    Column("account", Text, nullable=False),
    Column("service", String(40), nullable=False),
    Column("code", String(12), nullable=False),
    Column("zone", String(200), nullable=False),
    Column("said", Text, nullable=False),
    Column("owner", String(80), nullable=False),
    Column("due", Date, nullable=False),
    Column("note", Text, nullable=False),
    Column("state", String(8), nullable=False),
    Column("opened", UtcDateTime, nullable=False),
    Column("opened_by", String(80), nullable=False),
    Column("closed", UtcDateTime),
    Column("closed_by", String(80)),
    Column("reason", Text, nullable=False),
    CheckConstraint("state IN ('open', 'filled', 'waived')", name="state"),
    Index(None, "state", "due", "id"),
    Index(None, "plan", "id"),
)
"""A gap of the network that somebody is to fill. `zone` is the path as it is shown."""

trainings = Table(
    "trainings",
    Base.metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("plan", String(40), nullable=False),
    Column("alta", Integer),
    Column("subsidiary", String(2), nullable=False),
    Column("account", Text, nullable=False),
    Column("held", Date, nullable=False),
    Column("trainer", String(120), nullable=False),
    # [{"name": …, "mark": 0–100 or null}]
    Column("attended", JSON, nullable=False),
    Column("note", Text, nullable=False),
    Column("withdrawn", Text),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(80), nullable=False),
    Index(None, "plan", "id"),
)
"""Sessions in which the agents of TMK learnt a plan (P27). `withdrawn` is why one does not count."""

handed_bases = Table(
    "handed_bases",
    Base.metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("plan", String(40), nullable=False),
    Column("alta", Integer),
    Column("subsidiary", String(2), nullable=False),
    Column("account", Text, nullable=False),
    # Empty: the client handed none over, and `note` says why.
    Column("file", String(200), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("rows", Integer),
    Column("stored", Boolean, nullable=False),
    Column("place", Text, nullable=False),
    Column("received_by", String(120), nullable=False),
    Column("received", Date),
    Column("until", Date),
    Column("note", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("ended", UtcDateTime),
    Column("ended_by", String(80)),
    Column("ending", Text, nullable=False),
    Index(None, "plan", "id"),
)
"""Clients' databases that were handed over: theirs, kept until they go back or are destroyed (P10)."""

network_documents = Table(
    "network_documents",
    Base.metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("provider", Integer, ForeignKey("providers.id"), index=True),
    Column("training", Integer, ForeignKey("trainings.id"), index=True),
    Column("title", String(200), nullable=False),
    Column("file", String(200), nullable=False),
    Column("type", String(100), nullable=False),
    Column("size", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(80), nullable=False),
    CheckConstraint("(provider IS NULL) <> (training IS NULL)", name="of_one"),
)
"""Papers of a provider, material of a training; the file lies under its digest."""
