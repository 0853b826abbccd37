"""`altavoz line release` and its siblings: strangers are let in from the command line, by the same gate."""

from datetime import datetime
from typing import Any

import typer

from altavoz.commands.common import AsJson, ask, fail, out, show_json

Number = typer.Argument(help="Número de cabecera o público, como se escriba; o el nombre del plan.")
By = typer.Option(..., "--by", help="Usuario de Operaciones en cuyo nombre se libera.")
Reason = typer.Option(..., "--reason", help="Por qué; queda en el expediente y en la auditoría.")
Day = typer.Option(None, "--day", formats=["%Y-%m-%d"], help="Al comenzar este día; sin él, ahora.")


def gate(
    number: str = Number,
    by: str = typer.Option("", "--by", help="Como la vería esta persona."),
    as_json: bool = AsJson,
) -> None:
    """Muestra qué falta para liberar una línea y si la llamaron desde afuera; termina con 1 si falta algo."""
    found = ask("line/gate", number=number, by=by)
    if as_json:
        show_json(found)
    else:
        for each in found["demands"]:
            out.print(f"{'✓' if each['met'] else '✗'} {each['title']}: {_said(each)}", markup=False)
        out.print(f"{'✓' if found['outside']['met'] else '!'} {_said(found['outside'])}", markup=False)
    if not all(each["met"] for each in found["demands"]):
        raise typer.Exit(1)


def _said(found: dict[str, Any]) -> str:
    return f"{found['said']} ({', '.join(found['by'])})" if found["by"] else str(found["said"])


def release(
    number: str = Number,
    by: str = By,
    reason: str = Reason,
    day: datetime | None = Day,
    as_json: bool = AsJson,
) -> None:
    """Libera una línea a los afiliados si todo lo que se exige está."""
    on = day.date().isoformat() if day else None
    done = ask("line/release", number=number, by=by, reason=reason, day=on)
    if as_json:
        return show_json(done)
    if done["state"] == "scheduled":
        return out.print(f"«{done['plan']}» se libera al comenzar el {on}.", markup=False)
    if done["state"] != "done":
        fail(f"«{done['plan']}» no se liberó: {done['state']}.")
    return out.print(f"«{done['plan']}» ya atiende a los afiliados.", markup=False)


def cancel(number: str = Number, reason: str = Reason) -> None:
    """Anula una liberación programada."""
    ask("line/cancel-release", number=number, reason=reason)
    out.print("Anulada.", markup=False)
