"""docs/number-states.md is what the table of transitions says."""

from provisioning.numbers.diagram import DOCUMENT, document
from provisioning.numbers.states import TRANSITIONS, NumberKind


def test_the_document_is_as_the_table_has_it():
    assert DOCUMENT.read_text() == document(), "run: python -m provisioning.numbers.diagram"


def test_every_transition_is_drawn():
    halves = document().split("## Números públicos")
    for kind, half in zip((NumberKind.HEADER, NumberKind.PUBLIC), halves, strict=True):
        for state, moves in TRANSITIONS[kind].items():
            assert all(f"  {state} --> {to}: " in half for to in moves.values())
