"""Where altas are kept: what happened is read, judged and added to in one transaction, one writer an alta.

Whoever wants to be told within that transaction is in `tells`.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine import writing
from plans.site import Site
from provisioning.alta.calendar import BusinessCalendar, calendar_of
from provisioning.alta.engine import Facts, view
from provisioning.alta.events import Event, Happened
from provisioning.alta.evidence import Found
from provisioning.alta.index import write_index, write_span
from provisioning.alta.load import Written, read_procedure
from provisioning.alta.refusals import NoSuchAlta
from provisioning.alta.request import AltaRequest
from provisioning.alta.tables import alta_events, alta_procedures, altas
from provisioning.alta.views import AltaView
from staff import actor, audit, names
from staff.audit import Deed
from staff.person import Person

Tell = Callable[[AsyncConnection, AltaView, Event], Awaitable[None]]
"""Told of an event and of the alta as it stands after it, within the transaction. Must not raise."""

NO_EVIDENCE: Mapping[str, Found] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Doing:
    """What is to happen. `request` and `procedure` are what the alta has from then on, where they change."""

    kind: Happened
    step: str | None = None
    reason: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    request: AltaRequest | None = None
    procedure: Written | None = None


Work = Callable[[AsyncConnection, AltaView], Awaitable[Doing]]
"""Judges the alta as it stands, writes what belongs to it, and says what happens; raises to refuse."""


class Moved(Exception):
    """The alta is not at the revision that was looked at any more."""


class Ledger:
    """`tells` are asked for at each event: parts hang theirs in when they are made."""

    def __init__(
        self,
        engine: AsyncEngine,
        clock: Callable[[], datetime],
        site: Site,
        tells: Callable[[], Iterable[Tell]] = tuple,
    ) -> None:
        self.engine = engine
        self.clock = clock
        self._site = site
        self._tells = tells

    def calendar(self, subsidiary: str) -> BusinessCalendar:
        return calendar_of(self._site, subsidiary)

    def seen(
        self, facts: Facts, found: Mapping[str, Found] = NO_EVIDENCE, labels: Mapping[str, str] | None = None
    ) -> AltaView:
        """The alta as it stands now."""
        calendar = self.calendar(facts.request.subsidiary)
        called = labels or facts.procedure.areas()
        carrier = self._site.carriers.get(facts.request.carrier or "")
        usual = carrier.usual_days if carrier else None
        return view(facts, max(self.clock(), facts.events[-1].at), calendar, found, called, usual)

    async def facts(self, id: int) -> Facts | None:
        async with self.engine.connect() as connection:
            return await facts_of(connection, id)

    async def begin(self, request: AltaRequest, procedure: Written, by: str, amends: int | None) -> AltaView:
        """A new alta; the database refuses a second one under way for a plan (`IntegrityError`)."""
        at = self.clock()
        async with writing(self.engine) as connection:
            await _keep(connection, procedure, at)
            values = _columns(request) | {
                "procedure": procedure.hash, "amends": amends, "state": "running", "asked_by": by,
                "started": at, "revision": 1,
            }  # fmt: skip
            id = (await connection.execute(insert(altas).values(values).returning(altas.c.id))).scalar_one()
            event = Event(1, at, by, Happened.STARTED, data=request.model_dump(mode="json", by_alias=True))
            facts = Facts(id, request, procedure.procedure, procedure.hash, (), amends)
            return await self._add(connection, facts, event)

    async def record(
        self,
        id: int,
        by: str,
        work: Work,
        seen: int | None = None,
        found: Mapping[str, Found] = NO_EVIDENCE,
    ) -> AltaView:
        """One more event. Raises `Moved` when the alta left the revision `seen`, and what `work` raises."""
        async with writing(self.engine) as connection:
            facts = await facts_of(connection, id, held=True)
            if facts is None:
                raise NoSuchAlta(id)
            now = self.seen(facts, found)
            if seen is not None and now.revision != seen:
                raise Moved
            doing = await work(connection, now)
            last = facts.events[-1]
            at = max(self.clock(), last.at)
            event = Event(now.revision + 1, at, by, doing.kind, doing.step, doing.reason, doing.data)
            return await self._add(connection, _changed(facts, doing), event, doing, found)

    async def _add(
        self,
        connection: AsyncConnection,
        facts: Facts,
        event: Event,
        doing: Doing | None = None,
        found: Mapping[str, Found] = NO_EVIDENCE,
    ) -> AltaView:
        after = self.seen(replace(facts, events=(*facts.events, event)), found)
        await connection.execute(insert(alta_events).values(_row(facts.id, event)))
        if doing is not None:
            if doing.procedure is not None:
                await _keep(connection, doing.procedure, event.at)
            await _update(connection, after, event.revision - 1)
        await write_index(connection, after)
        await write_span(connection, after, event, self.calendar(after.subsidiary))
        await audit.write(connection, _deed(after, event), event.at)
        for tell in self._tells():
            await tell(connection, after, event)
        return after


async def facts_of(connection: AsyncConnection, id: int, *, held: bool = False) -> Facts | None:
    """An alta with all that happened; `held` until the transaction ends."""
    wanted = select(altas, alta_procedures.c.text.label("procedure_text")).join(
        alta_procedures, alta_procedures.c.hash == altas.c.procedure
    )
    wanted = wanted.where(altas.c.id == id)
    row = (await connection.execute(wanted.with_for_update(of=altas) if held else wanted)).one_or_none()
    if row is None:
        return None
    chosen = select(alta_events).where(alta_events.c.alta == id).order_by(alta_events.c.revision)
    events = tuple(event_of(each) for each in await connection.execute(chosen))
    procedure = read_procedure(row.procedure_text)
    request = AltaRequest.model_validate_json(row.request)
    return Facts(id, request, procedure.procedure, row.procedure, events, row.amends)


def event_of(row: Row[Any]) -> Event:
    kind = Happened(row.kind)
    return Event(row.revision, row.at, row.by, kind, row.step, row.reason, row.data)


def name_of(by: Person | None) -> str:
    """Under what name a deed stands: a person's, else that of whoever acts (`staff.actor`)."""
    return by.name if by is not None else actor.current().name


def _changed(facts: Facts, doing: Doing) -> Facts:
    facts = replace(facts, request=doing.request or facts.request)
    if (written := doing.procedure) is None:
        return facts
    return replace(facts, procedure=written.procedure, procedure_hash=written.hash)


async def _keep(connection: AsyncConnection, procedure: Written, at: datetime) -> None:
    known = select(alta_procedures.c.hash).where(alta_procedures.c.hash == procedure.hash)
    if (await connection.execute(known)).scalar_one_or_none() is None:
        name = procedure.procedure.name[:200]
        row = {"hash": procedure.hash, "name": name, "text": procedure.text, "at": at}
        await connection.execute(insert(alta_procedures).values(row))


async def _update(connection: AsyncConnection, alta: AltaView, former: int) -> None:
    values = _columns(alta.request) | {
        "procedure": alta.procedure_hash,
        "state": alta.state,
        "ended": alta.ended,
        "revision": alta.revision,
    }
    claimed = update(altas).where(altas.c.id == alta.id, altas.c.revision == former).values(values)
    if (await connection.execute(claimed)).rowcount != 1:
        raise Moved


def _columns(request: AltaRequest) -> dict[str, Any]:
    account = request.account
    said = (request.plan, request.name, account.name, account.tax_id, request.carrier)
    return {
        "kind": request.kind,
        "plan": request.plan,
        "name": request.name,
        "subsidiary": request.subsidiary,
        "account": account.name,
        "carrier": request.carrier,
        "request": request.model_dump_json(by_alias=True),
        "sought": names.sought(*said),
    }


def _row(alta: int, event: Event) -> dict[str, Any]:
    return {
        "alta": alta,
        "revision": event.revision,
        "at": event.at,
        "by": event.by,
        "kind": event.kind,
        "step": event.step,
        "reason": event.reason,
        "data": dict(event.data),
    }


def _deed(alta: AltaView, event: Event) -> Deed:
    """`before` and `after` where the event has them; else what it says."""
    data = dict(event.data)
    before = data.pop("before", {})
    after = data.pop("after", {}) | data
    if event.step:
        after = {"step": event.step} | after
    return Deed(f"alta.{event.kind}", f"{alta.number} {alta.plan}", before, after, event.reason)
