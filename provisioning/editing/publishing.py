"""Plans published from the console: what would change, then one publication a plan that can be followed."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from ivr_audio.recordings import BadRecording
from plans.problems import PlanProblems, Problem
from provisioning.apply import Applied, Provisioner
from provisioning.editing.store import PlanDrafts
from provisioning.editing.values import DraftRefused
from provisioning.marking import Going
from provisioning.progress import Stage
from provisioning.proposing import Proposal
from provisioning.refusals import DialplanProblems, InventoryObjects, NoReason, NotLive, Outdated
from staff.person import Person
from staff.written import said
from telephony.publish import NotPublished

log = structlog.get_logger(__name__)


class CannotPublish(DraftRefused):
    """Nothing was published. `problems` are those of the text, where it has any."""

    def __init__(self, said: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(said)
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Publication:
    """One under way, or the last one of a plan. `said` is why it was refused; `release` what stands since."""

    plan: str
    by: str
    going: Going
    begun: datetime
    stage: Stage = Stage.COMPILING
    done: int = 0
    of: int = 0
    over: bool = False
    said: str = ""
    release: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """A plan's `text`, of a draft's `revision` (0 when it stands already and is published anew); `shown` is
    the release that the person saw proposed for it.
    """

    plan: str
    text: str
    revision: int
    shown: str = ""
    going: Going = Going.CANDIDATE
    reason: str = ""


@dataclass
class Publications:
    """Kept in memory: what was published is in the plan's versions, whatever becomes of this process.

    `after` is called when one stands.
    """

    provisioner: Provisioner
    drafts: PlanDrafts
    clock: Callable[[], datetime]
    after: Callable[[], None]
    _last: dict[str, Publication] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def of(self, plan: str) -> Publication | None:
        """The one under way, or the last since this process began."""
        return self._last.get(plan)

    async def propose(self, wanted: Wanted, by: Person) -> Proposal:
        """What publishing it would change. Raises CannotPublish."""
        try:
            proposal = await self.provisioner.propose_text(wanted.text, wanted.going)
        except _REFUSALS as refused:
            raise _cannot(refused) from refused
        _own(proposal, wanted.plan, by)
        return proposal

    async def start(self, wanted: Wanted, by: Person) -> Publication:
        """Begin to publish what was shown. Raises CannotPublish."""
        plan = wanted.plan
        last = self._last.get(plan)
        if last is not None and not last.over:
            raise CannotPublish("Ya se está publicando este plan: espere a que termine.")
        if wanted.going is not Going.CANDIDATE and not said(wanted.reason):
            raise _cannot(NoReason())
        begun = Publication(plan, by.name, wanted.going, self.clock())
        self._last[plan] = begun
        try:
            await self.propose(wanted, by)
        except BaseException:
            self._last.pop(plan)
            raise
        task = asyncio.create_task(self._publish(wanted, by))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return begun

    async def _publish(self, wanted: Wanted, by: Person) -> None:
        plan = wanted.plan
        try:
            applied = await self._apply(wanted, by)
        except _REFUSALS as refused:
            told = _cannot(refused)
            self._tell(plan, over=True, said=str(told), problems=told.problems)
        except Exception:
            log.exception("publication_failed", plan=plan)
            self._tell(plan, over=True, said="Algo falló al publicar: avise a Sistemas y pruebe otra vez.")
        else:
            await self.drafts.close(plan, wanted.revision, "plan.draft-published", wanted.reason)
            self._tell(plan, over=True, release=applied.published.release)
            self.after()

    async def _apply(self, wanted: Wanted, by: Person) -> Applied:
        return await self.provisioner.apply_text(
            wanted.text,
            by.name,
            wanted.shown,
            wanted.going,
            wanted.reason,
            lambda stage, done, of: self._tell(wanted.plan, stage=stage, done=done, of=of),
        )

    def _tell(self, plan: str, **now: object) -> None:
        self._last[plan] = replace(self._last[plan], **now)  # type: ignore[arg-type]


_REFUSALS = (
    PlanProblems, DialplanProblems, Outdated, InventoryObjects, NotLive, NoReason, NotPublished, BadRecording,
)  # fmt: skip


def _cannot(refused: Exception) -> CannotPublish:
    """In words, each with what to do."""
    if isinstance(refused, PlanProblems):
        return CannotPublish("El plan tiene problemas: corríjalos y publique de nuevo.", refused.problems)
    if isinstance(refused, DialplanProblems):
        return CannotPublish(f"La central no podría con este plan: {refused.problems[0]}. Avise a Sistemas.")
    if isinstance(refused, InventoryObjects):
        said = "; ".join(refused.objections)
        return CannotPublish(
            f"El inventario de números no lo admite: {said}. Corrija el plan o el inventario."
        )
    if isinstance(refused, NotPublished):
        return CannotPublish(f"{str(refused)[:1].upper()}{str(refused)[1:]}.")
    return CannotPublish(str(refused))


def _own(proposal: Proposal, wanted: str, by: Person) -> None:
    """The text says what plan it is; it must be this one, and one that the person sees."""
    plan = proposal.drafts[0].version.plan
    if plan.plan != wanted:
        raise CannotPublish(f"El texto dice «plan: {plan.plan}» y este es «{wanted}»: corríjalo.")
    if not by.scope.covers(plan.subsidiary, plan.account.name):
        raise CannotPublish("El texto pone el plan en una filial o cuenta que usted no ve: corríjalo.")
