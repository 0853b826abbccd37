"""Tests of lines with a database, real sounds and real judging; only the PBX's calls are played."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db.all_tables import metadata
from ivr_audio.reception import Reception
from ivr_audio.store import SoundStore
from plans.book import PlanBook, StoredPlan
from plans.model import Plan, PlanVersion
from plans.site import Site
from plans.write import version_of
from provisioning.proof import sounds as of_plan
from provisioning.proof.bench import Bench
from provisioning.proof.recordings import Recordings
from provisioning.proof.reports import Kind, Report, Result
from provisioning.proof.runner import LineTests
from provisioning.proof.runs import Run, Runs, RunState, TestRefused
from provisioning.proof.store import Reports
from staff.person import Person
from staff.roles import Role
from telephony.testcall_values import Moment, Observed
from tests.support.databases import fresh_engine
from tests.support.played_calls import NOW, PlayedCalls, in_the_pbx, trials


def person(name: str, role: Role) -> Person:
    return Person(1, name, name.title(), frozenset({role}), None, (), False, True)


IVAN, OLGA = person("ivan", Role.IT), person("olga", Role.OPERATIONS)


@dataclass(frozen=True)
class Popped:
    plan: str
    fantasy_name: str
    after_ms: int = 9100


class Bed:
    """A plan in the PBX, and what its tests stand on."""

    def __init__(self, engine: AsyncEngine, version: PlanVersion, site: Site, folder: Path) -> None:
        self.engine, self.version, self.folder = engine, version, folder
        self.calls = PlayedCalls(version, site, folder)
        self.calls.goes.set()
        self.book, self.site = PlanBook(), site
        self.book.replace([StoredPlan(version, 1, "", True, NOW, "ivan")])
        self.fingerprint = "plan-x-1"
        self.proven: list[str] = []
        self.told: list[int] = []
        self.reports = Reports(engine)
        self.sounds = SoundStore(folder / "sounds")
        self.tests = self.made()

    def made(self) -> LineTests:
        bench = Bench(
            self.calls,
            self._shown,
            self.sounds,
            lambda plan, hash: self.fingerprint,
            lambda: "3f2a9c1b7d04",
            self._approved,
            self._proven,
            lambda: self.told.append(len(self.proven)),
        )
        keeper = Recordings(self.folder / "proof")
        return LineTests(Runs(self.engine), self.reports, keeper, bench, self.book, self.site, lambda: NOW)

    async def _shown(self, _observed: Observed) -> Popped:
        return Popped(self.version.plan.plan, self.version.plan.fantasy_name)

    async def _proven(self, plan: Plan) -> None:
        self.proven.append(plan.plan)

    async def _approved(self, _plan: Plan) -> Mapping[str, str]:
        return {}

    def prepare(self) -> None:
        """The sounds of the plan's prompts are in the PBX."""
        in_the_pbx(self.sounds, self.version, self.site)

    async def tested(self, kind: Kind = Kind.IT, by: Person = IVAN) -> Report:
        report = await self.tests.run(self.version.plan.plan, kind, by)
        assert report is not None
        return report

    async def listening(self) -> Run:
        """A test of Operations all of whose calls passed."""
        await self.tested()
        assert await self.tests.run(self.version.plan.plan, Kind.OPERATIONS, OLGA) is None
        (run,) = await self.tests.runs.under_way()
        return run

    async def says(self, run: Run, right: bool, comment: str = "", by: Person = OLGA) -> Run | Report:
        """Every prompt is said to be so."""
        said: Run | Report = run
        for prompt in run.prompts:
            said = await self.tests.heard(run.id, prompt, right, comment, by, 60.0)
        return said


@pytest.fixture
async def bed(versions: Mapping[str, PlanVersion], site: Site, tmp_path: Path) -> AsyncIterator[Bed]:
    async with fresh_engine("sqlite", tmp_path, metadata) as engine:
        made = Bed(engine, versions["vial-condor"], site, tmp_path)
        made.prepare()
        yield made
        await made.tests.close()


async def test_a_plan_that_works_passes_and_its_report_has_everything(bed: Bed) -> None:
    report = await bed.tested()
    assert report.passed and report.failures == ()
    assert [call.id for call in report.calls] == list(trials(bed.version, bed.site))
    assert (report.release, report.fingerprint, report.by) == ("3f2a9c1b7d04", "plan-x-1", "ivan")
    call = report.calls[0]
    assert call.recording and bed.tests.recordings.path(call.recording)
    assert call.path and call.sip.startswith("INVITE") and call.timings["answered"] == 180
    assert await bed.reports.latest("vial-condor", Kind.IT) == report
    assert bed.calls.most == 3


async def test_one_call_that_fails_fails_the_test_and_the_others_still_run(bed: Bed) -> None:
    bed.calls.changes = {"principal-1": {"answered_ms": 5000}}
    report = await bed.tested()
    assert report.result is Result.FAILED
    assert [check.code for check in report.failures] == ["answered"]
    assert len(report.calls) == len(trials(bed.version, bed.site))


async def test_calls_that_cannot_be_placed_are_failures_with_their_reason(bed: Bed) -> None:
    bed.calls.fails = True
    report = await bed.tested()
    assert {check.found for check in report.failures} == {"La central no responde."}


async def test_there_is_one_test_of_a_plan_at_a_time(bed: Bed) -> None:
    bed.calls.goes.clear()
    run = await bed.tests.start("vial-condor", Kind.IT, IVAN)
    with pytest.raises(TestRefused, match="en marcha"):
        await bed.tests.start("vial-condor", Kind.IT, IVAN)
    await asyncio.sleep(0.05)
    assert set(bed.tests.moments(run.id).values()) == {Moment.PLACED}
    await bed.tests.cancel(run.id)
    bed.calls.goes.set()
    assert await bed.tested()


async def test_a_cancelled_test_is_reported_as_such(bed: Bed) -> None:
    bed.calls.goes.clear()
    run = await bed.tests.start("vial-condor", Kind.IT, IVAN)
    await asyncio.sleep(0)
    await bed.tests.cancel(run.id)
    (row,) = (await bed.reports.page()).reports
    assert row.result is Result.CANCELLED
    with pytest.raises(TestRefused, match="ya terminó"):
        await bed.tests.cancel(run.id)


async def test_a_test_that_the_service_left_behind_is_interrupted(bed: Bed) -> None:
    bed.calls.goes.clear()
    await bed.tests.start("vial-condor", Kind.IT, IVAN)
    await asyncio.sleep(0)
    await bed.tests.close()
    assert (await bed.reports.page()).reports == ()
    again = bed.made()
    await again.recover()
    (row,) = (await bed.reports.page()).reports
    assert row.result is Result.INTERRUPTED
    bed.calls.goes.set()
    assert await again.run("vial-condor", Kind.IT, IVAN)


async def test_a_plan_that_does_not_stand_is_not_tested(bed: Bed) -> None:
    with pytest.raises(TestRefused, match="no está en la central"):
        await bed.tests.start("hogar-nandu", Kind.IT, IVAN)


async def test_operations_test_after_it_and_are_somebody_else(bed: Bed) -> None:
    with pytest.raises(TestRefused, match="Sistemas todavía no aprobó"):
        await bed.tests.start("vial-condor", Kind.OPERATIONS, OLGA)
    await bed.tested()
    both = replace(IVAN, roles=frozenset({Role.IT, Role.OPERATIONS}))
    with pytest.raises(TestRefused, match="otra persona"):
        await bed.tests.start("vial-condor", Kind.OPERATIONS, both)
    with pytest.raises(TestRefused, match="otra área"):
        await bed.tests.start("vial-condor", Kind.OPERATIONS, IVAN)
    bed.fingerprint = "plan-x-2"
    with pytest.raises(TestRefused, match="Sistemas todavía no aprobó"):
        await bed.tests.start("vial-condor", Kind.OPERATIONS, OLGA)


async def test_operations_pass_only_once_they_said_of_each_prompt_that_it_is_right(bed: Bed) -> None:
    run = await bed.listening()
    assert run.state is RunState.LISTENING and set(run.prompts) == set(bed.version.plan.prompts)
    report = await bed.says(run, right=True)
    assert isinstance(report, Report) and report.passed and report.kind is Kind.OPERATIONS
    assert {ear.prompt for ear in report.ears} == set(bed.version.plan.prompts)
    assert bed.proven == ["vial-condor"] and bed.told == [0, 1]
    assert (await bed.reports.standing("vial-condor", bed.version.hash, "plan-x-1")).complete


async def test_a_prompt_that_ears_find_wrong_fails_with_the_comment(bed: Bed) -> None:
    run = await bed.listening()
    with pytest.raises(TestRefused, match="Escriba"):
        await bed.tests.heard(run.id, "saludo", False, "\u200b \u00a0", OLGA, 60.0)
    report = await bed.says(run, right=False, comment="se oye bajo")
    assert isinstance(report, Report) and report.result is Result.FAILED
    assert report.failures[0].found == "oída e incorrecta: se oye bajo"


async def test_only_the_one_who_tests_says_what_they_heard(bed: Bed) -> None:
    run = await bed.listening()
    with pytest.raises(TestRefused, match="Solo quien hizo"):
        await bed.says(run, right=True, by=person("otra", Role.OPERATIONS))


async def test_a_prompt_without_a_sound_is_refused_with_its_name(bed: Bed) -> None:
    names = of_plan.wanted(bed.version, bed.site, {})
    bed.sounds.path(names.expected["aviso"]).unlink()
    with pytest.raises(TestRefused, match="«aviso»"):
        await bed.tested()


@pytest.mark.parametrize(("way", "dialled"), [("loop", None), ("trunk", "+5718000912345")])
async def test_what_strangers_reach_is_called_as_its_carrier_says(bed: Bed, way: str, dialled: str) -> None:
    on_trial = version_of(bed.version.plan.model_copy(update={"name": "Otra"}), {})
    live = StoredPlan(bed.version, 1, "", True, NOW, "ivan")
    bed.book.replace([live, StoredPlan(on_trial, 2, "", False, NOW, "ivan", candidate=True)])
    carrier = bed.site.carriers["claro-co"].model_copy(update={"canary": way})
    bed.site = bed.site.model_copy(update={"carriers": {**bed.site.carriers, "claro-co": carrier}})
    report = await bed.made().run("vial-condor", Kind.CANARY, "altavoz", live=True)
    assert report is not None and report.version == bed.version.hash
    assert {(call.live, call.way.value, call.dialled) for call in bed.calls.placed} == {(True, way, dialled)}


BAD = Reception(packets=475, lost=25, jitter_ms=48)


async def test_a_call_that_its_line_spoilt_is_made_once_more_and_its_report_says_so(bed: Bed) -> None:
    bed.calls.spoilt = {"principal-1": [BAD]}
    report = await bed.tested()
    assert report.passed
    assert len(bed.calls.placed) == len(trials(bed.version, bed.site)) + 1
    before = {call.id: call.before for call in report.calls if call.before}
    assert before == {"principal-1": BAD}


async def test_a_line_that_spoils_a_call_twice_does_not_pass(bed: Bed) -> None:
    bed.calls.spoilt = {"principal-1": [BAD, replace(BAD, jitter_ms=50)]}
    report = await bed.tested()
    assert report.result is Result.FAILED
    assert [check.code for check in report.failures] == ["reception"]
    assert len(bed.calls.placed) == len(trials(bed.version, bed.site)) + 1
    (call,) = (call for call in report.calls if not call.passed)
    assert call.reception == replace(BAD, jitter_ms=50) and call.before == BAD
    assert [each.verdict for each in call.prompts].count("unclear") == 1


async def test_a_call_with_something_else_wrong_is_not_made_again(bed: Bed) -> None:
    bed.calls.spoilt = {"principal-1": [BAD]}
    bed.calls.changes = {"principal-1": {"answered_ms": 5000}}
    report = await bed.tested()
    assert {check.code for check in report.failures} == {"answered", "reception"}
    assert len(bed.calls.placed) == len(trials(bed.version, bed.site))
