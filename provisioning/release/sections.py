"""What a release dossier says, section by section, from the rooms that know it."""

import asyncio
import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from plans.book import StoredPlan
from plans.history import PlanHistory
from plans.model import Plan, PlanVersion
from plans.numbers import written
from plans.site import Site
from plans.store import PlanStore
from provisioning.alta.evidence import Found
from provisioning.alta.store import Altas
from provisioning.alta.views import AltaView
from provisioning.numbers.store import Numbers
from provisioning.numbers.values import Happened, InventoryNumber
from provisioning.numbers.words import HAPPENED
from provisioning.prompts.states import RecordingState
from provisioning.prompts.store import RecordingStore
from provisioning.prompts.values import Recording
from provisioning.proof.outside import DIALLED, dialled, number_of
from provisioning.proof.reports import Kind, Report, body
from provisioning.proof.sounds import wanted as sounds_of
from provisioning.proof.store import Reports
from provisioning.release.dossier import Section, attached
from provisioning.release.dossiers import Looked
from provisioning.release.gate import Demand
from provisioning.release.request_section import form_signatures, last_alta, plain, request_section
from provisioning.release.store import Asked
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
    """Puts together what stands at the moment of a release, or what would be signed now."""

    def __init__(self, sources: Sources) -> None:
        self._from = sources

    async def __call__(
        self, wanted: Asked, looked: Looked, signed: datetime | None = None
    ) -> tuple[Section, ...]:
        """`signed` is when the release was signed, None while nobody did."""
        stored = await self._from.plans.find(wanted.plan, wanted.hash)
        if stored is None:
            raise LookupError(f"the version {wanted.hash} of {wanted.plan} is not kept")
        proof = await self._from.reports.standing(wanted.plan, wanted.hash, wanted.fingerprint)
        tests = tuple(report for report in (proof.it, proof.operations) if report is not None)
        by_hand = await self._from.reports.by_hand(wanted.plan, wanted.hash, wanted.fingerprint)
        alta = looked.alta or await last_alta(self._from.altas, wanted.plan)
        before = await self._from.history.live_before(wanted.plan, wanted.hash)
        former = await self._from.plans.get(wanted.plan, before) if before else None
        sections = [
            _release(wanted, stored, signed),
            *([await request_section(self._from.altas, alta)] if alta else []),
            await self._numbers(stored.version),
            _plan(stored, former),
            *[await self._test(report) for report in tests],
            *_from_outside(stored.version.plan, by_hand),
            await self._prompts(stored.version, proof.operations),
            _gate(looked.demands, dialled(stored.version.plan, by_hand)),
        ]
        return (*sections, await self._signatures(wanted, signed, alta, tests, sections))

    async def _numbers(self, version: PlanVersion) -> Section:
        """The numbers of the plan, and what happened to each while it was the plan's."""
        plan, store = version.plan, self._from.numbers
        known = {number.e164: number for number in await store.of_plan(plan.plan)}
        happened = {
            e164: [_happened(each) for each in await store.history(number) if each.plan == plan.plan]
            for e164, number in known.items()
        }
        return _numbers(version, known, happened, self._from.site)

    async def _test(self, report: Report) -> Section:
        files = [
            await self._file(self._from.recordings(call.recording), f"{call.id}.wav")
            for call in report.calls
            if call.recording is not None
        ]
        title = {"it": "Prueba de Sistemas", "operations": "Prueba de Operaciones"}[report.kind.value]
        told = body(report) | {"id": report.id, "hash": report.hash, "recordings": [f for f in files if f]}
        return Section(f"test-{report.kind.value}", title, told)

    async def _prompts(self, version: PlanVersion, operations: Report | None) -> Section:
        """Each prompt as it is heard: text and sound, who approved the recording, who listened."""
        brought = await self._from.prompts.all_of([version.plan.plan])
        approved = {each.sound: each for each in brought if each.state is RecordingState.APPROVED}
        ears = {ear.prompt: ear for ear in operations.ears} if operations else {}
        sounds = sounds_of(version, self._from.site, {}).expected
        told = []
        for name, prompt in version.plan.prompts.items():
            recorded = version.recordings.get(name)
            row: dict[str, Any] = {"prompt": name, "text": prompt.text, "voice": recorded is None}
            if name in sounds:
                row["sound"] = await self._file(self._from.sound(sounds[name]), f"{name}.wav")
            if recorded is not None:
                row |= _approval(approved.get(recorded))
            if name in ears:
                row["heard"] = {"right": ears[name].right, "by": operations.by if operations else ""}
            told.append(row)
        return Section("prompts", "Mensajes que oye el afiliado", {"prompts": told})

    async def _file(self, path: Path | None, name: str) -> dict[str, str] | None:
        """None for one that is not on the disk any more: the dossier says so rather than fail."""
        if path is None:
            return None
        try:
            return await asyncio.to_thread(_attached, name, path)
        except OSError:
            return None

    async def _signatures(
        self,
        wanted: Asked,
        signed: datetime | None,
        alta: AltaView | None,
        tests: Sequence[Report],
        sections: Sequence[Section],
    ) -> Section:
        """Who signed what and when; how everybody whom the dossier names was called then."""
        rows: list[dict[str, Any]] = [
            *form_signatures(alta),
            *({"as": _TESTED[report.kind], "name": report.by, "at": report.ended} for report in tests),
        ]
        if signed is not None:
            rows.append({"as": "liberación", "name": wanted.by, "at": signed, "reason": wanted.reason})
        names = {person.name: person.full_name for person in await self._from.people.all()}
        told = [row | {"full_name": names.get(row["name"], row["name"])} for row in rows]
        said = {*_texts([section.body for section in sections]), *(row["name"] for row in rows)}
        people = {name: full_name for name, full_name in names.items() if name in said}
        return Section("signatures", "Firmas", plain({"signatures": told, "people": people}))


def _attached(name: str, path: Path) -> dict[str, str]:
    return attached(name, "audio/wav", path.read_bytes())


def _texts(value: Any) -> Iterator[str]:
    """Every text within plain JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(each)


def _release(wanted: Asked, stored: StoredPlan, signed: datetime | None) -> Section:
    plan = stored.version.plan
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
        "asked": signed,
        "by": wanted.by,
        "reason": wanted.reason,
    }
    return Section("release", "Liberación", plain(told))


def _numbers(
    version: PlanVersion,
    known: Mapping[str, InventoryNumber],
    happened: Mapping[str, Sequence[Any]],
    site: Site,
) -> Section:
    country = version.plan.subsidiary
    lines = []
    for line in version.plan.lines:
        row: dict[str, Any] = {"header": line.header, "written": written(line.header, country)}
        if line.public:
            row |= {"public": line.public, "public_written": written(line.public, country)}
        carrier = site.carriers.get(line.carrier)
        row |= {"carrier": line.carrier, "delivers": carrier.delivers.number if carrier else ""}
        mine = [e164 for e164 in (line.header, line.public) if e164 and e164 in known]
        row["states"] = {e164: known[e164].state for e164 in mine}
        row["history"] = {e164: happened[e164] for e164 in mine}
        lines.append(row)
    return Section("numbers", "Números", plain({"lines": lines}))


def _happened(row: Happened) -> dict[str, Any]:
    told = {"move": row.move, "said": HAPPENED.get(row.move, row.move), "at": row.at, "by": row.actor}
    return told | {"reason": row.reason}


def _plan(stored: StoredPlan, former: StoredPlan | None) -> Section:
    """The plan as text, and what changed since the version that strangers reached before."""
    before = former.text.splitlines() if former else []
    names = (f"versión {former.number}" if former else "", f"versión {stored.number}")
    diff = list(difflib.unified_diff(before, stored.text.splitlines(), *names, lineterm=""))
    return Section("plan", "Plan y diferencias", {"text": stored.text, "diff": diff if former else []})


def _from_outside(plan: Plan, by_hand: Mapping[str, Report]) -> Iterator[Section]:
    for line in plan.lines:
        if report := by_hand.get(line.header):
            told = body(report) | {"id": report.id, "hash": report.hash, "recordings": []}
            title = f"Llamada desde afuera al {number_of(plan, line)}"
            yield Section(f"test-by-hand-{report.id}", title, told)


def _gate(met: Sequence[Demand], outside: Found) -> Section:
    """`advice` is only said: it shuts no gate."""
    told = [
        {
            "code": each.code,
            "title": each.title,
            "said": each.said,
            "met": each.met,
            "by": each.by,
            "at": each.at,
        }
        for each in met
    ]
    advice = {"code": DIALLED, "said": outside.said, "met": outside.ok, "by": outside.by, "at": outside.at}
    said = plain({"demands": told, "advice": [advice]})
    return Section("gate", "Lo que se comprobó antes de liberar", said)


def _approval(recording: Recording | None) -> Mapping[str, Any]:
    if recording is None:
        return {}
    told = {"recorded_by": recording.by, "approved_by": recording.decided_by, "at": recording.decided_at}
    return dict(plain(told))
