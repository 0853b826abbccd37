"""`altavoz area …`: the areas and who heads them."""

import typer

from altavoz.commands.common import AsJson, ask, out, show_json, show_rows

app = typer.Typer(no_args_is_help=True, help="Áreas.")

COLUMNS = {
    "name": "Área",
    "label": "Se llama",
    "head": "Responsable",
    "deputy": "Suplente",
    "members": "Personas",
}
Label = typer.Option(None, help="Cómo se llama.")
Head = typer.Option(None, help="Usuario del responsable; «» lo quita.")
Deputy = typer.Option(None, help="Usuario del suplente; «» lo quita.")


@app.command("list")
def list_areas(as_json: bool = AsJson) -> None:
    """Lista las áreas."""
    show_rows(ask("area/list"), COLUMNS, as_json, "Todavía no hay áreas.")


@app.command("add")
def add(
    name: str = typer.Argument(help="Nombre corto, como «legales»."),
    label: str | None = Label,
    head: str | None = Head,
    deputy: str | None = Deputy,
    as_json: bool = AsJson,
) -> None:
    """Agrega un área."""
    added = ask("area/add", name=name, label=label, head=head, deputy=deputy)
    return show_json(added) if as_json else out.print(f"Agregada: {added['name']}", markup=False)


@app.command("change")
def change(
    name: str = typer.Argument(help="Nombre corto."),
    label: str | None = Label,
    head: str | None = Head,
    deputy: str | None = Deputy,
    as_json: bool = AsJson,
) -> None:
    """Cambia lo que se escribe de un área; lo demás queda como está."""
    changed = ask("area/change", name=name, label=label, head=head, deputy=deputy)
    return show_json(changed) if as_json else out.print(f"Cambiada: {changed['name']}", markup=False)
