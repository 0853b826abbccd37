"""What is done to numbers: reserved, asked for, linked, given back; each with who, when and why."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.engine import writing
from plans.model import Plan
from plans.numbers import BadNumber
from provisioning.numbers import checks, conflicts, rows
from provisioning.numbers.inventory import SELECT, read
from provisioning.numbers.rows import Moving, held, step
from provisioning.numbers.standing import Stand, follow, mount, standing_in
from provisioning.numbers.states import HELD, TRANSITIONS, Move, NumberKind, NumberState
from provisioning.numbers.stock import Stock
from provisioning.numbers.tables import numbers
from provisioning.numbers.values import Entry, Holder, InventoryNumber, NoneFree, NumberRefused
from provisioning.numbers.writing import understood

OVER = "terminó la cuarentena"
STANDS = "está en la central"
_APART = frozenset({NumberState.FREE, NumberState.QUARANTINE, NumberState.RETIRED})
"""States in which a number is linked with nothing."""
_UNUSED = (NumberState.RESERVED, NumberState.REQUESTED, NumberState.GRANTED)
_ASKABLE = tuple(state for state, moves in TRANSITIONS[NumberKind.HEADER].items() if Move.REQUEST in moves)


class Numbers(Stock):
    """The inventory, and what is done to it. A method is one transaction; what is refused changes nothing.

    Numbers are given as E.164; who has them from a person asks `get` first. `revision` is the one that was
    looked at; without one, the last one holds. All raise `NumberRefused`: `NotNow` when the state does not
    allow it, `StaleNumber` when somebody else was first, `NumberTaken` when the number is another plan's.
    """

    async def reserve(
        self, holder: Holder, carrier: str, e164: str | None = None, reason: str = ""
    ) -> InventoryNumber:
        """Give the plan a header: the one asked for, or the one of this carrier that is free for longest.

        Raises `NoneFree`.
        """
        self.check_carrier(carrier, holder.subsidiary)
        async with writing(self._engine) as connection:
            number = await held(connection, e164 or await _longest_free(connection, carrier))
            checks.for_somebody(number, Move.RESERVE, holder)
            (moved,) = await self._all(connection, [number], Move.RESERVE, reason, holder)
            return moved

    async def request(
        self, header: str, public: str | None = None, reason: str = ""
    ) -> tuple[InventoryNumber, ...]:
        """The carrier was asked for a public number on this header: for a certain one, or for any."""
        async with writing(self._engine) as connection:
            asked = [await held(connection, header)]
            if public is not None:
                asked.append(await held(connection, public))
                checks.can_be_linked(*asked)
            for number in asked:
                checks.carrier_is_there(number, Move.REQUEST)
            return await self._all(connection, asked, Move.REQUEST, reason, checks.holder_of(asked[0]))

    async def request_within(self, connection: AsyncConnection, plan: str, reason: str) -> None:
        """The carrier was asked, in somebody's transaction: the plan's headers wait for it."""
        mine = SELECT.where(
            numbers.c.plan == plan,
            numbers.c.kind == NumberKind.HEADER,
            numbers.c.state.in_(_ASKABLE),
            numbers.c.asked_at.is_(None),
            numbers.c.granted_at.is_(None),
        )
        await self._all(connection, await read(connection, mine), Move.REQUEST, reason)

    async def grant(
        self, header: str, public: str, reason: str = "", revision: int | None = None
    ) -> tuple[InventoryNumber, InventoryNumber]:
        """The carrier gave a public number, taken in when it is new, for the header: it is mounted there."""
        return await self._mounted(Move.GRANT, header, public, reason, revision)

    async def link(
        self, header: str, public: str, reason: str = "", revision: int | None = None
    ) -> tuple[InventoryNumber, InventoryNumber]:
        """The carrier says that calls of the public number, granted or not, arrive at the header."""
        return await self._mounted(Move.LINK, header, public, reason, revision)

    async def _mounted(
        self, move: Move, header: str, public: str, reason: str, revision: int | None
    ) -> tuple[InventoryNumber, InventoryNumber]:
        async with writing(self._engine) as connection:
            below = await held(connection, header)
            checks.same_revision(below, revision)
            above = await self._public(connection, public, below)
            checks.can_be_linked(below, above)
            under = await step(connection, below, self._moving(move, reason, None, public))
            holder = checks.holder_of(below)
            over = await step(connection, above, self._moving(move, reason, holder, header))
            await rows.mount(connection, under, over)
            return await self._told(connection, below, above, reason)

    async def _public(
        self, connection: AsyncConnection, e164: str, header: InventoryNumber
    ) -> InventoryNumber:
        """The public number that is linked with the header; a new one is taken in."""
        found = await rows.these(connection, [e164])
        if found:
            return found[0]
        try:
            understood(e164, NumberKind.PUBLIC, header.subsidiary)
        except BadNumber as bad:
            raise NumberRefused(f"{bad}.") from bad
        standing = conflicts.in_book(self._book).get(e164)
        if standing is not None and standing.plan.plan != header.plan:
            raise conflicts.taken_by_plan(e164, standing.plan)
        entry = Entry(e164, NumberKind.PUBLIC, header.subsidiary, header.carrier)
        await rows.insert_entries(connection, [entry], self._clock(), "lo dio el operador")
        return await held(connection, e164)

    async def unlink(self, header: str, reason: str, revision: int | None = None) -> InventoryNumber:
        """What the carrier gave and linked is no more; the public number stays reserved for its plan.

        What the plan's candidate mounts in the PBX stays mounted.
        """
        async with writing(self._engine) as connection:
            below = await held(connection, header)
            checks.same_revision(below, revision)
            checks.has_public(below)
            stands = standing_in(self._book).get(header)
            if stands is not None and stands.stand is not Stand.CANDIDATE:
                checks.may_leave(below, Move.UNLINK, stands.number)
            above = await held(connection, below.linked[0])
            under = await step(connection, below, self._moving(Move.UNLINK, reason, None, above.e164))
            await rows.mount(connection, under, None)
            if not await rows.headers_of(connection, above):
                await step(connection, above, self._moving(Move.UNLINK, reason, None, header))
            return (await self._told(connection, below, above, reason))[0]

    async def move(
        self,
        e164: str,
        move: Move,
        reason: str = "",
        revision: int | None = None,
        holder: Holder | None = None,
    ) -> InventoryNumber:
        """Any move but granting and linking. `holder` is for whom, where the number is nobody's yet."""
        if move is Move.UNLINK:
            return await self.unlink(e164, reason, revision)
        async with writing(self._engine) as connection:
            number = await held(connection, e164)
            checks.same_revision(number, revision)
            checks.may_leave(number, move, conflicts.in_book(self._book).get(e164))
            checks.carrier_is_there(number, move)
            checks.quarantine_over(number, move, self._clock())
            checks.for_somebody(number, move, holder)
            (moved,) = await self._all(connection, [number], move, reason, holder)
            return moved

    async def give_back(self, alta: int, reason: str) -> tuple[InventoryNumber, ...]:
        """The alta will not use its numbers: those nobody linked are free, the others go into quarantine.

        What its plan has in the PBX stays.
        """
        async with writing(self._engine) as connection:
            return await self.give_back_within(connection, alta, reason)

    async def give_back_within(
        self, connection: AsyncConnection, alta: int, reason: str
    ) -> tuple[InventoryNumber, ...]:
        """As `give_back`, in somebody's transaction."""
        mine = SELECT.where(numbers.c.alta == alta, numbers.c.state.in_(HELD))
        in_book = conflicts.in_book(self._book)
        found = [number for number in await read(connection, mine) if number.e164 not in in_book]
        unused = [number for number in found if number.state in _UNUSED]
        used = [number for number in found if number.state not in _UNUSED]
        freed = await self._all(connection, unused, Move.GIVE_BACK, reason)
        return (*freed, *await self._all(connection, used, Move.QUARANTINE, reason))

    async def change(
        self, e164: str, *, note: str, carrier: str, revision: int | None = None, reason: str = ""
    ) -> InventoryNumber:
        """Another note, or another carrier that delivers it (a number that was ported)."""
        async with writing(self._engine) as connection:
            number = await held(connection, e164)
            checks.same_revision(number, revision)
            now = replace(number, note=rows.kept(note)[: rows.LONGEST_NOTE], carrier=carrier)
            if now == number:
                return number
            if carrier != number.carrier:
                self.check_carrier(carrier, number.subsidiary)
                checks.may_leave(number, Move.UNLINK, conflicts.in_book(self._book).get(e164))
            await rows.rewrite(connection, number, now, self._clock(), reason)
            return await held(connection, e164)

    async def end_quarantines(self) -> tuple[InventoryNumber, ...]:
        """Numbers whose quarantine is over are free again."""
        over = SELECT.where(numbers.c.state == NumberState.QUARANTINE, numbers.c.until <= self._clock())
        async with writing(self._engine) as connection:
            found = await read(connection, over.order_by(numbers.c.until).limit(rows.PORTION))
            return await self._all(connection, found, Move.FREE, OVER)

    async def objections(self, plan: Plan) -> tuple[str, ...]:
        """Why the inventory would not have this plan's numbers in the PBX; empty when it would."""
        async with self._engine.connect() as connection:
            found = await rows.these(connection, list(conflicts.in_plan(plan)))
        return tuple(conflicts.objections(plan, {number.e164: number for number in found}))

    async def _all(
        self,
        connection: AsyncConnection,
        found: Sequence[InventoryNumber],
        move: Move,
        reason: str,
        holder: Holder | None = None,
    ) -> tuple[InventoryNumber, ...]:
        """The same move for each of these; the last thing in a transaction."""
        for number in found:
            moved = await step(connection, number, self._moving(move, reason, holder))
            if moved.state in _APART:
                await rows.unmount_from(connection, moved)
        await self._follow(connection, [number.e164 for number in found])
        now = tuple([await held(connection, number.e164) for number in found])
        await rows.write_deeds(connection, zip(found, now, strict=True), reason)
        return now

    async def _told(
        self,
        connection: AsyncConnection,
        header: InventoryNumber,
        public: InventoryNumber,
        reason: str,
    ) -> tuple[InventoryNumber, InventoryNumber]:
        """Both as they stand now, and their deeds."""
        await self._follow(connection, [header.e164, public.e164])
        now = (await held(connection, header.e164), await held(connection, public.e164))
        await rows.write_deeds(connection, zip((header, public), now, strict=True), reason)
        return now

    async def _follow(self, connection: AsyncConnection, e164s: Sequence[str]) -> None:
        """What a plan has in the PBX already says so, whoever holds it only now."""
        standing = standing_in(self._book)
        for e164 in e164s:
            if (wanted := standing.get(e164)) is not None:
                plan, number = wanted.number.plan.plan, await held(connection, e164)
                await follow(connection, plan, number, wanted, self._following)
                await mount(connection, plan, {e164: wanted})

    def _following(self, move: Move, holder: Holder | None) -> Moving:
        return self._moving(move, STANDS, holder)

    def _moving(
        self, move: Move, reason: str, holder: Holder | None = None, other: str | None = None
    ) -> Moving:
        return Moving(move, self._clock(), reason, self.quarantine, holder, other)


async def _longest_free(connection: AsyncConnection, carrier: str) -> str:
    """A header that nobody else is taking at this moment. Raises `NoneFree`."""
    free = select(numbers.c.e164).where(
        numbers.c.carrier == carrier,
        numbers.c.kind == NumberKind.HEADER,
        numbers.c.state == NumberState.FREE,
    )
    first = free.order_by(numbers.c.since, numbers.c.e164).limit(1).with_for_update(skip_locked=True)
    found: str | None = (await connection.execute(first)).scalar()
    if found is None:
        raise NoneFree(f"No queda ninguna cabecera libre de «{carrier}»: cargue más en «Números».")
    return found
