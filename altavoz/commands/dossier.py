"""`altavoz dossier …`: the dossiers of released lines; `verify` needs no service and no network."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from altavoz.commands.common import AsJson, ask, copy_file, fail, load_settings, out, show_json, show_rows

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

app = typer.Typer(no_args_is_help=True, help="Expedientes de liberación.")

COLUMNS = {"id": "Expediente", "plan": "Plan", "at": "Cuándo", "by": "Liberó", "head": "Sello"}


@app.command("verify")
def verify(
    file: Path = typer.Argument(help="El expediente que se descargó (.json)."),
    key: list[Path] = typer.Option(
        [], "--key", help="Clave pública del sitio; sin ella, la de esta instancia."
    ),
    as_json: bool = AsJson,
) -> None:
    """Comprueba que un expediente sea el que se firmó: si cambió un solo byte, lo dice y termina con 1."""
    from provisioning.release.dossier import NotADossier
    from provisioning.release.dossier import verify as check

    try:
        found = check(file.read_bytes(), _trusted(key))
    except OSError as error:
        fail(f"No se puede leer «{file}»: {error.strerror}.", 2)
    except NotADossier as error:
        fail(f"No vale: {error}.")
    if as_json:
        sections = [section.name for section in found.sections]
        return show_json(
            {"head": found.head, "previous": found.previous, "key": found.key, "sections": sections}
        )
    out.print(f"Íntegro: lo firmó la clave {found.key[:16]}… y no cambió ni un byte.", markup=False)
    out.print(f"Sello     {found.head}\nAnterior  {found.previous}", markup=False)
    for section in found.sections:
        out.print(f"· {section.title}", markup=False)
    return None


def _trusted(files: list[Path]) -> "list[Ed25519PublicKey]":
    from provisioning.release.keys import PUBLIC, BadKey, public_key

    try:
        return [public_key(each) for each in files or [load_settings().home / PUBLIC]]
    except BadKey as error:
        fail(f"{error}.", 2)
    except OSError:
        fail("Falta la clave pública del sitio: indíquela con «--key dossier.pub».", 2)


@app.command("list")
def list_dossiers(
    plan: str = typer.Option("", "--plan", help="Solo los de este plan."), as_json: bool = AsJson
) -> None:
    """Lista los expedientes, el más nuevo primero."""
    show_rows(ask("dossier/list", plan=plan), COLUMNS, as_json, "Todavía no se liberó ninguna línea.")


@app.command("save")
def save(
    dossier: int = typer.Argument(help="Su número, como lo muestra «altavoz dossier list»."),
    to: Path = typer.Option(..., "--out", help="Dónde guardarlo."),
) -> None:
    """Guarda un expediente en un archivo."""
    found = ask("dossier/show", id=dossier)
    copy_file(Path(found["file"]), to)
    out.print(f"Guardado en {to}. La clave pública está en {found['key_file']}.", markup=False)
