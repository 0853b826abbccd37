"""`altavoz training …`: what TMK learnt of a plan, and the clients' databases that were handed over."""

from datetime import datetime
from pathlib import Path
from typing import Any

import typer

from altavoz.commands.common import AsJson, ask, show_json, show_rows

app = typer.Typer(no_args_is_help=True, help="Capacitación de TMK y bases de clientes.")

SESSIONS = {
    "id": "Capacitación",
    "held": "Día",
    "trainer": "Capacitó",
    "who": "Asistieron",
    "withdrawn": "No cuenta",
}
BASES = {
    "id": "Base",
    "file": "Archivo",
    "rows": "Filas",
    "received_by": "Recibió",
    "until": "Se conserva hasta",
    "stored": "Guardada aquí",
    "note": "Nota",
    "ending": "Cómo terminó",
}
DAY = ["%Y-%m-%d"]
Plan = typer.Argument(help="El plan, como hogar-nandu.")


@app.command("show")
def show(plan: str = Plan, as_json: bool = AsJson) -> None:
    """Muestra las capacitaciones y las bases de un plan."""
    _show(ask("training/show", plan=plan), as_json)


@app.command("hold")
def hold(
    plan: str = Plan,
    attended: list[str] = typer.Argument(help="Quiénes asistieron: «Ana Paz» o «Ana Paz; 85»."),
    trainer: str = typer.Option(..., "--trainer", help="Quién capacitó."),
    held: datetime | None = typer.Option(None, "--held", formats=DAY, help="Qué día se dio; hoy, si falta."),
    note: str = typer.Option("", "--note", help="Una nota."),
    as_json: bool = AsJson,
) -> None:
    """Anota una capacitación que se dio."""
    day = held.date().isoformat() if held else None
    asked = {"plan": plan, "attended": attended, "trainer": trainer, "held": day, "note": note}
    _show(ask("training/hold", **asked), as_json)


@app.command("withdraw")
def withdraw(
    id: int = typer.Argument(min=1, help="El número de la capacitación."),
    reason: str = typer.Option(..., "--reason", help="Por qué no cuenta."),
    as_json: bool = AsJson,
) -> None:
    """Una capacitación se anotó por error: queda escrita y no cuenta."""
    _show(ask("training/withdraw", id=id, reason=reason), as_json)


@app.command("hand")
def hand(
    plan: str = Plan,
    file: Path | None = typer.Argument(None, exists=True, dir_okay=False, help="El archivo de la base."),
    received_by: str = typer.Option("", "--received-by", help="Quién la recibió."),
    until: datetime | None = typer.Option(None, "--until", formats=DAY, help="Hasta cuándo se conserva."),
    store: bool = typer.Option(False, "--store", help="La guarda aquí; si no, solo la registra."),
    place: str = typer.Option("", "--place", help="Dónde se guarda, si no es aquí."),
    note: str = typer.Option("", "--note", help="Sin archivo, por qué no hay una base."),
    as_json: bool = AsJson,
) -> None:
    """Registra la base de un cliente, o por qué no la hay."""
    asked = {"plan": plan, "received_by": received_by, "stored": store, "place": place, "note": note}
    day = until.date().isoformat() if until else None
    _show(ask("training/hand", **asked, until=day, file=str(file.absolute()) if file else ""), as_json)


@app.command("end")
def end(
    id: int = typer.Argument(min=1, help="El número de la base."),
    ending: str = typer.Option(..., "--ending", help="Si se devolvió o se destruyó, y cómo."),
    as_json: bool = AsJson,
) -> None:
    """Una base se devolvió o se destruyó: el archivo se va y el registro queda."""
    _show(ask("training/end", id=id, ending=ending), as_json)


def _show(found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        return show_json(found)
    rows = [each | {"who": [_who(one) for one in each["attended"]]} for each in found["sessions"]]
    show_rows(rows, SESSIONS, False, "Todavía no hubo capacitaciones.")
    return show_rows(found["bases"], BASES, False, "No se registró ninguna base.")


def _who(attendee: dict[str, Any]) -> str:
    mark = attendee["mark"]
    return attendee["name"] if mark is None else f"{attendee['name']} ({mark})"
