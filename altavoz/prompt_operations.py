"""What the command line may ask about recordings of prompts; see `altavoz/operations.py`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from altavoz.control import Handler
from altavoz.house import House
from altavoz.in_name_of import doer, person_of, standing_for
from provisioning.prompts.needs import PlanNeeds, PromptNeed
from provisioning.prompts.overview import PlanFilter
from provisioning.prompts.states import RecordingState, Step
from provisioning.prompts.values import PromptRefused, Recording
from staff.actor import Actor, acting
from staff.permissions import Permission

Arguments = Mapping[str, Any]


class PromptOperations:
    """The handlers, a method each."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._desk = house.office.prompts
        self._overview = house.office.prompt_needs

    def handlers(self) -> Mapping[str, Handler]:
        return {
            "prompt/list": self.all,
            "prompt/add": self.add,
            "prompt/approve": self.approve,
            "prompt/reject": self.reject,
        }

    async def all(self, arguments: Arguments) -> Any:
        if plan := arguments.get("plan"):
            return self._rows(await self._plan(plan))
        rows, after = [], None
        while True:
            page = await self._overview.page(PlanFilter(), after=after)
            rows += [row for needs in page.plans for row in self._rows(needs)]
            if page.next is None:
                return rows
            after = page.next

    async def add(self, arguments: Arguments) -> Any:
        need = await self._need(arguments)
        path = Path(arguments["file"])
        try:
            with acting(await doer(self._house.people, arguments.get("by"), Permission.PROMPT_WRITE)):
                made = await self._desk.bring(
                    arguments["plan"], need.prompt, need.text or "", path, path.name, "command"
                )
        except OSError as error:
            raise PromptRefused(f"No se puede leer «{path}»: {error.strerror}.") from error
        return _said(made)

    async def approve(self, arguments: Arguments) -> Any:
        need = await self._need(arguments)
        recording = _chosen(need, arguments.get("number"))
        with acting(await self._decider(arguments)):
            return _said(await self._desk.approve(recording, need.text, arguments.get("reason") or ""))

    async def reject(self, arguments: Arguments) -> Any:
        recording = _chosen(await self._need(arguments), arguments.get("number"))
        with acting(await self._decider(arguments)):
            taken = await self._desk.store.take(recording, Step.REJECT, arguments.get("reason") or "")
        return _said(taken)

    async def _decider(self, arguments: Arguments) -> Actor:
        """A recording is judged by somebody who listened to it. Raises PromptRefused, Unknown."""
        name = arguments.get("by")
        if not name:
            raise PromptRefused("Diga con «--by» quién la escuchó y lo decide: una máquina no la aprueba.")
        return standing_for(await person_of(self._house.people, name, Permission.PROMPT_APPROVE))

    async def _plan(self, plan: str) -> PlanNeeds:
        needs = await self._overview.of(plan)
        if needs is None:
            raise PromptRefused(f"No hay un plan «{plan}» con mensajes; «altavoz prompt list» los lista.")
        return needs

    async def _need(self, arguments: Arguments) -> PromptNeed:
        needs = await self._plan(arguments["plan"])
        need = needs.need(arguments["prompt"])
        if need is None:
            known = ", ".join(each.prompt for each in needs.needs)
            raise PromptRefused(f"El plan no tiene un mensaje «{arguments['prompt']}»; tiene: {known}.")
        return need

    def _rows(self, needs: PlanNeeds) -> list[dict[str, Any]]:
        return [self._row(needs.plan.plan, need) for need in needs.needs]

    def _row(self, plan: str, need: PromptNeed) -> dict[str, Any]:
        last = need.last
        return {
            "plan": plan,
            "prompt": need.prompt,
            "stand": need.stand.value,
            "number": last.number if last else None,
            "by": last.by if last else None,
            "decided_by": last.decided_by if last else None,
            "lost": self._desk.lost(last) if last else None,
            "text": need.text,
        }


def _chosen(need: PromptNeed, number: int | None) -> Recording:
    """The version asked for, or else the one that waits."""
    if number is None:
        found = next(iter(need.pending), None)
    else:
        found = next((each for each in need.recordings if each.number == number), None)
    if found is None:
        waiting = (
            "ninguna grabación espera aprobación" if number is None else f"no hay una grabación {number}"
        )
        raise PromptRefused(f"Del mensaje «{need.prompt}» {waiting}; «altavoz prompt list» las muestra.")
    return found


def _said(recording: Recording) -> dict[str, Any]:
    return {
        "plan": recording.plan,
        "prompt": recording.prompt,
        "number": recording.number,
        "state": recording.state.value,
        "approved": recording.state is RecordingState.APPROVED,
        "warnings": list(recording.warnings),
        "sound": recording.sound,
        "seconds": recording.seconds,
    }
