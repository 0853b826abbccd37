"""`altavoz draft …`: plans as they are being written, and their publication for test calls."""

from pathlib import Path
from typing import Any

import typer

from altavoz.commands.common import AsJson, ask, out, read_text, show_json, show_rows

app = typer.Typer(no_args_is_help=True, help="Planes que se están escribiendo.")

COLUMNS = {
    "plan": "Plan",
    "account": "Cuenta",
    "subsidiary": "Filial",
    "revision": "Revisión",
    "by": "Lo cambió",
    "at": "Cuándo",
}
PROBLEMS = {"line": "Línea", "code": "Código", "severity": "Gravedad", "message": "Problema"}
WORDS = {"severity": {"error": "error", "warning": "aviso"}}
Plan = typer.Argument(help="El plan, como hogar-nandu.")


@app.command("list")
def list_drafts(as_json: bool = AsJson) -> None:
    """Lista los borradores abiertos."""
    show_rows(ask("draft/list"), COLUMNS, as_json, "No se está escribiendo ningún plan.")


@app.command("show")
def show(plan: str = Plan, as_json: bool = AsJson) -> None:
    """Escribe el borrador de un plan en YAML o, si no lo hay, lo que está en la central."""
    found = ask("draft/show", plan=plan)
    return show_json(found) if as_json else out.print(found["text"], markup=False, end="")


@app.command("check")
def check(plan: str = Plan, as_json: bool = AsJson) -> None:
    """Dice los problemas del borrador; sale con 1 si alguno es un error."""
    found = ask("draft/show", plan=plan)
    _problems(found, as_json)
    if any(each["severity"] == "error" for each in found["problems"]):
        raise typer.Exit(1)


@app.command("save")
def save(
    plan: str = Plan,
    file: Path = typer.Argument(exists=True, dir_okay=False, help="El plan, en YAML."),
    revision: int | None = typer.Option(
        None, "--revision", min=0, help="La revisión que usted vio: si otra persona cambió el plan, lo dice."
    ),
    as_json: bool = AsJson,
) -> None:
    """Guarda el texto como borrador, y dice sus problemas."""
    text = read_text(file)
    saved = ask("draft/save", plan=plan, text=text, revision=revision)
    if not as_json:
        out.print(f"«{plan}»: revisión {saved['revision']}.", markup=False)
    _problems(saved, as_json)


@app.command("diff")
def diff(plan: str = Plan, as_json: bool = AsJson) -> None:
    """Muestra qué cambia el borrador de lo que está en la central."""
    found = ask("draft/diff", plan=plan)
    if as_json:
        return show_json(found)
    return out.print("\n".join(found["lines"]) or "Sin diferencias.", markup=False)


@app.command("drop")
def drop(plan: str = Plan) -> None:
    """Descarta el borrador; lo escrito queda en la historia."""
    ask("draft/drop", plan=plan)
    out.print(f"El borrador de «{plan}» se descartó.", markup=False)


@app.command("publish")
def publish(
    plan: str = Plan,
    by: str = typer.Option(..., "--by", help="Usuario en cuyo nombre se publica; no podrá liberarlo."),
    reason: str = typer.Option("", "--reason", help="Por qué; queda en la auditoría."),
    as_json: bool = AsJson,
) -> None:
    """Publica el borrador para llamadas de prueba."""
    done = ask("draft/publish", plan=plan, by=by, reason=reason)
    if as_json:
        return show_json(done)
    return out.print(f"«{plan}» quedó en prueba: entrega {done['release']}.", markup=False)


def _problems(found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        return show_json(found)
    return show_rows(found["problems"], PROBLEMS, False, "Sin problemas.", WORDS)
