"""Tests of lines: the calls of a script are placed, judged and reported.

A test is a task of this process; what it found lies in the database, so that a service that stops leaves it
as interrupted, with what was found so far.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from dialplan.hand import lead
from ivr_audio.telephone import Samples
from plans.book import PlanBook, StoredPlan
from plans.model import Plan
from plans.site import Site
from provisioning.proof.bench import RECOGNISED, Asked, Bench, Under, prepared
from provisioning.proof.judge import Evidence, judge
from provisioning.proof.recordings import Recordings, samples_of
from provisioning.proof.reports import Check, Ear, Kind, Report, Result, TestedCall
from provisioning.proof.runs import Run, Runs, RunState, TestRefused
from provisioning.proof.script import Trial
from provisioning.proof.store import Reports
from provisioning.proof.telling import excerpt, path_of, timings_of
from provisioning.proof.who import kinds_of
from staff.person import Person
from staff.written import said
from telephony.testcall_values import LONGEST, Moment, Observed, TestCall, Way, new_id
from telephony.testcalls import CannotPlace

log = structlog.get_logger()

AT_ONCE = 3
"""Calls of one test that stand at a time."""

_NOT_PLAYED = 0.5
"""Seconds of a prompt that a player may keep to itself when it was heard to its end."""


class LineTests:
    """Starts, watches, stops tests; one a plan at a time."""

    def __init__(
        self,
        runs: Runs,
        reports: Reports,
        recordings: Recordings,
        bench: Bench,
        book: PlanBook,
        site: Site,
        clock: Callable[[], datetime],
    ) -> None:
        self.runs, self.reports, self.recordings = runs, reports, recordings
        self._bench, self._book, self._site, self._clock = bench, book, site, clock
        self._tasks: dict[int, asyncio.Task[Report | None]] = {}
        self._moments: dict[int, dict[str, Moment]] = {}

    async def start(self, plan: str, kind: Kind, by: Person | str, *, live: bool = False) -> Run:
        """Begin a test of the version of `plan` that test calls reach, or that strangers do when `live`.

        `by` is who tests: a person, or the name of whoever else asked. Raises TestRefused.
        """
        stored = self._tested(plan, live)
        who = by if isinstance(by, str) else by.name
        if isinstance(by, Person) and kind not in kinds_of(by):
            raise TestRefused("Esa prueba la hace otra área.")
        fingerprint = self._bench.entry_of(plan, stored.version.hash)
        await self._check_turn(stored, fingerprint, kind, who)
        asked = Asked(stored, fingerprint, kind, who, live)
        under = await prepared(self._bench, self._site, asked, self._clock())
        under = replace(under, run=await self.runs.begin(under.run))
        id = under.run.id
        self._moments[id] = {}
        self._tasks[id] = asyncio.create_task(self._carried_out(under), name=f"test of {plan}")
        self._tasks[id].add_done_callback(lambda task: self._over(id, task))
        return under.run

    async def run(self, plan: str, kind: Kind, by: Person | str, *, live: bool = False) -> Report | None:
        """Begin a test and wait for its end; None while ears are waited for. Raises TestRefused."""
        begun = await self.start(plan, kind, by, live=live)
        return await self.ended(begun.id)

    async def ended(self, id: int) -> Report | None:
        """The report of a test that was just begun, once it has ended; None while ears are waited for."""
        return await asyncio.shield(self._tasks[id])

    def moments(self, id: int) -> Mapping[str, Moment]:
        """How far each call that stands now is, by the test's name in its script."""
        return dict(self._moments.get(id, {}))

    async def cancel(self, id: int) -> None:
        """Stop a test; its report says so."""
        run = await self.runs.get(id)
        if run is None or run.state is RunState.DONE:
            raise TestRefused("Esa prueba ya terminó.")
        if task := self._tasks.get(id):
            task.cancel()
            await asyncio.wait([task])
        else:
            await self._end(run, Result.CANCELLED)

    async def recover(self) -> None:
        """What a service that stopped left under way is reported as interrupted."""
        for run in await self.runs.under_way():
            if run.state is RunState.RUNNING and run.id not in self._tasks:
                await self._end(run, Result.INTERRUPTED)

    async def close(self) -> None:
        """Stop all; the next start reports them as interrupted."""
        tasks = [*self._tasks.values()]
        for task in tasks:
            task.cancel("closing")
        if tasks:
            await asyncio.wait(tasks)

    async def heard(
        self, id: int, prompt: str, right: bool, comment: str, by: Person, seconds: float
    ) -> Run | Report:
        """The one who tests says how a prompt sounds that they played for so many seconds; after the last one
        the report. Raises TestRefused."""
        run = await self.runs.get(id)
        if run is None or run.by != by.name:
            raise TestRefused("Solo quien hizo la prueba dice qué oyó.")
        if not right and not said(comment):
            raise TestRefused("Escriba qué tiene mal la locución.")
        sound = run.sound(prompt)
        if right and sound and seconds < sound[1].lasts - _NOT_PLAYED:
            raise TestRefused(f"Escuche «{prompt}» hasta el final antes de decir que es correcta.")
        run = await self.runs.heard(id, Ear(prompt, right, self._clock(), comment.strip()))
        if run.unheard:
            return run
        good = all(ear.right for ear in run.ears)
        return await self._end(run, Result.PASSED if good else Result.FAILED) or run

    # beginning

    def _tested(self, plan: str, live: bool) -> StoredPlan:
        stands = self._book.of(plan)
        stored = stands.live if live else stands.tested
        if stored is None:
            raise TestRefused(f"El plan «{plan}» no está en la central: publíquelo y pruébelo después.")
        if not self._bench.ways():
            raise TestRefused("Esta central no puede hacer llamadas de prueba: use la prueba a mano.")
        return stored

    async def _check_turn(self, stored: StoredPlan, fingerprint: str, kind: Kind, who: str) -> None:
        """Operations tests after IT, and is somebody else (P39, P40)."""
        if kind is not Kind.OPERATIONS:
            return
        version = stored.version
        proof = await self.reports.standing(version.plan.plan, version.hash, fingerprint)
        if proof.it is None:
            raise TestRefused(
                "Sistemas todavía no aprobó su prueba de esta versión: Operaciones prueba después."
            )
        if proof.it.by == who:
            raise TestRefused("La prueba de Sistemas la hizo usted: la de Operaciones la hace otra persona.")

    # the calls

    async def _carried_out(self, under: Under) -> Report | None:
        """Places all calls and reports; stopped by somebody, it reports that."""
        try:
            turns = asyncio.Semaphore(AT_ONCE)
            async with asyncio.TaskGroup() as group:
                for trial in under.script.trials:
                    group.create_task(self._tried(under, trial, turns))
        except asyncio.CancelledError as stop:
            if stop.args != ("closing",):
                return await self._ended(under.run.id, Result.CANCELLED)
            raise
        except Exception:
            log.exception("test_failed", run=under.run.id, plan=under.run.plan)
            return await self._ended(under.run.id, Result.INTERRUPTED)
        return await self._judged(under.run.id)

    async def _judged(self, id: int) -> Report | None:
        run = await self.runs.get(id)
        assert run is not None
        passed = all(call.passed for call in run.calls) and bool(run.calls)
        if passed and run.kind is Kind.OPERATIONS and run.prompts:
            await self.runs.listen(id)
            return None
        return await self._end(run, Result.PASSED if passed else Result.FAILED)

    async def _tried(self, under: Under, trial: Trial, turns: asyncio.Semaphore) -> None:
        """A call of which a bad line lets nobody tell what was heard is made once more."""
        async with turns:
            moments = self._moments[under.run.id]
            began, told = self._clock(), lambda moment: moments.update({trial.id: moment})
            try:
                tested = await self._placed(under, trial, told)
                if tested.unclear:
                    again = await self._placed(under, trial, told)
                    tested = replace(again, before=tested.reception)
            except CannotPlace as error:
                tested = _not_placed(trial, began, self._clock(), str(error))
            await self.runs.called(under.run.id, tested)
            moments.pop(trial.id, None)

    async def _placed(self, under: Under, trial: Trial, told: Callable[[Moment], None]) -> TestedCall:
        caller = self._bench.caller
        assert caller is not None
        call = _call(trial, under.way, under.live, self._answering(under))
        return await self._tested_call(under, trial, await caller.place(call, told))

    def _answering(self, under: Under) -> Plan | None:
        """The plan that strangers reach meanwhile."""
        live = self._book.of(under.stored.version.plan.plan).live
        return live.version.plan if live else None

    async def _tested_call(self, under: Under, trial: Trial, observed: Observed) -> TestedCall:
        recording, heard = await self._kept(observed)
        shown = self._bench.shown
        desk = await shown(observed) if shown else None
        evidence = Evidence(heard, under.prompts, desk, watched=shown is not None)
        version = under.stored.version
        judged = await asyncio.to_thread(judge, trial, version, self._site, observed, evidence)
        return TestedCall(
            id=trial.id,
            title=trial.title,
            line=trial.line.header,
            began=observed.began,
            ended=observed.began + timedelta(milliseconds=observed.duration_ms),
            checks=judged.checks,
            call=observed.arrived.call if observed.arrived else "",
            timings=timings_of(observed),
            path=path_of(observed),
            prompts=judged.prompts,
            recording=recording,
            sip=excerpt(observed),
            reception=judged.reception,
        )

    async def _kept(self, observed: Observed) -> tuple[str | None, Samples | None]:
        if observed.heard is None:
            return None, None
        try:
            name = await self.recordings.keep(observed.heard)
            path = self.recordings.path(name)
            assert path is not None
            return name, await asyncio.to_thread(samples_of, path)
        except (OSError, ValueError) as error:
            log.warning("test_recording_not_kept", error=str(error))
            return None, None

    # the end

    async def _ended(self, id: int, result: Result) -> Report | None:
        run = await self.runs.get(id)
        return await self._end(run, result) if run else None

    async def _end(self, run: Run, result: Result) -> Report | None:
        report = await self.runs.finish(run, run.reported(result, self._clock()))
        if report is not None and report.passed and report.kind is Kind.OPERATIONS:
            await self._proven(report)
        self._bench.reported()
        return report

    async def _proven(self, report: Report) -> None:
        stored = self._book.find(report.plan, report.version[:12])
        proof = await self.reports.standing(report.plan, report.version, report.fingerprint)
        if stored is not None and proof.complete:
            await self._bench.proven(stored.version.plan)

    def _over(self, id: int, task: asyncio.Task[Report | None]) -> None:
        self._tasks.pop(id, None)
        self._moments.pop(id, None)
        if not task.cancelled() and (error := task.exception()):
            log.error("test_failed", run=id, exc_info=error)


def _call(trial: Trial, way: Way, live: bool, answering: Plan | None) -> TestCall:
    line, trunk = trial.line, way is Way.TRUNK
    dialled = (line.public or line.header) if trunk else None
    seconds = min(trial.seconds + RECOGNISED, LONGEST) if trunk else trial.seconds
    of = (new_id(), line.header, line.carrier, trial.keys, trial.at, seconds, way, dialled)
    return TestCall(*of, live=live, lead=lead(answering))


def _not_placed(trial: Trial, began: datetime, ended: datetime, why: str) -> TestedCall:
    advice = "Mire en «Estado» cómo está la central y repita la prueba."
    check = Check("call", "La llamada se pudo hacer", False, "una llamada", why, advice)
    return TestedCall(trial.id, trial.title, trial.line.header, began, ended, (check,))
