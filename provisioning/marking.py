"""What of each plan stands after a step. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from enum import Enum

from dialplan.served import Served
from plans.book import Marks
from plans.model import PlanVersion
from provisioning.refusals import NoCandidate, NotLive, NotSuspended, Stale

UNMARKED = Marks()


class Going(Enum):
    """How far an applied version goes: to test calls only; to strangers at once, though nobody tested it; or,
    as untested, to the strangers who reach the plan already. The examples are let in and not marked for it.
    """

    CANDIDATE = "candidate"
    RELEASE = "release"
    URGENT = "urgent"
    EXAMPLES = "examples"


def applied(marks: Mapping[str, Marks], versions: Iterable[PlanVersion], going: Going) -> dict[str, Marks]:
    """These versions are applied. Raises NotLive."""
    after = dict(marks)
    for version in versions:
        plan = version.plan.plan
        after[plan] = _applied(marks.get(plan, UNMARKED), version, going)
    return after


def _applied(stands: Marks, version: PlanVersion, going: Going) -> Marks:
    """What equals the live version only ends the trial of another one."""
    if going is Going.CANDIDATE:
        return replace(stands, candidate=None if version.hash == stands.live else version.hash)
    if going is Going.URGENT and (stands.live is None or stands.suspended):
        raise NotLive(version.plan.plan)
    return Marks(version.hash)


def released(marks: Mapping[str, Marks], plan: str, hash: str) -> dict[str, Marks]:
    """The candidate, which must be this version, answers strangers. Raises Stale."""
    if marks.get(plan, UNMARKED).candidate != hash:
        raise Stale(plan)
    return {**marks, plan: Marks(hash)}


def suspended(marks: Mapping[str, Marks], plan: str) -> dict[str, Marks]:
    """Strangers are answered no longer. Raises NotLive."""
    stands = marks.get(plan, UNMARKED)
    if stands.live is None or stands.suspended:
        raise NotLive(plan)
    return {**marks, plan: replace(stands, suspended=True)}


def resumed(marks: Mapping[str, Marks], plan: str) -> dict[str, Marks]:
    """What was suspended answers strangers again. Raises NotSuspended."""
    stands = marks.get(plan, UNMARKED)
    if not stands.suspended:
        raise NotSuspended(plan)
    return {**marks, plan: replace(stands, suspended=False)}


def dropped(marks: Mapping[str, Marks], plan: str) -> dict[str, Marks]:
    """The candidate stands no longer. Raises NoCandidate."""
    stands = marks.get(plan, UNMARKED)
    if stands.candidate is None:
        raise NoCandidate(plan)
    return {**marks, plan: replace(stands, candidate=None)}


def served(marks: Mapping[str, Marks], versions: Iterable[PlanVersion]) -> Iterator[Served]:
    """The plans as the PBX serves them; `versions` are all that the marks name."""
    known = {(each.plan.plan, each.hash): each for each in versions}
    for plan, each in marks.items():
        live = known[plan, each.live] if each.live else None
        candidate = known[plan, each.candidate] if each.candidate else None
        if live or candidate:
            yield Served(None, candidate or live) if each.suspended else Served(live, candidate)
