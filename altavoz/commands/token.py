"""`altavoz token …`: bearer tokens of the API."""

import typer

from altavoz.commands.common import AsJson, ask, out, show_json

app = typer.Typer(no_args_is_help=True, help="Fichas de acceso a la API.")


@app.command("add")
def add(name: str = typer.Argument("api", help="Para quién es."), as_json: bool = AsJson) -> None:
    """Crea una ficha y la muestra una sola vez."""
    token = ask("token/add", name=name)
    if as_json:
        return show_json({"name": name, "token": token})
    return out.print(token, markup=False)
