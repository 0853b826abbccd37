"""`altavoz alta coverages` and its siblings: what an alta covers as text and paper, and its letters."""

import base64
from pathlib import Path
from typing import Any

import typer

from altavoz.commands.common import AsJson, ask, counted, out, read_text, show_json, write_bytes

Number = typer.Argument(help="Número del alta, como ALTA-7.")
Version = typer.Option(None, min=1, help="Una versión; la última, si falta.")
SIGNS = {"added": "+", "removed": "−"}


def coverages(
    alta: str = Number,
    load: Path | None = typer.Option(None, help="Archivo YAML de un plan, o solo con sus coberturas."),
    note: str = typer.Option("", help="Qué cambia en esta versión."),
    version: int | None = Version,
    pdf: Path | None = typer.Option(None, help="Dónde guardar el documento."),
    as_json: bool = AsJson,
) -> None:
    """Escribe las coberturas en YAML; con --load hace antes otra versión, con --pdf guarda el documento."""
    asked = {"version": version, "pdf": pdf is not None, "note": note, "file": str(load or "")}
    found = ask("alta/coverages", id=alta, text=read_text(load) if load else None, **asked)
    if pdf is not None:
        write_bytes(pdf, base64.b64decode(found.pop("pdf")))
    if as_json:
        return show_json(found)
    if pdf is not None:
        return out.print(f"Versión {found['number']} guardada en {pdf}.", markup=False)
    return out.print(found["yaml"], markup=False, end="")


def compare(
    alta: str = Number,
    old: int | None = typer.Option(None, min=1, help="De qué versión; la penúltima, si falta."),
    new: int | None = typer.Option(None, min=1, help="A qué versión; la última, si falta."),
    as_json: bool = AsJson,
) -> None:
    """Dice qué cambia en las coberturas de una versión a otra."""
    found = ask("alta/compare", id=alta, old=old, new=new)
    if as_json:
        return show_json(found)
    lines = [f"De la versión {found['old']} a la {found['new']}:", *differences(found)]
    return out.print("\n".join(lines if len(lines) > 1 else [*lines, "Dicen lo mismo."]), markup=False)


def differences(found: dict[str, Any]) -> list[str]:
    """A line for each thing that changed."""
    lines = [f"{sign} {each['code']} {each['name']}" for what, sign in SIGNS.items() for each in found[what]]
    for each in found["changed"]:
        lines += [f"≠ {each['code']} {each['name']}: {_change(field)}" for field in each["fields"]]
    return lines + [f"≠ {_change(text)}" for text in found["texts"]]


def _change(field: dict[str, str]) -> str:
    return f"{field['label']}: «{field['before'] or 'nada'}» → «{field['after'] or 'nada'}»"


def archive(
    alta: str = Number,
    step: str = typer.Argument(help="El paso que las archiva."),
    name: str = typer.Option("", help="Cuál de sus documentos; si falta, el de las coberturas."),
    as_json: bool = AsJson,
) -> None:
    """Archiva en un paso el documento de las últimas coberturas, como Altavoz lo hace."""
    kept = ask("alta/archive", id=alta, step=step, name=name)
    if as_json:
        return show_json(kept)
    return out.print(f"{kept['title']}: {kept['file']}, revisión {kept['revision']}.", markup=False)


def letter(
    alta: str = Number,
    kind: str = typer.Argument(help="number-request (al operador), data (a Operaciones) o announcement."),
    by: str = typer.Option(..., "--by", help="Cuenta de quien lo envía: firma y recibe las respuestas."),
    subject: str = typer.Option("", help="Otro asunto."),
    text: Path | None = typer.Option(None, exists=True, dir_okay=False, help="Archivo con otro texto."),
    to: list[str] = typer.Option([], help="Otra dirección; puede repetirse."),
    send: bool = typer.Option(False, "--send", help="Lo envía; si no, solo lo muestra."),
    as_json: bool = AsJson,
) -> None:
    """Muestra un correo del alta como saldría; con --send lo envía. Termina con 1 si así no puede salir."""
    asked = {"by": by, "subject": subject, "to": to, "send": send}
    found = ask("alta/letter", id=alta, kind=kind, text=read_text(text) if text else "", **asked)
    if as_json:
        show_json(found)
    elif found["sent"]:
        out.print(f"«{found['subject']}» sale hacia {_directions(found['recipients'])}.", markup=False)
    else:
        _show(found)
    if not found["sent"] and found["against"]:
        raise typer.Exit(1)


def _directions(number: int) -> str:
    return counted(number, "dirección", "direcciones")


def _show(found: dict[str, Any]) -> None:
    to = found["recipients"]
    said = f"todo el personal ({_directions(len(to))})" if found["everybody"] else ", ".join(to)
    out.print(f"Para: {said}\nAsunto: {found['subject']}\n\n{found['text']}", markup=False)
    for each in found["against"]:
        out.print(f"! {each}", markup=False)
