"""`altavoz user …`: people, their roles and their phones."""

import sys
from typing import Any

import typer

from altavoz.commands.common import AsJson, ask, fail, out, show_json, show_one, show_rows

app = typer.Typer(no_args_is_help=True, help="Personas.")

COLUMNS = {
    "name": "Usuario",
    "full_name": "Nombre",
    "roles": "Roles",
    "areas": "Áreas",
    "extension": "Interno",
    "groups": "Colas",
    "subsidiaries": "Filiales",
    "accounts": "Cuentas",
    "active": "Activa",
}
ROLES = (
    "coordinator, supervisor, it, operations, commercial, providers, tmk, finance, back-office, "
    "mission-area, quality, administrator, auditor."
)

Name = typer.Argument(help="Nombre de usuario.")
FullName = typer.Option(None, help="Nombre y apellido.")
Extension = typer.Option(None, help="Interno del teléfono, como 101; «» lo quita.")
Email = typer.Option(None, help="Correo; «» lo quita.")
Devices = typer.Option(None, min=1, max=2, help="Aparatos que registra el interno: 1 o 2.")
Reason = typer.Option("", "--reason", help="Campaña o motivo: queda en la auditoría.")
Groups = typer.Option(None, help="Colas, separadas por comas: cat,sac.")


@app.command("add")
def add(
    name: str = Name,
    role: list[str] = typer.Option(help=ROLES + " Se repite para varios."),
    full_name: str | None = FullName,
    extension: str | None = Extension,
    groups: str | None = Groups,
    email: str | None = Email,
    area: list[str] = typer.Option([], help="Área; se repite para varias."),
    subsidiary: list[str] = typer.Option([], help="Filial que ve (AR); sin ninguna, todas."),
    account: list[str] = typer.Option([], help="Cuenta que ve; sin ninguna, todas."),
    devices: int | None = Devices,
    reason: str = Reason,
    password_stdin: bool = typer.Option(False, "--password-stdin", help="Lee la contraseña definitiva."),
    as_json: bool = AsJson,
) -> None:
    """Crea una persona; muestra una sola vez su contraseña de un solo uso y la clave SIP de su teléfono."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    if password_stdin and not password:
        fail("No llegó ninguna contraseña por la entrada estándar.")
    texts = {"full_name": full_name, "extension": extension, "email": email, "devices": devices}
    lists = {"roles": role, "areas": area, "subsidiaries": subsidiary, "accounts": account}
    added = ask(
        "user/add", name=name, **texts, **lists, groups=_groups(groups), password=password, reason=reason
    )
    _tell("Creado", added, as_json)


@app.command("change")
def change(
    name: str = Name,
    full_name: str | None = FullName,
    extension: str | None = Extension,
    groups: str | None = Groups,
    email: str | None = Email,
    role: list[str] = typer.Option([], help="Los roles que quedan, en lugar de los que tiene."),
    add_role: list[str] = typer.Option([], help="Un rol más."),
    remove_role: list[str] = typer.Option([], help="Un rol menos."),
    area: list[str] = typer.Option([], help="Las áreas que quedan; «» las quita."),
    add_area: list[str] = typer.Option([], help="Un área más."),
    remove_area: list[str] = typer.Option([], help="Un área menos."),
    subsidiary: list[str] = typer.Option([], help="Las filiales que ve; «» es todas."),
    account: list[str] = typer.Option([], help="Las cuentas que ve; «» es todas."),
    devices: int | None = Devices,
    reason: str = Reason,
    as_json: bool = AsJson,
) -> None:
    """Cambia lo que se escribe de una persona; lo demás queda como está."""
    texts = {"full_name": full_name, "extension": extension, "email": email, "devices": devices}
    whole = {"roles": role, "areas": area, "subsidiaries": subsidiary, "accounts": account}
    parts = {"add_roles": add_role, "remove_roles": remove_role, "add_areas": add_area}
    lists = {key: value or None for key, value in (whole | parts | {"remove_areas": remove_area}).items()}
    changed = ask("user/change", name=name, **texts, **lists, groups=_groups(groups), reason=reason)
    _tell("Cambiado", changed, as_json)


@app.command("off")
def off(name: str = Name, reason: str = Reason, as_json: bool = AsJson) -> None:
    """Desactiva una cuenta: cierra sus sesiones y su teléfono sale de las colas; su historial queda."""
    _tell("Desactivado", ask("user/off", name=name, reason=reason), as_json)


@app.command("on")
def on(name: str = Name, reason: str = Reason, as_json: bool = AsJson) -> None:
    """Vuelve a activar una cuenta, como estaba."""
    _tell("Activo otra vez", ask("user/on", name=name, reason=reason), as_json)


@app.command("show")
def show(name: str = Name, as_json: bool = AsJson) -> None:
    """Muestra una cuenta entera."""
    from web.words import PERSON_FIELDS

    standing = {"active": "Activo", "since": "Desde", "created": "Creado"}
    show_one(ask("user/show", name=name), {"name": "Usuario"} | PERSON_FIELDS | standing, as_json)


@app.command("list")
def list_people(
    text: str = typer.Option("", help="Parte del nombre, el interno o el correo."),
    role: str = typer.Option("", help="Solo las de este rol."),
    area: str = typer.Option("", help="Solo las de esta área."),
    active: bool | None = typer.Option(None, "--on/--off", help="Solo las activas, o solo las desactivadas."),
    as_json: bool = AsJson,
) -> None:
    """Lista las personas."""
    rows = ask("user/list", text=text, role=role, area=area, active=active)
    filtered = text or role or area or active is not None
    show_rows(rows, COLUMNS, as_json, "Nadie con ese filtro." if filtered else "Todavía no hay personas.")


@app.command("password")
def password(name: str = typer.Argument(help="Nombre de usuario."), as_json: bool = AsJson) -> None:
    """Da una nueva contraseña de un solo uso."""
    answer = ask("user/password", name=name)
    if as_json:
        return show_json(answer)
    return _tell_secrets(answer)


@app.command("unlock")
def unlock(name: str = Name) -> None:
    """Quita la espera que dejaron los intentos equivocados con una cuenta."""
    ask("user/unlock", name=name)
    out.print(f"{name} ya no tiene que esperar.", markup=False)


@app.command("invite")
def invite(name: str = Name) -> None:
    """Envía por correo un enlace para elegir la contraseña; dura 72 horas y sirve una vez."""
    answer = ask("user/invite", name=name)
    out.print(f"Sale un correo para {answer['email']}.", markup=False)


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
    answer = ask("user/presence", name=name, state="available")
    out.print(answer["note"] or f"{name} está disponible en: {', '.join(answer['groups'])}.", markup=False)


@app.command("pause")
def pause(name: str = typer.Argument(help="Nombre de usuario.")) -> None:
    """Deja a una persona sin llamadas dentro de su turno, como «En pausa» en el puesto."""
    ask("user/presence", name=name, state="paused")
    out.print(f"{name} está en pausa.", markup=False)


@app.command("leave")
def leave(name: str = typer.Argument(help="Nombre de usuario.")) -> None:
    """Saca el teléfono de una persona de sus colas, como al salir: su turno terminó."""
    ask("user/presence", name=name, state="off")
    out.print(f"{name} está fuera de turno.", markup=False)


def _groups(written: str | None) -> list[str] | None:
    return None if written is None else written.split(",")


def _tell(done: str, answer: dict[str, Any], as_json: bool) -> None:
    if as_json:
        return show_json(answer)
    out.print(f"{done}: {answer['name']}", markup=False)
    for area in answer["vacant"]:
        out.print(f"Quedó sin responsable o sin suplente: {area}.", markup=False)
    for warning in answer["warnings"]:
        out.print(warning, markup=False)
    return _tell_secrets(answer)


def _tell_secrets(answer: dict[str, Any]) -> None:
    if answer.get("one_time_password"):
        out.print(f"Contraseña de un solo uso: {answer['one_time_password']}", markup=False)
    if revoked := answer.get("revoked_tokens"):
        out.print(f"Tokens anulados: {', '.join(revoked)}", markup=False)
    if answer.get("sip_secret"):
        out.print(f"Interno: {answer['extension']}", markup=False)
        out.print(f"Servidor SIP: {answer['sip_server']}", markup=False)
        out.print(f"Clave SIP: {answer['sip_secret']}", markup=False)
