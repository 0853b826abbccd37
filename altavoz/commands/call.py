"""`altavoz call …`: the calls that came in."""

import typer

from altavoz.commands.common import AsJson, ask, show_one, show_rows

app = typer.Typer(no_args_is_help=True, help="Llamadas.")

COLUMNS = {
    "id": "Llamada",
    "started": "Entró",
    "plan": "Plan",
    "line": "Línea",
    "caller": "Llama",
    "choice": "Opción",
    "coordinator": "Atendió",
    "outcome": "Resultado",
    "case": "Caso",
}


@app.command("list")
def list_calls(
    plan: str | None = typer.Option(None, help="Solo las de este plan."),
    line: str | None = typer.Option(None, help="Solo las de esta línea (E.164)."),
    limit: int = typer.Option(50, min=1, max=1000, help="Cuántas."),
    as_json: bool = AsJson,
) -> None:
    """Lista las últimas llamadas."""
    from web.words import CALL_OUTCOMES

    rows = ask("call/list", plan=plan, line=line, limit=limit)
    empty = "Ninguna llamada con ese filtro." if plan or line else "Todavía no entró ninguna llamada."
    show_rows(rows, COLUMNS, as_json, empty, {"outcome": CALL_OUTCOMES})


@app.command("show")
def show(call: str = typer.Argument(help="Identificador."), as_json: bool = AsJson) -> None:
    """Muestra una llamada."""
    show_one(ask("call/show", id=call), as_json)
