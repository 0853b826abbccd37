"""`altavoz line …`: the lines that plans answer."""

import time
from collections.abc import Mapping
from typing import Any

import typer

from altavoz.commands.common import AsJson, ask, err, out, show_json

_LOOK_EVERY = 0.5
"""Seconds between two looks at a test."""

app = typer.Typer(no_args_is_help=True, help="Líneas.")


@app.callback()
def lines() -> None:
    """Líneas."""


@app.command("test")
def test(
    number: str = typer.Argument(help="Número de cabecera o público, como se escriba."),
    quick: bool = typer.Option(
        False, "--quick", help="Una llamada por línea, como el control de cada día; no cuenta para liberar."
    ),
    by: str = typer.Option(
        "", "--by", help="Cuenta de Sistemas que prueba; sin ella no cuenta para liberar."
    ),
    as_json: bool = AsJson,
) -> None:
    """Prueba una línea con llamadas de verdad; termina con 1 si algo no pasa."""
    begun = ask("line/test", number=number, quick=quick, by=by)
    told = err if as_json else out
    calls = "una llamada" if len(begun["planned"]) == 1 else f"{len(begun['planned'])} llamadas"
    told.print(f"«{begun['plan']}», versión {begun['version']}: {calls}", markup=False)
    try:
        ended = _followed(begun["run"], as_json)
    except KeyboardInterrupt:
        ask("line/test-cancel", run=begun["run"])
        told.print("Prueba cancelada.", markup=False)
        raise typer.Exit(1) from None
    if as_json:
        show_json(ended["report"])
    else:
        _tell(ended)
    if ended["report"]["result"] != "passed":
        raise typer.Exit(1)


def _followed(run: int, as_json: bool) -> Mapping[str, Any]:
    """Tells each call as it ends, until all are over."""
    known: set[str] = set()
    while True:
        now: Mapping[str, Any] = ask("line/test-watch", run=run)
        for call in now["calls"]:
            if call["id"] not in known:
                known.add(call["id"])
                _tell_call(call, as_json)
        if now["done"]:
            return now
        time.sleep(_LOOK_EVERY)


def _tell_call(call: Mapping[str, Any], as_json: bool) -> None:
    told = err if as_json else out
    told.print(f"{'✓' if call['passed'] else '✗'} {call['title']}", markup=False)
    for failure in call["failures"]:
        told.print(f"    {failure}", markup=False)


def _tell(ended: Mapping[str, Any]) -> None:
    for left in ended["left_out"]:
        out.print(f"No se probó {left}.", markup=False)
    report = ended["report"]
    passed = report["result"] == "passed"
    out.print(f"{'Aprobada' if passed else 'No aprobada'}: informe {report['id']}.", markup=False)
