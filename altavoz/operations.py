"""What the command line may ask of the running instance, by noun and verb; see `altavoz/control.py`.

Arguments and answers are JSON. What a room refuses is answered in its own words.
"""

import asyncio
import dataclasses
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from pydantic_core import to_jsonable_python

from altavoz.absence_operations import AbsenceOperations
from altavoz.alta_operations import AltaOperations
from altavoz.alta_paper_operations import AltaPaperOperations
from altavoz.control import Handler
from altavoz.draft_operations import DraftOperations
from altavoz.house import House
from altavoz.house_told import status_told
from altavoz.line_operations import LineOperations
from altavoz.mail_operations import MailOperations
from altavoz.number_operations import NumberOperations
from altavoz.people_operations import PeopleOperations
from altavoz.plan_operations import PlanOperations
from altavoz.prompt_operations import PromptOperations
from altavoz.provider_operations import ProviderOperations
from altavoz.release_operations import ReleaseOperations
from altavoz.training_operations import TrainingOperations
from altavoz.unknown import Unknown
from cases.pages import BadPage
from cases.presence import PresenceRefused
from cases.store import CallFilter, CaseFilter
from cases.views import CallView, CaseView
from dialplan.errors import CannotBuild
from ivr_audio.recordings import BadRecording
from plans.problems import PlanProblems
from provisioning.alta.refusals import AltaRefused
from provisioning.editing.values import DraftRefused
from provisioning.network.values import NetworkRefused
from provisioning.notices.drafts import DraftRefused as LetterRefused
from provisioning.notices.mailroom import MailRefused
from provisioning.numbers.sheet import UnreadableSheet
from provisioning.numbers.values import NumberRefused
from provisioning.phones import NoSuchPhone
from provisioning.prompts.values import PromptRefused
from provisioning.proof.runs import TestRefused
from provisioning.refusals import DialplanProblems, InventoryObjects, Outdated, ProvisioningRefused
from provisioning.release.store import ReleaseRefused
from staff.absences import AbsenceRefused
from staff.areas import AreaRefused
from staff.audit import Deed
from staff.audit_readings import NotNoted
from staff.invitations import NotInvited
from staff.names import BadName
from staff.passwords import WeakPassword
from staff.people import PersonRefused
from staff.permissions import Permission
from staff.person import Person
from staff.scope import Scope
from staff.tokens import LABELS, Token, TokenRefused
from telephony.embedded import NotReloaded
from telephony.phones import BadPhone
from telephony.publish import NotPublished
from telephony.recording import Piece
from telephony.tape import NoSuchTape

REFUSALS: tuple[type[Exception], ...] = (
    AbsenceRefused,
    AltaRefused,
    AreaRefused,
    BadName,
    BadPage,
    BadPhone,
    BadRecording,
    CannotBuild,
    DialplanProblems,
    DraftRefused,
    InventoryObjects,
    LetterRefused,
    MailRefused,
    NoSuchPhone,
    NoSuchTape,
    NotNoted,
    NotInvited,
    NetworkRefused,
    NotPublished,
    NotReloaded,
    NumberRefused,
    Outdated,
    PersonRefused,
    PlanProblems,
    PresenceRefused,
    PromptRefused,
    ReleaseRefused,
    ProvisioningRefused,
    TestRefused,
    TokenRefused,
    Unknown,
    UnreadableSheet,
    WeakPassword,
)

Arguments = Mapping[str, Any]
STATUS_SECONDS = 2.0


class Operations:
    """The handlers, a method each."""

    def __init__(self, house: House) -> None:
        self._house = house

    def handlers(self) -> Mapping[str, Handler]:
        return {
            "call/list": self.call_list,
            "call/show": self.call_show,
            "call/record-begin": self.record_begin,
            "call/record-take": self.record_take,
            "call/record-end": self.record_end,
            "case/list": self.case_list,
            "case/show": self.case_show,
            "token/add": self.token_add,
            "token/list": self.token_list,
            "token/revoke": self.token_revoke,
            "status/show": self.status,
            **LineOperations(self._house).handlers(),
            **PlanOperations(self._house).handlers(),
            **PeopleOperations(self._house).handlers(),
            **MailOperations(self._house).handlers(),
            **ReleaseOperations(self._house).handlers(),
            **AltaOperations(self._house).handlers(),
            **AltaPaperOperations(self._house).handlers(),
            **PromptOperations(self._house).handlers(),
            **NumberOperations(self._house).handlers(),
            **ProviderOperations(self._house).handlers(),
            **DraftOperations(self._house).handlers(),
            **TrainingOperations(self._house).handlers(),
            **AbsenceOperations(self._house).handlers(),
        }

    async def call_list(self, arguments: Arguments) -> Any:
        wanted = CallFilter(line=arguments.get("line"), plan=arguments.get("plan"))
        page = await self._house.store.calls(wanted, arguments["limit"])
        await self._noted("call.listed", "altavoz call list", arguments)
        return [_json(_call(call)) for call in page.items]

    async def call_show(self, arguments: Arguments) -> Any:
        call = await self._house.store.call(arguments["id"])
        if call is None:
            raise Unknown(f"No hay una llamada «{arguments['id']}».")
        await self._noted("call.read", call.id)
        return _json(_call(call))

    async def record_begin(self, _arguments: Arguments) -> Any:
        return {"recording": self._house.tapes.begin()}

    async def record_take(self, arguments: Arguments) -> Any:
        return _recorded(*self._house.tapes.take(arguments["recording"]))

    async def record_end(self, arguments: Arguments) -> Any:
        return _recorded(*self._house.tapes.end(arguments["recording"]))

    async def case_list(self, arguments: Arguments) -> Any:
        wanted = CaseFilter(plan=arguments.get("plan"), state=arguments.get("state"))
        page = await self._house.store.cases(wanted, arguments["limit"])
        await self._noted("case.listed", "altavoz case list", arguments)
        return [_json(_case(case)) for case in page.items]

    async def case_show(self, arguments: Arguments) -> Any:
        digits = str(arguments["id"]).upper().removeprefix("AV-")
        case = await self._house.store.case(int(digits)) if digits.isdecimal() else None
        if case is None:
            raise Unknown(f"No hay un caso «{arguments['id']}».")
        await self._noted("case.read", case.number)
        return _json(_case(case))

    async def _noted(self, action: str, subject: str, asked: Arguments = MappingProxyType({})) -> None:
        """Affiliates' data were read."""
        asked = {name: value for name, value in asked.items() if value is not None}
        await self._house.readings.note(Deed(action, subject, after=asked))

    async def token_add(self, arguments: Arguments) -> Any:
        may = [_permission(each) for each in arguments["may"]]
        subsidiaries = frozenset(each.upper() for each in arguments["subsidiaries"])
        if unknown := subsidiaries - self._house.site.subsidiaries.keys():
            raise Unknown(f"No hay una filial «{min(unknown)}» en el archivo del sitio.")
        scope = Scope(subsidiaries, frozenset(arguments["accounts"]))
        person = await self._person(arguments["person"]) if arguments.get("person") else None
        return await self._house.tokens.add(arguments["name"], may, scope, arguments["days"], person)

    async def _person(self, name: str) -> Person:
        found = await self._house.people.by_name(name)
        if found is None or not found.active:
            raise Unknown(f"No hay una cuenta activa «{name}».")
        return found

    async def token_list(self, _arguments: Arguments) -> Any:
        return [_token(token) for token in await self._house.tokens.all()]

    async def token_revoke(self, arguments: Arguments) -> Any:
        if not await self._house.tokens.revoke(arguments["name"]):
            raise Unknown(f"No hay un token «{arguments['name']}»; «altavoz token list» los lista.")
        return {"name": arguments["name"]}

    async def status(self, _arguments: Arguments) -> Any:
        with suppress(TimeoutError):  # a slow PBX is told of, not waited for
            async with asyncio.timeout(STATUS_SECONDS):
                await self._house.look_at_release()
        return to_jsonable_python(_json(await status_told(self._house)))


def _permission(name: str) -> Permission:
    try:
        return Permission(name)
    except ValueError as error:
        raise Unknown(f"No hay un permiso «{name}»; un token puede tener: {', '.join(LABELS)}.") from error


def _token(token: Token) -> dict[str, Any]:
    return _json(
        {
            "name": token.name,
            "person": token.person.name if token.person else None,
            "permissions": sorted(token.permissions),
            "subsidiaries": sorted(token.scope.subsidiaries),
            "accounts": sorted(token.scope.accounts),
            "created": token.created,
            "expires": token.expires,
            "made_by": token.made_by,
            "last_used": token.last_used,
        }
    )


def _recorded(pieces: list[Piece], whole: bool) -> dict[str, Any]:
    return {"lines": [piece.line for piece in pieces], "whole": whole}


def _call(call: CallView) -> dict[str, Any]:
    """Durations in seconds."""
    plain: dict[str, Any] = to_jsonable_python(call, timedelta_mode="float")
    return plain | {"ringing": sorted(call.ringing)}


def _case(case: CaseView) -> dict[str, Any]:
    return dataclasses.asdict(case)


def _json(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value.isoformat() if isinstance(value, date | datetime) else value
        for key, value in values.items()
    }
