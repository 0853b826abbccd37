"""What the command line may ask about who is out of office; see `altavoz/operations.py`."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from pydantic_core import to_jsonable_python

from altavoz.control import Handler
from altavoz.house import House
from altavoz.unknown import Unknown
from staff.absences import Absence

Arguments = Mapping[str, Any]


class AbsenceOperations:
    """The handlers, a method each. Whoever has the socket is the house: sets anybody's days."""

    def __init__(self, house: House) -> None:
        self._house = house

    def handlers(self) -> Mapping[str, Handler]:
        return {"absence/list": self.list, "absence/add": self.add, "absence/end": self.end}

    async def list(self, _arguments: Arguments) -> Any:
        names = [person.name for person in await self._house.people.all()]
        return [_row(each) for each in await self._house.office.absences.to_come(*names)]

    async def add(self, arguments: Arguments) -> Any:
        name, absences = arguments["person"], self._house.office.absences
        person = await self._house.people.by_name(name)
        if person is None or not person.active:
            raise Unknown(f"No hay una cuenta activa «{name}».")
        first, last = (date.fromisoformat(arguments[each]) for each in ("first", "last"))
        id = await absences.add(person, first, last, arguments.get("deputy"), arguments.get("note") or "")
        return _row(await self._found(id))

    async def end(self, arguments: Arguments) -> Any:
        absence = await self._found(int(arguments["id"]))
        await self._house.office.absences.end(absence)
        return _row(absence)

    async def _found(self, id: int) -> Absence:
        found = await self._house.office.absences.get(id)
        if found is None:
            raise Unknown(f"No hay una ausencia {id}: «altavoz absence list» las lista.")
        return found


def _row(absence: Absence) -> Any:
    return to_jsonable_python(asdict(absence))
