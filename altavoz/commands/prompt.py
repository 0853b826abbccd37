"""`altavoz prompt …`: recordings of what callers hear."""

from pathlib import Path
from typing import Any

import typer

from altavoz.commands.common import AsJson, By, ask, err, out, show_json, show_rows

app = typer.Typer(no_args_is_help=True, help="Locuciones.")

COLUMNS = {
    "plan": "Plan",
    "prompt": "Mensaje",
    "stand": "Estado",
    "number": "Grabación",
    "by": "Grabó",
    "decided_by": "Decidió",
    "lost": "Falta el archivo",
    "text": "Texto",
}
STANDS = {
    "outdated": "el texto cambió",
    "rejected": "rechazada",
    "missing": "falta grabar",
    "pending": "por aprobar",
    "approved": "aprobada",
    "waived": "voz incorporada",
}
Plan = typer.Argument(help="Nombre corto del plan.")
Prompt = typer.Argument(help="Nombre del mensaje en el plan.")
Judge = typer.Option(..., "--by", help="Persona de la consola que la escuchó y lo decide.")
Number = typer.Option(None, help="Número de la grabación; sin él, la que espera.")


@app.command("list")
def list_prompts(
    plan: str | None = typer.Argument(None, help="Solo los mensajes de este plan."),
    as_json: bool = AsJson,
) -> None:
    """Lista los mensajes de los planes y cómo está la grabación de cada uno."""
    rows = ask("prompt/list", plan=plan)
    show_rows(rows, COLUMNS, as_json, "Todavía no hay planes con mensajes.", {"stand": STANDS})


@app.command("add")
def add(
    plan: str = Plan,
    prompt: str = Prompt,
    file: Path = typer.Argument(help="WAV, FLAC, MP3, OGG o M4A."),
    by: str = By,
    as_json: bool = AsJson,
) -> None:
    """Trae una grabación de un mensaje; la tiene que aprobar otra persona."""
    made = ask("prompt/add", plan=plan, prompt=prompt, file=str(file.absolute()), by=by)
    for warning in made["warnings"]:
        err.print(warning, markup=False)
    _show(made, "Grabación {number} de «{prompt}» guardada; espera aprobación.", as_json)


@app.command("approve")
def approve(
    plan: str = Plan,
    prompt: str = Prompt,
    number: int | None = Number,
    reason: str = typer.Option("", help="Una nota, si hace falta."),
    by: str = Judge,
    as_json: bool = AsJson,
) -> None:
    """Aprueba una grabación de otra persona; saldrá en la próxima publicación."""
    done = ask("prompt/approve", plan=plan, prompt=prompt, number=number, reason=reason, by=by)
    _show(done, "Grabación {number} de «{prompt}» aprobada; saldrá en la próxima publicación.", as_json)


@app.command("reject")
def reject(
    plan: str = Plan,
    prompt: str = Prompt,
    number: int | None = Number,
    reason: str = typer.Option(..., help="Motivo; lo leerá quien la grabó."),
    by: str = Judge,
    as_json: bool = AsJson,
) -> None:
    """Rechaza una grabación que espera aprobación."""
    done = ask("prompt/reject", plan=plan, prompt=prompt, number=number, reason=reason, by=by)
    _show(done, "Grabación {number} de «{prompt}» rechazada.", as_json)


def _show(made: dict[str, Any], words: str, as_json: bool) -> None:
    return show_json(made) if as_json else out.print(words.format(**made), markup=False)
