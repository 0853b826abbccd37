"""What a release dossier says, section by section, from the rooms that know it."""

import asyncio
import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic_core import to_jsonable_python

from plans.book import StoredPlan
from plans.history import PlanHistory
from plans.model import PlanVersion
from plans.numbers import written
from plans.site import Site
from plans.store import PlanStore
from provisioning.alta.store import Altas
from provisioning.alta.views import AltaView
from provisioning.numbers.store import Numbers
from provisioning.numbers.values import InventoryNumber
from provisioning.prompts.states import RecordingState
from provisioning.prompts.store import RecordingStore
from provisioning.prompts.values import Recording
from provisioning.proof.reports import Kind, Report, body
from provisioning.proof.store import Reports
from provisioning.release.dossier import Section, attached
from provisioning.release.gate import Demand
from provisioning.release.store import LineRelease
from staff.people import People

_TESTED = {Kind.IT: "prueba de Sistemas", Kind.OPERATIONS: "prueba de Operaciones"}


@dataclass(frozen=True)
class Sources:
    """The rooms. `recordings` is where the recording of a test call lies, by its SHA-256; `sound` the file of
    a prompt's sound by its name in the PBX.
    """

    site: Site
    plans: PlanStore
    history: PlanHistory
    altas: Altas
    numbers: Numbers
    prompts: RecordingStore
    reports: Reports
    people: People
    recordings: Callable[[str], Path | None]
    sound: Callable[[str], Path]


class Gathering:
    """Puts together what stands at the moment of a release."""

    def __init__(self, sources: Sources) -> None:
        self._from = sources

    async def __call__(self, found: LineRelease, met: Sequence[Demand]) -> tuple[Section, ...]:
        wanted = found.asked_for
        stored = await self._from.plans.find(wanted.plan, wanted.hash)
        if stored is None:
            raise LookupError(f"the version {wanted.hash} of {wanted.plan} is not kept")
        proof = await self._from.reports.standing(wanted.plan, wanted.hash, wanted.fingerprint)
        tests = tuple(report for report in (proof.it, proof.operations) if report is not None)
        alta = await self._from.altas.of_plan(wanted.plan)
        before = await self._from.history.live_before(wanted.plan, wanted.hash)
        former = await self._from.plans.get(wanted.plan, before) if before else None
        numbers = await self._from.numbers.of_plan(wanted.plan)
        prompts = await self._from.prompts.all_of([wanted.plan])
        return (
            _release(found, stored),
            *_request(alta),
            _numbers(stored.version, numbers, self._from.site),
            _plan(stored, former),
            *[await self._test(report) for report in tests],
            await self._prompts(stored.version, prompts, proof.operations),
            _gate(met),
            await self._signatures(found, alta, tests),
        )

    async def _test(self, report: Report) -> Section:
        files = [
            await self._file(self._from.recordings(call.recording), f"{call.id}.wav")
            for call in report.calls
            if call.recording is not None
        ]
        title = {"it": "Prueba de Sistemas", "operations": "Prueba de Operaciones"}[report.kind.value]
        told = body(report) | {"id": report.id, "hash": report.hash, "recordings": [f for f in files if f]}
        return Section(f"test-{report.kind.value}", title, told)

    async def _prompts(
        self, version: PlanVersion, brought: Sequence[Recording], operations: Report | None
    ) -> Section:
        """Each prompt as it was heard: its text, the recording with who approved it, who listened."""
        approved = {each.sound: each for each in brought if each.state is RecordingState.APPROVED}
        ears = {ear.prompt: ear for ear in operations.ears} if operations else {}
        told = []
        for name, prompt in version.plan.prompts.items():
            sound = version.recordings.get(name)
            row: dict[str, Any] = {"prompt": name, "text": prompt.text, "voice": sound is None}
            if sound is not None:
                row["sound"] = await self._file(self._from.sound(sound), f"{name}.wav")
                row |= _approval(approved.get(sound))
            if name in ears:
                row["heard"] = {"right": ears[name].right, "by": operations.by if operations else ""}
            told.append(row)
        return Section("prompts", "Mensajes que oye el afiliado", {"prompts": told})

    async def _file(self, path: Path | None, name: str) -> dict[str, str] | None:
        """None for one that is not on the disk any more: the dossier says so rather than fail."""
        if path is None:
            return None
        try:
            return attached(name, "audio/wav", await asyncio.to_thread(path.read_bytes))
        except OSError:
            return None

    async def _signatures(
        self, found: LineRelease, alta: AltaView | None, tests: Sequence[Report]
    ) -> Section:
        rows = [
            *_form_signatures(alta),
            *({"as": _TESTED[report.kind], "name": report.by, "at": report.ended} for report in tests),
            {
                "as": "liberación",
                "name": found.asked_for.by,
                "at": found.asked,
                "reason": found.asked_for.reason,
            },
        ]
        names = {person.name: person.full_name for person in await self._from.people.all()}
        signed = [row | {"full_name": names.get(row["name"], row["name"])} for row in rows]
        return Section("signatures", "Firmas", _plain({"signatures": signed}))


def _release(found: LineRelease, stored: StoredPlan) -> Section:
    wanted, plan = found.asked_for, stored.version.plan
    told = {
        "plan": wanted.plan,
        "name": plan.name,
        "account": plan.account.model_dump(mode="json"),
        "subsidiary": wanted.subsidiary,
        "fantasy_name": plan.fantasy_name,
        "version": stored.number,
        "hash": wanted.hash,
        "fingerprint": wanted.fingerprint,
        "starts": plan.starts,
        "due": wanted.due,
        "asked": found.asked,
        "by": wanted.by,
        "reason": wanted.reason,
    }
    return Section("release", "Liberación", _plain(told))


def _request(alta: AltaView | None) -> Iterator[Section]:
    if alta is None:
        return
    steps = [
        {"id": step.id, "title": step.step.title, "state": step.state, "at": step.closed, "by": step.by}
        | ({"answers": dict(step.answers)} if step.answers else {})
        for step in alta.steps
    ]
    request = alta.request.model_dump(mode="json")
    told = {"alta": alta.number, "request": request, "procedure": alta.procedure_hash, "steps": steps}
    yield Section("request", "Solicitud y alta", _plain(told))


def _numbers(version: PlanVersion, known: Sequence[InventoryNumber], site: Site) -> Section:
    inventory = {number.e164: number for number in known}
    country = version.plan.subsidiary
    lines = []
    for line in version.plan.lines:
        row: dict[str, Any] = {"header": line.header, "written": written(line.header, country)}
        if line.public:
            row |= {"public": line.public, "public_written": written(line.public, country)}
        carrier = site.carriers.get(line.carrier)
        row |= {"carrier": line.carrier, "delivers": carrier.delivers.number if carrier else ""}
        row["states"] = {
            e164: inventory[e164].state for e164 in (line.header, line.public) if e164 in inventory
        }
        lines.append(row)
    return Section("numbers", "Números", _plain({"lines": lines}))


def _plan(stored: StoredPlan, former: StoredPlan | None) -> Section:
    """The plan as text, and what changed since the version that strangers reached before."""
    before = former.text.splitlines() if former else []
    names = (f"versión {former.number}" if former else "", f"versión {stored.number}")
    diff = list(difflib.unified_diff(before, stored.text.splitlines(), *names, lineterm=""))
    return Section("plan", "Plan y diferencias", {"text": stored.text, "diff": diff if former else []})


def _gate(met: Sequence[Demand]) -> Section:
    told = [{"title": demand.title, "said": demand.said, "met": demand.met} for demand in met]
    return Section("gate", "Lo que se comprobó antes de liberar", {"demands": told})


def _approval(recording: Recording | None) -> Mapping[str, Any]:
    if recording is None:
        return {}
    told = {"recorded_by": recording.by, "approved_by": recording.decided_by, "at": recording.decided_at}
    return dict(_plain(told))


def _form_signatures(alta: AltaView | None) -> Iterator[dict[str, Any]]:
    if alta is None:
        return
    areas = alta.procedure.areas()
    for step in alta.steps:
        for signature in step.signatures:
            if signature.approved:
                yield {
                    "as": f"{step.step.title}, por {areas.get(signature.area, signature.area)}",
                    "name": signature.person,
                    "at": signature.at,
                }


def _plain(value: Any) -> Any:
    return to_jsonable_python(value)
