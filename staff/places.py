"""Where each person signed in before: an address that did is believed more than one that never did."""

from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from staff.sign_in_tables import places

MOST_EACH = 50


async def known(engine: AsyncEngine, person: int, address: str | None) -> bool:
    """Whether the person signed in from this address before."""
    if address is None:
        return False
    wanted = select(places.c.person).where(places.c.person == person, places.c.address == address)
    async with engine.connect() as connection:
        return (await connection.execute(wanted)).first() is not None


async def note(connection: AsyncConnection, person: int, address: str, now: datetime) -> bool:
    """Note that the person signed in from there, within the transaction of it; whether it is a new place."""
    here = (places.c.person == person) & (places.c.address == address)
    seen = await connection.execute(update(places).where(here).values(last=now))
    if seen.rowcount:
        return False
    row = {"person": person, "address": address, "first": now, "last": now}
    await connection.execute(insert(places).values(row))
    await _bound(connection, person)
    return True


async def _bound(connection: AsyncConnection, person: int) -> None:
    """Somebody who travels keeps the last places."""
    mine = select(func.count()).select_from(places).where(places.c.person == person)
    many = (await connection.execute(mine)).scalar_one()
    oldest = select(places.c.address).where(places.c.person == person).order_by(places.c.last)
    gone = places.c.address.in_(oldest.limit(max(0, many - MOST_EACH)))
    await connection.execute(delete(places).where(places.c.person == person, gone))
