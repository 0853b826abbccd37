"""The life of a number as data: what is legal leads where the table says, all else is refused."""

from itertools import product

import pytest

from provisioning.numbers.states import (
    BY_HAND,
    TRANSITIONS,
    IllegalMove,
    Move,
    NumberKind,
    NumberState,
    after,
)
from provisioning.numbers.words import HAPPENED, MOVES, STATES

LIFE = """
free: reserve → reserved; configure → configured; adopt → released; retire → retired
reserved: request → requested; grant → granted; link → linked; configure → configured; adopt → released
reserved: give-back → free; quarantine → quarantine
requested: grant → granted; link → linked; call-off → reserved; configure → configured; adopt → released
requested: give-back → free; quarantine → quarantine
granted: link → linked; unlink → reserved; configure → configured; adopt → released
granted: give-back → free; quarantine → quarantine
linked: configure → configured; unlink → reserved; adopt → released; quarantine → quarantine
configured: request call-off grant link unlink → configured
configured: test → tested; dismantle → reserved; adopt → released; quarantine → quarantine
tested: request call-off grant link unlink → tested; release adopt → released; configure → configured
tested: dismantle → reserved; quarantine → quarantine
released: request call-off grant link → released; suspend → suspended; quarantine → quarantine
suspended: release → released; quarantine → quarantine
quarantine: free → free; recall → reserved; adopt → released; retire → retired
retired: restore → quarantine
"""
OF_PUBLIC_NUMBERS_TOO = """
free: request → requested; grant → granted; link → linked
granted: grant → granted
linked: grant link → linked
"""


def _steps(text):
    """(state, move, state) of each step that is written."""
    for line in text.strip().splitlines():
        state, _, steps = line.partition(": ")
        for step in steps.split("; "):
            moves, _, to = step.partition(" → ")
            yield from ((state, move, to) for move in moves.split())


@pytest.mark.parametrize(
    ("kind", "life"), [(NumberKind.HEADER, LIFE), (NumberKind.PUBLIC, LIFE + OF_PUBLIC_NUMBERS_TOO)]
)
def test_this_and_nothing_else_may_be_done_to_a_number(kind, life):
    table = TRANSITIONS[kind]
    told = {(state, move, to) for state, moves in table.items() for move, to in moves.items()}
    assert told == set(_steps(life))


@pytest.mark.parametrize("kind", NumberKind)
def test_every_state_of_a_kind_has_its_row_and_can_be_reached_from_free(kind):
    table = TRANSITIONS[kind]
    assert set(table) == set(NumberState)
    reached, edge = {NumberState.FREE}, [NumberState.FREE]
    while edge:
        new = set(table[edge.pop()].values()) - reached
        reached |= new
        edge += new
    assert reached == set(NumberState)


@pytest.mark.parametrize("kind", NumberKind)
def test_from_every_state_a_number_can_become_free_again(kind):
    for state in NumberState:
        reached, edge = {state}, [state]
        while edge:
            new = set(TRANSITIONS[kind][edge.pop()].values()) - reached
            reached |= new
            edge += new
        assert NumberState.FREE in reached, state


@pytest.mark.parametrize("kind", NumberKind)
def test_what_is_not_in_the_table_is_refused_and_says_what_was_asked(kind):
    for state, move in product(NumberState, Move):
        if move in TRANSITIONS[kind][state]:
            assert after(kind, state, move) is TRANSITIONS[kind][state][move]
            continue
        with pytest.raises(IllegalMove) as refused:
            after(kind, state, move)
        assert (refused.value.kind, refused.value.state, refused.value.move) == (kind, state, move)


def test_nobody_releases_a_number_by_hand():
    by_itself = {Move.CONFIGURE, Move.TEST, Move.RELEASE, Move.SUSPEND, Move.ADOPT, Move.DISMANTLE}
    assert set(Move) - BY_HAND == by_itself


def test_every_state_and_move_has_its_words():
    assert set(STATES) == set(NumberState)
    assert set(MOVES) == set(Move)
    assert set(HAPPENED) == {*Move, "add", "note", "carrier"}
