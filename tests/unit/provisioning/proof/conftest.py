"""A plan version of the examples, its prompts as sounds that cost nothing, calls as they were observed."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from dialplan.numbers import digits
from ivr_audio.telephone import RATE, Samples
from plans.load import load_files, load_site
from plans.model import PlanVersion
from plans.site import Site
from plans.write import version_of
from provisioning.proof.hearing import Prompts
from provisioning.proof.script import Trial, script
from telephony.facts import CallArrived
from telephony.testcall_values import Delivered, Heard, Observed, PhoneShown, TestCall

PLANS = Path(__file__).parents[4] / "plans"
NOW = datetime(2026, 11, 26, 21, tzinfo=UTC)
LASTS = 3.0


@pytest.fixture(scope="session")
def site() -> Site:
    return load_site(PLANS / "example-site.yaml")


@pytest.fixture(scope="session")
def versions(site: Site) -> Mapping[str, PlanVersion]:
    loaded = load_files(sorted((PLANS / "examples").glob("*.yaml")), site)
    return {source.plan.plan: version_of(source.plan, {}) for source in loaded.sources}


def sound(seed: str) -> Samples:
    """Three seconds that sound like nothing else."""
    dice = np.random.default_rng(abs(hash(seed)) % 2**32)
    beat = np.repeat(dice.random(int(LASTS * 10)), RATE // 10)
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


@pytest.fixture
def prompts() -> Callable[[PlanVersion], Prompts]:
    return lambda version: Prompts(sounds(version), {})
