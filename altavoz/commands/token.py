"""`altavoz token …`: bearer tokens of the API."""

import typer

from altavoz.commands.common import AsJson, ask, out, show_json, show_rows

app = typer.Typer(no_args_is_help=True, help="Fichas de acceso a la API.")

USUAL, DAYS = ["call:read", "case:read"], 365
COLUMNS = {
    "name": "Token",
    "person": "Actúa por",
    "permissions": "Puede",
    "subsidiaries": "Filiales",
    "accounts": "Cuentas",
    "expires": "Vence",
    "made_by": "Lo creó",
    "last_used": "Último uso",
}


@app.command("add")
def add(
    name: str = typer.Argument("api", help="Para quién es."),
    may: list[str] = typer.Option(
        USUAL, help="Qué puede: call:read, case:read, alta:read…; «/api/docs» dice qué pide cada puerta."
    ),
    person: str = typer.Option("", "--for", help="La cuenta por la que actúa: hace falta si no solo lee."),
    days: int = typer.Option(DAYS, help="Cuántos días vale; a lo sumo 730."),
    subsidiary: list[str] = typer.Option([], help="Solo lo de esta filial, como AR; todas si falta."),
    account: list[str] = typer.Option([], help="Solo lo de esta cuenta, por su nombre; todas si falta."),
    as_json: bool = AsJson,
) -> None:
    """Crea una ficha y la muestra una sola vez."""
    rows = {"subsidiaries": subsidiary, "accounts": account}
    token = ask("token/add", name=name, may=may, days=days, person=person, **rows)
    if as_json:
        return show_json({"name": name, "token": token})
    return out.print(token, markup=False)


@app.command("list")
def list_tokens(as_json: bool = AsJson) -> None:
    """Lista las fichas, también las vencidas."""
    show_rows(ask("token/list"), COLUMNS, as_json, "No hay fichas. Cree una con «altavoz token add NOMBRE».")


@app.command("revoke")
def revoke(name: str = typer.Argument(help="Nombre de la ficha.")) -> None:
    """Quita una ficha: deja de abrir en el acto."""
    ask("token/revoke", name=name)
    out.print(f"«{name}» ya no abre nada.", markup=False)
