"""What of a plan stands in the PBX: the version that answers strangers, and the one that test calls reach."""

from collections.abc import Iterable
from dataclasses import dataclass

from plans.model import PlanVersion


@dataclass(frozen=True, slots=True)
class Served:
    """Both are versions of one plan. Without `live` strangers hear that the service is not active; test calls
    reach the `candidate`, without one what is live.
    """

    live: PlanVersion | None
    candidate: PlanVersion | None = None

    @property
    def versions(self) -> tuple[PlanVersion, ...]:
        return tuple(version for version in (self.live, self.candidate) if version is not None)


def all_live(versions: Iterable[PlanVersion]) -> tuple[Served, ...]:
    """Each version answers strangers, and none is on trial."""
    return tuple(Served(version) for version in versions)
