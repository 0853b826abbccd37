"""`altavoz dialplan …`: the generated dialplan, what would change in it, and the way back."""

from datetime import UTC, datetime
from pathlib import Path

import typer

from altavoz.commands.common import AsJson, By, ask, fail, load_settings, out, show_json
from altavoz.commands.plan import load_or_fail, print_change, site_of_settings

app = typer.Typer(no_args_is_help=True, help="Plan de marcación.")


@app.command("render")
def render(
    files: list[Path] = typer.Argument(help="Archivos de planes."),
    folder: Path = typer.Option(Path("dialplan-out"), "--out", help="Carpeta de salida."),
) -> None:
    """Genera los archivos de Asterisk de estos planes en una carpeta; no hace falta central."""
    from dialplan.errors import CannotBuild
    from dialplan.served import all_live
    from ivr_audio.store import SoundStore
    from provisioning.drafts import compile_plans, draft, years_from
    from provisioning.refusals import DialplanProblems

    loading = load_or_fail(files)
    sounds = SoundStore(folder / "sounds")
    plans = all_live(draft(source, sounds, {}).version for source in loading.sources)
    try:
        years = years_from(datetime.now(UTC))
        rendered = compile_plans(plans, site_of_settings(), years, load_settings().pbx_name)
    except (DialplanProblems, CannotBuild) as error:
        fail(str(error))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fail(f"No se puede escribir en «{folder}»: {error.strerror}. Elija otra carpeta con --out.")
    for name, text in rendered.files.items():
        (folder / name).write_text(text, "utf-8")
        out.print(str(folder / name), markup=False)
    out.print(f"Entrega {rendered.release}", markup=False)


@app.command("diff")
def diff(
    files: list[Path] = typer.Argument(help="Archivos de planes."),
    as_json: bool = AsJson,
) -> None:
    """Muestra qué cambiaría en la central si se publicaran estos planes."""
    answer = ask("plan/propose", files=[str(file.absolute()) for file in files])
    if as_json:
        return show_json(answer)
    if not answer["diff"]:
        return out.print("Sin cambios.", markup=False)
    return print_change(answer)


@app.command("publish")
def publish(as_json: bool = AsJson) -> None:
    """Publica de nuevo lo que debe estar en la central, sin cambiar ningún plan."""
    answer = ask("dialplan/publish")
    if as_json:
        return show_json(answer)
    return out.print(f"En la central está la entrega {answer['release']}.", markup=False)


@app.command("rollback")
def rollback(by: str = By, as_json: bool = AsJson) -> None:
    """Vuelve a la entrega anterior."""
    answer = ask("dialplan/rollback", by=by)
    if as_json:
        return show_json(answer)
    return out.print(f"En la central está la entrega {answer['release']}.", markup=False)
