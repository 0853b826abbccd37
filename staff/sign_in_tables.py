"""The tables of signing in: wrong tries, places, invitations, second factors, linked accounts, steps.

Of every secret that opens something only its SHA-256 is kept; a second factor's secret is encrypted.
"""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, LargeBinary, String, Table

from db.base import Base, UtcDateTime


def _person() -> Column[int]:
    return Column("person", Integer, ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True)


wrong_tries = Table(
    "wrong_tries",
    Base.metadata,
    Column("kind", String(8), primary_key=True),
    Column("key", String(110), primary_key=True),
    Column("times", Integer, nullable=False),
    Column("last", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
)

places = Table(
    "sign_in_places",
    Base.metadata,
    Column("person", Integer, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("address", String(64), primary_key=True),
    Column("first", UtcDateTime, nullable=False),
    Column("last", UtcDateTime, nullable=False),
)

invitations = Table(
    "invitations",
    Base.metadata,
    Column("id", Integer, primary_key=True),
    _person(),
    Column("purpose", String(12), nullable=False),
    Column("secret", String(64), nullable=False, unique=True),
    Column("email", String(254), nullable=False),
    Column("by", String(80), nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Column("expires", UtcDateTime, nullable=False),
    Column("ended", UtcDateTime),
    Column("end", String(8)),
    Column("letter", Integer),
)
"""`end` says how: `used`, `revoked`, `replaced`. `letter` is the row of `mail_outbox` that carries it."""

second_factors = Table(
    "second_factors",
    Base.metadata,
    Column("person", Integer, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("secret", LargeBinary, nullable=False),
    Column("confirmed", Boolean, nullable=False),
    Column("last_step", Integer, nullable=False),
    Column("since", UtcDateTime, nullable=False),
)

recovery_codes = Table(
    "recovery_codes",
    Base.metadata,
    Column("code", String(64), primary_key=True),
    _person(),
    Column("used", UtcDateTime),
)

linked_accounts = Table(
    "linked_accounts",
    Base.metadata,
    Column("issuer", String(255), primary_key=True),
    Column("subject", String(255), primary_key=True),
    _person(),
    Column("email", String(254), nullable=False),
    Column("linked", UtcDateTime, nullable=False),
)

steps = Table(
    "sign_in_steps",
    Base.metadata,
    Column("token", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("person", Integer, ForeignKey("people.id", ondelete="CASCADE")),
    Column("data", JSON, nullable=False),
    Column("expires", UtcDateTime, nullable=False, index=True),
)
"""Half-done sign-ins: what a browser that holds the token may go on with."""
