"""`altavoz absence …`: who is out of office, and who stands in."""

from datetime import datetime

import typer

from altavoz.commands.common import AsJson, ask, out, show_json, show_rows

app = typer.Typer(no_args_is_help=True, help="Ausencias.")

COLUMNS = {
    "id": "Ausencia",
    "full_name": "Quién",
    "first": "Desde el día",
    "last": "Hasta el día",
    "deputy_name": "Suplente",
    "note": "Nota",
}
DAY = ["%Y-%m-%d"]


@app.command("list")
def list_absences(as_json: bool = AsJson) -> None:
    """Lista las ausencias que no terminaron, la próxima primero."""
    show_rows(ask("absence/list"), COLUMNS, as_json, "Nadie tiene ausencias por venir.")


@app.command("add")
def add(
    person: str = typer.Argument(help="Su usuario."),
    first: datetime = typer.Argument(formats=DAY, help="Primer día, como 2026-12-01."),
    last: datetime = typer.Argument(formats=DAY, help="Último día."),
    deputy: str = typer.Option("", "--deputy", help="Usuario de quien la suple."),
    note: str = typer.Option("", "--note", help="Una nota."),
    as_json: bool = AsJson,
) -> None:
    """Anota que alguien no estará, y quién la suple."""
    days = {"first": first.date().isoformat(), "last": last.date().isoformat()}
    made = ask("absence/add", person=person, **days, deputy=deputy, note=note)
    if as_json:
        return show_json(made)
    said = f"{made['full_name']} no está del {made['first']} al {made['last']}"
    return out.print(
        f"{said}; la suple {made['deputy_name']}." if made["deputy"] else f"{said}.", markup=False
    )


@app.command("end")
def end(id: int = typer.Argument(min=1, help="El número de la ausencia.")) -> None:
    """Termina una ausencia: desde hoy está, o no se va."""
    ended = ask("absence/end", id=id)
    out.print(f"{ended['full_name']} ya no figura ausente.", markup=False)
