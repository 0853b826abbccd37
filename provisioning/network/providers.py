"""What is done to providers: added, changed, suspended; each with its line of history and its deed."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine import writing
from plans.site import Site
from provisioning.network.profile import as_typed, row_of
from provisioning.network.reading import ProviderList, read
from provisioning.network.tables import provider_history, provider_skills, provider_zones, providers
from provisioning.network.values import (
    STATES,
    NetworkRefused,
    Profile,
    Provider,
    ProviderState,
    StaleRow,
    in_sight,
)
from staff import audit
from staff.actor import current
from staff.audit import Deed
from staff.clock import Clock
from staff.scope import EVERYTHING, Scope
from staff.written import said

LONGEST_REASON = 500


class Providers(ProviderList):
    """A method is one transaction; what is refused (`NetworkRefused`) changes nothing. The actor is
    `staff.actor.current()`.
    """

    def __init__(self, engine: AsyncEngine, clock: Clock, site: Site) -> None:
        super().__init__(engine)
        self._clock = clock
        self._site = site

    async def add(self, profile: Profile, scope: Scope = EVERYTHING, reason: str = "") -> Provider:
        """A new provider."""
        return (await self.write_all([profile], (), scope, reason))[0]

    async def write_all(
        self,
        added: Sequence[Profile],
        changed: Sequence[tuple[Provider, Profile]] = (),
        scope: Scope = EVERYTHING,
        reason: str = "",
    ) -> tuple[Provider, ...]:
        """Several new ones and changes, all or none: the new ones."""
        for profile in (*added, *(each for _, each in changed)):
            self._check(profile, scope)
        try:
            async with writing(self._engine) as connection:
                made = [await self._add(connection, profile, reason) for profile in added]
                for provider, profile in changed:
                    await self._changed(connection, provider, profile, reason)
                for new in made:
                    await audit.write(connection, _deed("added", new.profile, None, reason))
                for provider, profile in changed:
                    await audit.write(connection, _deed("changed", profile, provider.profile, reason))
        except IntegrityError as taken:
            said = "Ya hay un prestador con ese nombre en la filial: busque el que está y cámbielo."
            raise NetworkRefused(problems={"name": said}) from taken
        return tuple(made)

    async def change(
        self, id: int, profile: Profile, revision: int, scope: Scope = EVERYTHING, reason: str = ""
    ) -> Provider:
        """What a form says now; `revision` is the one that it opened with."""
        self._check(profile, scope)
        try:
            return await self._change(id, profile, revision, "changed", reason)
        except IntegrityError as taken:
            said = "Otro prestador de la filial ya se llama así: escriba otro nombre."
            raise NetworkRefused(problems={"name": said}) from taken

    async def set_state(self, id: int, state: ProviderState, revision: int, reason: str) -> Provider:
        """Active, suspended, in selection; why is asked for."""
        if not said(reason):
            raise NetworkRefused(problems={"reason": "Escriba por qué: queda en el historial."})
        found = await self.find(id)
        if found is None:
            raise NetworkRefused("Ese prestador no existe.")
        if found.profile.state is state:
            raise StaleRow(f"Ya está {STATES[state].lower()}.")
        return await self._change(id, replace(found.profile, state=state), revision, "state", reason)

    def _check(self, profile: Profile, scope: Scope) -> None:
        if profile.subsidiary not in self._site.subsidiaries or not in_sight(scope, profile.subsidiary):
            raise NetworkRefused(problems={"subsidiary": "Elija una de las filiales que usted ve."})

    async def _add(self, connection: AsyncConnection, profile: Profile, reason: str) -> Provider:
        row = row_of(profile) | {"revision": 1}
        made = await connection.execute(insert(providers).values(row).returning(providers.c.id))
        id: int = made.scalar_one()
        await _write_lists(connection, id, profile)
        await self._remember(connection, id, "added", (None, profile), reason)
        return Provider(id, profile, 1)

    async def _change(self, id: int, profile: Profile, revision: int, what: str, reason: str) -> Provider:
        async with writing(self._engine) as connection:
            found = await read(connection, select(providers).where(providers.c.id == id))
            if not found:
                raise NetworkRefused("Ese prestador no existe.")
            if found[0].profile == profile:
                return found[0]
            seen = replace(found[0], revision=revision)
            now = await self._changed(connection, seen, profile, reason, what)
            await audit.write(connection, _deed("changed", profile, seen.profile, reason))
        return now

    async def _changed(
        self,
        connection: AsyncConnection,
        seen: Provider,
        profile: Profile,
        reason: str,
        what: str = "changed",
    ) -> Provider:
        """The row claimed by the revision that was looked at, and the history. Raises `StaleRow`."""
        mine = (providers.c.id == seen.id) & (providers.c.revision == seen.revision)
        values = row_of(profile) | {"revision": seen.revision + 1}
        if (await connection.execute(update(providers).where(mine).values(values))).rowcount != 1:
            raise StaleRow("Otra persona lo cambió antes que usted: mire cómo quedó y repita su cambio.")
        await _write_lists(connection, seen.id, profile)
        await self._remember(connection, seen.id, what, (seen.profile, profile), reason)
        return Provider(seen.id, profile, seen.revision + 1)

    async def _remember(
        self,
        connection: AsyncConnection,
        id: int,
        what: str,
        sides: tuple[Profile | None, Profile],
        reason: str,
    ) -> None:
        """The line of history: only what is different."""
        old, new = _different(*sides)
        row = {"provider": id, "at": self._clock(), "actor": current().name, "what": what}
        values = row | {"before": old, "after": new, "reason": said(reason)[:LONGEST_REASON]}
        await connection.execute(insert(provider_history).values(values))


async def _write_lists(connection: AsyncConnection, id: int, profile: Profile) -> None:
    for table in (provider_skills, provider_zones):
        await connection.execute(delete(table).where(table.c.provider == id))
    skills = [{"provider": id, "service": each.service, "code": each.code} for each in profile.skills]
    zones = [{"provider": id, "zone": each.key, "shown": str(each)} for each in profile.zones]
    await connection.execute(insert(provider_skills), skills)
    await connection.execute(insert(provider_zones), zones)


def _different(before: Profile | None, after: Profile | None) -> tuple[dict[str, str], dict[str, str]]:
    old = as_typed(before) if before else {}
    new = as_typed(after) if after else {}
    names = [name for name in {**old, **new} if old.get(name, "") != new.get(name, "")]
    return {name: old[name] for name in names if name in old}, {
        name: new[name] for name in names if name in new
    }


def _deed(what: str, profile: Profile, before: Profile | None, reason: str) -> Deed:
    old, new = _different(before, profile)
    return Deed(f"provider.{what}", f"{profile.name} ({profile.subsidiary})", old, new, reason)
