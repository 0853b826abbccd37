"""What those are told who hang on which version of a plan is live and which is its candidate."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import structlog

from plans.book import Marks, PlanBook, StoredPlan
from provisioning.marking import UNMARKED
from provisioning.releases import Turn, What, turn, what_became

log = structlog.get_logger()

Told = What | Literal["rolled-back", "standing"]


@dataclass(frozen=True, slots=True)
class Changed:
    """What stands of a plan now, who did it, `what` it was and why; `release` is what was published, `turn`
    whether that suspended the line or brought it back.

    `standing` is told of each plan once at every start, when nothing changed: whoever was not told before a
    crash catches up.
    """

    plan: str
    live: StoredPlan | None
    candidate: StoredPlan | None
    suspended: StoredPlan | None
    by: str
    what: Told
    reason: str
    release: str
    turn: Turn | None = None


Listener = Callable[[Changed], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Publication:
    """Who published which release, and why."""

    release: str
    by: str
    reason: str


def changes(
    before: Mapping[str, Marks],
    after: Mapping[str, Marks],
    book: PlanBook,
    publication: Publication,
    what: Told | None = None,
) -> tuple[Changed, ...]:
    """What a publication did to each plan; `book` holds what stands after it.

    `what` names it when what became of the plan does not tell.
    """
    stood = {
        plan: (before.get(plan, UNMARKED), after.get(plan, UNMARKED)) for plan in sorted({*before, *after})
    }
    return tuple(
        _changed(plan, book, publication, what or became, turn(*each))
        for plan, each in stood.items()
        if (became := what_became(*each))
    )


def standing(book: PlanBook, publication: Publication) -> tuple[Changed, ...]:
    """Every plan as it stands."""
    plans = sorted({stored.version.plan.plan for stored in book.standing()})
    return tuple(_changed(plan, book, publication, "standing") for plan in plans)


def _changed(
    plan: str, book: PlanBook, publication: Publication, what: Told, turn: Turn | None = None
) -> Changed:
    stands = book.of(plan)
    return Changed(
        plan,
        stands.live,
        stands.candidate,
        stands.suspended,
        publication.by,
        what,
        publication.reason,
        publication.release,
        turn,
    )


async def tell(listeners: Sequence[Listener], several: Sequence[Changed]) -> None:
    """Tell everybody, one after the other; what one of them cannot do keeps nobody else from knowing."""
    for changed in several:
        for listener in listeners:
            try:
                await listener(changed)
            except Exception:
                log.exception("change_not_taken", plan=changed.plan, what=changed.what)
