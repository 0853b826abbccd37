"""What is kept of the PBX's journal: how far it was read, and when nobody listened."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from db.base import Base, UtcDateTime

journal_cursors = Table(
    "journal_cursors",
    Base.metadata,
    Column("pbx", String(16), primary_key=True),
    # The last row of which every fact is committed, and its instant: where it differs, the file is another.
    Column("row", BigInteger, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    # Until when live events were certainly heard.
    Column("listened", UtcDateTime, nullable=False),
)

link_gaps = Table(
    "link_gaps",
    Base.metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("pbx", String(16), nullable=False),
    Column("lost", UtcDateTime, nullable=False),
    Column("reason", Text, nullable=False),
    Column("regained", UtcDateTime),
    # Calls and facts that only the journal knew of.
    Column("calls", Integer),
    Column("facts", Integer),
    Index(None, "lost", "id"),
)
