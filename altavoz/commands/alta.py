"""`altavoz alta …`: altas begun, shown and moved on, and the procedure's file checked."""

from pathlib import Path
from typing import Any

import typer

from altavoz.commands.common import AsJson, ask, fail, out, show_json, show_rows

app = typer.Typer(no_args_is_help=True, help="Altas de servicio.")

COLUMNS = {
    "number": "Alta",
    "plan": "Plan",
    "account": "Cuenta",
    "subsidiary": "Filial",
    "state": "Estado",
    "open": "Pasos abiertos",
    "late": "Atrasada",
    "started": "Empezó",
}
STEPS = {
    "step": "Paso",
    "title": "Título",
    "state": "Estado",
    "area_names": "De quién",
    "since": "Desde",
    "due": "Hasta",
    "by": "Lo cerró",
    "missing": "Falta",
}
WORDS = {
    "state": {
        "running": "en curso",
        "suspended": "suspendida",
        "cancelled": "cancelada",
        "done": "terminada",
        "waiting": "espera",
        "open": "abierto",
        "skipped": "salteado",
        "not-needed": "no hace falta",
        "dropped": "quedó sin hacer",
    }
}
TIMES = {
    "steps": "Pasos, en días hábiles",
    "areas": "Áreas",
    "months": "Meses",
    "wholes": "Altas de punta a punta, por mes",
}
TAKEN = {
    "title": "Qué",
    "count": "Cuántos",
    "middle": "Mediana",
    "most": "9 de 10",
    "longest": "El más largo",
    "late": "Tarde",
}
STEP_STATES = WORDS["state"] | {"done": "cerrado"}
Number = typer.Argument(help="Número del alta, como ALTA-7.")
Reason = typer.Option("", help="Motivo; queda en la historia.")


@app.command("start")
def start(
    plan: str = typer.Option(help="Nombre corto del plan, como «hogar-nandu»."),
    name: str = typer.Option(help="Nombre del plan."),
    account: str = typer.Option(help="Cuenta: el cliente que lo vende."),
    account_type: str = typer.Option("otro", "--type", help="Tipo de cuenta, como «aseguradora»."),
    subsidiary: str = typer.Option(help="Filial, como AR."),
    tax_id: str | None = typer.Option(None, help="Identificación fiscal de la cuenta."),
    contacts: str = typer.Option("", help="Contactos del cliente: nombre, cargo, teléfono, correo."),
    service: str = typer.Option("", help="Tipo de servicio, como «Asistencia al hogar»."),
    sold_by: list[str] = typer.Option([], help="Canal de venta, como tmk; puede repetirse."),
    scope: str | None = typer.Option(None, help="local, regional, nacional o internacional."),
    starts: str | None = typer.Option(None, help="Fecha de inicio pedida, como 2026-03-01."),
    carrier: str | None = typer.Option(None, help="Operador telefónico."),
    amendment: bool = typer.Option(False, "--otro-si", help="Es un otro sí de un plan en servicio."),
    as_json: bool = AsJson,
) -> None:
    """Empieza el alta de un plan, o su otro sí."""
    asked = {
        "plan": plan, "name": name, "account": account, "type": account_type, "tax_id": tax_id,
        "subsidiary": subsidiary, "sold_by": sold_by, "scope": scope, "starts": starts, "carrier": carrier,
        "contacts": contacts, "service": service,
        "kind": "otro-si" if amendment else "alta",
    }  # fmt: skip
    _moved(ask("alta/start", **asked), as_json)


@app.command("list")
def list_altas(
    plan: str | None = typer.Option(None, help="Solo las de este plan."),
    step: str | None = typer.Option(None, help="Solo las que tienen abierto este paso."),
    area: str | None = typer.Option(None, help="Solo las que esperan a esta área."),
    subsidiary: str | None = typer.Option(None, help="Solo las de esta filial."),
    state: str | None = typer.Option(None, help="running, suspended, cancelled, done o under-way."),
    text: str | None = typer.Option(None, help="Palabras del plan o de la cuenta."),
    late: bool = typer.Option(False, "--late", help="Solo las atrasadas."),
    limit: int = typer.Option(50, min=1, max=500, help="Cuántas."),
    as_json: bool = AsJson,
) -> None:
    """Lista las altas, la más nueva primero."""
    asked = {"plan": plan, "step": step, "area": area, "subsidiary": subsidiary, "state": state, "text": text}
    rows = ask("alta/list", **asked, late=late, limit=limit)
    empty = "Ninguna alta con ese filtro." if late or any(asked.values()) else "Todavía no hay altas."
    show_rows(rows, COLUMNS, as_json, empty, WORDS)


@app.command("show")
def show(alta: str = Number, as_json: bool = AsJson) -> None:
    """Muestra un alta con todos sus pasos: de quién es el turno, hasta cuándo y qué falta."""
    _moved(ask("alta/show", id=alta), as_json)


@app.command("advance")
def advance(
    alta: str = Number,
    step: str | None = typer.Argument(None, help="Paso; sin él, el único que está abierto."),
    answer: list[str] = typer.Option([], help="Respuesta a una pregunta: «nombre=texto»; puede repetirse."),
    skip: bool = typer.Option(False, "--skip", help="Saltea un paso optativo."),
    reason: str = Reason,
    as_json: bool = AsJson,
) -> None:
    """Cierra un paso abierto."""
    answers = dict(_pair(each) for each in answer)
    _moved(ask("alta/advance", id=alta, step=step, answers=answers, skip=skip, reason=reason), as_json)


@app.command("send-back")
def send_back(
    alta: str = Number,
    step: str = typer.Argument(help="El paso abierto que lo devuelve."),
    to: str = typer.Argument(help="El paso al que se devuelve."),
    reason: str = Reason,
    as_json: bool = AsJson,
) -> None:
    """Devuelve el alta a un paso anterior, con un motivo."""
    _moved(ask("alta/send-back", id=alta, step=step, to=to, reason=reason), as_json)


@app.command("comment")
def comment(
    alta: str = Number,
    text: str = typer.Argument(help="El comentario."),
    step: str | None = typer.Option(None, help="El paso sobre el que es."),
    as_json: bool = AsJson,
) -> None:
    """Agrega un comentario."""
    _moved(ask("alta/comment", id=alta, text=text, step=step), as_json)


@app.command("times")
def times(
    months: int = typer.Option(12, "--months", min=1, max=24, help="De cuántos meses, con el que corre."),
    subsidiary: str = typer.Option("", help="Solo los de esta filial, como AR."),
    kind: str = typer.Option("", "--kind", help="alta u otro-si."),
    step: str = typer.Option("", "--step", help="Un paso, para las áreas y los meses."),
    as_json: bool = AsJson,
) -> None:
    """Muestra cuánto llevan las altas, en días hábiles: por paso, por área y por mes."""
    asked = {"months": months, "subsidiary": subsidiary.upper(), "kind": kind, "step": step}
    found = ask("alta/times", **asked)
    if as_json:
        return show_json(found)
    for part, heading in TIMES.items():
        rows = [_taken(each) for each in found[part]]
        if part == "steps" or rows:
            out.print(f"{heading}:", style="bold")
            show_rows(rows, TAKEN, False, "Ningún paso se cerró en ese tiempo.")
    return None


def _taken(found: dict[str, Any]) -> dict[str, Any]:
    """Days with one decimal, as Spanish writes them."""
    days = {name: f"{found[name]:.1f}".replace(".", ",") for name in ("middle", "most", "longest")}
    return found | days


@app.command("check")
def check(file: Path = typer.Argument(help="Archivo con los pasos del alta.")) -> None:
    """Revisa un procedimiento: una línea ARCHIVO:LÍNEA: CÓDIGO mensaje por problema."""
    from plans.problems import PlanProblems
    from provisioning.alta.load import load_procedure

    try:
        procedure = load_procedure(file).procedure
    except PlanProblems as wrong:
        out.print(str(wrong), markup=False)
        raise typer.Exit(1) from wrong
    out.print(f"Sin problemas: {procedure.name}, {len(procedure.steps)} pasos.", markup=False)


def _moved(alta: dict[str, Any], as_json: bool) -> None:
    """An alta and its steps."""
    if as_json:
        return show_json(alta)
    state = WORDS["state"][alta["state"]]
    late = " · atrasada" if alta["late"] else ""
    steps = f"{alta['done']} de {alta['needed']} pasos"
    out.print(
        f"{alta['number']} · {alta['name']} · {alta['account']} · {state}{late} · {steps}", markup=False
    )
    if alta["reason"]:
        out.print(f"Motivo: {alta['reason']}", markup=False)
    rows = [step | {"missing": " ".join(step["missing"]) or None} for step in alta["steps"]]
    return show_rows(rows, STEPS, False, "", {"state": STEP_STATES})


def _pair(written: str) -> tuple[str, str]:
    name, sign, text = written.partition("=")
    if not sign:
        fail(f"«{written}» no sirve: escriba «nombre=texto».", 2)
    return name.strip(), text
