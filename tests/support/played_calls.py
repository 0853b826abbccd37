"""Test calls that a PBX is played for: they do what the plan says, but for what a test changes of them.

The sounds of prompts cost nothing and are like nothing else.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from zlib import crc32
from zoneinfo import ZoneInfo

import numpy as np

from dialplan.numbers import digits
from dialplan.opening import is_holiday, is_open
from ivr_audio.reception import Reception
from ivr_audio.store import SoundStore
from ivr_audio.telephone import RATE, Samples, wav_bytes
from plans.model import PlanVersion
from plans.site import Site
from provisioning.proof.script import Trial, script
from provisioning.proof.sounds import wanted
from telephony.facts import CallArrived
from telephony.testcall_values import Delivered, Heard, Moment, Observed, PhoneShown, TestCall, Way
from telephony.testcalls import CannotPlace

NOW = datetime(2026, 11, 26, 21, tzinfo=UTC)
LASTS = 2.6


def sound(seed: str) -> Samples:
    """Some seconds that sound like nothing else, the same at every run, and nowhere so softly that what
    stands in their place would be lost.
    """
    dice = np.random.default_rng(crc32(seed.encode()))
    beat = np.repeat(0.5 + dice.random(int(LASTS * 10)) / 2, RATE // 10)
    made: Samples = 0.1 * beat * dice.standard_normal(int(LASTS * RATE))
    return made


def sounds(version: PlanVersion) -> dict[str, Samples]:
    return {name: sound(name) for name in version.plan.prompts}


def trials(version: PlanVersion, site: Site, quick: bool = False) -> dict[str, Trial]:
    lasts = dict.fromkeys(version.plan.prompts, LASTS)
    return {trial.id: trial for trial in script(version, site, lasts, NOW, quick).trials}


def heard(trial: Trial, version: PlanVersion) -> Samples:
    """What the caller of a call that goes as it should hears."""
    parts = [np.zeros(RATE // 2)]
    for each in trial.hears:
        whole = sounds(version)[each.prompt]
        parts.append(whole[: int(each.cut * RATE)] if each.cut else whole)
    return np.concatenate([*parts, np.zeros(RATE)])


def spoilt(came: Samples) -> Samples:
    """As long as a word lasts, something else comes in the midst of the first prompt."""
    at, lasts = int(RATE * (0.5 + LASTS / 2)), RATE * 3 // 10
    return np.concatenate([came[:at], sound("rayo")[:lasts], came[at + lasts :]])


def observed(trial: Trial, version: PlanVersion, **changes: object) -> Observed:
    """A call that does what the plan says."""
    plan, line = version.plan, trial.line
    fact = CallArrived(
        "pbx1-1.1", NOW, "1.1", line.header, plan.plan, version.short, line.carrier, "+541155551234", ""
    )
    marks: list[tuple[str, Mapping[str, str]]] = [("arrived", {"Plan": plan.plan})]
    marks += [("digits", {"Name": name, "Digits": typed}) for name, typed in trial.digits.items()]
    marks += [("choice", {"Menu": each.menu, "Digit": each.digit}) for each in trial.chosen]
    marks += [("closed", {"Calendar": trial.closed})] if trial.closed else []
    marks += _reached(trial)
    rings = trial.reach.kind == "queue"
    name = plan.fantasy_name.encode()
    made = Observed(
        TestCall("0" * 16, line.header, line.carrier, trial.keys),
        NOW,
        (Heard(120, fact),),
        answered_ms=180 if trial.answered else None,
        plan_ms=120,
        phone=PhoneShown(name, name, name, (), 9000) if rings else None,
        delivered=Delivered(line.header, {}, digits(line.header), "541155551234"),
        marks=tuple(marks),
        duration_ms=12_000,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def _reached(trial: Trial) -> list[tuple[str, Mapping[str, str]]]:
    reach = trial.reach
    match reach.kind:
        case "queue":
            return [("queue", {"Queue": reach.name, "Priority": str(reach.priority or "")})]
        case "callback":
            return [("callback", {"Queue": reach.name})]
        case "dial":
            return [("duty", {"Number": digits(reach.name)})]
        case _:
            return []


def in_the_pbx(store: SoundStore, version: PlanVersion, site: Site) -> None:
    """The sounds of the plan's prompts are there."""
    names = wanted(version, site, {})
    for prompt, samples in sounds(version).items():
        path = store.path(names.expected[prompt])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(wav_bytes(samples))


@dataclass
class PlayedCalls:
    """Does what the plan says, but for what a test changes of a call, by the keys that it presses.

    `spoilt` are calls whose line spoils what is heard, and how sound came: the first time, the second time.
    """

    version: PlanVersion
    site: Site
    folder: Path
    changes: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    spoilt: Mapping[str, list[Reception]] = field(default_factory=dict)
    goes: asyncio.Event = field(default_factory=asyncio.Event)
    fails: bool = False
    standing: int = 0
    most: int = 0
    placed: list[TestCall] = field(default_factory=list)

    async def place(self, call: TestCall, progress: Callable[[Moment], None] = lambda _: None, /) -> Observed:
        self.placed.append(call)
        self.standing += 1
        self.most = max(self.most, self.standing)
        progress(Moment.PLACED)
        try:
            await asyncio.sleep(0)
            await self.goes.wait()
            if self.fails:
                raise CannotPlace("La central no responde.")
            return self._observed(call)
        finally:
            self.standing -= 1

    def ways(self) -> frozenset[Way]:
        return frozenset({Way.LOOP, Way.TRUNK})

    def _observed(self, call: TestCall) -> Observed:
        trial = self.trial(call)
        path = self.folder / f"{call.id}.wav"
        came, line = heard(trial, self.version), Reception(packets=600)
        if left := self.spoilt.get(trial.id):
            came, line = spoilt(came), left.pop(0)
        path.write_bytes(wav_bytes(came))
        made = observed(trial, self.version, heard=path, reception=line)
        return replace(made, **self.changes.get(trial.id, {}))  # type: ignore[arg-type]

    def trial(self, call: TestCall) -> Trial:
        """The one of the script with the same keys, at an instant that is as open, whatever today is."""
        known = trials(self.version, self.site).values()
        wanted = self._open(call.at)
        return next(each for each in known if (each.keys, self._open(each.at)) == (call.keys, wanted))

    def _open(self, at: datetime | None) -> tuple[bool, ...] | None:
        """Whether the day is a holiday, and which calendars are open."""
        if at is None:
            return None
        plan = self.version.plan
        local = at.astimezone(ZoneInfo(self.site.subsidiaries[plan.subsidiary].timezone))
        calendars = (is_open(each, plan.subsidiary, local) for each in plan.calendars.values())
        return (is_holiday(plan.subsidiary, local.date()), *calendars)
