"""`altavoz mail …`: what goes out and comes in by e-mail. `receive` is for a mail server's pipe."""

import asyncio
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer

from altavoz.commands.common import AsJson, ask, fail, load_settings, out, show_one, show_rows

app = typer.Typer(no_args_is_help=True, help="Correo: lo que sale y lo que llega.")

COLUMNS = {
    "id": "Correo",
    "created": "Escrito",
    "recipient": "Para",
    "subject": "Asunto",
    "state": "Cómo va",
    "tries": "Intentos",
    "error": "Por qué",
}
STATES = {
    "pending": "en espera",
    "sending": "saliendo",
    "sent": "salió",
    "failed": "no salió",
    "doubtful": "quizás salió",
}
OUTCOMES = {"landed": "Quedó en el alta.", "refused": "No se agregó.", "dropped": "Se dejó de lado."}
ENDS = {"not-a-message": os.EX_DATAERR, "not-configured": os.EX_CONFIG}
"""How the command ends when nobody looked at the message; any other is received, whatever became of it."""
Id = typer.Argument(min=1, help="El número del correo.")
INBOX, LARGEST = "mail-in", 30 * 2**20


@app.command("list")
def list_mails(
    text: str = typer.Option("", "--text", help="Palabras de la dirección o del asunto."),
    state: str = typer.Option("", "--state", help="Solo los que están así: pending, sent, failed, doubtful."),
    limit: int = typer.Option(50, "--limit", min=1, max=200, help="Cuántos, como mucho."),
    as_json: bool = AsJson,
) -> None:
    """Lista los correos, del último al primero."""
    rows = ask("mail/list", text=text, state=state, limit=limit)
    show_rows(rows, COLUMNS, as_json, "No hay correos así.", {"state": STATES})


@app.command("show")
def show(id: int = Id, as_json: bool = AsJson) -> None:
    """Muestra un correo con su texto."""
    found = ask("mail/show", id=id)
    show_one(found, COLUMNS, as_json, {"state": STATES})
    if not as_json:
        out.print(f"\n{found['text'] or '(confidencial: el texto no se guarda)'}", markup=False)


@app.command("again")
def again(
    id: int = Id,
    doubtful: bool = typer.Option(False, "--doubtful", help="También si quizás ya haya llegado."),
) -> None:
    """Manda otra vez un correo que no salió."""
    ask("mail/again", id=id, doubtful=doubtful)
    out.print(f"El correo {id} espera otra vez para salir.", markup=False)


@app.command("withdraw")
def withdraw(id: int = Id) -> None:
    """Anula un correo que no salió."""
    ask("mail/withdraw", id=id)
    out.print(f"El correo {id} se anuló: no sale.", markup=False)


@app.command("receive")
def receive(
    to: str = typer.Option("", "--to", help="Dirección para la que el servidor de correo lo recibió."),
) -> None:
    """Lee un mensaje de la entrada y lo agrega al alta a la que responde.

    Termina como lo entienden los servidores de correo (sysexits.h): 0, recibido; 65, no es un mensaje; 75,
    pruebe más tarde; 78, falta configurar.
    """
    raw = sys.stdin.buffer.read(LARGEST + 1)
    if len(raw) > LARGEST:
        fail("El mensaje es demasiado grande.", os.EX_DATAERR)
    home = load_settings().home
    try:
        with _left(home, raw) as name:
            answer = _hand_over(home, name, to)
    except OSError as error:
        fail(f"No se puede escribir en «{home}»: {error.strerror}", os.EX_TEMPFAIL)
    if answer["outcome"] in ENDS:
        fail(answer["reason"], ENDS[answer["outcome"]])
    said = (OUTCOMES[answer["outcome"]], answer["reason"])
    out.print(" ".join(part for part in said if part), markup=False)


@contextmanager
def _left(home: Path, raw: bytes) -> Iterator[str]:
    """The message in a file that only its owner reads, until the service has it."""
    folder, name = home / INBOX, f"{secrets.token_hex(16)}.eml"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / name
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(raw)
    try:
        yield name
    finally:
        path.unlink(missing_ok=True)


def _hand_over(home: Path, name: str, to: str) -> Any:
    from altavoz import control

    try:
        return asyncio.run(control.call(home, "mail/receive", {"file": name, "to": to}))
    except control.NotRunning:
        fail(
            f"Altavoz no está en marcha en «{home}»: el mensaje espera en su servidor de correo.",
            os.EX_TEMPFAIL,
        )
    except control.Refused as error:
        fail(str(error), os.EX_TEMPFAIL)
