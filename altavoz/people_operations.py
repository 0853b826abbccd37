"""What the command line may ask about people and areas; see `altavoz/operations.py`."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from altavoz.control import Handler
from altavoz.house import House
from provisioning.staffing import Done
from staff.areas import Area, AreaRefused
from staff.directory import MOST, PeopleFilter
from staff.person import Person
from staff.profile import PersonRefused, Profile, columns, profile_of
from staff.roles import Role
from staff.scope import Scope

Arguments = Mapping[str, Any]


class PeopleOperations:
    """The handlers, a method each."""

    def __init__(self, house: House) -> None:
        self._house = house

    def handlers(self) -> Mapping[str, Handler]:
        return {
            "user/add": self.add,
            "user/change": self.change,
            "user/off": self.off,
            "user/on": self.on,
            "user/show": self.show,
            "user/list": self.list,
            "user/password": self.password,
            "user/unlock": self.unlock,
            "user/invite": self.invite,
            "user/phone": self.phone,
            "user/presence": self.presence,
            "area/list": self.areas,
            "area/add": self.area_add,
            "area/change": self.area_change,
        }

    async def add(self, arguments: Arguments) -> Any:
        name = str(arguments["name"])
        wanted = changed(Profile(arguments.get("full_name") or name, frozenset()), arguments)
        added = await self._house.staffing.add(
            name, wanted, arguments.get("password"), arguments.get("reason") or ""
        )
        return self._done(added)

    async def change(self, arguments: Arguments) -> Any:
        person = await self._person(arguments["name"])
        wanted = changed(profile_of(person), arguments)
        reason = arguments.get("reason") or ""
        return self._done(await self._house.staffing.change(person, wanted, person.revision, reason))

    async def off(self, arguments: Arguments) -> Any:
        reason = arguments.get("reason") or ""
        return self._done(await self._house.staffing.deactivate(arguments["name"], None, reason))

    async def on(self, arguments: Arguments) -> Any:
        reason = arguments.get("reason") or ""
        return self._done(await self._house.staffing.reactivate(arguments["name"], None, reason))

    async def show(self, arguments: Arguments) -> Any:
        return said(await self._person(arguments["name"]))

    async def list(self, arguments: Arguments) -> Any:
        role, area = arguments.get("role") or "", arguments.get("area") or ""
        wanted = PeopleFilter(arguments.get("text") or "", role, area, arguments.get("active"))
        rows, after = [], None
        while True:
            page = await self._house.directory.page(wanted, MOST, after)
            rows += [said(person) for person in page.people]
            if page.next is None:
                return rows
            after = page.next

    async def password(self, arguments: Arguments) -> Any:
        person = await self._person(arguments["name"])
        given = await self._house.sign_in.credentials.give_one_time(person.id)
        return {"one_time_password": given.password, "revoked_tokens": list(given.revoked)}

    async def unlock(self, arguments: Arguments) -> Any:
        person = await self._person(arguments["name"])
        return {"counters": await self._house.sign_in.credentials.unlock(person.id)}

    async def invite(self, arguments: Arguments) -> Any:
        person = await self._person(arguments["name"])
        return {"email": await self._house.sign_in.invitations.invite(person.id)}

    async def phone(self, arguments: Arguments) -> Any:
        person = await self._person(arguments["name"])
        if person.extension is None:
            raise PersonRefused(f"«{person.name}» no tiene interno.")
        get = self._house.phones.renew if arguments.get("renew") else self._house.phones.show
        secret = await get(person.extension)
        return {"extension": person.extension, "sip_secret": secret, "sip_server": self._house.sip}

    async def presence(self, arguments: Arguments) -> Any:
        person = await self._person(arguments["name"])
        presence = self._house.presence
        changes = {"available": presence.available, "paused": presence.pause, "off": presence.leave}
        note = await changes[arguments["state"]](person)
        return {"note": note, "groups": list(presence.groups(person))}

    async def areas(self, _arguments: Arguments) -> Any:
        return [_area(area) for area in await self._house.areas.all()]

    async def area_add(self, arguments: Arguments) -> Any:
        label, head, deputy = (arguments.get(key) for key in ("label", "head", "deputy"))
        return _area(await self._house.areas.add(arguments["name"], label or arguments["name"], head, deputy))

    async def area_change(self, arguments: Arguments) -> Any:
        """What is not given stays; an empty name leaves the post vacant."""
        area = await self._house.areas.get(arguments["name"])
        if area is None:
            raise AreaRefused(
                {"name": f"No hay un área «{arguments['name']}»; «altavoz area list» las lista."}
            )
        given = {key: arguments[key] for key in ("label", "head", "deputy") if _given(arguments, key)}
        wanted = replace(area, **given)
        areas = self._house.areas
        return _area(await areas.change(area.name, wanted.label, wanted.head, wanted.deputy, area.revision))

    async def _person(self, name: str) -> Person:
        person = await self._house.people.by_name(name)
        if person is None:
            raise PersonRefused(f"No hay una cuenta «{name}»; «altavoz user list» las lista.")
        return person

    def _done(self, done: Done) -> dict[str, Any]:
        return said(done.person) | {
            "warnings": list(done.warnings),
            "vacant": list(done.vacant),
            "one_time_password": done.one_time_password,
            "sip_secret": done.sip_secret,
            "sip_server": self._house.sip,
        }


def changed(profile: Profile, arguments: Arguments) -> Profile:
    """The profile with what is given. Lists are given whole (`roles`), or by what to add and to remove
    (`add_roles`, `remove_roles`); an empty text takes a text away.
    """
    now = columns(profile)
    lists = {name: _list(now[name], name, arguments) for name in now if isinstance(now[name], list)}
    texts = {name: arguments[name] for name in ("full_name", "email", "extension") if _given(arguments, name)}
    return replace(
        profile,
        **texts,
        roles=frozenset(map(_role, lists["roles"])),
        areas=tuple(lists["areas"]),
        groups=tuple(lists["groups"]),
        scope=Scope(frozenset(lists["subsidiaries"]), frozenset(lists["accounts"])),
        devices=arguments["devices"] if _given(arguments, "devices") else profile.devices,
    )


def _given(arguments: Arguments, name: str) -> bool:
    return arguments.get(name) is not None


def _list(now: Iterable[str], name: str, arguments: Arguments) -> list[str]:
    whole = arguments[name] if _given(arguments, name) else now
    wanted = {each for each in (*whole, *(arguments.get(f"add_{name}") or ())) if each}
    return sorted(wanted.difference(arguments.get(f"remove_{name}") or ()))


def _role(name: str) -> Role:
    if name not in list(Role):
        raise PersonRefused(f"No hay un rol «{name}»; los que hay son: {', '.join(Role)}.")
    return Role(name)


def said(person: Person) -> dict[str, Any]:
    """An account in plain values."""
    return (
        {"name": person.name}
        | columns(profile_of(person))
        | {
            "active": person.active,
            "since": person.since.isoformat() if person.since else None,
            "created": person.created.isoformat() if person.created else None,
        }
    )


def _area(area: Area) -> dict[str, Any]:
    return {
        "name": area.name,
        "label": area.label,
        "head": area.head,
        "deputy": area.deputy,
        "members": area.members,
    }
