"""Providers as they are read: one, lists in pages by key, all of a subsidiary, counts, history."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from provisioning.network.hours import hours_of
from provisioning.network.tables import provider_history, provider_skills, provider_zones, providers
from provisioning.network.values import (
    Change,
    Contact,
    Contract,
    Profile,
    Provider,
    ProviderFilter,
    ProvidersPage,
    ProviderState,
    Skill,
)
from provisioning.network.zones import BadZone, Zone, zone_of
from staff.audit import folded
from staff.scope import EVERYTHING, Scope

PAGE, MOST, HISTORY = 50, 500, 200
_PORTION = 400
ANY = ProviderFilter()
_ORDER = (providers.c.folded, providers.c.id)


class ProviderList:
    """The providers, in the database; what a scope does not cover is not there."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def find(self, id: int, scope: Scope = EVERYTHING) -> Provider | None:
        async with self._engine.connect() as connection:
            found = await read(connection, select(providers).where(providers.c.id == id, *_seen(scope)))
        return found[0] if found else None

    async def page(
        self,
        filter: ProviderFilter = ANY,
        limit: int = PAGE,
        after: str | None = None,
        scope: Scope = EVERYTHING,
    ) -> ProvidersPage:
        """Providers by name, from the one after the mark `after` on."""
        size = min(max(limit, 1), MOST)
        wanted = select(providers).where(*_conditions(filter), *_seen(scope)).order_by(*_ORDER)
        if after:
            wanted = wanted.where(_beyond(after))
        async with self._engine.connect() as connection:
            found = await read(connection, wanted.limit(size + 1))
        return ProvidersPage(tuple(found[:size]), _mark(found[size - 1]) if len(found) > size else None)

    async def all_of(self, subsidiary: str) -> tuple[Provider, ...]:
        """Every provider of a subsidiary, by name."""
        wanted = select(providers).where(providers.c.subsidiary == subsidiary).order_by(*_ORDER)
        async with self._engine.connect() as connection:
            return tuple(await read(connection, wanted))

    async def services(self) -> tuple[str, ...]:
        """Every service that somebody gives."""
        wanted = select(provider_skills.c.service).distinct().order_by(provider_skills.c.service)
        async with self._engine.connect() as connection:
            return tuple((await connection.execute(wanted)).scalars())

    async def counts(self, filter: ProviderFilter = ANY, scope: Scope = EVERYTHING) -> dict[str, int]:
        """How many there are in each state, whatever state the filter names."""
        wanted = select(providers.c.state, func.count()).where(
            *_conditions(ProviderFilter(filter.text, filter.service, filter.zone, "", filter.subsidiary)),
            *_seen(scope),
        )
        async with self._engine.connect() as connection:
            rows = await connection.execute(wanted.group_by(providers.c.state))
            found = {row[0]: row[1] for row in rows}
        return {state: found.get(state, 0) for state in ProviderState}

    async def history(self, id: int) -> tuple[Change, ...]:
        """The last changes, the newest first."""
        wanted = select(provider_history).where(provider_history.c.provider == id)
        async with self._engine.connect() as connection:
            rows = await connection.execute(wanted.order_by(provider_history.c.id.desc()).limit(HISTORY))
            return tuple(
                Change(row.at, row.actor, row.what, row.before, row.after, row.reason) for row in rows
            )


async def read(connection: AsyncConnection, wanted: Select[Any]) -> list[Provider]:
    """The providers of a selection of their rows, in its order."""
    rows = (await connection.execute(wanted)).all()
    ids = [row.id for row in rows]
    skills = await _of(connection, ids, provider_skills, lambda row: Skill(row.service, row.code))
    zones = await _of(connection, ids, provider_zones, lambda row: zone_of(row.shown))
    return [Provider(row.id, _profile(row, skills[row.id], zones[row.id]), row.revision) for row in rows]


async def _of(
    connection: AsyncConnection, ids: Sequence[int], table: Any, made: Callable[[Any], Any]
) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for at in range(0, len(ids), _PORTION):
        wanted = select(table).where(table.c.provider.in_(ids[at : at + _PORTION]))
        for row in await connection.execute(wanted.order_by(*table.primary_key)):
            found[row.provider].append(made(row))
    return found


def _profile(row: Any, skills: list[Skill], zones: list[Zone]) -> Profile:
    return Profile(
        row.subsidiary,
        row.name,
        tuple(skills),
        tuple(zones),
        row.capacity,
        hours_of(row.hours),
        Contact(row.contact, row.phone, row.email),
        Contract(row.contract_from, row.contract_until),
        ProviderState(row.state),
        row.tax_id,
        row.note,
    )


def _seen(scope: Scope) -> list[ColumnElement[bool]]:
    return [providers.c.subsidiary.in_(sorted(scope.subsidiaries))] if scope.subsidiaries else []


def _conditions(filter: ProviderFilter) -> list[ColumnElement[bool]]:
    found = [providers.c.sought.contains(word, autoescape=True) for word in folded(filter.text).split()]
    if filter.service:
        found.append(_with_service(filter.service))
    if filter.zone:
        found.append(_serving(filter.zone))
    if filter.state:
        found.append(providers.c.state == filter.state)
    if filter.subsidiary:
        found.append(providers.c.subsidiary == filter.subsidiary)
    return found


def _with_service(service: str) -> ColumnElement[bool]:
    mine = (provider_skills.c.provider == providers.c.id) & (provider_skills.c.service == service)
    return exists().where(mine)


def _serving(written: str) -> ColumnElement[bool]:
    """Those who serve the zone, all of it, or some place in it."""
    try:
        zone = zone_of(written)
    except BadZone:
        return providers.c.id == -1
    above = ["", *(Zone(zone.names[:depth]).key for depth in range(1, len(zone.names) + 1))]
    beneath = provider_zones.c.zone.startswith(f"{zone.key}/", autoescape=True)
    mine = provider_zones.c.provider == providers.c.id
    return (
        exists().where(mine, or_(provider_zones.c.zone.in_(above), beneath))
        if zone.names
        else exists().where(mine)
    )


def _mark(provider: Provider) -> str:
    return f"{provider.id}.{folded(provider.profile.name)}"


def _beyond(mark: str) -> ColumnElement[bool]:
    id, _, name = mark.partition(".")
    last = int(id) if id.isascii() and id.isdecimal() and len(id) < 10 else 0
    return or_(providers.c.folded > name, and_(providers.c.folded == name, providers.c.id > last))
