"""The table of days on which somebody is out of office, and who stands in."""

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, Integer, String, Table

from db.base import Base, UtcDateTime

absences = Table(
    "absences",
    Base.metadata,
    Column("id", Integer, primary_key=True),
    Column("person", Integer, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    Column("deputy", Integer, ForeignKey("people.id", ondelete="SET NULL")),
    Column("note", String(200), nullable=False),
    Column("made_by", String(80), nullable=False),
    Column("made", UtcDateTime, nullable=False),
    CheckConstraint("first <= last", name="order"),
    Index(None, "person", "last"),
    Index(None, "last"),
)
"""From the day `first` to the day `last`, both whole, by the calendar of the console."""
