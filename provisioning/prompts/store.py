"""Recordings of prompts in the database: brought, approved by somebody else, withdrawn; each change with its
deed, in one transaction, by `staff.actor.current()`.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine import writing
from ivr_audio.outline import outline
from ivr_audio.prompts import PromptSound
from ivr_audio.telephone import wav_samples
from provisioning.prompts.states import RecordingState, Step, after
from provisioning.prompts.tables import PromptHistoryRow, PromptRecordingRow
from provisioning.prompts.values import Happened, OwnRecording, PromptRefused, Recording, StaleRecording
from staff import audit
from staff.actor import current
from staff.audit import Deed
from staff.written import said

COLUMNS = 160
"""Of a recording's picture."""

_ROW = PromptRecordingRow
_COLUMNS = tuple(_ROW.__table__.columns)
_ATTEMPTS = 5
_DEEDS = {
    Step.APPROVE: "prompt.approved",
    Step.REJECT: "prompt.rejected",
    Step.REPLACE: "prompt.replaced",
    Step.WITHDRAW: "prompt.withdrawn",
    Step.RECONSIDER: "prompt.reconsidered",
}
_NEED_A_REASON = {Step.REJECT, Step.WITHDRAW}


class RecordingStore:
    """Every method is one transaction."""

    def __init__(self, engine: AsyncEngine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    async def all_of(self, plans: Sequence[str]) -> tuple[Recording, ...]:
        """Every recording of these plans, the newest first."""
        return await self._read(_ROW.plan.in_(plans))

    async def in_states(
        self, plans: Sequence[str], states: Sequence[RecordingState]
    ) -> tuple[Recording, ...]:
        """Those of these plans that are in one of these states, the newest first."""
        return await self._read(_ROW.plan.in_(plans) & _ROW.state.in_([state.value for state in states]))

    async def get(self, id: int) -> Recording | None:
        found = await self._read(_ROW.id == id)
        return found[0] if found else None

    async def history(self, id: int) -> tuple[Happened, ...]:
        """What happened to a recording, the first first."""
        row = PromptHistoryRow
        query = select(row.state, row.by, row.at, row.reason).where(row.recording == id).order_by(row.id)
        async with self._engine.connect() as connection:
            rows = await connection.execute(query)
            return tuple(Happened(RecordingState(state), by, at, reason) for state, by, at, reason in rows)

    async def _read(self, wanted: ColumnElement[bool]) -> tuple[Recording, ...]:
        query = select(*_COLUMNS).where(wanted).order_by(_ROW.plan, _ROW.prompt, _ROW.number.desc())
        async with self._engine.connect() as connection:
            return tuple(_recording(row) for row in (await connection.execute(query)).mappings())

    async def add(self, plan: str, prompt: str, said: str, file: dict[str, Any]) -> Recording:
        """A new version of a prompt's recording; `file` holds the columns that tell of its file."""
        values = {"plan": plan, "prompt": prompt, "said": said, "reason": ""} | file
        values |= {"state": RecordingState.PENDING.value, "by": current().name, "at": self._clock()}
        for attempt in range(_ATTEMPTS):
            try:
                async with writing(self._engine) as connection:
                    return await _added(connection, values)
            except IntegrityError:  # another one took the number; this one takes the next
                if attempt == _ATTEMPTS - 1:
                    raise
        raise AssertionError("unreachable")

    async def take(self, recording: Recording, step: Step, reason: str = "") -> Recording:
        """Bring a recording one step on. Raises `PromptRefused`, of its kinds too."""
        by, reason = current().name, said(reason)
        state = after(recording.state, step)
        if state is None:
            raise StaleRecording(f"La grabación {recording.number} ya cambió: mire cómo quedó.")
        if step is Step.APPROVE and recording.by == by:
            raise OwnRecording("La grabó usted: la tiene que aprobar otra persona.")
        if step in _NEED_A_REASON and not reason:
            raise PromptRefused("Escriba el motivo: lo leerá quien la grabó.")
        async with writing(self._engine) as connection:
            if step is Step.APPROVE:
                await self._replace(connection, recording, by)
            await self._move(connection, recording, step, by, reason)
        taken = await self.get(recording.id)
        assert taken is not None
        return taken

    async def _replace(self, connection: AsyncConnection, by_which: Recording, by: str) -> None:
        """The one that was approved until now no longer is."""
        approved = (
            (_ROW.plan == by_which.plan)
            & (_ROW.prompt == by_which.prompt)
            & (_ROW.state == RecordingState.APPROVED.value)
        )
        row = (await connection.execute(select(*_COLUMNS).where(approved))).mappings().one_or_none()
        if row is not None and row["id"] != by_which.id:
            reason = f"La reemplaza la grabación {by_which.number}."
            await self._move(connection, _recording(row), Step.REPLACE, by, reason)

    async def _move(
        self, connection: AsyncConnection, recording: Recording, step: Step, by: str, reason: str
    ) -> None:
        state, now = after(recording.state, step), self._clock()
        assert state is not None
        decided = {"state": state.value, "decided_by": by, "decided_at": now, "reason": reason}
        held = (_ROW.id == recording.id) & (_ROW.state == recording.state.value)
        moved = await connection.execute(update(_ROW).where(held).values(decided))
        if moved.rowcount != 1:
            raise StaleRecording(f"Otra persona decidió antes sobre la grabación {recording.number}.")
        await _remember(connection, recording.id, state, by, now, reason)
        before, then = {"state": recording.state.value}, {"state": state.value, "recording": recording.number}
        await audit.write(connection, Deed(_DEEDS[step], subject(recording), before, then, reason))


def subject(recording: Recording) -> str:
    """How the audit trail names a prompt."""
    return f"{recording.plan}/{recording.prompt}"


async def _added(connection: AsyncConnection, values: dict[str, Any]) -> Recording:
    of_prompt = (_ROW.plan == values["plan"]) & (_ROW.prompt == values["prompt"])
    last = await connection.scalar(select(func.max(_ROW.number)).where(of_prompt))
    numbered = values | {"number": (last or 0) + 1}
    row = (await connection.execute(insert(_ROW).values(numbered).returning(*_COLUMNS))).mappings().one()
    made = _recording(row)
    await _remember(connection, made.id, made.state, made.by, made.at, "")
    after = {"recording": made.number, "file": made.file_name, "original": made.original, "sound": made.sound}
    await audit.write(connection, Deed("prompt.recorded", subject(made), after=after))
    return made


async def _remember(
    connection: AsyncConnection, id: int, state: RecordingState, by: str, at: datetime, reason: str
) -> None:
    values = {"recording": id, "state": state.value, "by": by, "at": at, "reason": reason}
    await connection.execute(insert(PromptHistoryRow).values(values))


def _recording(row: Any) -> Recording:
    return Recording(**dict(row) | {"state": RecordingState(row["state"])})


def columns(
    made: PromptSound, name: str, source: str, size: int, original: str, sound: str
) -> dict[str, Any]:
    """What a recording's row tells of its file."""
    return {
        "file_name": name,
        "source": source,
        "size": size,
        "original": original,
        "sound": sound,
        "kind": made.sound.kind,
        "codec": made.sound.codec,
        "rate": made.sound.rate,
        "channels": made.sound.channels,
        "quality": asdict(made.quality) | {"outline": outline(wav_samples(made.telephone), COLUMNS)},
    }
