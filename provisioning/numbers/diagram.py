"""A number's life as a document: `python -m provisioning.numbers.diagram` writes docs/number-states.md."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from provisioning.numbers.states import BACK, BY_HAND, TRANSITIONS, Move, Moves, NumberKind, NumberState
from provisioning.numbers.words import HAPPENED, MOVES, STATES

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "number-states.md"

_INTRODUCTION = """# La vida de un número

Lo escribe `python -m provisioning.numbers.diagram` a partir de `provisioning/numbers/states.py`, que es lo
que decide. Un paso que no está aquí se rechaza y no cambia nada. Qué es cada cosa: [numbers.md](numbers.md).

Lo que hace el operador y lo que está en la central van cada uno por su lado. Mientras la central tiene el
número, el estado dice cómo está ahí; el pedido, lo que el operador dio y lo que vinculó se anotan sin que el
estado cambie. Cuando se quita de la central vuelve hasta donde llegó el operador.
"""
_TITLES = {NumberKind.HEADER: "Cabeceras", NumberKind.PUBLIC: "Números públicos"}


def document() -> str:
    """The whole text, in Markdown."""
    return "\n".join((_INTRODUCTION, *(line for kind in NumberKind for line in _kind(kind)), *_moves(), ""))


def _kind(kind: NumberKind) -> Iterable[str]:
    yield f"## {_TITLES[kind]}\n"
    yield "```mermaid\nstateDiagram-v2"
    yield from (f"  {state}: {STATES[state]}" for state in NumberState)
    yield f"  [*] --> {NumberState.FREE}"
    yield from _arrows(TRANSITIONS[kind])
    yield "```\n"


def _arrows(table: Mapping[NumberState, Moves]) -> Iterable[str]:
    """One arrow from a state to another, with all the moves that lead there."""
    for state, moves in table.items():
        several = [(move, to) for move, leads in moves.items() for to in _leads(move, leads)]
        for to in dict.fromkeys(to for _, to in several):
            labels = ", ".join(MOVES[move].lower() for move, leads in several if leads is to)
            yield f"  {state} --> {to}: {labels}"


def _leads(move: Move, to: NumberState) -> tuple[NumberState, ...]:
    return BACK if move is Move.DISMANTLE else (to,)


def _moves() -> Iterable[str]:
    yield "## Los pasos\n"
    yield "| paso | en la línea de comandos | quién | en el historial |"
    yield "| --- | --- | --- | --- |"
    for move in Move:
        who = "una persona" if move in BY_HAND else "Altavoz, según lo que está en la central"
        yield f"| {MOVES[move]} | `{move}` | {who} | {HAPPENED[move]} |"


def main() -> None:
    DOCUMENT.write_text(document(), encoding="utf-8")


if __name__ == "__main__":
    main()
