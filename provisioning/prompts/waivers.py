"""Prompts that deliberately stay in the built-in voice: who said so, and why."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine import writing
from provisioning.prompts.tables import PromptWaiverRow
from provisioning.prompts.values import PromptRefused, StaleRecording, Waiver
from staff import audit, written
from staff.actor import current
from staff.audit import Deed

_ROW = PromptWaiverRow
_COLUMNS = (_ROW.plan, _ROW.prompt, _ROW.said, _ROW.by, _ROW.at, _ROW.reason)


class Waivers:
    """Every method is one transaction, by `staff.actor.current()`."""

    def __init__(self, engine: AsyncEngine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    async def of(self, plans: Sequence[str]) -> tuple[Waiver, ...]:
        """Those that stand."""
        query = select(*_COLUMNS).where(_ROW.plan.in_(plans), _ROW.ended_at.is_(None))
        async with self._engine.connect() as connection:
            return tuple(Waiver(*row) for row in await connection.execute(query.order_by(_ROW.id)))

    async def give(self, plan: str, prompt: str, said: str, reason: str) -> None:
        """Accept that a prompt, saying this, has no approved recording. Raises `PromptRefused`."""
        reason = written.said(reason)
        if not reason:
            raise PromptRefused("Escriba por qué este mensaje queda con la voz incorporada.")
        who: dict[str, object] = {"by": current().name, "at": self._clock()}
        values = who | {"plan": plan, "prompt": prompt, "said": said, "reason": reason}
        try:
            async with writing(self._engine) as connection:
                await self._end(connection, plan, prompt)
                await connection.execute(insert(_ROW).values(values))
                await audit.write(connection, Deed("prompt.waived", f"{plan}/{prompt}", reason=reason))
        except IntegrityError as error:
            raise StaleRecording("Otra persona lo aceptó al mismo tiempo: mire cómo quedó.") from error

    async def end(self, plan: str, prompt: str) -> None:
        """Take it back: the prompt is to be recorded after all. Raises `StaleRecording`."""
        async with writing(self._engine) as connection:
            if not await self._end(connection, plan, prompt):
                raise StaleRecording("Ese mensaje ya no estaba aceptado con la voz incorporada.")
            await audit.write(connection, Deed("prompt.waiver-ended", f"{plan}/{prompt}"))

    async def _end(self, connection: AsyncConnection, plan: str, prompt: str) -> bool:
        standing = (_ROW.plan == plan) & (_ROW.prompt == prompt) & _ROW.ended_at.is_(None)
        values = {"ended_by": current().name, "ended_at": self._clock()}
        return (await connection.execute(update(_ROW).where(standing).values(values))).rowcount > 0
