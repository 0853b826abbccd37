"""`altavoz call …`: the calls that came in."""

import math
import signal
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

import typer

from altavoz.commands.common import AsJson, ask, err, fail, out, show_json, show_one, show_rows

_FETCH_EVERY = 0.5
"""Seconds between two fetches of a recording."""

app = typer.Typer(no_args_is_help=True, help="Llamadas.")

COLUMNS = {
    "id": "Llamada",
    "started": "Entró",
    "plan": "Plan",
    "line": "Línea",
    "caller": "Llama",
    "choice": "Opción",
    "coordinator": "Atendió",
    "outcome": "Resultado",
    "case": "Caso",
}


LABELS = {
    "id": "Llamada",
    "direction": "Sentido",
    "started": "Comenzó",
    "plan_name": "Plan",
    "fantasy_name": "Nombre de fantasía",
    "line": "Línea",
    "caller": "Llama",
    "caller_name": "Nombre que trae",
    "number": "Marcado",
    "choice": "Opción",
    "digits": "Datos tecleados",
    "queue": "Cola",
    "coordinator": "Atendió",
    "extension": "Interno",
    "answered": "Atendida",
    "ended": "Terminó",
    "ivr": "En el menú",
    "waiting": "En espera",
    "talking": "En conversación",
    "held": "Retenida",
    "outcome": "Resultado",
    "case": "Caso",
}
LASTED = ("ivr", "waiting", "talking", "held")


@app.command("list")
def list_calls(
    plan: str | None = typer.Option(None, help="Solo las de este plan."),
    line: str | None = typer.Option(None, help="Solo las de esta línea (E.164)."),
    limit: int = typer.Option(50, min=1, max=1000, help="Cuántas."),
    as_json: bool = AsJson,
) -> None:
    """Lista las últimas llamadas."""
    from web.words import CALL_OUTCOMES, case_number

    rows = ask("call/list", plan=plan, line=line, limit=limit)
    empty = "Ninguna llamada con ese filtro." if plan or line else "Todavía no entró ninguna llamada."
    cases = {str(row["case"]): case_number(row["case"]) for row in rows if row["case"]}
    show_rows(rows, COLUMNS, as_json, empty, {"outcome": CALL_OUTCOMES, "case": cases})


@app.command("show")
def show(call: str = typer.Argument(help="Identificador."), as_json: bool = AsJson) -> None:
    """Muestra una llamada."""
    from web.words import CALL_OUTCOMES, DIRECTIONS, case_number, clock, whole_seconds

    found = ask("call/show", id=call)
    whole = whole_seconds(*(found[name] for name in LASTED))
    lasted = {name: {str(found[name]): clock(seconds)} for name, seconds in zip(LASTED, whole, strict=True)}
    case = {str(found["case"]): case_number(found["case"])} if found["case"] else {}
    words = {"outcome": CALL_OUTCOMES, "direction": DIRECTIONS, "case": case, **lasted}
    show_one(found, LABELS, as_json, words)


@app.command("record")
def record(
    file: Path = typer.Argument(help="Archivo nuevo, como «eventos.jsonl»."),
    seconds: float | None = typer.Option(None, min=0.1, help="Cuánto; sin esto, hasta Ctrl-C."),
) -> None:
    """Graba lo que dice la central, byte por byte, para estudiarlo después con «call replay»."""
    try:
        kept = file.open("x", encoding="utf-8")
    except OSError as error:
        fail(f"No se puede crear «{file}»: {error.strerror}.")
    with kept:
        number = ask("call/record-begin")["recording"]
        pieces = _recorded(number, seconds, kept)
    out.print(f"{pieces} lecturas en «{file}».", markup=False)


def _recorded(number: int, seconds: float | None, file: TextIO) -> int:
    """Fetches until the time is over or Ctrl-C; how many pieces came."""
    ends = time.monotonic() + seconds if seconds else math.inf
    pieces = 0
    stop = threading.Event()
    signal.signal(signal.SIGINT, lambda *_: stop.set())
    while (left := ends - time.monotonic()) > 0 and not stop.wait(min(_FETCH_EVERY, left)):
        pieces += _write(ask("call/record-take", recording=number), file)
    return pieces + _write(ask("call/record-end", recording=number), file)


def _write(answer: Mapping[str, Any], file: TextIO) -> int:
    file.writelines(answer["lines"])
    if not answer["whole"]:
        err.print("La central dijo más de lo que se pudo guardar: la grabación está incompleta.")
    return len(answer["lines"])


@app.command("replay")
def replay(
    file: Path = typer.Argument(help="Una grabación de «call record»."),
    pbx: str = typer.Option("pbx1", help="Nombre de la central en los identificadores."),
    as_json: bool = AsJson,
) -> None:
    """Cuenta otra vez lo que pasó en las llamadas de una grabación."""
    from altavoz.fact_words import plain, words
    from telephony import recording

    try:
        with file.open(encoding="utf-8") as lines:
            pieces = (piece.data for piece in recording.read_pieces(lines))
            facts = list(recording.replay(pieces, pbx))
    except OSError as error:
        fail(f"No se puede leer «{file}»: {error.strerror}.")
    except (recording.NotARecording, recording.MessageTooLong, UnicodeDecodeError) as error:
        fail(f"«{file}» no es una grabación: {error}.")
    if as_json:
        return show_json([plain(fact) for fact in facts])
    for fact in facts:
        out.print(words(fact), markup=False)
    if not facts:
        out.print("La grabación no tiene llamadas.")
    return None
