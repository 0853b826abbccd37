"""`altavoz provider …`: the network, and whether it is enough for a plan."""

from pathlib import Path
from typing import Any

import typer

from altavoz.commands.common import AsJson, ask, copy_file, counted, out, show_json, show_rows

app = typer.Typer(no_args_is_help=True, help="Prestadores.")

COLUMNS = {
    "id": "Número",
    "name": "Prestador",
    "subsidiary": "Filial",
    "services": "Servicios",
    "zones": "Zonas",
    "capacity": "A la vez",
    "hours": "Horario",
    "phone": "Teléfono",
    "state": "Estado",
}
PAPERS = {"id": "Documento", "title": "Título", "file": "Archivo", "at": "Cuándo", "actor": "Quién"}
Provider = typer.Argument(min=1, help="Su número, como lo muestra «altavoz provider list».")
ROWS = {
    "need": "Asistencia",
    "zone": "Zona",
    "providers": "Prestadores",
    "capacity": "A la vez",
    "at_night": "De noche",
    "short": "Falta",
}


@app.command("list")
def list_providers(
    text: str = typer.Option("", help="Palabras del nombre, el contacto o la nota."),
    service: str = typer.Option("", help="Solo los de este servicio, como vial."),
    zone: str = typer.Option("", help="Solo los que atienden ahí: «Córdoba / Río Cuarto»."),
    state: str = typer.Option("", help="active, suspended o selection."),
    subsidiary: str = typer.Option("", help="Filial, como AR."),
    as_json: bool = AsJson,
) -> None:
    """Lista los prestadores."""
    from provisioning.network.values import STATES

    asked = {"text": text, "service": service, "zone": zone, "state": state, "subsidiary": subsidiary}
    rows = ask("provider/list", **asked)
    empty = "Ninguno con ese filtro." if any(asked.values()) else "Todavía no hay prestadores."
    show_rows(rows, COLUMNS, as_json, empty, {"state": dict(STATES)})


@app.command("load")
def load(
    file: Path = typer.Argument(exists=True, dir_okay=False, help="CSV o XLSX, un prestador por fila."),
    check: bool = typer.Option(False, "--check", help="Solo dice qué cargaría, y los problemas."),
    subsidiary: str = typer.Option("", help="Filial de las filas que no la dicen."),
    reason: str = typer.Option("", "--reason", help="Por qué: queda en el historial."),
    as_json: bool = AsJson,
) -> None:
    """Carga prestadores de un archivo: todos, o ninguno si hay un problema."""
    asked = {"file": str(file.absolute()), "check": check, "subsidiary": subsidiary, "reason": reason}
    read = ask("provider/load", **asked)
    if as_json:
        show_json(read)
    else:
        _tell(read)
    if read["problems"]:
        raise typer.Exit(1)


def _tell(read: dict[str, Any]) -> None:
    for each in read["problems"]:
        out.print(f"fila {each['row']}: {each['problem']}", markup=False)
    new, same = counted(read["added"], "nuevo", "nuevos"), counted(read["same"], "igual", "iguales")
    counts = f"{new}, {counted(read['changed'], 'que cambia', 'que cambian')}, {same}"
    if read["problems"]:
        out.print(f"{counted(len(read['problems']), 'problema', 'problemas')}: no se cargó nada.")
    else:
        out.print(f"{'Se cargaron' if read['loaded'] else 'Se cargarían'}: {counts}.")


@app.command("check")
def check(plan: str = typer.Argument(help="El plan, como hogar-nandu."), as_json: bool = AsJson) -> None:
    """Dice si los prestadores alcanzan para un plan, y dónde faltan; sale con 1 si no alcanzan."""
    found = ask("provider/check", plan=plan)
    if as_json:
        show_json(found)
    else:
        show_rows(found["rows"], ROWS, False, "Ninguna cobertura pide que se envíe a alguien.")
        out.print(found["said"], markup=False)
    if not found["enough"]:
        raise typer.Exit(1)


@app.command("documents")
def documents(provider: int = Provider, as_json: bool = AsJson) -> None:
    """Lista los documentos de un prestador: contrato, seguro, habilitación."""
    show_rows(ask("provider/documents", id=provider), PAPERS, as_json, "Todavía no tiene documentos.")


@app.command("attach")
def attach(
    provider: int = Provider,
    file: Path = typer.Argument(exists=True, dir_okay=False, help="El documento."),
    title: str = typer.Option("", help="Cómo se llama; si falta, como el archivo."),
    as_json: bool = AsJson,
) -> None:
    """Agrega un documento a un prestador."""
    kept = ask("provider/attach", id=provider, file=str(file.absolute()), title=title)
    if as_json:
        return show_json(kept)
    return out.print(f"Documento {kept['id']}: {kept['title']}.", markup=False)


@app.command("save")
def save(
    provider: int = Provider,
    document: int = typer.Argument(min=1, help="El número del documento."),
    to: Path = typer.Option(..., "--out", help="Dónde guardarlo."),
) -> None:
    """Guarda un documento de un prestador en un archivo; queda en la auditoría."""
    found = ask("provider/document", id=provider, document=document)
    copy_file(Path(found["path"]), to)
    out.print(f"«{found['title']}» guardado en {to}.", markup=False)
