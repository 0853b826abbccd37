"""What the command line may ask about releasing lines and their dossiers; see `altavoz/operations.py`."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from pydantic_core import to_jsonable_python

from altavoz.control import Handler
from altavoz.house import House
from altavoz.in_name_of import person_of, standing_for
from altavoz.line_operations import number_of
from plans.book import StoredPlan
from provisioning.release.keys import PUBLIC
from provisioning.release.store import Kept, LineRelease, ReleaseRefused
from staff import actor

Arguments = Mapping[str, Any]


class ReleaseOperations:
    """The handlers, a method each."""

    def __init__(self, house: House) -> None:
        self._house = house

    def handlers(self) -> Mapping[str, Handler]:
        return {
            "line/release": self.release,
            "line/gate": self.gate,
            "line/cancel-release": self.cancel,
            "dossier/list": self.dossiers,
            "dossier/show": self.dossier,
        }

    async def gate(self, arguments: Arguments) -> Any:
        """What the gate asks of a plan, as its person sees it, if one is named; and, which it does not ask,
        whether somebody dialled the plan's numbers from outside.
        """
        by = arguments.get("by")
        person = await person_of(self._house.people, by) if by else None
        standing = await self._releases.standing(self._plan(arguments))
        assert standing is not None
        outside = await self._releases.from_outside(standing)
        said = {"met": outside.ok} | {name: getattr(outside, name) for name in ("said", "link", "by", "at")}
        demands = await self._releases.demands(standing, person)
        return to_jsonable_python({"demands": demands, "outside": said})

    async def release(self, arguments: Arguments) -> Any:
        """In the name of a person of Operations: the gate asks of them what it asks in the console."""
        day = date.fromisoformat(arguments["day"]) if arguments.get("day") else None
        plan, person = self._plan(arguments), await person_of(self._house.people, arguments["by"])
        with actor.acting(standing_for(person)):
            return _told(await self._releases.release(plan, person, arguments["reason"], day))

    async def cancel(self, arguments: Arguments) -> Any:
        await self._releases.cancel(self._plan(arguments), arguments["reason"])
        return {}

    async def dossiers(self, arguments: Arguments) -> Any:
        return [_kept(kept) for kept in await self._releases.store.dossiers_of(arguments.get("plan") or "")]

    async def dossier(self, arguments: Arguments) -> Any:
        kept = await self._releases.store.dossier(int(arguments["id"]))
        if kept is None:
            raise ReleaseRefused(f"No hay un expediente {arguments['id']}: «altavoz dossier list» los lista.")
        file = self._releases.dossiers.path(kept.head)
        return _kept(kept) | {"file": str(file), "key_file": str(self._house.settings.home / PUBLIC)}

    @property
    def _releases(self) -> Any:
        return self._house.office.line_releases

    def _plan(self, arguments: Arguments) -> str:
        """The plan of a number, header or public, in any writing; or the plan's own name."""
        said = str(arguments["number"])
        for stored in self._house.book.standing():
            plan = stored.version.plan
            number = number_of(said, plan.subsidiary)
            if said == plan.plan or (number and number in _numbers(stored)):
                return plan.plan
        raise ReleaseRefused(
            f"«{said}» no es un número ni un plan de la central: «altavoz plan list» los lista."
        )


def _numbers(stored: StoredPlan) -> set[str | None]:
    return {number for line in stored.version.plan.lines for number in (line.header, line.public)}


def _told(found: LineRelease) -> dict[str, Any]:
    wanted = found.asked_for
    return {"plan": wanted.plan, "state": found.state, "due": wanted.due.isoformat(), "by": wanted.by}


def _kept(kept: Kept) -> dict[str, Any]:
    return asdict(kept) | {"at": kept.at.isoformat()}
