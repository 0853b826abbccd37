"""The altas: begun, found, moved step by step, by whoever may. Refusals say what to do and who can.

`by` is a person, or None for the house itself, as the command line is.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from plans.book import PlanBook, StoredPlan
from plans.site import Site
from plans.store import PlanStore
from provisioning.alta import moves
from provisioning.alta.coverages import CoverageStore
from provisioning.alta.documents import Documents
from provisioning.alta.engine import asked
from provisioning.alta.evidence import Evidence
from provisioning.alta.files import Files
from provisioning.alta.forms import Forms
from provisioning.alta.hooks import Hooks
from provisioning.alta.itself import ByItself
from provisioning.alta.ledger import Doing, Ledger, Moved, Work, name_of
from provisioning.alta.load import Written
from provisioning.alta.looking import Looking
from provisioning.alta.proving import Proving
from provisioning.alta.refusals import AltaRefused, NoSuchAlta, StaleStep
from provisioning.alta.request import AltaRequest
from provisioning.alta.tables import altas
from provisioning.alta.views import AltaState, AltaView
from provisioning.alta.who import Hands, refuse
from staff.person import Person
from staff.scope import EVERYTHING

TRIES = 4
Move = Callable[[AltaView], Doing]
"""Judges an alta as it stands and says what happens; raises `AltaRefused`."""


class Altas(Looking):
    """Every change is one transaction, and raises `AltaRefused` when it is not made.

    `folder` is where documents lie; `hooks` carries coverages on.
    """

    def __init__(
        self,
        ledger: Ledger,
        hands: Hands,
        proving: Proving,
        site: Site,
        book: PlanBook,
        procedure: Written,
        folder: Path,
        hooks: Hooks,
    ) -> None:
        super().__init__(ledger, hands, proving, procedure)
        self._site = site
        self._book = book
        self.news = asyncio.Event()
        self.by_itself = ByItself(ledger, proving, self.news)
        self.documents = Documents(self, ledger, Files(folder))
        self.forms = Forms(self, ledger, site, book)
        self.coverages = CoverageStore(self, ledger, PlanStore(ledger.engine), hooks)

    @property
    def evidence(self) -> dict[str, Evidence]:
        """What the altas themselves prove."""
        return {
            "coverages": self.coverages.evidence,
            "number-request": self.forms.evidence,
            "account-complete": self.coverages.account_complete,
        }

    # beginning

    async def start(self, request: AltaRequest, by: Person | None) -> AltaView:
        """A new alta of a plan, or an otro sí of one in service."""
        refuse(await self.hands.may_begin(by, self.written.procedure.begins))
        amends = await self._last_done(request.plan)
        stands = self._book.of(request.plan)
        in_service = stands.live or stands.suspended or amends is not None
        problems = moves.against(request, self._site, in_service=bool(in_service))
        problems |= _out_of_sight(by, request) | _of_another(by, request, stands.tested)
        if not self.written.procedure.of(request.kind):
            problems["kind"] = "El procedimiento de la empresa no tiene pasos para eso."
        if problems:
            raise AltaRefused(problems=problems)
        try:
            alta = await self._ledger.begin(request, self.written, name_of(by), amends)
        except IntegrityError as error:
            raise AltaRefused(problems={"plan": await self._taken(request.plan)}) from error
        in_force = stands.live or stands.suspended
        if request.kind == "otro-si" and in_force is not None:
            alta = await self.coverages.bring_in_force(alta, in_force.version.plan, by)
        self.nudge()
        return alta

    async def _last_done(self, plan: str) -> int | None:
        done = select(func.max(altas.c.id)).where(altas.c.plan == plan, altas.c.state == AltaState.DONE)
        async with self._ledger.engine.connect() as connection:
            id: int | None = (await connection.execute(done)).scalar_one_or_none()
        return id

    async def _taken(self, plan: str) -> str:
        other = await self.of_plan(plan)
        if other is None or other.ended is not None:
            return "No se pudo guardar: vuelva a intentarlo."
        return f"El plan «{plan}» ya tiene un alta en curso: {other.number}. Siga con ella o cancélela."

    def nudge(self) -> None:
        """Something came true that may close a step: look now, not in a while."""
        self.news.set()

    # moving

    async def finish(
        self,
        id: int,
        step: str,
        by: Person | None,
        answers: Mapping[str, str] | None = None,
        reason: str = "",
        revision: int | None = None,
    ) -> AltaView:
        """Close an open step. A gate wants all its evidence; without evidence any other wants a reason."""
        return await self._proved(
            id, step, by, lambda alta: moves.finishing(alta, step, answers or {}, reason, revision)
        )

    async def skip(
        self, id: int, step: str, by: Person | None, reason: str = "", revision: int | None = None
    ) -> AltaView:
        """Leave out an optional step."""
        return await self._proved(id, step, by, lambda alta: moves.skipping(alta, step, reason, revision))

    async def sign(
        self,
        id: int,
        step: str,
        area: str,
        by: Person,
        *,
        approved: bool = True,
        reason: str = "",
        revision: int | None = None,
    ) -> AltaView:
        """An area's word on a step that has no form. Nobody signs for two areas."""
        refuse(await self.hands.may_sign(by, area))
        return await self._proved(
            id, step, by, lambda alta: moves.signing(alta, step, area, by.name, approved, reason, revision)
        )

    async def send_back(
        self, id: int, step: str, to: str, by: Person | None, reason: str, revision: int | None = None
    ) -> AltaView:
        """From an open step to a closed one that it is built on: that and all that is built on it are to be
        done once more."""
        return await self._proved(
            id, step, by, lambda alta: moves.sending(alta, step, to, reason, revision), to
        )

    async def reopen(
        self, id: int, step: str, by: Person | None, reason: str, revision: int | None = None
    ) -> AltaView:
        """Undo the closing of a step; what was built on it is undone too (`undone_by`)."""
        return await self._proved(id, step, by, lambda alta: moves.reopening(alta, step, reason, revision))

    async def assign(
        self, id: int, step: str, owner: str | None, by: Person | None, revision: int | None = None
    ) -> AltaView:
        """Put a step into one person's hands, or back into its area's."""
        areas = moves.named(await self.need(id, by), step).step.areas
        people = await self.hands.people_of(areas)
        if owner is not None and owner not in {each.name for each in people}:
            raise AltaRefused(problems={"owner": f"«{owner}» no es de las áreas de este paso."})
        return await self._step(id, step, by, lambda alta: moves.assigning(alta, step, owner, revision))

    async def set_due(
        self, id: int, step: str, due: date, by: Person | None, reason: str, revision: int | None = None
    ) -> AltaView:
        """Another day until which an open step may last."""
        calendar = self._ledger.calendar((await self.need(id, by)).subsidiary)
        return await self._step(
            id, step, by, lambda alta: moves.dating(alta, step, due, reason, revision, calendar)
        )

    async def comment(
        self, id: int, by: Person | None, text: str, step: str | None = None, about: str = ""
    ) -> AltaView:
        """A comment of anybody who sees the alta, also when it is over; `about`: the code of a coverage."""
        return await self._record(id, by, lambda alta: moves.commenting(alta, step, text, about))

    async def change(
        self, id: int, request: AltaRequest, by: Person | None, reason: str, revision: int | None = None
    ) -> AltaView:
        """Other data of the request. The plan, the subsidiary and the kind stay. `revision` is the alta's."""
        problems = moves.against(request, self._site, in_service=None) | _out_of_sight(by, request)
        if problems:
            raise AltaRefused(problems=problems)
        return await self._lead(id, by, lambda alta: moves.changing(alta, request, reason, revision))

    async def suspend(self, id: int, by: Person | None, reason: str) -> AltaView:
        """Days do not run until it is resumed."""
        return await self._lead(id, by, lambda alta: moves.suspending(alta, reason))

    async def resume(self, id: int, by: Person | None, reason: str = "") -> AltaView:
        return await self._lead(id, by, lambda alta: moves.resuming(alta, reason))

    async def cancel(self, id: int, by: Person | None, reason: str) -> AltaView:
        """For good: what comes later is another alta."""
        return await self._lead(id, by, lambda alta: moves.cancelling(alta, reason))

    async def move(self, id: int, by: Person | None, reason: str) -> AltaView:
        """On to the procedure that is in force now, deliberately."""
        return await self._lead(id, by, lambda alta: moves.moving(alta, self.written, reason))

    async def record(self, id: int, by: Person | None, work: Work) -> AltaView:
        """What another store of this room writes of an alta, in one transaction with its event."""
        try:
            alta = await self._ledger.record(id, name_of(by), work)
        except Moved as error:
            raise StaleStep(await self.need(id, None)) from error
        self.nudge()
        return alta

    # how

    async def need(self, id: int, by: Person | None) -> AltaView:
        alta = await self.find(id, by.scope if by else EVERYTHING, proved=False)
        if alta is None:
            raise NoSuchAlta(id)
        return alta

    async def _lead(self, id: int, by: Person | None, move: Move) -> AltaView:
        refuse(await self.hands.may_lead(by, await self.need(id, by)))
        return await self._record(id, by, move)

    async def _step(self, id: int, step: str, by: Person | None, move: Move) -> AltaView:
        refuse(await self.hands.may_close(by, moves.named(await self.need(id, by), step)))
        return await self._record(id, by, move)

    async def _record(self, id: int, by: Person | None, move: Move) -> AltaView:
        await self.need(id, by)

        async def work(_connection: AsyncConnection, alta: AltaView) -> Doing:
            return move(alta)

        return await self.record(id, by, work)

    async def _proved(self, id: int, step: str, by: Person | None, move: Move, *others: str) -> AltaView:
        """As `_step`, with the evidence of the steps that it moves as it was found at the very revision that
        is moved on.
        """

        async def work(_connection: AsyncConnection, alta: AltaView) -> Doing:
            return move(alta)

        for _ in range(TRIES):
            alta = await self.need(id, by)
            now = moves.named(alta, step)
            refuse(await self.hands.may_close(by, now))
            found = await self._proving.ask(alta, asked(alta, step, *others))
            with suppress(Moved):
                after = await self._ledger.record(id, name_of(by), work, alta.revision, found)
                self.nudge()
                return after
        raise StaleStep(await self.need(id, by))


def _out_of_sight(by: Person | None, request: AltaRequest) -> dict[str, str]:
    if by is None or by.scope.covers(request.subsidiary, request.account.name):
        return {}
    return {"account": "Esa filial o cuenta está fuera de lo que usted ve."}


def _of_another(by: Person | None, request: AltaRequest, stands: StoredPlan | None) -> dict[str, str]:
    """An alta shows all that there is of its plan: whoever begins one must see that plan."""
    if stands is None:
        return {}
    plan = stands.version.plan
    seen = by is None or by.scope.covers(plan.subsidiary, plan.account.name)
    if seen and plan.subsidiary == request.subsidiary:
        return {}
    return {"plan": f"«{request.plan}» ya es el nombre de otro plan: elija otro."}
