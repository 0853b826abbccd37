"""`altavoz case …`: the cases that the calls opened."""

import typer

from altavoz.commands.common import AsJson, ask, show_one, show_rows

app = typer.Typer(no_args_is_help=True, help="Casos.")

COLUMNS = {
    "number": "Caso",
    "opened": "Abierto",
    "state": "Estado",
    "plan": "Plan",
    "kind": "Tipo",
    "owner": "A cargo",
    "outcome": "Resultado",
}


LABELS = {
    "number": "Caso",
    "state": "Estado",
    "plan_name": "Plan",
    "fantasy_name": "Nombre de fantasía",
    "line": "Línea",
    "kind": "Tipo",
    "coverage": "Cobertura",
    "who": "Quién",
    "caller": "Llamó desde",
    "telephone": "Teléfono",
    "address": "Dirección",
    "notes": "Notas",
    "owner": "A cargo",
    "callback_queue": "Devolver llamada en",
    "opened": "Abierto",
    "closed": "Cerrado",
    "outcome": "Resultado",
    "calls": "Llamadas",
}
STATES = {"open": "abierto", "closed": "cerrado"}


@app.command("list")
def list_cases(
    plan: str | None = typer.Option(None, help="Solo los de este plan."),
    state: str | None = typer.Option(None, help="«open» o «closed»."),
    limit: int = typer.Option(50, min=1, max=1000, help="Cuántos."),
    as_json: bool = AsJson,
) -> None:
    """Lista los últimos casos."""
    from web.words import CASE_OUTCOMES, KINDS

    rows = ask("case/list", plan=plan, state=state, limit=limit)
    words = {"state": STATES, "kind": KINDS, "outcome": CASE_OUTCOMES}
    show_rows(
        rows,
        COLUMNS,
        as_json,
        "Ningún caso con ese filtro." if plan or state else "Todavía no hay casos.",
        words,
    )


@app.command("show")
def show(case: str = typer.Argument(help="Número o identificador."), as_json: bool = AsJson) -> None:
    """Muestra un caso."""
    from web.words import CASE_OUTCOMES, KINDS

    words = {"state": STATES, "kind": KINDS, "outcome": CASE_OUTCOMES}
    show_one(ask("case/show", id=case), LABELS, as_json, words)
