"""What is only noticed afterwards, as a file that somebody edits: its last known state is the trail itself.

Each deed holds what changed, so that the deeds of one action and subject, laid over one another, give the
state.
"""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine import writing
from staff.audit import Deed, canonical, write
from staff.audit_table import audit


async def note_state(engine: AsyncEngine, action: str, subject: str, now: Mapping[str, Any]) -> bool:
    """Write a deed when `now` (flat, JSON values) is not what the trail last said; whether it was not."""
    async with writing(engine) as connection:
        deed = change(action, subject, await _known(connection, action, subject), _plain(now))
        if deed is not None:
            await write(connection, deed)
    return deed is not None


def change(action: str, subject: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> Deed | None:
    """The deed that leads from one state to another: only what differs, None for what is gone. Pure."""
    names = [name for name in sorted({*before, *now}) if before.get(name) != now.get(name)]
    if not names:
        return None
    former = {name: before[name] for name in names if before.get(name) is not None}
    return Deed(action, subject, former, {name: now.get(name) for name in names})


def _plain(state: Mapping[str, Any]) -> dict[str, Any]:
    """As it will be read back."""
    plain: dict[str, Any] = json.loads(canonical(state))
    return plain


async def _known(connection: AsyncConnection, action: str, subject: str) -> dict[str, Any]:
    wanted = select(audit.c.after).where(audit.c.action == action, audit.c.subject == subject)
    state: dict[str, Any] = {}
    for after in (await connection.execute(wanted.order_by(audit.c.id))).scalars():
        state |= json.loads(after)
    return {name: value for name, value in state.items() if value is not None}
