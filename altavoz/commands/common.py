"""What the commands share: asking the running instance, printing tables and JSON, ending with words."""

import asyncio
import json
import re
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from altavoz import settings

WIDE = 240
out = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else WIDE)
err = Console(stderr=True, highlight=False, soft_wrap=True)

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d|Z)")

By = typer.Option(
    "", "--by", help="Persona de la consola que lo hace; con la cuenta de la máquina, en la auditoría."
)
AsJson = typer.Option(False, "--json", help="Escribe JSON, para programas.")


def fail(text: str, code: int = 1) -> NoReturn:
    """End the command with words on standard error."""
    err.print(text, markup=False)
    raise typer.Exit(code)


def load_settings() -> settings.Settings:
    try:
        return settings.load()
    except settings.BadSetting as error:
        fail(str(error), 2)


def ask(command: str, **arguments: Any) -> Any:
    """Ask the running instance of ALTAVOZ_HOME; what it refuses ends the command with its words."""
    from altavoz import control  # brings aiohttp; `plan check` and its like do without it

    home = load_settings().home
    try:
        return asyncio.run(control.call(home, command, arguments))
    except control.NotRunning:
        fail(f"Altavoz no está en marcha en «{home}». Arránquelo con «make run» o «altavoz run».", 3)
    except control.Refused as error:
        fail(str(error))


def counted(number: int, one: str, many: str) -> str:
    """`1 dirección`, `2 direcciones`."""
    return f"{number} {one if number == 1 else many}"


def read_text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{file}: no se puede leer ({error}).")


def write_bytes(to: Path, content: bytes) -> None:
    try:
        to.write_bytes(content)
    except OSError as error:
        fail(f"No se puede guardar «{to}»: {error.strerror}.", 2)


def copy_file(file: Path, to: Path) -> None:
    """What the instance keeps in `file`, for whoever runs the command."""
    try:
        content = file.read_bytes()
    except OSError as error:
        fail(f"No se puede leer «{file}»: {error.strerror}.", 2)
    write_bytes(to, content)


def show_rows(
    rows: Sequence[Mapping[str, Any]],
    columns: Mapping[str, str],
    as_json: bool,
    empty: str,
    words: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
) -> None:
    """A table of `columns` (key → Spanish heading), or JSON of the whole rows.

    `words` says what a column's codes are called.
    """
    if as_json:
        return show_json(rows)
    if not rows:
        return out.print(empty, markup=False)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in columns.values():
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(words.get(key, {}).get(_cell(row[key]), _cell(row[key])) for key in columns))
    return out.print(table)


def show_json(value: Any) -> None:
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def show_one(
    row: Mapping[str, Any],
    labels: Mapping[str, str],
    as_json: bool,
    words: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
) -> None:
    """One thing: a line for each of `labels` (key → Spanish), or JSON of it whole. `words` as in a table."""
    if as_json:
        return show_json(row)
    width = max(len(label) for label in labels.values())
    for key, label in labels.items():
        value = words.get(key, {}).get(_cell(row[key]), _cell(row[key]))
        out.print(f"{label.ljust(width)}  {value}", markup=False)
    return None


def _cell(value: Any) -> str:
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "sí" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(_cell(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_cell(item)}" for key, item in value.items())
    return _moment(value) if isinstance(value, str) else str(value)


def _moment(text: str) -> str:
    """An instant of JSON in this machine's time; any other text as it is."""
    if not _INSTANT.fullmatch(text):
        return text
    return datetime.fromisoformat(text).astimezone().strftime("%Y-%m-%d %H:%M:%S")
