"""`altavoz plan …`: check, apply, show and list plans."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from altavoz.commands.common import AsJson, By, ask, fail, load_settings, out, show_json, show_rows
from staff.written import said

if TYPE_CHECKING:
    from plans.load import Loading
    from plans.site import Site

app = typer.Typer(no_args_is_help=True, help="Planes.")

SHOWN_LINES = 60

COLUMNS = {
    "plan": "Plan",
    "state": "Estado",
    "name": "Nombre",
    "number": "Versión",
    "hash": "Contenido",
    "lines": "Líneas",
    "applied_at": "Publicado",
    "applied_by": "Por",
}
STATES = {
    "live": "en servicio",
    "candidate": "en prueba",
    "suspended": "suspendido",
    "former": "anterior",
}
REASON = typer.Option("", "--reason", help="Motivo; queda en la auditoría.")


def site_of_settings() -> "Site":
    """The site file of the settings; its problems end the command."""
    from plans.load import load_site
    from plans.problems import PlanProblems

    try:
        return load_site(load_settings().site)
    except PlanProblems as error:
        for problem in error.problems:
            out.print(str(problem), markup=False)
        fail("El archivo del sitio tiene problemas.")


def load_or_fail(files: list[Path]) -> "Loading":
    """Read and check plan files; print their problems, and end with 1 when one is an error."""
    from plans.load import load_files

    loading = load_files(files, site_of_settings())
    for problem in loading.problems:
        out.print(str(problem), markup=False)
    if any(problem.severity == "error" for problem in loading.problems):
        raise typer.Exit(1)
    return loading


@app.command("check")
def check(files: list[Path] = typer.Argument(help="Archivos de planes.")) -> None:
    """Revisa planes sin publicar nada: una línea ARCHIVO:LÍNEA: CÓDIGO mensaje por problema."""
    loading = load_or_fail(files)
    if not loading.problems:
        out.print(f"Sin problemas: {len(files)} {'plan' if len(files) == 1 else 'planes'}.", markup=False)


@app.command("apply")
def apply(
    files: list[Path] = typer.Argument(help="Archivos de planes."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Muestra qué cambiaría y no publica."),
    release: bool = typer.Option(
        False, "--release", help="Los pone en servicio ya, sin pruebas ni alta; con --reason."
    ),
    urgent: bool = typer.Option(
        False, "--urgent", help="El cambio de un plan en servicio vale ya, sin pruebas; con --reason."
    ),
    reason: str = REASON,
    by: str = By,
    as_json: bool = AsJson,
) -> None:
    """Publica planes para llamadas de prueba, junto con los que ya están; muestra antes qué cambia."""
    if release and urgent:
        fail("Use --release o --urgent, no los dos.", 2)
    if (release or urgent) and not (said(reason) or dry_run):
        fail("Escriba el motivo con --reason: queda en la auditoría.", 2)
    asked = {
        "files": [str(file.absolute()) for file in files],
        "going": "release" if release else "urgent" if urgent else "candidate",
    }
    proposal = ask("plan/propose", **asked)
    if not as_json:
        for warning in proposal["warnings"]:
            out.print(warning, markup=False)
        print_change(proposal, None if dry_run else SHOWN_LINES)
    if dry_run:
        return show_json(proposal) if as_json else out.print("No se publicó nada (--dry-run).", markup=False)
    answer = ask("plan/apply", **asked, release=proposal["release"], reason=reason, by=by)
    if as_json:
        return show_json(answer)
    return out.print(_said(answer, release or urgent), markup=False)


def _said(answer: dict[str, Any], strangers: bool) -> str:
    word = "Publicado" if answer["changed"] else "Sin cambios"
    trial = "" if strangers or not answer["changed"] else ", para llamadas de prueba hasta que se libere"
    return f"{word}{trial}: {answer['release']}"


def print_change(proposal: dict[str, Any], lines: int | None = None) -> None:
    """The diff of the generated files, its first `lines` or all, and the numbers that it touches."""
    diff = proposal["diff"].splitlines()
    for line in diff[:lines]:
        out.print(line, markup=False)
    if lines is not None and len(diff) > lines:
        out.print(f"… y {len(diff) - lines} líneas más; «--dry-run» las muestra todas", markup=False)
    out.print(proposal["touched"], markup=False)


@app.command("show")
def show(
    plan: str = typer.Argument(help="Nombre del plan."),
    version: str | None = typer.Option(
        None, "--version", help="Número de versión, o el comienzo de su contenido; la vigente si falta."
    ),
    as_json: bool = AsJson,
) -> None:
    """Escribe la definición de un plan (YAML)."""
    answer = ask("plan/show", plan=plan, version=version)
    if as_json:
        return show_json(answer)
    return out.print(answer["text"], markup=False, end="")


@app.command("list")
def list_plans(as_json: bool = AsJson) -> None:
    """Lista los planes publicados: en servicio, en prueba y suspendidos."""
    rows = ask("plan/list")
    empty = "No hay planes. Publique uno con «altavoz plan apply ARCHIVO»."
    show_rows(rows, COLUMNS, as_json, empty, {"state": STATES})


@app.command("suspend")
def suspend(
    plan: str = typer.Argument(help="Nombre del plan."), reason: str = REASON, as_json: bool = AsJson
) -> None:
    """Deja de atender un plan: quien llama oye que el servicio no está habilitado; las pruebas siguen."""
    _change("suspend", plan, reason, "Suspendido", as_json)


@app.command("resume")
def resume(
    plan: str = typer.Argument(help="Nombre del plan."), reason: str = REASON, as_json: bool = AsJson
) -> None:
    """Vuelve a atender un plan suspendido, tal como estaba y sin pasar por la compuerta; pide un motivo.

    Para que la compuerta lo vuelva a pedir todo: «altavoz line release», o «Liberación» en la consola.
    """
    _change("resume", plan, reason, "En servicio otra vez, sin pasar por la compuerta", as_json)


@app.command("drop")
def drop(
    plan: str = typer.Argument(help="Nombre del plan."), reason: str = REASON, as_json: bool = AsJson
) -> None:
    """Retira la versión en prueba de un plan."""
    _change("drop", plan, reason, "Retirada la versión en prueba", as_json)


def _change(verb: str, plan: str, reason: str, done: str, as_json: bool) -> None:
    answer = ask(f"plan/{verb}", plan=plan, reason=reason)
    if as_json:
        return show_json(answer)
    return out.print(f"{done}: {plan} (entrega {answer['release']})", markup=False)
