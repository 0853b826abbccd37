"""What tests of lines stand on, and what one needs before its first call."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ivr_audio.store import SoundStore
from plans.book import StoredPlan
from plans.model import Plan
from plans.site import Site
from provisioning.proof import sounds
from provisioning.proof.hearing import Prompts
from provisioning.proof.judge import DeskShown
from provisioning.proof.reports import Kind
from provisioning.proof.runs import Run, RunState, TestRefused
from provisioning.proof.script import Script, script
from telephony.testcall_values import Moment, Observed, TestCall, Way

_NO_DESK = "lo que muestra la pantalla del puesto: aquí nadie la mira"
BEGINS = {Way.LOOP: 0.3, Way.TRUNK: 0.5}
"""Seconds until the plan speaks, from when keys are counted: a call by the trunk is recognised first."""

RECOGNISED = 40.0
"""Seconds that it takes until a call by the trunk is recognised."""


class Caller(Protocol):
    """Who places test calls (`telephony.testcalls`)."""

    async def place(self, call: TestCall, progress: Callable[[Moment], None] = ..., /) -> Observed: ...

    def ways(self) -> frozenset[Way]: ...


Shown = Callable[[Observed], Awaitable[DeskShown | None]]
"""What popped up at the test desk, None when nothing did."""


@dataclass(frozen=True)
class Bench:
    """What tests stand on. `caller` is None where there is no PBX to place calls on; without `shown` nobody
    looks at the test desk. `entry_of` names how a version stands in the PBX; `approved` are a plan's approved
    recordings; `proven` is told of a plan that both tests passed, `reported` that there is a report.
    """

    caller: Caller | None
    shown: Shown | None
    sounds: SoundStore
    entry_of: Callable[[str, str], str]
    release: Callable[[], str | None]
    approved: Callable[[Plan], Awaitable[Mapping[str, str]]]
    proven: Callable[[Plan], Awaitable[object]]
    reported: Callable[[], None]

    def ways(self) -> frozenset[Way]:
        """How calls can be made without anybody's hand."""
        return self.caller.ways() & BEGINS.keys() if self.caller else frozenset()


@dataclass(frozen=True, slots=True)
class Under:
    """A test under way: what it tests, against which sounds."""

    run: Run
    stored: StoredPlan
    script: Script
    prompts: Prompts
    way: Way
    live: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """Which version is to be tested, how it stands in the PBX, by whom.

    `live`: it is what strangers reach, and is called as they call it where its carrier says so.
    """

    stored: StoredPlan
    fingerprint: str
    kind: Kind
    who: str
    live: bool = False


async def prepared(bench: Bench, site: Site, asked: Asked, now: datetime) -> Under:
    """The test with its script and sounds, not yet begun. Raises TestRefused when a prompt has no sound."""
    version = asked.stored.version
    wanted = sounds.wanted(version, site, await bench.approved(version.plan))
    try:
        prompts = await asyncio.to_thread(sounds.read, bench.sounds, wanted)
    except sounds.NoSound as error:
        raise TestRefused(str(error)) from error
    way = _way(bench, site, asked)
    written = script(version, site, sounds.durations(prompts), now, asked.kind is Kind.CANARY, BEGINS[way])
    return Under(_run(bench, asked, written, now), asked.stored, written, prompts, way, asked.live)


def _way(bench: Bench, site: Site, asked: Asked) -> Way:
    """Out by the trunk when the PBX has no loop, or when all the plan's carriers want it so every day."""
    carriers = {site.carriers[line.carrier].canary for line in asked.stored.version.plan.lines}
    outside = asked.live and carriers == {"trunk"} and Way.TRUNK in bench.ways()
    return Way.LOOP if Way.LOOP in bench.ways() and not outside else Way.TRUNK


def _run(bench: Bench, asked: Asked, written: Script, now: datetime) -> Run:
    version, plan = asked.stored.version, asked.stored.version.plan
    return Run(
        id=0,
        kind=asked.kind,
        plan=plan.plan,
        plan_name=plan.name,
        subsidiary=plan.subsidiary,
        account=plan.account.name,
        version=version.hash,
        fingerprint=asked.fingerprint,
        release=bench.release() or "",
        by=asked.who,
        begun=now,
        state=RunState.RUNNING,
        planned=tuple((trial.id, trial.title) for trial in written.trials),
        left_out=(*written.left_out, *(() if bench.shown else (_NO_DESK,))),
    )
