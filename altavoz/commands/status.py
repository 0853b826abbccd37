"""`altavoz status`: is it alive, and how everything stands."""

from collections.abc import Iterable, Mapping
from typing import Any

import typer
from rich.text import Text

from altavoz.commands.common import AsJson, ask, out, show_json

_MARKS = {"good": ("✓", "green"), "warning": ("!", "yellow"), "bad": ("✗", "red"), "unknown": ("?", "dim")}
_NAME_WIDTH = 24


def status(as_json: bool = AsJson) -> None:
    """Muestra cómo está la instancia en marcha; termina con 1 si algo le falta para atender."""
    status = ask("status/show")
    if as_json:
        show_json(status)
    else:
        _show(status)
    if not status["ready"]:
        raise typer.Exit(1)


def _show(status: Mapping[str, Any]) -> None:
    verdict = "Se atienden llamadas" if status["ready"] else "No se pueden atender llamadas como es debido"
    out.print(f"Altavoz {status['version']} · {status['console']} · {verdict}.", markup=False)
    _show_alarms(status["told"])
    for section in status["sections"]:
        out.print(f"\n{section['title']}", style="bold", markup=False)
        for line in section["lines"]:
            out.print(_line(line))


def _show_alarms(alarms: Iterable[Mapping[str, Any]]) -> None:
    for alarm in alarms:
        sign, colour = _MARKS["bad" if alarm["level"] == "urgent" else "warning"]
        out.print(Text.assemble("\n", (f"{sign} {alarm['headline']}", f"bold {colour}")))
        out.print(f"  {alarm['advice']}", markup=False)


def _line(line: Mapping[str, Any]) -> Text:
    sign, colour = _MARKS[line["state"]]
    name = line["name"].ljust(_NAME_WIDTH)
    note = f" ({line['note']})" if line["note"] else ""
    return Text.assemble("  ", (sign, colour), f" {name} {line['text']}{note}")
