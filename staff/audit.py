"""The audit trail: who changed or read what, when, from where; append-only and hash-chained (G18)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done: `action` is `<what>.<verb>` (`user.changed`, `case.read`), `subject` what it was done to
    (an account's name, a case's number, a plan). `before` and `after` are plain JSON values, never secrets.
    """

    action: str
    subject: str
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


async def write(connection: AsyncConnection, deed: Deed) -> None:
    """Add a deed of the current actor (`staff.actor`), within the transaction of the change itself."""
