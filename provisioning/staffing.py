"""What is done to accounts: the site's rules, the account itself, its telephone, its queues, its open desks.

The console and the command line do it here, so that it is done in one way.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from plans.site import Site
from provisioning.phones import Phones
from staff.changes import PeopleChanges
from staff.people import People
from staff.person import Person
from staff.profile import PersonRefused, Profile, checked, checked_new, differing, profile_of
from staff.scope import EVERYTHING
from telephony.embedded import NotReloaded

AT_THE_DESK = frozenset({"full_name", "roles", "groups", "extension", "subsidiaries", "accounts"})
"""What an open desk shows or stands on: it is made anew when one of these changes."""
IN_THE_QUEUES = frozenset({"extension", "groups"})


class Desks(Protocol):
    """The open desks; `web.desks.Desks` is it."""

    async def sign_out_person(self, person_id: int, /) -> None: ...

    async def reconnect_person(self, person_id: int, /) -> None: ...


class Shifts(Protocol):
    """Who serves queues. `leave` answers what stood against it."""

    def groups(self, person: Person, /) -> tuple[str, ...]: ...

    async def leave(self, person: Person, /) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Done:
    """An account as it is now, with what is shown once and what did not go as it should (`warnings`)."""

    person: Person
    one_time_password: str | None = field(default=None, repr=False)
    sip_secret: str | None = field(default=None, repr=False)
    warnings: tuple[str, ...] = ()
    vacant: tuple[str, ...] = ()


class Staffing:
    """`accounts` are the clients' names that a scope may name."""

    def __init__(
        self,
        people: People,
        changes: PeopleChanges,
        phones: Phones,
        shifts: Shifts,
        desks: Desks,
        site: Site,
        accounts: Callable[[], Iterable[str]],
    ) -> None:
        self._people = people
        self._changes = changes
        self._phones = phones
        self._shifts = shifts
        self._desks = desks
        self._site = site
        self._accounts = accounts

    async def add(self, name: str, wanted: Profile, password: str | None = None, reason: str = "") -> Done:
        """A new account. Raises `PersonRefused` with every problem at its field, or `WeakPassword`."""
        self._check(lambda: checked_new(name, wanted), wanted, None)
        new = await self._people.open(name, wanted, password, reason)
        warnings = await self._published()
        return Done(new.person, new.one_time_password, new.sip_secret, warnings)

    async def change(
        self, person: Person, wanted: Profile, revision: int | None = None, reason: str = ""
    ) -> Done:
        """Another profile for an account. Raises `PersonRefused`; `StalePerson` is one."""
        self._check(lambda: checked(wanted), wanted, profile_of(person))
        changed = await self._changes.change(person.name, wanted, revision, reason)
        before, after = differing(profile_of(changed.before), profile_of(changed.person))
        leaves = IN_THE_QUEUES & before.keys()
        warnings = (*(await self._left(changed.before) if leaves else ()), *await self._published())
        if AT_THE_DESK & after.keys():
            await self._desks.reconnect_person(person.id)
        return Done(changed.person, None, changed.sip_secret, warnings)

    async def deactivate(self, name: str, revision: int | None = None, reason: str = "") -> Done:
        """Close an account: its sessions and desks end, its phone leaves the queues and the PBX.

        Raises `PersonRefused`.
        """
        changed = await self._changes.deactivate(name, revision, reason)
        await self._desks.sign_out_person(changed.person.id)
        warnings = (*await self._left(changed.before), *await self._published())
        return Done(changed.person, warnings=warnings, vacant=changed.vacant)

    async def reactivate(self, name: str, revision: int | None = None, reason: str = "") -> Done:
        """Open an account again. Raises `PersonRefused`."""
        changed = await self._changes.reactivate(name, revision, reason)
        return Done(changed.person, warnings=await self._published())

    async def tidy(self) -> None:
        """Take the phones of closed accounts out of queues that they still serve: the PBX was away before."""
        for person in await self._people.closed_with_phones():
            if self._shifts.groups(person):
                await self._shifts.leave(person)

    async def _left(self, person: Person) -> tuple[str, ...]:
        if person.extension is None or not self._shifts.groups(person):
            return ()
        refused = await self._shifts.leave(person)
        return (refused,) if refused else ()

    async def _published(self) -> tuple[str, ...]:
        """What stands against the PBX knowing the phones as they are; the account is changed all the same."""
        try:
            await self._phones.publish()
        except NotReloaded as error:
            return (f"La central no leyó el cambio de teléfonos: {error}. Lo leerá al arrancar de nuevo.",)
        return ()

    def _check(self, check: Callable[[], object], wanted: Profile, before: Profile | None) -> None:
        problems = self._against_site(wanted, before)
        try:
            check()
        except PersonRefused as refused:
            problems = dict(refused.problems) | problems
        if problems:
            raise PersonRefused(problems=problems)

    def _against_site(self, wanted: Profile, before: Profile | None) -> dict[str, str]:
        """What a site does not have; what an account already names may stay."""
        groups, had = (before.groups, before.scope) if before else ((), EVERYTHING)
        new, site = wanted.scope, self._site
        problems = {
            "extension": _taken_by_site(wanted.extension, site),
            "groups": _unknown("una cola", {*wanted.groups} - {*groups}, site.queues),
            "subsidiaries": _unknown("una filial", new.subsidiaries - had.subsidiaries, site.subsidiaries),
            "accounts": _unknown(
                "una cuenta de cliente", new.accounts - had.accounts, sorted(self._accounts())
            ),
        }
        return {name: said for name, said in problems.items() if said}


def _taken_by_site(extension: str | None, site: Site) -> str:
    if extension in site.phones.emergency:
        return f"{extension} es un número de emergencia: elija otro interno."
    queue = next(
        (each.name for each in site.queues.values() if extension and each.extension == extension), ""
    )
    return f"{extension} es el interno de la cola «{queue}»: elija otro." if queue else ""


def _unknown(thing: str, names: frozenset[str] | set[str], known: Iterable[str]) -> str:
    listed = list(known)
    unknown = sorted(names.difference(listed))
    if not unknown:
        return ""
    return f"No hay {thing} «{unknown[0]}»; las de este sitio son: {', '.join(listed) or 'ninguna todavía'}."
