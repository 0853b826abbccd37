"""What the command line may ask of the running instance, by noun and verb; see `altavoz/control.py`.

Arguments and answers are JSON. What a room refuses is answered in its own words.
"""

import dataclasses
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from altavoz.control import Handler
from altavoz.house import House
from cases.pages import BadPage
from cases.presence import PresenceRefused
from cases.store import CallFilter, CaseFilter
from cases.views import CallView, CaseView
from dialplan.diff import Touched
from dialplan.errors import CannotBuild
from ivr_audio.recordings import BadRecording
from plans.book import StoredPlan
from plans.numbers import written
from plans.problems import PlanProblems
from provisioning.apply import DialplanProblems, Outdated, Proposal
from provisioning.phones import NoSuchPhone
from staff.names import BadName
from staff.passwords import WeakPassword
from staff.people import Person, PersonRefused
from staff.roles import Role
from staff.tokens import TokenRefused
from telephony.embedded import NotReloaded
from telephony.phones import BadPhone
from telephony.publish import NotPublished


class Unknown(Exception):
    """What was asked for does not exist; the text names it."""


REFUSALS: tuple[type[Exception], ...] = (
    BadName,
    BadPage,
    BadPhone,
    BadRecording,
    CannotBuild,
    DialplanProblems,
    NoSuchPhone,
    NotPublished,
    NotReloaded,
    Outdated,
    PersonRefused,
    PlanProblems,
    PresenceRefused,
    TokenRefused,
    Unknown,
    WeakPassword,
)

Arguments = Mapping[str, Any]
SHORTEST_HASH = 6


class Operations:
    """The handlers, a method each."""

    def __init__(self, house: House) -> None:
        self._house = house

    def handlers(self) -> Mapping[str, Handler]:
        return {
            "plan/propose": self.plan_propose,
            "plan/apply": self.plan_apply,
            "plan/show": self.plan_show,
            "plan/list": self.plan_list,
            "dialplan/rollback": self.dialplan_rollback,
            "user/add": self.user_add,
            "user/list": self.user_list,
            "user/password": self.user_password,
            "user/phone": self.user_phone,
            "user/presence": self.user_presence,
            "call/list": self.call_list,
            "call/show": self.call_show,
            "case/list": self.case_list,
            "case/show": self.case_show,
            "token/add": self.token_add,
            "status/show": self.status,
        }

    async def plan_propose(self, arguments: Arguments) -> Any:
        return _proposal(await self._house.provisioner.propose(_files(arguments)))

    async def plan_apply(self, arguments: Arguments) -> Any:
        applied = await self._house.provisioner.apply(_files(arguments), "altavoz", arguments.get("release"))
        published = applied.published
        return _proposal(applied.proposal) | {"release": published.release, "changed": published.changed}

    async def plan_show(self, arguments: Arguments) -> Any:
        stored = await self._version(arguments["plan"], arguments.get("version"))
        if stored is None:
            raise Unknown(f"No hay un plan «{arguments['plan']}» con esa versión.")
        return _plan(stored) | {"text": stored.text}

    async def _version(self, plan: str, version: str | None) -> StoredPlan | None:
        """By its number, or by the beginning of its hash as calls and cases show it."""
        if version is None or (version.isdecimal() and len(version) < SHORTEST_HASH):
            return await self._house.plan_store.get(plan, int(version) if version else None)
        return await self._house.plan_store.find(plan, version) if len(version) >= SHORTEST_HASH else None

    async def plan_list(self, _arguments: Arguments) -> Any:
        return [_plan(stored) for stored in self._house.book.live()]

    async def dialplan_rollback(self, _arguments: Arguments) -> Any:
        return dataclasses.asdict(await self._house.provisioner.rollback("altavoz"))

    async def user_add(self, arguments: Arguments) -> Any:
        unknown = [group for group in arguments["groups"] if group not in self._house.site.queues]
        if unknown:
            known = ", ".join(self._house.site.queues)
            raise Unknown(f"No hay una cola «{unknown[0]}»; las de este sitio son: {known}.")
        if arguments.get("extension") in self._house.site.phones.emergency:
            raise PersonRefused(f"{arguments['extension']} es un número de emergencia: elija otro interno.")
        added = await self._house.people.add(
            arguments["name"],
            _roles(arguments["roles"]),
            arguments.get("full_name"),
            arguments.get("extension"),
            arguments["groups"],
            arguments.get("password"),
        )
        return _person(added.person) | {
            "warning": await self._phones_published(),
            "one_time_password": added.one_time_password,
            "sip_secret": added.sip_secret,
            "sip_server": self._house.sip,
        }

    async def _phones_published(self) -> str | None:
        """What stands against the new account's phone ringing; its account is made all the same."""
        try:
            await self._house.phones.publish()
        except NotReloaded as error:
            return f"La central no leyó el teléfono nuevo: {error}. Lo leerá al arrancar de nuevo."
        return None

    async def user_list(self, _arguments: Arguments) -> Any:
        return [_person(person) for person in await self._house.people.all()]

    async def user_password(self, arguments: Arguments) -> Any:
        person = await self._person(arguments["name"])
        return {"one_time_password": await self._house.people.new_one_time_password(person.id)}

    async def user_phone(self, arguments: Arguments) -> Any:
        person = await self._person(arguments["name"])
        if person.extension is None:
            raise Unknown(f"«{person.name}» no tiene interno.")
        get = self._house.phones.renew if arguments.get("renew") else self._house.phones.show
        secret = await get(person.extension)
        return {"extension": person.extension, "sip_secret": secret, "sip_server": self._house.sip}

    async def user_presence(self, arguments: Arguments) -> Any:
        person = await self._person(arguments["name"])
        presence = self._house.presence
        if not arguments["available"]:
            await presence.pause(person)
            return {"note": None, "groups": []}
        return {"note": await presence.available(person), "groups": list(presence.groups(person))}

    async def call_list(self, arguments: Arguments) -> Any:
        wanted = CallFilter(line=arguments.get("line"), plan=arguments.get("plan"))
        page = await self._house.store.calls(wanted, arguments["limit"])
        return [_json(_call(call)) for call in page.items]

    async def call_show(self, arguments: Arguments) -> Any:
        call = await self._house.store.call(arguments["id"])
        if call is None:
            raise Unknown(f"No hay una llamada «{arguments['id']}».")
        return _json(_call(call))

    async def case_list(self, arguments: Arguments) -> Any:
        wanted = CaseFilter(plan=arguments.get("plan"), state=arguments.get("state"))
        page = await self._house.store.cases(wanted, arguments["limit"])
        return [_json(_case(case)) for case in page.items]

    async def case_show(self, arguments: Arguments) -> Any:
        digits = str(arguments["id"]).upper().removeprefix("AV-")
        case = await self._house.store.case(int(digits)) if digits.isdecimal() else None
        if case is None:
            raise Unknown(f"No hay un caso «{arguments['id']}».")
        return _json(_case(case))

    async def token_add(self, arguments: Arguments) -> Any:
        return await self._house.tokens.add(arguments["name"])

    async def status(self, _arguments: Arguments) -> Any:
        await self._house.look_at_release()
        return _json(await self._house.status())

    async def _person(self, name: str) -> Person:
        person = await self._house.people.by_name(name)
        if person is None:
            raise Unknown(f"No hay una cuenta «{name}»; «altavoz user list» las lista.")
        return person


def _files(arguments: Arguments) -> list[Path]:
    return [Path(file) for file in arguments["files"]]


def _roles(names: list[str]) -> list[Role]:
    unknown = [name for name in names if name not in list(Role)]
    if unknown:
        raise Unknown(f"No hay un rol «{unknown[0]}»; los que hay son: {', '.join(Role)}.")
    return [Role(name) for name in names]


def _proposal(proposal: Proposal) -> dict[str, Any]:
    return {
        "release": proposal.rendered.release,
        "plans": [draft.version.plan.plan for draft in proposal.drafts],
        "warnings": [str(problem) for problem in proposal.warnings],
        "diff": proposal.diff,
        "touched": _touched(proposal.touched),
    }


def _touched(touched: Touched) -> str:
    """`Números: +54… (nuevo), +57… (cambia)` in one line."""
    words = [(touched.added, "nuevo"), (touched.changed, "cambia"), (touched.removed, "se retira")]
    numbers = [f"{written(number)} ({word})" for group, word in words for number in group]
    listed = ", ".join(numbers) if numbers else "ninguno"
    shared = "; cambian las rutinas comunes a todos" if touched.shared else ""
    return f"Números que toca ({len(numbers)}): {listed}{shared}"


def _plan(stored: StoredPlan) -> dict[str, Any]:
    plan = stored.version.plan
    return {
        "plan": plan.plan,
        "name": plan.name,
        "fantasy_name": plan.fantasy_name,
        "number": stored.number,
        "hash": stored.version.short,
        "live": stored.live,
        "lines": [written(line.header, plan.subsidiary) for line in plan.lines],
        "applied_at": stored.applied_at.isoformat(),
        "applied_by": stored.applied_by,
    }


def _person(person: Person) -> dict[str, Any]:
    return {
        "name": person.name,
        "full_name": person.full_name,
        "roles": sorted(person.roles),
        "extension": person.extension,
        "groups": list(person.groups),
        "active": person.active,
    }


def _call(call: CallView) -> dict[str, Any]:
    return {field.name: getattr(call, field.name) for field in dataclasses.fields(call)} | {
        "digits": dict(call.digits),
        "ringing": sorted(call.ringing),
    }


def _case(case: CaseView) -> dict[str, Any]:
    return dataclasses.asdict(case)


def _json(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value.isoformat() if isinstance(value, date | datetime) else value
        for key, value in values.items()
    }
