"""`altavoz number …`: the inventory of numbers."""

from pathlib import Path
from typing import Any

import typer

from altavoz.commands.common import AsJson, ask, counted, fail, out, show_json, show_one, show_rows

app = typer.Typer(no_args_is_help=True, help="Números.")

COLUMNS = {
    "number": "Número",
    "kind": "Tipo",
    "state": "Estado",
    "plan": "Plan",
    "linked": "Vinculado con",
    "subsidiary": "Filial",
    "carrier": "Operador",
    "note": "Nota",
}
LABELS = {
    "number": "Número",
    "e164": "E.164",
    "kind": "Tipo",
    "state": "Estado",
    "since": "Desde",
    "until": "Hasta",
    "asked_at": "Pedido al operador",
    "granted_at": "Lo dio el operador",
    "linked_at": "Vínculo confirmado",
    "subsidiary": "Filial",
    "carrier": "Operador",
    "plan": "Plan",
    "account": "Cuenta",
    "alta": "Alta",
    "linked": "Vinculado con",
    "note": "Nota",
    "moves": "Se puede",
}
HISTORY = {"at": "Cuándo", "by": "Quién", "move": "Qué", "other": "Con", "reason": "Por qué"}
Number = typer.Argument(help="En cualquier escritura: «0800-555-1234», «+54 11 4000 1000».")
Reason = typer.Option("", "--reason", help="Por qué: queda en el historial.")
Subsidiary = typer.Option("", help="Filial, como AR.")
Carrier = typer.Option("", help="Operador del sitio.")
Kind = typer.Option("", help="header (cabecera) o public (público).")


def _words() -> dict[str, dict[str, str]]:
    from provisioning.numbers.words import HAPPENED, KINDS, STATES

    return {
        "kind": {str(kind): label for kind, label in KINDS.items()},
        "state": {str(state): label for state, label in STATES.items()},
        "move": {str(move): label for move, label in HAPPENED.items()},
    }


@app.command("list")
def list_numbers(
    text: str = typer.Option("", help="Un número o parte, en cualquier escritura; un plan, una cuenta."),
    kind: str = Kind,
    state: str = typer.Option("", help="free, reserved, requested, granted, linked, configured, tested…"),
    subsidiary: str = Subsidiary,
    carrier: str = Carrier,
    plan: str = typer.Option("", help="Solo los de este plan."),
    as_json: bool = AsJson,
) -> None:
    """Lista los números del inventario."""
    asked = {"text": text, "kind": kind, "state": state, "subsidiary": subsidiary, "carrier": carrier}
    rows = ask("number/list", **asked, plan=plan)
    empty = "Ninguno con ese filtro." if any((*asked.values(), plan)) else "Todavía no hay números."
    show_rows(rows, COLUMNS, as_json, empty, _words())


@app.command("show")
def show(number: str = Number, as_json: bool = AsJson) -> None:
    """Muestra un número, qué se puede hacer con él y su historial."""
    found = ask("number/show", number=number)
    show_one(found, LABELS, as_json, _words())
    if not as_json:
        out.print()
        show_rows(found["history"], HISTORY, as_json, "", _words())


@app.command("load")
def load(
    file: Path = typer.Argument(exists=True, dir_okay=False, help="CSV o XLSX, un número o rango por fila."),
    check: bool = typer.Option(False, "--check", help="Solo dice qué cargaría, y los problemas."),
    subsidiary: str = typer.Option("", help="Filial de las filas que no la dicen."),
    carrier: str = typer.Option("", help="Operador de las filas que no lo dicen."),
    kind: str = typer.Option("", help="Tipo de las filas que no lo dicen: header o public."),
    area: str = typer.Option("", help="Código de área de los números escritos sin él."),
    reason: str = Reason,
    as_json: bool = AsJson,
) -> None:
    """Carga números de un archivo: todos, o ninguno si hay un problema."""
    defaults = {"subsidiary": subsidiary, "carrier": carrier, "kind": kind, "area": area}
    read = ask("number/load", file=str(file.absolute()), check=check, reason=reason, **defaults)
    if as_json:
        show_json(read)
    else:
        _tell(read, check)
    if read["problems"]:
        raise typer.Exit(1)


def _tell(read: dict[str, Any], check: bool) -> None:
    for each in read["problems"]:
        out.print(f"fila {each['row']}: {each['problem']}", markup=False)
    if read["loaded"]:
        many = f"Se cargaron {read['numbers']} números, libres."
        out.print("Se cargó un número, libre." if read["numbers"] == 1 else many)
    elif read["problems"]:
        out.print(f"{counted(len(read['problems']), 'problema', 'problemas')}: no se cargó nada.")
    elif check:
        out.print(f"Se cargarían {read['numbers']} números de {read['rows']} filas.")


@app.command("reserve")
def reserve(
    alta: str = typer.Argument(help="El alta, como ALTA-12."),
    carrier: str = typer.Option("", help="Operador; sin él, el del alta o el único de la filial."),
    number: str = typer.Option("", help="Una cabecera en particular; sin ella, la que espera hace más."),
    reason: str = Reason,
    as_json: bool = AsJson,
) -> None:
    """Reserva una cabecera libre para un alta y dice cuál."""
    asked = {"alta": alta, "carrier": carrier, "number": number, "reason": reason}
    reserved = ask("number/reserve", **asked)
    if as_json:
        return show_json(reserved)
    return out.print(f"Reservado: {reserved['number']} ({reserved['e164']})", markup=False)


@app.command("move")
def move(
    number: str = Number,
    move: str = typer.Argument(
        help="request, call-off, grant, link, unlink, give-back, quarantine, recall, free, retire o restore."
    ),
    other: str = typer.Option("", "--with", help="Con «grant» y «link»: el otro número."),
    reason: str = Reason,
    as_json: bool = AsJson,
) -> None:
    """Cambia el estado de un número, si el que tiene lo permite."""
    if not reason:
        fail("Escriba por qué con «--reason»: queda en el historial.")
    moved = ask("number/move", number=number, move=move, reason=reason, **{"with": other})
    if as_json:
        return show_json(moved)
    state = _words()["state"][moved["state"]].lower()
    return out.print(f"{moved['number']} quedó {state}.", markup=False)
