"""What the command line may ask about altas; see `altavoz/operations.py`."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, time
from typing import Any

from pydantic import ValidationError
from pydantic_core import to_json, to_jsonable_python

from altavoz.control import Handler
from altavoz.house import House
from altavoz.known_alta import alta_of
from provisioning.alta.lists import MOST, AltaFilter, AltaSummary
from provisioning.alta.refusals import AltaRefused
from provisioning.alta.request import AltaRequest
from provisioning.alta.store import Altas
from provisioning.alta.views import AltaView, StepView
from provisioning.network.times import TimesFilter, months_before
from web.pages import site_zone

Arguments = Mapping[str, Any]
_FILTERS = ("step", "area", "subsidiary", "account", "carrier", "plan", "state", "text")
_FIELDS: Mapping[str, str] = {
    "plan": "el nombre corto del plan, en minúsculas y con guiones, como «hogar-nandu»",
    "name": "el nombre del plan",
    "account": "la cuenta y su tipo: aseguradora, banco, retail, telco, «caja de compensación» u otro",
    "subsidiary": "la filial, como AR",
    "sold_by": "los canales de venta, en minúsculas, como tmk",
    "scope": "el alcance: local, regional, nacional o internacional",
    "starts": "la fecha, como 2026-03-01",
}


class AltaOperations:
    """The handlers, a method each. Whoever has the socket is the house: closes any step, signs nothing."""

    def __init__(self, house: House) -> None:
        self._house = house

    def handlers(self) -> Mapping[str, Handler]:
        return {
            "alta/start": self.start,
            "alta/show": self.show,
            "alta/list": self.list,
            "alta/advance": self.advance,
            "alta/send-back": self.send_back,
            "alta/comment": self.comment,
            "alta/times": self.times,
        }

    @property
    def _altas(self) -> Altas:
        return self._house.office.altas

    async def start(self, arguments: Arguments) -> Any:
        return await self._said(await self._altas.start(_request(arguments), None))

    async def show(self, arguments: Arguments) -> Any:
        return await self._said(await self._found(arguments))

    async def list(self, arguments: Arguments) -> Any:
        wanted: dict[str, Any] = {name: arguments.get(name) or "" for name in _FILTERS}
        filter = AltaFilter(**wanted, late=bool(arguments.get("late")))
        page = await self._altas.page(filter, min(int(arguments["limit"]), MOST))
        return [_row(alta) for alta in page.items]

    async def advance(self, arguments: Arguments) -> Any:
        """Close a step; without one, the only step that is open. With `skip` it is left out."""
        alta = await self._found(arguments)
        step, reason = arguments.get("step") or _only_open(alta), arguments.get("reason") or ""
        if arguments.get("skip"):
            return await self._said(await self._altas.skip(alta.id, step, None, reason))
        answers = arguments.get("answers") or {}
        return await self._said(await self._altas.finish(alta.id, step, None, answers, reason))

    async def send_back(self, arguments: Arguments) -> Any:
        alta = await self._found(arguments)
        step, to, reason = arguments["step"], arguments["to"], arguments.get("reason") or ""
        return await self._said(await self._altas.send_back(alta.id, step, to, None, reason))

    async def comment(self, arguments: Arguments) -> Any:
        alta = await self._found(arguments)
        step = arguments.get("step")
        return await self._said(await self._altas.comment(alta.id, None, arguments["text"], step))

    async def _said(self, moved: AltaView) -> dict[str, Any]:
        """The alta after a move, with the evidence of what is open now."""
        alta, labels = await self._altas.find(moved.id) or moved, await self._labels()
        told = said(alta)
        for step in told["steps"]:
            step["area_names"] = [labels.get(each, each) for each in step["areas"]]
        return told

    async def _labels(self) -> dict[str, str]:
        """How areas are called: by the house, else by the procedure."""
        return {**self._altas.written.procedure.areas(), **await self._house.areas.labels()}

    async def times(self, arguments: Arguments) -> Any:
        """Business days by step, area and month, of so many months with this one."""
        zone = site_zone(self._house.site)
        now, office = self._house.office.clock(), self._house.office
        first = months_before(now.astimezone(zone).date(), int(arguments["months"]) - 1)
        since = datetime.combine(first, time(), zone).astimezone(UTC)
        chosen = {name: arguments.get(name) or "" for name in ("subsidiary", "kind", "step")}
        found = asdict(await office.times.times(TimesFilter(since, now, **chosen), zone))
        labels = await self._labels()
        named = [each | {"title": labels.get(each["key"], each["title"])} for each in found["areas"]]
        return found | {"areas": named}

    async def _found(self, arguments: Arguments) -> AltaView:
        return await alta_of(self._altas, arguments["id"])


def _request(arguments: Arguments) -> AltaRequest:
    given = {name: value for name, value in arguments.items() if value not in (None, "", [])}
    account = {"name": given.pop("account", "")}
    account |= {name: given.pop(name) for name in ("type", "tax_id") if name in given}
    try:
        return AltaRequest.model_validate_json(to_json(given | {"account": account}))
    except ValidationError as wrong:
        fields = dict.fromkeys(str(error["loc"][0]) for error in wrong.errors())
        problems = {name: f"Revise {_FIELDS.get(name, f'«{name}»')}." for name in fields}
        raise AltaRefused(problems=problems) from wrong


def _only_open(alta: AltaView) -> str:
    if len(alta.open) != 1:
        listed = ", ".join(step.id for step in alta.open) or "ninguno"
        raise AltaRefused(f"Diga qué paso; abiertos: {listed}.")
    return alta.open[0].id


def _row(alta: AltaSummary) -> dict[str, Any]:
    plain: dict[str, Any] = to_jsonable_python(asdict(alta))
    return plain | {"number": alta.number, "open": [turn.step for turn in alta.turns], "late": alta.late}


def said(alta: AltaView) -> dict[str, Any]:
    """An alta in plain values."""
    return {
        "number": alta.number,
        "id": alta.id,
        "state": alta.state,
        "reason": alta.reason,
        "revision": alta.revision,
        "started": alta.started.isoformat(),
        "ended": alta.ended.isoformat() if alta.ended else None,
        "asked_by": alta.asked_by,
        "done": alta.done,
        "needed": alta.needed,
        "late": alta.late,
        **alta.request.model_dump(mode="json", by_alias=True),
        "account": alta.account,
        "steps": [_step(step) for step in alta.steps],
    }


def _step(step: StepView) -> dict[str, Any]:
    return {
        "step": step.id,
        "title": step.step.title,
        "state": step.state,
        "areas": list(step.step.areas),
        "owner": step.owner,
        "since": step.since.isoformat() if step.since else None,
        "due": step.due.isoformat() if step.due else None,
        "late": step.late,
        "closed": step.closed.isoformat() if step.closed else None,
        "by": step.by,
        "round": step.round,
        "missing": list(step.missing),
        "evidence": {name: {"ok": found.ok, "said": found.said} for name, found in step.found.items()},
    }
