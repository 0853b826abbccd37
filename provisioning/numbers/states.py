"""The life of a number as data: its states, what may be done in each, and where that leads."""

from collections.abc import Mapping
from enum import StrEnum


class NumberKind(StrEnum):
    """A number on which the carrier delivers calls (P20), or one that affiliates dial (P21)."""

    HEADER = "header"
    PUBLIC = "public"


class NumberState(StrEnum):
    FREE = "free"
    RESERVED = "reserved"
    REQUESTED = "requested"
    GRANTED = "granted"
    LINKED = "linked"
    CONFIGURED = "configured"
    TESTED = "tested"
    RELEASED = "released"
    SUSPENDED = "suspended"
    QUARANTINE = "quarantine"
    RETIRED = "retired"


class Move(StrEnum):
    """What is done to a number. GRANT: the carrier gave a public number for a header, LINK: and says that its
    calls arrive there. ADOPT: it was found answering strangers; DISMANTLE: what stands in the PBX of its plan
    does not have it any more; RECALL: back to the plan it had.
    """

    RESERVE = "reserve"
    REQUEST = "request"
    CALL_OFF = "call-off"
    GRANT = "grant"
    LINK = "link"
    UNLINK = "unlink"
    CONFIGURE = "configure"
    TEST = "test"
    RELEASE = "release"
    SUSPEND = "suspend"
    ADOPT = "adopt"
    DISMANTLE = "dismantle"
    GIVE_BACK = "give-back"
    QUARANTINE = "quarantine"
    RECALL = "recall"
    FREE = "free"
    RETIRE = "retire"
    RESTORE = "restore"


_S, _M = NumberState, Move
Moves = Mapping[Move, NumberState]

AT_THE_CARRIER = (_M.REQUEST, _M.CALL_OFF, _M.GRANT, _M.LINK)
"""What comes of the carrier, whatever stands in the PBX meanwhile."""

_SHARED: Mapping[NumberState, Moves] = {
    _S.FREE: {
        _M.RESERVE: _S.RESERVED,
        _M.CONFIGURE: _S.CONFIGURED,
        _M.ADOPT: _S.RELEASED,
        _M.RETIRE: _S.RETIRED,
    },
    _S.RESERVED: {
        _M.REQUEST: _S.REQUESTED,
        _M.GRANT: _S.GRANTED,
        _M.LINK: _S.LINKED,
        _M.CONFIGURE: _S.CONFIGURED,
        _M.ADOPT: _S.RELEASED,
        _M.GIVE_BACK: _S.FREE,
        _M.QUARANTINE: _S.QUARANTINE,
    },
    _S.REQUESTED: {
        _M.GRANT: _S.GRANTED,
        _M.LINK: _S.LINKED,
        _M.CALL_OFF: _S.RESERVED,
        _M.CONFIGURE: _S.CONFIGURED,
        _M.ADOPT: _S.RELEASED,
        _M.GIVE_BACK: _S.FREE,
        _M.QUARANTINE: _S.QUARANTINE,
    },
    _S.GRANTED: {
        _M.LINK: _S.LINKED,
        _M.UNLINK: _S.RESERVED,
        _M.CONFIGURE: _S.CONFIGURED,
        _M.ADOPT: _S.RELEASED,
        _M.GIVE_BACK: _S.FREE,
        _M.QUARANTINE: _S.QUARANTINE,
    },
    _S.LINKED: {
        _M.CONFIGURE: _S.CONFIGURED,
        _M.UNLINK: _S.RESERVED,
        _M.ADOPT: _S.RELEASED,
        _M.QUARANTINE: _S.QUARANTINE,
    },
    _S.CONFIGURED: {
        **dict.fromkeys((*AT_THE_CARRIER, _M.UNLINK), _S.CONFIGURED),
        _M.TEST: _S.TESTED,
        _M.DISMANTLE: _S.RESERVED,
        _M.ADOPT: _S.RELEASED,
        _M.QUARANTINE: _S.QUARANTINE,
    },
    _S.TESTED: {
        **dict.fromkeys((*AT_THE_CARRIER, _M.UNLINK), _S.TESTED),
        _M.RELEASE: _S.RELEASED,
        _M.CONFIGURE: _S.CONFIGURED,
        _M.DISMANTLE: _S.RESERVED,
        _M.ADOPT: _S.RELEASED,
        _M.QUARANTINE: _S.QUARANTINE,
    },
    _S.RELEASED: {
        **dict.fromkeys(AT_THE_CARRIER, _S.RELEASED),
        _M.SUSPEND: _S.SUSPENDED,
        _M.QUARANTINE: _S.QUARANTINE,
    },
    _S.SUSPENDED: {
        _M.RELEASE: _S.RELEASED,
        _M.QUARANTINE: _S.QUARANTINE,
    },
    _S.QUARANTINE: {
        _M.FREE: _S.FREE,
        _M.RECALL: _S.RESERVED,
        _M.ADOPT: _S.RELEASED,
        _M.RETIRE: _S.RETIRED,
    },
    _S.RETIRED: {_M.RESTORE: _S.QUARANTINE},
}

TRANSITIONS: Mapping[NumberKind, Mapping[NumberState, Moves]] = {
    NumberKind.HEADER: _SHARED,
    NumberKind.PUBLIC: {
        **_SHARED,
        # The carrier is asked for it unreserved, and may answer with one that nobody asked for by name.
        _S.FREE: {
            **_SHARED[_S.FREE],
            _M.REQUEST: _S.REQUESTED,
            _M.GRANT: _S.GRANTED,
            _M.LINK: _S.LINKED,
        },
        # It may stand on several headers of one plan.
        _S.GRANTED: {**_SHARED[_S.GRANTED], _M.GRANT: _S.GRANTED},
        _S.LINKED: {**_SHARED[_S.LINKED], _M.GRANT: _S.LINKED, _M.LINK: _S.LINKED},
    },
}
"""Of each kind, in each state: what may be done, and the state it leads to. DISMANTLE leads as far as the
carrier is (`BACK`); RESERVED is the least of it.
"""

BACK = (_S.RESERVED, _S.REQUESTED, _S.GRANTED, _S.LINKED)
"""How far the carrier is with a number: where it stands while the PBX does not have it."""

BY_HAND = frozenset(
    {
        _M.RESERVE,
        _M.REQUEST,
        _M.CALL_OFF,
        _M.GRANT,
        _M.LINK,
        _M.UNLINK,
        _M.GIVE_BACK,
        _M.QUARANTINE,
        _M.RECALL,
        _M.FREE,
        _M.RETIRE,
        _M.RESTORE,
    }
)
"""What a person may do to a number by itself; the rest follows from what stands in the PBX."""

HELD = frozenset(set(_S) - {_S.FREE, _S.QUARANTINE, _S.RETIRED})
"""The states in which a number serves a plan, or is on its way to."""


class IllegalMove(ValueError):
    """The number's state does not allow it; nothing was changed. `kind`, `state` and `move` say what."""

    def __init__(self, kind: NumberKind, state: NumberState, move: Move) -> None:
        super().__init__(f"{kind} {state}: {move}")
        self.kind, self.state, self.move = kind, state, move


def after(
    kind: NumberKind, state: NumberState, move: Move, back: NumberState = NumberState.RESERVED
) -> NumberState:
    """The state that a move leads to; `back` is how far the carrier is. Raises `IllegalMove`."""
    found = TRANSITIONS[kind][state].get(move)
    if found is None:
        raise IllegalMove(kind, state, move)
    return back if move is Move.DISMANTLE else found


def legal(kind: NumberKind, state: NumberState) -> Moves:
    """What may be done now, and where each leads."""
    return TRANSITIONS[kind][state]
