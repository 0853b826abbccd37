"""What the command line may ask about TMK's training and clients' databases; see `altavoz/operations.py`."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from pydantic_core import to_jsonable_python

from altavoz.control import Handler
from altavoz.house import House
from provisioning.network.enough import PlanNeeds
from provisioning.network.training import Handing, Session, attendees_of
from provisioning.network.values import NetworkRefused

Arguments = Mapping[str, Any]


class TrainingOperations:
    """The handlers, a method each."""

    def __init__(self, house: House) -> None:
        self._house = house

    def handlers(self) -> Mapping[str, Handler]:
        return {
            "training/show": self.show,
            "training/hold": self.hold,
            "training/withdraw": self.withdraw,
            "training/hand": self.hand,
            "training/end": self.end,
        }

    async def show(self, arguments: Arguments) -> Any:
        return await self._plan((await self._wanted(arguments)).plan)

    async def hold(self, arguments: Arguments) -> Any:
        """`attended` are lines like `Ana Paz; 85`."""
        wanted = await self._wanted(arguments)
        today = self._today(wanted)
        held = date.fromisoformat(arguments["held"]) if arguments.get("held") else today
        attended = attendees_of("\n".join(arguments["attended"]))
        session = Session(held, arguments["trainer"], attended, arguments.get("note") or "")
        await self._house.office.trainings.hold(wanted, session, today)
        return await self._plan(wanted.plan)

    async def withdraw(self, arguments: Arguments) -> Any:
        id, trainings = int(arguments["id"]), self._house.office.trainings
        await trainings.withdraw(id, arguments["reason"])
        found = await trainings.find(id)
        assert found is not None
        return await self._plan(found.plan)

    async def hand(self, arguments: Arguments) -> Any:
        """A database as its file lies where the instance runs; or, in `note`, why there is none."""
        wanted, path = await self._wanted(arguments), Path(arguments.get("file") or "")
        until = date.fromisoformat(arguments["until"]) if arguments.get("until") else None
        place, by, note = (arguments.get(name) or "" for name in ("place", "received_by", "note"))
        stored = bool(arguments.get("stored"))
        handing = Handing(by, self._today(wanted), until, place, note, stored)
        given = (path.name, path) if arguments.get("file") else ()
        try:
            await self._house.office.trainings.hand(wanted, handing, *given)
        except OSError as error:
            raise NetworkRefused(f"No se puede leer «{path}»: {error.strerror}.") from error
        return await self._plan(wanted.plan)

    async def end(self, arguments: Arguments) -> Any:
        id, trainings = int(arguments["id"]), self._house.office.trainings
        await trainings.end(id, arguments["ending"])
        base = await trainings.base(id)
        assert base is not None
        return await self._plan(base.plan)

    async def _plan(self, plan: str) -> dict[str, Any]:
        trainings = self._house.office.trainings
        self._house.office.altas.nudge()
        sessions = [_flat(asdict(each)) for each in await trainings.of_plan(plan)]
        bases = [asdict(each) for each in await trainings.bases(plan)]
        plain: dict[str, Any] = to_jsonable_python({"plan": plan, "sessions": sessions, "bases": bases})
        return plain

    def _today(self, wanted: PlanNeeds) -> date:
        return self._house.site.subsidiaries[wanted.subsidiary].here(self._house.office.clock()).date()

    async def _wanted(self, arguments: Arguments) -> PlanNeeds:
        found = await self._house.office.plan_needs.of_plan(arguments["plan"])
        if found is None:
            raise NetworkRefused(f"No hay un plan «{arguments['plan']}» en servicio ni un alta de él.")
        return found


def _flat(training: dict[str, Any]) -> dict[str, Any]:
    return {**training.pop("session"), **training}
