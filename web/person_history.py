"""What happened to an account, out of the audit trail, in words (G18)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web

from staff.audit_trail import AuditFilter, AuditRow
from staff.person import Person
from web.keys import services
from web.pages import full_names
from web.person_form import Choice, said
from web.words import PERSON_DEEDS, PERSON_FIELDS

SHOWN = 30


@dataclass(frozen=True)
class Happened:
    """One deed: who, when, why, and of each field (`label`, before, after)."""

    at: datetime
    what: str
    by: str
    reason: str
    fields: tuple[tuple[str, str, str], ...]


async def history(
    request: web.Request, subject: Person, labels: Mapping[str, list[Choice]]
) -> dict[str, Any]:
    """The last deeds done to an account, newest first; each kind is looked up by itself, for signing in and
    out would drown the rest.
    """
    trail = services(request).audit
    rows: list[AuditRow] = []
    for action in PERSON_DEEDS:
        found = await trail.page(AuditFilter(subject=subject.name, action=action), SHOWN)
        rows.extend(found.rows)
    names = await full_names(request)
    newest = sorted(rows, key=lambda row: row.id, reverse=True)[:SHOWN]
    return {"history": [_happened(row, names, labels) for row in newest]}


def _happened(row: AuditRow, names: Mapping[str, str], labels: Mapping[str, list[Choice]]) -> Happened:
    before, after = said(row.before, labels), said(row.after, labels)
    return Happened(
        at=row.at,
        what=PERSON_DEEDS[row.action],
        by=names.get(row.actor, row.actor),
        reason=row.reason,
        fields=tuple(
            (label, before.get(name, ""), after.get(name, ""))
            for name, label in PERSON_FIELDS.items()
            if row.action == "user.changed" and name in after
        ),
    )
