"""`altavoz audit …`: the audit trail, read at its database: the service may be stopped meanwhile."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, nullcontext
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from altavoz.commands.common import AsJson, fail, load_settings, out, show_json, show_rows

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from staff.audit_heads import Head
    from staff.audit_trail import AuditFilter, AuditRow

app = typer.Typer(no_args_is_help=True, help="Auditoría: quién cambió o leyó qué, cuándo y desde dónde.")

COLUMNS = {
    "id": "Fila",
    "at": "Cuándo",
    "actor": "Quién",
    "via": "Por",
    "address": "Desde",
    "action": "Acción",
    "subject": "Sobre",
    "reason": "Motivo",
}
Who = typer.Option(None, "--who", help="Solo lo de esta persona, «token:NOMBRE» o «altavoz».")
Action = typer.Option(None, "--action", help="Solo esta acción, como case.read.")
Subject = typer.Option(None, "--subject", help="Solo lo hecho sobre esto, como AV-000123.")
Text = typer.Option("", "--text", help="Solo lo que tenga estas palabras.")
Since = typer.Option(None, "--from", formats=["%Y-%m-%d"], help="Desde este día (UTC).")
Until = typer.Option(None, "--to", formats=["%Y-%m-%d"], help="Hasta este día inclusive (UTC).")


class Form(StrEnum):
    JSONL = "jsonl"
    CSV = "csv"


@app.command("verify")
def verify(
    head: list[str] = typer.Option(
        [], "--head", help="FILA:HASH anotado en otra parte (el registro trae uno por día)."
    ),
    as_json: bool = AsJson,
) -> None:
    """Recorre la auditoría y la compara con lo anotado; si algo falla, nombra la fila y termina con 1."""
    from staff.audit_heads import FILE, HeadsUnreadable, kept_heads
    from staff.audit_verify import verify as walk

    try:
        kept = (*kept_heads(load_settings().home / FILE), *(_head(written) for written in head))
    except HeadsUnreadable as error:
        fail(str(error))
    found = _run(lambda engine: walk(engine, kept))
    if as_json:
        show_json(json.loads(json.dumps(asdict(found) | {"heads": len(kept)}, default=str)))
    elif found.broken:
        out.print(f"La fila {found.broken.id} {found.broken.reason}.", markup=False)
    else:
        _tell_whole(found.rows, found.head, len(kept))
    if found.broken:
        raise typer.Exit(1)


def _tell_whole(rows: int, head: "Head | None", kept: int) -> None:
    out.print(f"Íntegra: {rows} filas, comparadas con {kept} anotaciones.", markup=False)
    if head is not None:
        out.print(f"Para comprobar más adelante, anote fuera de este equipo: {head.id}:{head.hash}")


def _head(written: str) -> "Head":
    from staff.audit_heads import Head

    number, _, hash = written.partition(":")
    if not number.isdecimal() or len(hash) != 64:
        fail(f"«{written}» no es FILA:HASH, como lo dejó «altavoz audit verify».", 2)
    return Head(int(number), hash.lower(), datetime.now(UTC))


@app.command("list")
def list_rows(
    who: str | None = Who,
    action: str | None = Action,
    subject: str | None = Subject,
    text: str = Text,
    since: datetime | None = Since,
    until: datetime | None = Until,
    limit: int = typer.Option(50, min=1, max=500, help="Cuántas filas."),
    as_json: bool = AsJson,
) -> None:
    """Lista lo último de la auditoría."""
    from staff.audit_trail import AuditTrail

    filter = _filter(who, action, subject, text, since, until)

    async def read(engine: "AsyncEngine") -> list[dict[str, Any]]:
        page = await AuditTrail(engine).page(filter, limit)
        await _note(engine, "audit.read", filter)
        return [_json(row) for row in page.rows]

    show_rows(_run(read), COLUMNS, as_json, "Nada en la auditoría con ese filtro.")


@app.command("export")
def export(
    who: str | None = Who,
    action: str | None = Action,
    subject: str | None = Subject,
    text: str = Text,
    since: datetime | None = Since,
    until: datetime | None = Until,
    form: Form = typer.Option(Form.JSONL, help="«jsonl» o «csv»."),
    file: Path | None = typer.Option(None, "--out", help="Archivo; la salida estándar si falta."),
) -> None:
    """Escribe toda la auditoría, o lo que cumple con el filtro: una línea por hecho."""
    filter = _filter(who, action, subject, text, since, until)
    try:
        target = file.open("w", encoding="utf-8", newline="") if file else nullcontext(sys.stdout)
    except OSError as error:
        fail(f"No se puede escribir «{file}»: {error.strerror}.")
    with target as opened:
        _run(lambda engine: _export(engine, filter, form, opened.write))


async def _export(
    engine: "AsyncEngine", filter: "AuditFilter", form: Form, write: Callable[[str], int]
) -> None:
    from staff.audit_trail import AuditTrail
    from web.audit_rows import HEADS, cells
    from web.sheets import csv_line

    await _note(engine, "audit.exported", filter)
    if form is Form.CSV:
        write(csv_line(HEADS))
    async for row in AuditTrail(engine).stream(filter):
        write(csv_line(cells(row)) if form is Form.CSV else json.dumps(_json(row), ensure_ascii=False) + "\n")


def _filter(
    who: str | None,
    action: str | None,
    subject: str | None,
    text: str,
    since: datetime | None,
    until: datetime | None,
) -> "AuditFilter":
    from staff.audit_trail import AuditFilter

    return AuditFilter(who, action, subject, text, _begins(since, 0), _begins(until, 1))


def _begins(day: datetime | None, later: int) -> datetime | None:
    return (
        datetime.combine(date(day.year, day.month, day.day) + timedelta(days=later), time(), UTC)
        if day
        else None
    )


def _json(row: "AuditRow") -> dict[str, Any]:
    return asdict(row) | {"at": row.at.isoformat()}


async def _note(engine: "AsyncEngine", action: str, filter: "AuditFilter") -> None:
    """Reading the trail is in the trail, before anything is shown."""
    from staff.audit import Deed, write

    asked = {name: value for name, value in asdict(filter).items() if value}
    async with engine.begin() as connection:
        await write(connection, Deed(action, "auditoría", after=asked))


def _run(work: "Callable[[AsyncEngine], Coroutine[Any, Any, Any]]") -> Any:
    from sqlalchemy.exc import SQLAlchemyError

    try:
        return asyncio.run(_with_engine(work))
    except (SQLAlchemyError, OSError) as error:
        fail(f"No se puede leer la auditoría: {error}")


async def _with_engine(work: "Callable[[AsyncEngine], Coroutine[Any, Any, Any]]") -> Any:
    from staff.actor import acting
    from staff.operator import command_actor

    async with _engine() as engine:
        with acting(command_actor(os.getuid())):
            return await work(engine)


@asynccontextmanager
async def _engine() -> "AsyncIterator[AsyncEngine]":
    """The database of the settings, which must be there: to read is not to make one."""
    from altavoz.settings import DATABASE
    from db.engine import open_engine

    settings = load_settings()
    if settings.database.startswith("sqlite") and not (settings.home / DATABASE).exists():
        fail(f"En «{settings.home}» no hay datos todavía: arranque Altavoz, o indique ALTAVOZ_HOME.", 3)
    engine = open_engine(settings.database)
    try:
        yield engine
    finally:
        await engine.dispose()
