"""`altavoz folder …`: clients' folders, every document of every alta by client and year."""

from pathlib import Path

import typer

from altavoz.commands.common import AsJson, ask, copy_file, out, show_rows

app = typer.Typer(no_args_is_help=True, help="Carpetas de los clientes.")

FOLDERS = {"account": "Cliente", "year": "Año", "documents": "Documentos"}
DOCUMENTS = {
    "id": "Documento",
    "title": "Título",
    "file": "Archivo",
    "account": "Cliente",
    "year": "Año",
    "number": "Alta",
    "label": "Clasificación",
    "revision": "Revisión",
    "drew_up": "Elaboró",
    "approved": "Aprobó",
}


@app.command("list")
def list_folders(as_json: bool = AsJson) -> None:
    """Lista las carpetas, por cliente y año."""
    show_rows(ask("folder/list"), FOLDERS, as_json, "Todavía no hay documentos.")


@app.command("find")
def find(
    text: str = typer.Option("", help="Palabras del documento, del plan o del cliente."),
    account: str = typer.Option("", help="El cliente, como figura en la carpeta."),
    year: int | None = typer.Option(None, min=2000, max=9999, help="Un año."),
    limit: int = typer.Option(50, min=1, max=500, help="Cuántos."),
    as_json: bool = AsJson,
) -> None:
    """Busca documentos, el más nuevo primero."""
    from provisioning.alta.documents import LABELS

    found = ask("folder/find", text=text, account=account, year=year, limit=limit)
    show_rows(
        found,
        DOCUMENTS,
        as_json,
        "Ningún documento cumple eso.",
        {"label": {str(code): said for code, said in LABELS.items()}},
    )


@app.command("save")
def save(
    document: int = typer.Argument(min=1, help="Su número, como lo muestra «altavoz folder find»."),
    to: Path = typer.Option(..., "--out", help="Dónde guardarlo."),
) -> None:
    """Guarda un documento en un archivo; queda en la auditoría."""
    found = ask("folder/show", id=document)
    copy_file(Path(found["path"]), to)
    out.print(f"«{found['title']}», revisión {found['revision']}, guardado en {to}.", markup=False)
