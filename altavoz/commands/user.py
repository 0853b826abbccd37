"""`altavoz user …`: people, their roles and their phones."""

import sys

import typer

from altavoz.commands.common import AsJson, ask, fail, out, show_json, show_rows

app = typer.Typer(no_args_is_help=True, help="Personas.")

COLUMNS = {
    "name": "Usuario",
    "full_name": "Nombre",
    "roles": "Roles",
    "extension": "Interno",
    "groups": "Colas",
    "active": "Activo",
}


@app.command("add")
def add(
    name: str = typer.Argument(help="Nombre de usuario."),
    role: list[str] = typer.Option(
        help="coordinator, supervisor, it, operations, commercial, administrator."
    ),
    full_name: str | None = typer.Option(None, help="Nombre y apellido."),
    extension: str | None = typer.Option(None, help="Interno del teléfono, como 101."),
    groups: str = typer.Option("", help="Colas, separadas por comas: cat,sac."),
    password_stdin: bool = typer.Option(False, "--password-stdin", help="Lee la contraseña definitiva."),
    as_json: bool = AsJson,
) -> None:
    """Crea una persona; muestra una sola vez su contraseña de un solo uso y la clave SIP de su teléfono."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    if password_stdin and not password:
        fail("No llegó ninguna contraseña por la entrada estándar.")
    added = ask(
        "user/add",
        name=name,
        roles=role,
        full_name=full_name,
        extension=extension,
        groups=[group for group in groups.split(",") if group],
        password=password,
    )
    if as_json:
        return show_json(added)
    out.print(f"Creado: {added['name']}", markup=False)
    if added["warning"]:
        out.print(added["warning"], markup=False)
    _tell_secrets(added)
    return None


@app.command("list")
def list_people(as_json: bool = AsJson) -> None:
    """Lista las personas."""
    show_rows(ask("user/list"), COLUMNS, as_json, "Todavía no hay personas.")


@app.command("password")
def password(name: str = typer.Argument(help="Nombre de usuario."), as_json: bool = AsJson) -> None:
    """Da una nueva contraseña de un solo uso."""
    answer = ask("user/password", name=name)
    if as_json:
        return show_json(answer)
    return _tell_secrets(answer)


@app.command("phone")
def phone(
    name: str = typer.Argument(help="Nombre de usuario."),
    renew: bool = typer.Option(
        False, "--renew", help="Cambia la clave: el teléfono debe volver a configurarse."
    ),
    as_json: bool = AsJson,
) -> None:
    """Muestra, o cambia, la clave SIP de un teléfono."""
    answer = ask("user/phone", name=name, renew=renew)
    if as_json:
        return show_json(answer)
    return _tell_secrets(answer)


@app.command("available")
def available(name: str = typer.Argument(help="Nombre de usuario.")) -> None:
    """Pone el teléfono de una persona en sus colas, como «Disponible» en el puesto."""
    answer = ask("user/presence", name=name, available=True)
    out.print(answer["note"] or f"{name} está disponible en: {', '.join(answer['groups'])}.", markup=False)


@app.command("pause")
def pause(name: str = typer.Argument(help="Nombre de usuario.")) -> None:
    """Saca el teléfono de una persona de sus colas, como «En pausa» en el puesto."""
    ask("user/presence", name=name, available=False)
    out.print(f"{name} está en pausa.", markup=False)


def _tell_secrets(answer: dict[str, str | None]) -> None:
    if answer.get("one_time_password"):
        out.print(f"Contraseña de un solo uso: {answer['one_time_password']}", markup=False)
    if answer.get("sip_secret"):
        out.print(f"Interno: {answer['extension']}", markup=False)
        out.print(f"Servidor SIP: {answer['sip_server']}", markup=False)
        out.print(f"Clave SIP: {answer['sip_secret']}", markup=False)
