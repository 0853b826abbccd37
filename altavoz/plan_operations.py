"""What the command line may ask about plans and what stands of them; see `altavoz/operations.py`."""

import dataclasses
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from altavoz.control import Handler
from altavoz.house import House
from altavoz.in_name_of import doer, person_of
from altavoz.unknown import Unknown
from dialplan.diff import Touched
from plans.book import StoredPlan
from plans.numbers import written
from provisioning.marking import Going
from provisioning.proposing import Proposal
from staff import actor
from staff.permissions import Permission
from telephony.publish import Published

Arguments = Mapping[str, Any]
SHORTEST_HASH = 6


class PlanOperations:
    """The handlers, a method each."""

    def __init__(self, house: House) -> None:
        self._house = house

    def handlers(self) -> Mapping[str, Handler]:
        return {
            "plan/propose": self.propose,
            "plan/apply": self.apply,
            "plan/show": self.show,
            "plan/list": self.list,
            "plan/suspend": self.suspend,
            "plan/resume": self.resume,
            "plan/drop": self.drop,
            "dialplan/publish": self.publish,
            "dialplan/rollback": self.rollback,
        }

    async def propose(self, arguments: Arguments) -> Any:
        return _proposal(await self._house.provisioner.propose(_files(arguments), _going(arguments)))

    async def apply(self, arguments: Arguments) -> Any:
        files, going, by = _files(arguments), _going(arguments), arguments.get("by")
        permission = Permission.RELEASE_WRITE if going is Going.CANDIDATE else Permission.SETTING_WRITE
        with actor.acting(await doer(self._house.people, by, permission)):
            if by:
                await self._sees(by, await self._house.provisioner.propose(files, going))
            shown, reason = arguments.get("release"), arguments.get("reason") or ""
            who = actor.current().name
            applied = await self._house.provisioner.apply(files, who, shown, going, reason)
        published = applied.published
        return _proposal(applied.proposal) | {"release": published.release, "changed": published.changed}

    async def _sees(self, name: str, proposal: Proposal) -> None:
        """The person in whose name it is done sees the plans. Raises Unknown."""
        scope = (await person_of(self._house.people, name)).scope
        for draft in proposal.drafts:
            plan = draft.version.plan
            if not scope.covers(plan.subsidiary, plan.account.name):
                raise Unknown(f"El plan «{plan.plan}» está fuera de lo que ve «{name}».")

    async def show(self, arguments: Arguments) -> Any:
        stored = await self._version(arguments["plan"], arguments.get("version"))
        if stored is None:
            raise Unknown(f"No hay un plan «{arguments['plan']}» con esa versión.")
        return _plan(stored) | {"text": stored.text}

    async def _version(self, plan: str, version: str | None) -> StoredPlan | None:
        """By its number, or by the beginning of its hash as calls and cases show it."""
        if version is None or (version.isdecimal() and len(version) < SHORTEST_HASH):
            return await self._house.plan_store.get(plan, int(version) if version else None)
        return await self._house.plan_store.find(plan, version) if len(version) >= SHORTEST_HASH else None

    async def list(self, _arguments: Arguments) -> Any:
        return [_plan(stored) for stored in self._house.book.standing()]

    async def suspend(self, arguments: Arguments) -> Any:
        return await self._changed(self._house.provisioner.suspend, arguments)

    async def resume(self, arguments: Arguments) -> Any:
        return await self._changed(self._house.provisioner.resume, arguments)

    async def drop(self, arguments: Arguments) -> Any:
        return await self._changed(self._house.provisioner.drop_candidate, arguments)

    async def _changed(self, change: "Change", arguments: Arguments) -> Any:
        plan = arguments["plan"]
        return dataclasses.asdict(await change(plan, actor.current().name, arguments.get("reason") or ""))

    async def publish(self, _arguments: Arguments) -> Any:
        return dataclasses.asdict(await self._house.provisioner.republish(actor.current().name))

    async def rollback(self, arguments: Arguments) -> Any:
        with actor.acting(await doer(self._house.people, arguments.get("by"), Permission.RELEASE_WRITE)):
            return dataclasses.asdict(await self._house.provisioner.rollback(actor.current().name))


Change = Callable[[str, str, str], Awaitable[Published]]


def _files(arguments: Arguments) -> list[Path]:
    return [Path(file) for file in arguments["files"]]


def _going(arguments: Arguments) -> Going:
    return Going(arguments.get("going", Going.CANDIDATE.value))


def _proposal(proposal: Proposal) -> dict[str, Any]:
    return {
        "release": proposal.rendered.release,
        "plans": [draft.version.plan.plan for draft in proposal.drafts],
        "warnings": [*(str(problem) for problem in proposal.warnings), *proposal.objections],
        "diff": proposal.diff,
        "touched": _touched(proposal.touched),
    }


def _touched(touched: Touched) -> str:
    """`Números: +54… (nuevo), +57… (cambia)` in one line."""
    words = [
        (touched.added, "nuevo"),
        (touched.live, "entra en servicio"),
        (touched.changed, "cambia"),
        (touched.trial, "solo llamadas de prueba"),
        (touched.suspended, "se suspende"),
        (touched.removed, "se retira"),
    ]
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
        "state": _state(stored),
        "live": stored.live,
        "lines": [written(line.header, plan.subsidiary) for line in plan.lines],
        "applied_at": stored.applied_at.isoformat(),
        "applied_by": stored.applied_by,
    }


def _state(stored: StoredPlan) -> str:
    standing = {"live": stored.live, "candidate": stored.candidate, "suspended": stored.suspended}
    return next((state for state, stands in standing.items() if stands), "former")
