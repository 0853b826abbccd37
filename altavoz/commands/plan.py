"""`altavoz plan …`: check, apply, show and list plans."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from altavoz.commands.common import AsJson, ask, fail, load_settings, out, show_json, show_rows

if TYPE_CHECKING:
    from plans.load import Loading
    from plans.site import Site

app = typer.Typer(no_args_is_help=True, help="Planes.")

SHOWN_LINES = 60

COLUMNS = {
    "plan": "Plan",
    "name": "Nombre",
    "number": "Versión",
    "hash": "Contenido",
    "lines": "Líneas",
    "applied_at": "Publicado",
    "applied_by": "Por",
}


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
    as_json: bool = AsJson,
) -> None:
    """Publica planes en la central, junto con los que ya están; muestra antes qué cambia."""
    paths = [str(file.absolute()) for file in files]
    proposal = ask("plan/propose", files=paths)
    if not as_json:
        for warning in proposal["warnings"]:
            out.print(warning, markup=False)
        print_change(proposal, None if dry_run else SHOWN_LINES)
    if dry_run:
        return show_json(proposal) if as_json else out.print("No se publicó nada (--dry-run).", markup=False)
    answer = ask("plan/apply", files=paths, release=proposal["release"])
    if as_json:
        return show_json(answer)
    word = "Publicado" if answer["changed"] else "Sin cambios"
    return out.print(f"{word}: {answer['release']}", markup=False)


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
    """Lista los planes publicados."""
    rows = ask("plan/list")
    show_rows(rows, COLUMNS, as_json, "No hay planes. Publique uno con «altavoz plan apply ARCHIVO».")
